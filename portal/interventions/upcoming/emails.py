"""What people are reminded of about dates: one function for each rung, and its example."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.accounts.models import Person
from portal.feature import features
from portal.interventions.models import Intervention, Practice
from portal.interventions.steps import InterventionState, Place
from portal.interventions.upcoming import queries
from portal.interventions.words import PLACES, hour, place_fact
from portal.ladder import Following, explained
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.requests import emails as requests
from portal.requests.examples.emails import CELL
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import RequestState
from portal.requests.telling.queries import heads, practitioners
from portal.web import durations
from portal.web.addresses import absolute_url

TOMORROW, TOMORROW_POLE = "interventions/tomorrow_practitioner", "interventions/tomorrow_pole"
REPORT, REPORT_MANAGER = "interventions/report_practitioner", "interventions/report_manager"
WHY_TOMORROW = _l("You receive this message because this intervention is soon and concerns you.")
WHY_REPORT = _l(
    "You receive this message because nothing is written of an intervention whose date has passed."
)


def tomorrow(number: int) -> Sequence[Envelope]:
    """Who comes, who follows the request for the pole, and whom a feature above says beside these."""
    intervention = queries.intervention(number)
    told = [
        *_to_practitioners(TOMORROW, intervention),
        *requests.to_pole(TOMORROW_POLE, intervention.assignment.request, message(intervention)),
        *(
            letter
            for feature in features()
            if feature.reminds_beside
            for letter in feature.reminds_beside(intervention)
        ),
    ]
    return list({each.recipient.email: each for each in reversed(told)}.values())


def report(number: int) -> Sequence[Envelope]:
    """Who was there."""
    return _to_practitioners(REPORT, queries.intervention(number), to_log=True)


def report_manager(number: int) -> Sequence[Envelope]:
    """Who answers for the partner."""
    intervention = queries.intervention(number)
    managers = heads(intervention.assignment.partner_id)
    return requests.letters(REPORT_MANAGER, (managers, ()), message(intervention, to_log=True))


def _to_practitioners(kind: str, intervention: Intervention, *, to_log: bool = False) -> Sequence[Envelope]:
    addressees = [
        addressee
        for assignment_id, partner_id in queries.partners_of(intervention.id)
        for addressee in practitioners(
            partner_id,
            [each.person_id for each in intervention.practices if each.assignment_id == assignment_id],
        )
    ]
    return requests.letters(kind, (addressees, ()), message(intervention, to_log=to_log))


def message(intervention: Intervention, *, to_log: bool = False) -> Message:
    """When, where and who; the page where it is written down, or that of its request."""
    request = intervention.assignment.request
    names = ", ".join(person.name for person in intervention.practitioners)
    facts: list[tuple[Any, Any]] = [
        (_l("Pole"), request.pole.name),
        (_l("Partner"), intervention.assignment.partner.name),
        (_l("Date"), intervention.on),
        (_l("Start time"), LazyString(hour, intervention.starts_at, request.pole.place)),
        (_l("Length"), durations.length(intervention.minutes)),
        (_l("Where"), PLACES[intervention.place_kind]),
        *place_fact(intervention),
    ]
    if names:
        facts.append((_l("Who comes for the partner"), names))
    return Message(
        action_url=absolute_url("told.tell", intervention_id=intervention.id)
        if to_log
        else absolute_url("requests.show", reference=request.reference),
        facts=facts,
        requests=[requests.link(request.reference)],
        thread=request.reference,
        about=request.subject,
        context={
            "request": request,
            "pole": request.pole.name,
            "partner": intervention.assignment.partner.name,
            "on": intervention.on,
            "action_label": _l("Write what was done") if to_log else _l("Open the request"),
        },
    )


def example_of_a_date() -> Intervention:
    """What the examples of e-mails are about."""
    request = SupportRequest(
        reference="2026-0147",
        pole=Pole(name="Pôle des Trois Rivières"),
        subject="Partager trois ateliers",
        state=RequestState.ACCEPTED,
    )
    return Intervention(
        id=12,
        assignment=Assignment(request=request, partner=Partner(name="Agence Alliée")),
        on=date(2026, 3, 18),
        starts_at=time(9, 30),
        minutes=210,
        place_kind=Place.ON_SITE,
        place="Maison des associations, Rennes",
        state=InterventionState.PLANNED,
        practices=[Practice(person=Person(given_name="Bertrand", family_name="Noël"))],
    )


def _example(
    why: Any, following: Following | None = None, *, to_log: bool = False, to_pole: bool = False
) -> Example:
    def example() -> tuple[Recipient, Message]:
        reader = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")
        told = message(example_of_a_date(), to_log=to_log)
        cell = [CELL] if to_pole else []
        return reader, explained(replace(told, facts=[*told.facts, *cell]), why, following)

    return example


_THEN = Following(_l("the manager is reminded"), date(2026, 3, 31))
REMINDERS: Mapping[str, Callable[[], tuple[Recipient, Message]]] = {
    TOMORROW: _example(WHY_TOMORROW),
    TOMORROW_POLE: _example(WHY_TOMORROW, to_pole=True),
    REPORT: _example(WHY_REPORT, _THEN, to_log=True),
    REPORT_MANAGER: _example(WHY_REPORT, to_log=True),
}

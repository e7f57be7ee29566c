"""What a pole, a partner and a cell are told of what was logged, and what an e-mail lets a pole do at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.interventions.confirmation import queries, rules, steps, words
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.models import Intervention
from portal.interventions.silence import queries as silence
from portal.interventions.steps import InterventionState, Place
from portal.ladder import explained
from portal.notifications.emails import MailAct, Message, Recipient
from portal.notifications.links.service import stand_in
from portal.notifications.outbox.service import Envelope
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner
from portal.requests import emails as requests
from portal.requests.emails import News, kind_of
from portal.requests.examples import emails as examples
from portal.requests.models import Assignment, RequestEvent
from portal.requests.steps import RequestState
from portal.steps import Audience, Step
from portal.web.addresses import absolute_url

Change = tuple[int, int]
"""Its minutes before and after."""
REMINDER = "interventions/confirm_pole"
WHY_TO_CONFIRM = _l(
    "You receive this message because you answer for your pole, which has not said yet whether it agrees."
)


def acts(reference: str, intervention_id: int) -> Sequence[MailAct]:
    """What the pole can do at once with what was logged."""
    return [
        MailAct(
            words.CONFIRMATION_STEPS[step.name].button,
            absolute_url("confirmation.by_mail", token=stand_in(number)),
            (step.name, reference, intervention_id),
        )
        for number, step in enumerate((steps.CONFIRM, steps.CONTEST))
    ]


def asking(news: News, intervention: Intervention) -> News:
    """The same, with what the pole can do about it, where it is done."""
    if news.audience is not Audience.POLE or intervention.state is not InterventionState.DONE:
        return news
    return replace(news, acts=acts(news.event.request.reference, intervention.id))


def news(
    step: Step[ConfirmationState],
    event: RequestEvent,
    actor: Actor | None,
    intervention: Intervention,
    asked: Confirmation,
    change: Change | None = None,
    proposed: str | None = None,
) -> list[News]:
    """What there is to tell of a step. `proposed`: why the partner proposed what the cell makes."""
    facts = _facts(step, intervention, asked, change, proposed)
    return requests.news(
        step,
        event,
        actor,
        feature="interventions",
        facts=facts,
        context={"intervention": intervention},
        line=facts[0],
    )


def _facts(
    step: Step[ConfirmationState],
    intervention: Intervention,
    asked: Confirmation,
    change: Change | None,
    proposed: str | None = None,
) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [(_l("Date"), intervention.on)]
    before, after = change or (intervention.minutes, intervention.minutes)
    if step is steps.CONTEST:
        facts.append((_l("Length logged by the partner"), words.length_of_time(intervention.minutes)))
        if asked.minutes is not None:
            facts.append((_l("Length according to the pole"), words.length_of_time(asked.minutes)))
        return facts
    if before == after:
        return [*facts, (_l("Length that counts"), words.length_of_time(after))]
    label = (
        _l("Length proposed")
        if step in (steps.PROPOSE, steps.REFUSE)
        else _l("Length that counts from now on")
    )
    why = [(_l("Proposed by the partner, because"), proposed)] if proposed else []
    return [
        *facts,
        (_l("Length until now"), words.length_of_time(before)),
        (label, words.length_of_time(after)),
        *why,
    ]


def reminder(number: int) -> Sequence[Envelope]:
    """The coordinators, and who stands in for them."""
    intervention = queries.whole(number)
    waiting = silence.asked(number)
    until = silence.last_days([waiting])[waiting] if waiting else None
    request = intervention.assignment.request
    return [
        letter._replace(recipient=replace(letter.recipient, organisation_id=request.pole_id))
        for letter in requests.to_pole(REMINDER, request, _reminder(intervention, until))
    ]


def _reminder(intervention: Intervention, until: date | None) -> Message:
    assignment = intervention.assignment
    request = assignment.request
    return Message(
        action_url=absolute_url("requests.show", reference=request.reference),
        facts=[
            (_l("Partner"), assignment.partner.name),
            (_l("Date"), intervention.on),
            (_l("Length"), words.length_of_time(intervention.minutes)),
        ],
        requests=[requests.link(request.reference)],
        quote=intervention.report,
        quoted_by=assignment.partner.name,
        thread=request.reference,
        about=request.subject,
        acts=acts(request.reference, intervention.id),
        waiting=[intervention.id],
        context={
            "request": request,
            "intervention": intervention,
            "partner": assignment.partner.name,
            "until": until,
            "days": rules.WORKING_DAYS_TO_CONFIRM,
            "action_label": _l("Open the request"),
        },
    )


def _act() -> Intervention:
    return Intervention(
        id=12,
        on=date(2026, 3, 2),
        minutes=180,
        place_kind=Place.ON_SITE,
        state=InterventionState.DONE,
        report="Nous avons comparé trois façons de partager les loyers.",
    )


def _example(step: Step[ConfirmationState], audience: Audience) -> tuple[Recipient, Message]:
    asked = Confirmation(minutes=120, asked_at=datetime(2026, 3, 4, tzinfo=UTC))
    change = None if step is steps.CONTEST else (180, 120)
    intervention = _act()
    proposed = "Une heure de préparation avait été comptée." if step is steps.ADJUST else None
    facts = _facts(step, intervention, asked, change, proposed)
    context = {"intervention": intervention}
    return examples.example(step, audience, facts=facts, context=context, details=examples.WORDS)


def _reminder_example() -> tuple[Recipient, Message]:
    intervention = _act()
    request = examples.request(RequestState.ACCEPTED)
    intervention.assignment = Assignment(request=request, partner=Partner(name="Agence Alliée"))
    told = _reminder(intervention, date(2026, 3, 13))
    return examples.READER, explained(replace(told, facts=[*told.facts, examples.CELL]), WHY_TO_CONFIRM, None)


CONFIRMATION_EXAMPLES: Mapping[str, Example] = {
    REMINDER: _reminder_example,
    **{
        kind_of("interventions", step, audience): partial(_example, step, audience)
        for step in steps.OF_CONFIRMATIONS
        for audience in sorted(step.tells)
    },
}

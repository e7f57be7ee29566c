"""Who is told of dates that are proposed: the pole that picks, the partner that waits, and who would come."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Actor
from portal.accounts.models import Person
from portal.interventions import words as interventions
from portal.interventions.emails import addressees
from portal.interventions.steps import Place
from portal.ladder import Following, explained
from portal.notifications.emails import MailAct, Message, Recipient
from portal.notifications.links.service import stand_in
from portal.notifications.outbox.service import Envelope
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.proposals import queries, steps, words
from portal.proposals.models import DateProposal, ProposedDate, ProposedPractice
from portal.proposals.steps import Moves, ProposalState
from portal.requests import emails as requests
from portal.requests.emails import News, kind_of
from portal.requests.examples import emails as examples
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import RequestState
from portal.requests.telling.queries import readers
from portal.steps import Audience
from portal.web import durations
from portal.web.addresses import absolute_url

PROPOSED = kind_of("proposals", steps.PROPOSE, Audience.POLE)
REMINDER, UNANSWERED = "proposals/reminder_pole", "proposals/unanswered_partner"
WHY = _l("You receive this message because dates were proposed, and none of them is picked yet.")
_PEOPLE = Audience.PRACTITIONERS
People = Collection[tuple[int, int]]
"""Each with the assignment of the partner it would come for."""


def people_of(proposal: DateProposal) -> frozenset[tuple[int, int]]:
    return frozenset((practice.person_id, practice.assignment_id) for practice in proposal.practices)


def acts(proposal: DateProposal, reference: str) -> Sequence[MailAct]:
    """What the pole answers at once: a date, or others."""
    return [
        MailAct(
            words.STEPS[step.name].button,
            absolute_url("dates_by_mail.show", token=stand_in(number)),
            (step.name, reference, proposal.id),
        )
        for number, step in enumerate((steps.PICK, steps.ASK_OTHERS))
    ]


def facts(proposal: DateProposal, place: str | None) -> list[tuple[Any, Any]]:
    """Each date by the clocks of the place, and what is the same of all."""
    dates: list[tuple[Any, Any]] = [
        (_l("Proposed date %(number)d", number=date.number), LazyString(words.line, date, place))
        for date in proposal.dates
    ]
    names = ", ".join(person.name for person in proposal.practitioners)
    who = [(_l("Who would come for the partner"), names)] if names else []
    return [
        *dates,
        (_l("Length"), durations.length(proposal.minutes)),
        (_l("Where"), interventions.PLACES[proposal.place_kind]),
        *interventions.place_fact(proposal),
        *who,
    ]


def news(
    step: Moves, event: RequestEvent, actor: Actor, proposal: DateProposal, freed: People = ()
) -> list[News]:
    """What there is to tell. `freed`: who would have come at the dates before, and no longer would."""
    about = facts(proposal, event.request.pole.place)
    context = {"proposal": proposal, "replaces": bool(freed)}
    told = requests.news(
        step,
        event,
        actor,
        feature="proposals",
        facts=about,
        context=context,
        line=(_l("Dates proposed"), LazyString(_in_a_line, proposal, event.request.pole.place)),
        thing=proposal,
    )
    if step is steps.PROPOSE:
        offered = acts(proposal, event.request.reference)
        told = [replace(each, acts=offered) if each.audience is Audience.POLE else each for each in told]
    if _PEOPLE in step.tells:
        told.append(_to_people(step, event, actor, people_of(proposal), about, context))
    if gone := frozenset(freed) - people_of(proposal):
        told.append(_to_people(steps.TAKE_BACK, event, actor, gone, (), context))
    return told


def picked(
    event: RequestEvent, actor: Actor, proposal: DateProposal, date: ProposedDate, coming: Collection[int]
) -> list[News]:
    """The partner's people who do not come themselves: those who do are told of what is planned."""
    place = event.request.pole.place
    told = requests.news(
        steps.PICK,
        event,
        actor,
        feature="proposals",
        facts=[
            (_l("Date picked"), LazyString(words.line, date, place)),
            *facts(proposal, place)[len(proposal.dates) :],
        ],
        context={"proposal": proposal, "date": date},
    )
    return [replace(each, people=[to for to in each.people if to.person.id not in coming]) for each in told]


def _in_a_line(proposal: DateProposal, place: str | None) -> str:
    return "; ".join(words.lines(proposal.dates, place))


def _to_people(
    step: Moves,
    event: RequestEvent,
    actor: Actor,
    who: People,
    about: Sequence[tuple[Any, Any]],
    context: Mapping[str, Any],
) -> News:
    kind = kind_of("proposals", step, _PEOPLE)
    people = addressees(event.request, who)
    return News(kind, event, actor, _PEOPLE, people, (), about, context)


def reminder(number: int) -> Sequence[Envelope]:
    """Who follows the request for the pole, with what each can answer at once."""
    proposal = queries.by_number(number)
    request = proposal.assignment.request
    asked = replace(message(proposal), acts=acts(proposal, request.reference))
    return [
        letter._replace(recipient=replace(letter.recipient, organisation_id=request.pole_id))
        for letter in requests.to_pole(REMINDER, request, asked)
    ]


def unanswered(number: int) -> Sequence[Envelope]:
    """The partner's people, or whoever has the request: they call the pole."""
    proposal = queries.by_number(number)
    assignment = proposal.assignment
    to = readers(Audience.PARTNER, assignment.request, [assignment])
    return requests.letters(UNANSWERED, to, message(proposal))


def message(proposal: DateProposal) -> Message:
    """The dates, and the page where one is picked."""
    assignment, request = proposal.assignment, proposal.assignment.request
    return Message(
        action_url=absolute_url("requests.show", reference=request.reference),
        facts=[
            (_l("Pole"), request.pole.name),
            (_l("Partner"), assignment.partner.name),
            *facts(proposal, request.pole.place),
        ],
        requests=[requests.link(request.reference)],
        thread=request.reference,
        about=request.subject,
        context={
            "request": request,
            "pole": request.pole.name,
            "partner": assignment.partner.name,
            "action_label": _l("Open the request"),
        },
    )


def _proposal() -> DateProposal:
    """An invented one."""
    moments = (date(2026, 3, 18), time(9, 30)), (date(2026, 3, 20), time(14)), (date(2026, 3, 24), time(9))
    return DateProposal(
        id=12,
        state=ProposalState.OPEN,
        minutes=210,
        place_kind=Place.ON_SITE,
        place="Maison des associations, Rennes",
        created_at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
        dates=[ProposedDate(number=n, on=on, starts_at=at) for n, (on, at) in enumerate(moments, 1)],
        practices=[ProposedPractice(person=Person(given_name="Bertrand", family_name="Noël"))],
    )


def _example(step: Moves, audience: Audience) -> tuple[Recipient, Message]:
    """The e-mail of a step to one of those it concerns."""
    proposal = _proposal()
    about = facts(proposal, None)
    if step is steps.PICK:
        about = [(_l("Date picked"), LazyString(words.line, proposal.dates[1], None)), *about[3:]]
    context = {"proposal": proposal, "date": proposal.dates[1], "replaces": False}
    details = examples.WORDS if step in (steps.PROPOSE, steps.ASK_OTHERS) else None
    reader, told = examples.example(step, audience, facts=about, context=context, details=details)
    is_asked = step is steps.PROPOSE and audience is Audience.POLE
    return reader, replace(told, acts=acts(proposal, told.thread or "")) if is_asked else told


def _reminder_example(following: Following | None, *, to_pole: bool) -> tuple[Recipient, Message]:
    request = SupportRequest(
        reference="2026-0147",
        pole=Pole(name="Pôle des Trois Rivières"),
        subject="Partager trois ateliers",
        state=RequestState.ACCEPTED,
    )
    proposal = _proposal()
    proposal.assignment = Assignment(request=request, partner=Partner(name="Agence Alliée"))
    told = message(proposal)
    told = replace(told, acts=acts(proposal, request.reference)) if to_pole else told
    cell = [examples.CELL] if to_pole else []
    return examples.READER, explained(replace(told, facts=[*told.facts, *cell]), WHY, following)


_THEN = Following(_l("the partner is told that nobody has answered"), date(2026, 3, 12))
EXAMPLES: Mapping[str, Example] = {
    REMINDER: partial(_reminder_example, _THEN, to_pole=True),
    UNANSWERED: partial(_reminder_example, None, to_pole=False),
    **{
        kind_of("proposals", step, audience): partial(_example, step, audience)
        for step in steps.OF_PROPOSALS
        for audience in sorted(step.tells)
    },
}

"""Who hears of a date by their calendar alone, and who hears what a calendar answered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.calendars import rules, words
from portal.calendars.models import CalendarInvitation
from portal.calendars.rules import Answer, Method, Moment, Party, Shown
from portal.interventions.models import Intervention
from portal.interventions.upcoming import emails as upcoming
from portal.interventions.upcoming.queries import partners_of
from portal.interventions.words import when, when_and_where
from portal.notifications.addresses import rules as addresses
from portal.notifications.addresses.rules import Use
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.previews.service import Example
from portal.requests import emails as requests
from portal.requests.examples.emails import CELL, READER
from portal.requests.telling.queries import heads, practitioners
from portal.sessions import words as sessions
from portal.sessions.givers import emails as givers
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations.emails import WHY_PARTICIPANT
from portal.teams.calling.emails import contact
from portal.teams.calling.queries import cells
from portal.text import in_a_row
from portal.web.addresses import absolute_url
from portal.web.links import Link

INVITED, TAKEN_OUT = "calendars/invited", "calendars/taken_out"
DECLINED, AFTER_ALL = "calendars/declined_practitioner", "calendars/after_all_practitioner"
_TELL_IT_APART = 4
"""Of the facts of a date: for whom, by whom, which day, when."""
_LINES = {Method.REQUEST: _l("In your diary"), Method.CANCEL: _l("No longer in your diary")}
_WHY = _l("You receive this message because this date concerns you: it is for your calendar.")
_WHY_ANSWER = _l("You receive this message because somebody who was expected answered from their calendar.")


Thing = Intervention | CollectiveSession
"""What calendars are invited to."""


class Told(NamedTuple):
    """What the calendar of one reader is told of one date. `has_seat`: they come to a session, at an address that
    somebody typed, and give none."""

    method: Method
    thing: Thing
    to: Recipient
    calendar: str
    has_seat: bool


def told(method: Method, thing: Thing, sent: CalendarInvitation, to: Recipient) -> Told:
    has_seat = isinstance(thing, CollectiveSession) and sent.person_id is None
    return Told(method, thing, to, _invitation(method, thing, sent, to), has_seat)


def _invitation(method: Method, thing: Thing, sent: CalendarInvitation, to: Recipient) -> str:
    """What the calendar of one reader is told. Nobody is asked to answer that they come to a session."""
    is_date = isinstance(thing, Intervention)
    with force_locale(to.language):
        if isinstance(thing, Intervention):
            state = shown(thing, page_of(thing, to.organisation_id))
        else:
            state = shown_session(thing, page_of_session(thing, to.organisation_id))
        if method is Method.CANCEL:  # whoever no longer comes learns nothing new
            state = replace(state, where="", about="")
        address = _answers_to(sent) if is_date else str(current_app.config["MAIL_SENDER"])
        organiser = Party(current_app.config["MAIL_SENDER_NAME"], address)
        invited, asks = Party(to.name, sent.address), is_date and bool(current_app.config["MAIL_INBOX"])
        return rules.invitation(method, state, organiser, invited, clock.now(), asks=asks)


def _answers_to(sent: CalendarInvitation) -> str:
    """For life the same for one invitation: calendars take no change from another organiser."""
    config = current_app.config
    if not config["MAIL_INBOX"]:
        return str(config["MAIL_SENDER"])
    return addresses.written(config["MAIL_INBOX"], config["SECRET_KEY"], Use.CALENDAR, sent.id)


def shown(intervention: Intervention, url: str) -> Shown:
    """A date with its place and its subject, for who may read them."""
    request = intervention.assignment.request
    return Shown(
        intervention.uid,
        intervention.sequence,
        moment(intervention),
        words.title(intervention),
        url,
        words.where(intervention),
        "\n".join(filter(None, (f"{_('Request')} {request.reference}", request.subject, url))),
    )


def moment(intervention: Intervention) -> Moment:
    """As the clocks of its pole show it."""
    place = intervention.assignment.request.pole.place
    return Moment.of(intervention.on, intervention.starts_at, intervention.minutes, place)


def digest(thing: Thing) -> str:
    """What tells apart two states that calendars show otherwise."""
    if isinstance(thing, Intervention):
        return rules.digest(moment(thing), thing.place_kind, thing.place)
    return rules.digest(
        moment_of_session(thing), thing.place_kind, thing.place, thing.title, thing.link or ""
    )


def shown_session(session: CollectiveSession, page: str) -> Shown:
    """One with all that those who come may read."""
    return Shown(
        session.uid,
        session.sequence,
        moment_of_session(session),
        session.title,
        page,
        sessions.where(session),
        "\n".join(filter(None, (session.link, page))),
    )


def moment_of_session(session: CollectiveSession) -> Moment:
    """As the clocks of where it takes place show it."""
    return Moment.of(session.on, session.starts_at, session.minutes, session.department_code)


def page_of_session(session: CollectiveSession, organisation_id: int | None) -> str:
    """Where its partner keeps it; for everybody else, the page that all may read."""
    is_kept = organisation_id == session.partner_id
    return absolute_url("sessions.manage" if is_kept else "sessions.show", session_id=session.id)


def page_of(intervention: Intervention, organisation_id: int | None) -> str:
    """The page where a reader sees it: that of its request, or for a pole that joined the one of the shared request."""
    reference = intervention.assignment.request.reference
    joined = {served.pole_id for served in intervention.also_served}
    endpoint = "joint.show" if organisation_id in joined else "requests.show"
    return absolute_url(endpoint, reference=reference)


def letter(told: Sequence[Told]) -> Envelope:
    """To an address that would hear nothing else of these dates. Whoever no longer comes reads what it is taken out by,
    and nothing new."""
    first = told[0]
    kind = TAKEN_OUT if all(each.method is Method.CANCEL for each in told) else INVITED
    dates = {each.thing.uid: each.calendar for each in told}
    message = _several(told) if len(told) > 1 else _single(first)
    if any(each.has_seat for each in told):
        to = replace(first.to, name="", organisation_id=None)
        return Envelope(kind, to, replace(message, to_stranger=True), dates, is_news=False, secret="")
    to = replace(first.to, place=requests.place_of_team(first.to.organisation_id))
    return Envelope(kind, to, message, dates, is_news=False)


def _single(told: Told) -> Message:
    message, reader = _message(told), told.to.organisation_id
    if told.method is Method.CANCEL:
        return replace(message, facts=message.facts[:_TELL_IT_APART])
    if not isinstance(told.thing, Intervention):
        return message
    request = told.thing.assignment.request
    poles = {request.pole_id, *(served.pole_id for served in told.thing.also_served)}
    call = contact(cells(request.region_code)) if reader in poles else ()
    return replace(message, facts=[*message.facts, *call])


def _several(told: Sequence[Told]) -> Message:
    """A line for each, and the page where all of them are."""
    messages = [_message(each) for each in told]
    of_session = any(isinstance(each.thing, CollectiveSession) for each in told)
    first = replace(
        messages[0],
        facts=[(_LINES[each.method], LazyString(_in_a_line, each)) for each in told],
        requests=list(dict.fromkeys(link for message in messages for link in message.requests)),
        context={**messages[0].context, "several": len(told), "of_session": of_session},
    )
    if len(first.requests) == 1 and not of_session:
        return first
    label, endpoint = _l("Open my requests"), "requests.index"
    if any(each.has_seat for each in told):
        label, endpoint = _l("Open the sessions to come"), "sessions.index"
    elif of_session:
        label, endpoint = _l("Open the sessions of our organisation"), "sessions.kept"
    context, page = {**first.context, "action_label": label}, absolute_url(endpoint)
    return replace(first, action_url=page, about="", thread=None, answers=None, context=context)


def _in_a_line(told: Told) -> str:
    """When, where to whoever comes, and for whom."""
    if not isinstance(told.thing, Intervention):
        return in_a_row([sessions.moment(told.thing), told.thing.title])
    intervention = told.thing
    pole = intervention.assignment.request.pole
    if told.method is Method.CANCEL:
        return f"{when(intervention.on, intervention.starts_at, pole.place)} – {pole.name}"
    return f"{when_and_where(intervention, pole.place)} – {pole.name}"


def _message(told: Told) -> Message:
    if isinstance(told.thing, Intervention):
        return _of_date(told.thing, told.to.organisation_id)
    return _of_session(told.thing, has_seat=told.has_seat)


def _of_session(session: CollectiveSession, *, has_seat: bool) -> Message:
    """To whoever gives it or has a seat, or no longer does."""
    about = givers.message(session)
    why = WHY_PARTICIPANT if has_seat else _WHY
    more = {"several": 0, "of_session": True, "has_seat": has_seat, "takes_answers": False, "why": why}
    page = page_of_session(session, None) if has_seat else about.action_url
    return replace(about, action_url=page, context={**about.context, **more})


def _of_date(intervention: Intervention, organisation_id: int | None) -> Message:
    about = upcoming.message(intervention)
    page = page_of(intervention, organisation_id)
    return replace(
        about,
        action_url=page,
        requests=[Link(intervention.assignment.request.reference, page)],
        answers=f"part-{intervention.assignment_id}",
        context={
            **about.context,
            "several": 0,
            "of_session": False,
            "has_seat": False,
            "takes_answers": bool(current_app.config["MAIL_INBOX"]),
            "why": _WHY,
        },
    )


def answered(intervention: Intervention, sent: CalendarInvitation, name: str) -> None:
    """Who comes hears that somebody cannot, or can after all; where one of those who come cannot, so does who answers
    for their partner."""
    kind = DECLINED if sent.answer is Answer.DECLINED else AFTER_ALL
    told = _of_answer(kind, intervention, name)
    people = [
        addressee
        for assignment_id, partner_id in partners_of(intervention.id)
        for addressee in practitioners(
            partner_id,
            [each.person_id for each in intervention.practices if each.assignment_id == assignment_id],
        )
    ]
    if any(each.person_id == sent.person_id for each in intervention.practices):
        people += heads(sent.organisation_id)
    letters = requests.letters(kind, (people, ()), told)
    enqueue_all([each for each in letters if each.recipient.email != sent.address])


def _of_answer(kind: str, intervention: Intervention, name: str) -> Message:
    message = upcoming.message(intervention)
    context = {**message.context, "name": name, "why": _WHY_ANSWER}
    if kind == AFTER_ALL:
        return replace(message, context=context)
    page = absolute_url("interventions.correct", intervention_id=intervention.id)
    return replace(message, action_url=page, context={**context, "action_label": _l("Choose another date")})


def _of_example() -> Intervention:
    intervention = upcoming.example_of_a_date()
    intervention.uid, intervention.sequence = "5a0e6a3e-0000-4000-8000-000000000012", 0
    return intervention


def _example(kind: str) -> tuple[Recipient, Message]:
    intervention = _of_example()
    if kind in (DECLINED, AFTER_ALL):
        return READER, _of_answer(kind, intervention, "Maël Kerdoncuff")
    message = _of_date(intervention, None)
    facts = message.facts[:_TELL_IT_APART] if kind == TAKEN_OUT else message.facts
    return READER, replace(message, facts=[*facts, CELL] if kind == INVITED else facts)


EXAMPLES: Mapping[str, Example] = {
    kind: partial(_example, kind) for kind in (INVITED, TAKEN_OUT, DECLINED, AFTER_ALL)
}

"""What is done in a conversation: say something, keep a draft, note how far one has read."""

import re
from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.accounts.attempts import service as attempts
from portal.accounts.models import Membership
from portal.conversation import emails, queries, rules
from portal.conversation.emails import By
from portal.conversation.guests import queries as guest_queries
from portal.conversation.guests import service as guests
from portal.conversation.guests.models import Guest, MessageGuest
from portal.conversation.models import Message, MessageDraft, MessageMention, MessagePartner, Reading
from portal.conversation.rules import Reach, Side
from portal.db import add_aside, db
from portal.refusals import AlreadySent, Invalid, NotFound
from portal.requests import queries as requests_queries
from portal.requests import service as requests
from portal.requests import steps
from portal.requests.assignments import service as assignments
from portal.requests.events.queries import just_did
from portal.requests.models import Assignment, SupportRequest
from portal.requests.queries import own_assignment
from portal.requests.rules import Details
from portal.requests.steps import RequestState
from portal.requests.undo import service as undo
from portal.steps import StepRefused

_STEPS = {
    steps.ASK.verb: (steps.ASK, assignments.ask),
    steps.ANSWER.verb: (steps.ANSWER, assignments.answer),
}
"""What is said as a step of the request, not as a message: a question, and its answer."""
_STEP = re.compile(rf"(?:{'|'.join(_STEPS)})-[1-9][0-9]{{0,8}}")


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody says. `to`: a choice of the form, a reach or a step with the number of its assignment."""

    to: str
    text: str
    mentioned: Collection[int] = ()


def say(actor: Actor, reference: str, once: str, words: Words) -> Message | Assignment:
    """Say something on a request; the same form sent twice says it once. What was kept of it is sent with it.

    Returns the message, or the part that a question or an answer is about.
    """
    posted: Message | Assignment
    if is_step(words.to):
        verb, _, number = words.to.partition("-")
        _step, do = _STEPS[verb]
        request = do(actor, reference, int(number), Details(message=words.text))
        posted = own_assignment(actor, request, int(number))
    else:
        request = _lock(actor, reference)
        sent = _sent_before(request.id, once, (actor.person_id, None), words.text)
        if sent is not None and queries.heard_by(sent).value != words.to:
            raise AlreadySent("text")
        posted = sent or _write(actor, request, once, words)
    _forget_draft(actor, request.id)
    return posted


def _sent_before(request_id: int, once: str, by: tuple[int | None, int | None], text: str) -> Message | None:
    """What this form said already (`by`: a person or a guest); Invalid where it says something else now, or is that of
    somebody else."""
    sent = queries.by_once(request_id, once)
    if sent is not None and ((sent.author_id, sent.guest_id), sent.text) != (by, text):
        raise AlreadySent("text")
    return sent


def answer(actor: Actor, reference: str, once: str, text: str, heard: Reach) -> Message:
    """Say something to those who read what it answers (`heard`), as far as they still do: never to anybody else. The
    same answer sent twice is said once."""
    request = _lock(actor, reference)
    message = queries.by_once(request.id, once)
    if message is not None:
        return message
    reach = reach_of_an_answer(actor, request, heard)
    if reach is None:
        raise NotFound
    return _say(actor, request, once, Words(reach.value, text), reach)


def reach_of_an_answer(actor: Actor, request: SupportRequest, heard: Reach) -> Reach | None:
    """Who would read what somebody answers to what was read by some (`heard`); None: nobody any more."""
    return rules.narrowest(reaches(actor, request, guest_queries.there(request.id)), heard)


def is_step(to: str | None) -> bool:
    """Is it said as a step, rather than as a message?"""
    return bool(_STEP.fullmatch(to or ""))


def was_just_said(actor: Actor, reference: str, words: Words) -> bool:
    """As a step, by the same form: it was sent twice."""
    verb, _, number = words.to.partition("-")
    if not is_step(words.to):
        return False
    return just_did(actor, reference, _STEPS[verb][0], int(number), Details(message=words.text))


def act(actor: Actor, to: str | None) -> AbstractContextManager[None]:
    """What is said as a step can be undone, as where it is done elsewhere; a message cannot."""
    return undo.act(actor, _STEPS[(to or "").partition("-")[0]][0]) if is_step(to) else nullcontext()


def _lock(actor: Actor, reference: str) -> SupportRequest:
    request = requests.lock(actor, reference, Permission.MESSAGE_WRITE)
    if request.state is RequestState.DRAFT:
        raise StepRefused(steps.SUBMIT, request.state)
    return request


def _write(actor: Actor, request: SupportRequest, once: str, words: Words) -> Message:
    there = guest_queries.there(request.id)
    reach = next((reach for reach in reaches(actor, request, there) if reach.value == words.to), None)
    if reach is None:
        raise Invalid("to", _l("Who follows this request has changed: choose again who reads your message."))
    return _say(actor, request, once, words, reach)


def _say(actor: Actor, request: SupportRequest, once: str, words: Words, reach: Reach) -> Message:
    named = _named(actor, request, reach, words.mentioned)
    message = Message(
        request=request,
        once=once,
        author_id=actor.person_id,
        organisation_id=actor.organisation_id,
        side=rules.side_of(actor),
        text=words.text,
    )
    _add(message, reach)
    db.session.add_all(
        MessageMention(message_id=message.id, person_id=membership.person_id) for membership in named
    )
    emails.tell(By.actor(actor), message, reach, named)
    guests.tell(reach.guest_ids, request.id)
    return message


def _add(message: Message, reach: Reach) -> None:
    """Store it with who reads it."""
    message.note, message.at = reach.note, clock.now()
    db.session.add(message)
    db.session.flush()
    db.session.add_all(
        MessagePartner(message_id=message.id, partner_id=partner_id) for partner_id in reach.partner_ids
    )
    db.session.add_all(MessageGuest(message_id=message.id, guest_id=guest_id) for guest_id in reach.guest_ids)


def say_as_guest(token: str, once: str, text: str) -> Message:
    """What a guest writes is read by the pole, the cells and whoever asked them, or every partner where that is no
    partner; the same form sent twice says it once."""
    seen = guest_queries.by_token(token)
    request = requests_queries.get_locked(None, seen.request.reference) if seen else None
    guest = guest_queries.by_token(token)  # again, now that nothing else happens to the request
    if request is None or guest is None:
        raise NotFound
    sent = _sent_before(request.id, once, (None, guest.id), text)
    if sent is not None:
        return sent
    if not attempts.may_write_as_guest(guest.id):
        raise Invalid("text", _l("You wrote many messages today. Go on tomorrow."))
    partners = {guest.organisation_id} if guest.side is Side.PARTNER else set(queries.at_work(request))
    reach = rules.with_guests(Reach(frozenset(partners)), _asked_by(guest_queries.there(request.id)))
    message = Message(
        request=request,
        once=once,
        guest_id=guest.id,
        organisation_id=guest.organisation_id,
        side=Side.GUEST,
        text=text,
    )
    _add(message, reach)
    emails.tell(By.guest(guest), message, reach)
    guests.tell(reach.guest_ids - {guest.id}, request.id)
    return message


def _asked_by(there: Sequence[Guest]) -> list[tuple[int, Side, int]]:
    return [(guest.id, guest.side, guest.organisation_id) for guest in there]


def reaches(actor: Actor, request: SupportRequest, there: Sequence[Guest]) -> list[Reach]:
    """Who may be made to read what somebody says now, the usual first. `there`: the guests of the request."""
    reached = rules.reaches(rules.side_of(actor), actor.organisation_id, sorted(queries.at_work(request)))
    return [rules.with_guests(reach, _asked_by(there)) for reach in reached]


def _named(
    actor: Actor, request: SupportRequest, reach: Reach, mentioned: Collection[int]
) -> list[Membership]:
    """Those named, once each, by one of their organisations; Invalid where somebody would not read it."""
    if not mentioned:
        return []
    wanted = set(mentioned)
    people = queries.people(queries.readers(actor, request, [reach]))
    members = {person.person_id: person for person in people if person.person_id in wanted}
    if members.keys() != wanted or len(wanted) > rules.MOST_MENTIONED:
        raise Invalid("mentioned", _l("Somebody you name would not read this message: look at who reads it."))
    return list(members.values())


def keep_draft(actor: Actor, reference: str, once: str, words: Words) -> None:
    """Keep what is typed until it is sent; nothing typed: forget it. What was sent meanwhile is not kept again."""
    request = _lock(actor, reference)
    kept = queries.draft(actor, request.id)
    if not words.text.strip() or queries.by_once(request.id, once):
        _forget_draft(actor, request.id)
    elif kept is None:
        db.session.add(
            MessageDraft(
                person_id=actor.person_id,
                organisation_id=actor.organisation_id,
                request_id=request.id,
                reach=words.to,
                text=words.text,
                begun_at=clock.now(),
            )
        )
    else:
        kept.text, kept.reach = words.text, words.to


def _forget_draft(actor: Actor, request_id: int) -> None:
    db.session.execute(
        delete(MessageDraft)
        .where(
            MessageDraft.person_id == actor.person_id,
            MessageDraft.organisation_id == actor.organisation_id,
            MessageDraft.request_id == request_id,
        )
        .execution_options(synchronize_session=False)
    )


def read_on(actor: Actor, request_id: int, until: int) -> None:
    """Note that somebody has the conversation before them up to a message. The page waits for nobody who writes: else
    it stays unread until the next visit."""
    row = {
        "person_id": actor.person_id,
        "organisation_id": actor.organisation_id,
        "request_id": request_id,
        "read_until": until,
        "at": clock.now(),
    }
    add_aside(insert(Reading).values(row))

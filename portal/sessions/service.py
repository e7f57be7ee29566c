"""What is done to sessions: lock, decide, change, remember, tell."""

from collections.abc import Collection, Sequence
from dataclasses import asdict

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.db import db, one_at_a_time, require_transaction
from portal.notifications.outbox import service as outbox
from portal.refusals import AlreadySent, Invalid, NotAllowed, NotFound
from portal.sessions import queries, rules, steps, words
from portal.sessions.givers import emails as given
from portal.sessions.givers import queries as given_by
from portal.sessions.givers import service as givers
from portal.sessions.models import CollectiveSession
from portal.sessions.needs import emails as needs
from portal.sessions.registrations import emails
from portal.sessions.registrations import queries as registrations
from portal.sessions.registrations import service as seats
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import TAKES_A_SEAT
from portal.sessions.rules import SessionFacts
from portal.sessions.steps import Moves, SessionState


def create(actor: Actor, once: str, facts: SessionFacts, people: Collection[int] = ()) -> CollectiveSession:
    """Draft a session, which nobody else reads yet, and say who gives it; the same form sent twice finds the same
    one."""
    _begin(actor, Permission.SESSION_KEEP)
    one_at_a_time("sessions")
    existing = queries.by_once(once)
    if existing is not None:
        same = _facts_of(existing) == facts and _givers(existing) == set(people)
        if existing.partner_id != actor.organisation_id or not same:
            raise AlreadySent("title")
        return existing
    session = CollectiveSession(once=once, partner_id=actor.organisation_id, state=SessionState.DRAFT)
    _write(actor, session, facts)
    db.session.add(session)
    db.session.flush()
    givers.name(session, people)
    return session


def edit(
    actor: Actor, session_id: int, facts: SessionFacts, people: Collection[int] | None = None
) -> CollectiveSession:
    """Say something else of a session, or who gives it; None: they stay."""
    session = _locked(actor, session_id, steps.EDIT)
    before = _facts_of(session)
    there = registrations.of_session(session.id)
    taken = sum(each.standing in TAKES_A_SEAT for each in there)
    if facts.seats < taken:
        raise Invalid("seats", words.too_few(taken))
    _write(actor, session, facts)
    db.session.flush()
    gave = _givers(session)
    if people is not None:
        givers.name(session, people)
    if session.state is not SessionState.OPEN:
        return session
    changes = words.changes(before, facts)
    if changes:
        seats.keep_before(session, there)
    with outbox.one_act():
        told = given.tell(session, actor, gave, _givers(session), changes)
        called = seats.settle(session)
        others = [each for each in there if changes and each not in called]
        emails.announce(emails.CHANGE, session, others, changes, {actor.email, *told})
    return session


def publish(actor: Actor, session_id: int) -> CollectiveSession:
    """Everybody reads it from now on, and those who give it count on it."""
    session = _locked(actor, session_id, steps.PUBLISH)
    _check(_facts_of(session))
    move(session, steps.PUBLISH)
    given.tell(session, actor, (), _givers(session))
    return session


def cancel(actor: Actor, session_id: int, reason: str) -> CollectiveSession:
    """It does not take place; its page says why."""
    session = _locked(actor, session_id, steps.CANCEL)
    call_off(session, reason, {actor.email})
    return session


def call_off(session: CollectiveSession, reason: str, without: Collection[str]) -> None:
    """The same of a session that is locked; all who would have come, and who wait, are told, but at the addresses of
    those who know."""
    there = stop(session, reason)
    with outbox.one_act():
        told = given.tell_end(session, [words.why(reason)], without)
        emails.announce(emails.CANCEL, session, there, [words.why(reason)], {*without, *told})
        needs.lose(session, there, without)


def call_off_all(sessions: Sequence[CollectiveSession], reason: str, without: Collection[str]) -> None:
    """The same of several at once, of which each address hears once."""
    if len(sessions) == 1:
        call_off(sessions[0], reason, without)
        return
    there: list[Registration] = []
    for session in sessions:
        people = stop(session, reason)
        for each in people:
            each.session = session
        there += people
    with outbox.one_act():
        emails.tell_calendars([session.id for session in sessions])
        emails.announce_end(there, [words.why(reason)], without)
        for session in sessions:
            needs.lose(session, [each for each in there if each.session_id == session.id], without)


def stop(session: CollectiveSession, reason: str) -> Sequence[Registration]:
    """It does not take place; who would have come, or waits."""
    session.reason = reason
    move(session, steps.CANCEL)
    return registrations.of_session(session.id)


def discard(actor: Actor, session_id: int) -> None:
    """Delete a draft, which nobody else has read."""
    db.session.delete(_locked(actor, session_id, steps.PUBLISH))


def _begin(actor: Actor, right: Permission) -> None:
    require_transaction()
    if not allows(actor, right):
        raise NotAllowed


def own_locked(actor: Actor, session_id: int, right: Permission) -> CollectiveSession:
    """A session of one's own partner, which nobody else changes until the transaction ends."""
    _begin(actor, right)
    session = queries.locked(session_id)
    if session is None or session.partner_id != actor.organisation_id:
        raise NotFound
    return session


def _locked(actor: Actor, session_id: int, step: Moves) -> CollectiveSession:
    """One on which a step is possible now."""
    session = own_locked(actor, session_id, step.right)
    if refused := session.why_not(step):
        raise refused
    return session


def move(session: CollectiveSession, step: Moves) -> None:
    """Where a step leads one that is locked."""
    if step.target:
        session.state = step.target


def _write(actor: Actor, session: CollectiveSession, facts: SessionFacts) -> None:
    offered = {service.id for service in queries.offered_by(actor)}
    if facts.service_id not in offered | {session.service_id}:
        raise Invalid("service_id", _l("Choose a service that your organisation delivers."))
    _check(facts)
    for name, value in asdict(facts).items():
        setattr(session, name, value)


def _givers(session: CollectiveSession) -> set[int]:
    return {each.person_id for each in given_by.of_session(session.id)}


def _check(facts: SessionFacts) -> None:
    if wrong := rules.what_is_wrong(facts, clock.now()):
        raise Invalid(*words.WRONG[wrong])


def _facts_of(session: CollectiveSession) -> SessionFacts:
    return SessionFacts(**{name: getattr(session, name) for name in SessionFacts.__dataclass_fields__})

"""What is done to registrations: lock the session, decide, change, remember, tell. Whoever is last finds it full."""

from collections.abc import Collection, Sequence

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.accounts.attempts import service as attempts
from portal.accounts.rules import canonical_email
from portal.db import db, require_transaction
from portal.notifications.outbox.service import one_act
from portal.refusals import AlreadySent, Invalid, NotAllowed, NotFound
from portal.sessions import queries as sessions
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import emails, queries, rules, words
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Asked, NotNow, Standing
from portal.sessions.steps import SessionState
from portal.text import search_key


@one_act()
def register(
    actor: Actor, session_id: int, once: str, asked: Asked, *, may_wait: bool = False
) -> Registration:
    """Somebody of the actor's pole takes a seat; or waits for one, where none is left and they want that. The same form
    sent twice finds the same registration."""
    _begin(actor)
    if queries.active_pole(actor.organisation_id) is None:
        raise NotFound
    session = _locked(session_id)
    existing = queries.by_once(once)
    if existing is not None:
        if existing.pole_id != actor.organisation_id or not _is_asked(existing, asked):
            raise AlreadySent("name")
        return existing
    if not session.takes_people:
        raise NotNow(Standing.WAITING, is_over=True)
    settle(session)
    there = queries.of_session(session.id)
    _require_new(actor, asked, there)
    standing = _standing(session, [each.standing for each in there], may_wait=may_wait)
    if asked.email and not attempts.may_write_to(asked.email):
        raise Invalid("email", _l("This address got many e-mails today. Try again tomorrow."))
    registration = Registration(
        once=once,
        session_id=session.id,
        pole_id=actor.organisation_id,
        registered_by_id=actor.person_id,
        name=asked.name,
        email=asked.email,
        language=asked.language,
    )
    _set(registration, standing)
    db.session.add(registration)
    db.session.flush()
    if standing is Standing.SEATED:
        emails.tell(emails.SEAT, session, [registration])
        emails.tell_calendars([session.id])
    else:
        emails.tell(emails.WAIT, session, [registration], [emails.place_in_line(registration)])
    return registration


def _is_asked(registration: Registration, asked: Asked) -> bool:
    email = canonical_email(asked.email) if asked.email else ""
    given = registration.name, registration.email, registration.language
    return given == (asked.name, email, asked.language)


def _standing(session: CollectiveSession, there: Sequence[Standing], *, may_wait: bool) -> Standing:
    waiting = there.count(Standing.WAITING)
    taken = sum(standing in rules.TAKES_A_SEAT for standing in there)
    can_be_offered = rules.offered_until(clock.now(), session.begins) is not None
    if rules.is_free(session.seats, taken, waiting, can_be_offered=can_be_offered):
        return Standing.SEATED
    if not may_wait:
        raise Invalid("may_wait", words.FULL)
    if waiting >= rules.MOST_WAITING:
        raise Invalid("may_wait", _l("The waiting list is full as well."))
    return Standing.WAITING


def _require_new(actor: Actor, asked: Asked, there: Collection[Registration]) -> None:
    """A pole registers nobody twice. Whom other poles registered is not said."""
    own = [each for each in there if each.pole_id == actor.organisation_id]
    if any(search_key(each.name) == search_key(asked.name) for each in own):
        raise Invalid("name", _l("Your pole has already registered somebody of this name."))
    if asked.email and any(each.email == canonical_email(asked.email) for each in own):
        raise Invalid("email", _l("Your pole has already registered somebody with this address."))


@one_act()
def leave(token: str) -> Registration:
    """Whoever holds a link comes no more, or waits no more: themselves alone."""
    registration = _of_token(token)
    _withdraw(registration)
    emails.tell_calendars([registration.session_id])
    return registration


def take(token: str) -> Registration:
    """Whoever holds a link takes the seat that is offered to them."""
    registration = _of_token(token)
    _take(registration)
    return registration


@one_act()
def withdraw(actor: Actor, session_id: int, number: int) -> None:
    """The pole takes one of its people off, who are told."""
    registration = _own(actor, session_id, number)
    _withdraw(registration)
    if registration.email != actor.email:
        emails.tell(emails.WITHDRAW, registration.session, [registration])
    emails.tell_calendars([session_id])


def take_for(actor: Actor, session_id: int, number: int) -> None:
    """The pole takes the seat that is offered to one of its people."""
    _take(_own(actor, session_id, number))


def _of_token(token: str) -> Registration:
    require_transaction()
    seen = queries.by_token(token)
    if seen is None:
        raise NotFound
    return _fresh(seen.session_id, seen.id)


def _own(actor: Actor, session_id: int, number: int) -> Registration:
    _begin(actor)
    if queries.one_of_pole(actor, session_id, number) is None:
        raise NotFound
    return _fresh(session_id, number)


def _fresh(session_id: int, number: int) -> Registration:
    """A registration under the lock of its session, with what time has changed."""
    session = _locked(session_id)
    settle(session)
    registration = queries.fresh(number)
    if registration is None:
        raise NotFound
    registration.session = session
    if session.state is not SessionState.OPEN or session.has_begun:
        raise NotNow(registration.standing, is_over=True)
    return registration


def _withdraw(registration: Registration) -> None:
    if registration.standing not in rules.LIVE:
        raise NotNow(registration.standing)
    _set(registration, Standing.WITHDRAWN)
    settle(registration.session)


@one_act()
def _take(registration: Registration) -> None:
    if registration.standing is not Standing.OFFERED:
        raise NotNow(registration.standing)
    _set(registration, Standing.SEATED)
    emails.tell(emails.SEAT, registration.session, [registration])
    emails.tell_calendars([registration.session_id])


def settle(session: CollectiveSession) -> Sequence[Registration]:
    """Under the lock of a session: what was offered and not taken in time is over, and free seats are offered to those
    who wait, in their order; to whom."""
    called = _call(session)
    emails.offer(called)
    return called


def _call(session: CollectiveSession) -> Sequence[Registration]:
    there = queries.of_session(session.id)
    _end_offers(there)
    until = rules.offered_until(clock.now(), session.begins)
    if session.state is not SessionState.OPEN or until is None:
        return ()
    waiting = [each for each in there if each.standing is Standing.WAITING]
    taken = sum(each.standing in rules.TAKES_A_SEAT for each in there)
    called = waiting[: max(session.seats - taken, 0)]
    for each in called:
        _set(each, Standing.OFFERED)
        each.offered_until, each.session = until, session
    db.session.flush()
    return called


def _end_offers(there: Collection[Registration]) -> bool:
    """Those that nobody took in time; was there one?"""
    late = [each for each in there if each.offered_until and each.offered_until <= clock.now()]
    for each in late:
        _set(each, Standing.LAPSED)
    return bool(late)


def keep_before(session: CollectiveSession, there: Sequence[Registration]) -> None:
    """No seat is offered for longer than there is before a session that moved."""
    latest = rules.offered_until(clock.now(), session.begins) or clock.now()
    for each in there:
        if each.offered_until:
            each.offered_until = min(each.offered_until, latest)


def settle_all(session_ids: Collection[int]) -> int:
    """The same of sessions by number, each locked; in how many an offer was over."""
    locked = [session for number in sorted(session_ids) if (session := sessions.locked(number))]
    over = [session for session in locked if _end_offers(queries.of_session(session.id))]
    db.session.flush()
    _settle_together(over)
    return len(over)


def _settle_together(at: Sequence[CollectiveSession]) -> None:
    """What is free in several sessions by one act: whoever waited for seats in several hears once."""
    emails.offer([each for session in at for each in _call(session)])


@one_act()
def withdraw_all(pole_id: int, at: Sequence[CollectiveSession], without: Collection[str]) -> None:
    """A pole that ends takes its people off sessions that are locked. `without`: addresses of those who know."""
    taken_off = []
    for session in at:
        own = [each for each in queries.of_session(session.id) if each.pole_id == pole_id]
        for each in own:
            each.session = session
            _set(each, Standing.WITHDRAWN)
        taken_off += own
    emails.tell_together(emails.WITHDRAW, [each for each in taken_off if each.email not in without])
    emails.tell_calendars([session.id for session in at])
    _settle_together(at)


def _begin(actor: Actor) -> None:
    require_transaction()
    if not allows(actor, Permission.SESSION_REGISTER):
        raise NotAllowed


def _locked(session_id: int) -> CollectiveSession:
    session = sessions.locked(session_id)
    if session is None or session.state is SessionState.DRAFT:
        raise NotFound
    return session


def _set(registration: Registration, standing: Standing) -> None:
    registration.standing = standing
    registration.offered_until = None

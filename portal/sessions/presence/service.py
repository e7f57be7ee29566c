"""Say who came: by the list, by the code of the room, and once for all when a session is closed."""

from collections.abc import Sequence
from dataclasses import replace

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.accounts.attempts import service as attempts
from portal.catalogue.rules import Beside
from portal.db import db, require_transaction
from portal.interventions.gathered import queries as acts
from portal.interventions.gathered import service as gathered
from portal.interventions.gathered.service import Given
from portal.interventions.models import Intervention
from portal.interventions.words import NOT_OF_THE_TEAM
from portal.notifications.outbox import service as outbox
from portal.refusals import AlreadySent, Invalid, NotAllowed, NotFound
from portal.sessions import queries as sessions
from portal.sessions import service, steps
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import emails, queries, rules, words
from portal.sessions.presence.models import Attendance, HeldSession
from portal.sessions.presence.rules import NoCode, Ticks, Told, TooEarly, TooLate, TooMany
from portal.sessions.received import queries as poles
from portal.sessions.received import service as received
from portal.sessions.received.rules import Counts, kept_by_cell, kept_by_partner
from portal.sessions.registrations import queries as registrations
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.rules import Presence, Standing
from portal.sessions.steps import SessionState
from portal.steps import StepRefused
from portal.text import search_key


def walk_in(actor: Actor, session_id: int, once: str, name: str, pole_id: int) -> Registration:
    """Somebody of a pole came without a seat; the same form sent twice finds the same one."""
    session, held = _held_by(actor, session_id)
    existing = registrations.by_once(once)
    if existing is not None:
        if (existing.session_id, existing.name, existing.pole_id) != (session.id, name, pole_id):
            raise AlreadySent("name")
        return existing
    if registrations.active_pole(pole_id) is None:
        raise Invalid("pole_id", _l("Choose a pole of the register."))
    there = queries.on_the_list(session.id)
    if any((each.pole_id, search_key(each.name)) == (pole_id, search_key(name)) for each in there):
        raise Invalid("name", _l("Somebody of this name and pole is on the list: tick them there."))
    came = Registration(
        once=once,
        session_id=session.id,
        pole_id=pole_id,
        registered_by_id=actor.person_id,
        name=name,
        standing=Standing.WALKED_IN,
        presence=Presence.PRESENT,
    )
    db.session.add(came)
    db.session.flush()
    if held:
        _write(actor, session, held, queries.on_the_list(session.id), _as_told(held))
    return came


def mark(actor: Actor, session_id: int, ticks: Ticks) -> None:
    """Keep the list as it is filled in, without closing the session."""
    session, held = _held_by(actor, session_id)
    if held:
        raise StepRefused(steps.CLOSE, session.state)
    _mark(session, ticks, closes=False)


def close(actor: Actor, session_id: int, told: Told) -> HeldSession:
    """It took place: who came is fixed, and the act is written; or both are said otherwise, where it was closed."""
    session, held = _held_by(actor, session_id)
    people = _told(session, held, told)
    if held is None:
        act = gathered.note(_given(session, people, told))
        held = HeldSession(session_id=session.id, intervention_id=act.id, closed_by_id=actor.person_id)
        held.partner_name, held.given_by = session.partner.name, ""
        db.session.add(held)
        service.move(session, steps.CLOSE)
        _certify(session, held, people)
        received.ask(session, act, {}, actor)
    else:
        _write(actor, session, held, people, told)
    return held


def rectify_later(actor: Actor, session_id: int, told: Told, why: str) -> HeldSession:
    """A cell says otherwise who came, once its partner no longer does; its partner is told, and reads why."""
    require_transaction()
    if not allows(actor, steps.RECTIFY_LATER.right):
        raise NotAllowed
    session = sessions.locked(session_id)
    held = queries.held(session_id) if session and queries.is_followed(actor, session_id) else None
    if session is None or held is None:
        raise NotFound
    require_turn(session, held)
    with outbox.one_act():
        _write(actor, session, held, _told(session, held, told), told, why)
        emails.tell_corrected(session, actor, why)
    return held


def require_turn(session: CollectiveSession, held: HeldSession) -> None:
    """Refuse to a cell what the partner corrects itself."""
    closed = held.closed_at, session.department_code
    if rules.doer(*closed)[1] is None:
        raise TooEarly(rules.last_day(*closed))


def _told(session: CollectiveSession, held: HeldSession | None, told: Told) -> Sequence[Registration]:
    """Mark who came; refuse people who are not of the partner."""
    people = _mark(session, told.ticks, closes=True)
    team = {person.id for person in accounts.members([session.partner_id], PARTNER_ROLES)}
    if not told.people or not set(told.people) <= team | _gave(held):
        raise Invalid("practitioner_ids", NOT_OF_THE_TEAM)
    return people


def _gave(held: HeldSession | None) -> set[int]:
    return {each.person_id for each in acts.act(held.intervention_id).practices} if held else set()


def _write(
    actor: Actor,
    session: CollectiveSession,
    held: HeldSession,
    people: Sequence[Registration],
    told: Told,
    why: str = "",
) -> None:
    """The act as it is said since; what it said before is kept."""
    before = sorted(each.registration_id for each in queries.who_came(session.id))
    after = sorted(each.id for each in _present(people))
    came = {"came": [before, after]} if before != after else {}
    act = acts.act(held.intervention_id)
    counted, given = poles.counts(act), _given(session, people, told)
    given = replace(given, kept=_kept(act, given, by_cell=bool(why)))
    act = gathered.correct(actor, held.intervention_id, given, came, why)
    held.corrected_at = clock.now()
    _certify(session, held, people)
    received.ask(session, act, counted, actor, why)


def _kept(act: Intervention, given: Given, *, by_cell: bool) -> Counts:
    """What stays for some poles: what they confirmed, for the partner; what was settled for one alone, for the cell."""
    every = poles.words_on(act)
    if by_cell:
        return kept_by_cell(every, given.poles, same_length=given.minutes == act.minutes)
    return kept_by_partner(every)


def _certify(session: CollectiveSession, held: HeldSession, people: Sequence[Registration]) -> None:
    """What certificates say: of the name of its day for who had come already."""
    db.session.flush()
    held.given_by = acts.names(acts.act(held.intervention_id))
    known = {each.registration_id: each for each in queries.who_came(session.id)}
    there = {each.id: each for each in _present(people)}
    for number in known.keys() - there.keys():
        db.session.delete(known[number])
    for number in there.keys() - known.keys():
        came = there[number]
        db.session.add(
            Attendance(
                registration_id=number, session_id=session.id, name=came.name, pole_name=came.pole.name
            )
        )
    db.session.flush()


def _present(people: Sequence[Registration]) -> Sequence[Registration]:
    return [each for each in people if each.presence is Presence.PRESENT]


def _given(session: CollectiveSession, people: Sequence[Registration], told: Told) -> Given:
    came = _present(people)
    counted = queries.counted(session)
    return Given(
        partner_id=session.partner_id,
        service_id=session.service_id,
        region_code=sessions.region_of(session),
        on=session.on,
        starts_at=session.starts_at,
        minutes=told.minutes,
        place_kind=session.place_kind,
        place=session.place,
        report=session.title,
        people=told.people,
        beside={name: minutes for name, minutes in told.beside.items() if name in counted},
        poles={each.pole_id for each in came},
        came=len(came),
    )


def _as_told(held: HeldSession) -> Told:
    """What was said of it last; who came stands on the list."""
    act = acts.act(held.intervention_id)
    [share] = act.contributions
    beside = {name: getattr(share, name) for name in Beside}
    return Told(Ticks((), ()), act.minutes, [each.person_id for each in act.practices], beside)


def _mark(session: CollectiveSession, ticks: Ticks, *, closes: bool) -> Sequence[Registration]:
    """What is ticked becomes of those on the list; who came in since its page was read stays as they are."""
    people = queries.on_the_list(session.id)
    numbers = {each.id for each in people}
    if not {*ticks.came, *ticks.excused} <= numbers:
        raise Invalid("came", _l("The list has changed meanwhile: read it again."))
    if both := [each.name for each in people if each.id in ticks.came and each.id in ticks.excused]:
        raise Invalid("excused", words.both(both))
    for each in people:
        each.presence = rules.presence(each.standing, ticks.of(each.id, each.presence), closes=closes)
    db.session.flush()
    return people


def _held_by(actor: Actor, session_id: int) -> tuple[CollectiveSession, HeldSession | None]:
    """A session of one's own partner that has begun, and what is kept of it where it was closed lately."""
    session = service.own_locked(actor, session_id, Permission.SESSION_KEEP)
    is_closed = session.state is SessionState.HELD
    if refused := session.why_not(steps.RECTIFY if is_closed else steps.CLOSE):
        raise refused
    held = queries.held(session.id) if is_closed else None
    if held and rules.doer(held.closed_at, session.department_code)[0] is None:
        raise TooLate
    return session, held


def come(token: str, typed: str) -> bool:
    """Whoever holds a link says by the code of the room that they are there; False: it is another code. What was tried
    is counted, so nothing is undone."""
    require_transaction()
    seen = registrations.by_token(token)
    if seen is None:
        raise NotFound
    if not attempts.may_try_code_of_session(seen.id):
        raise TooMany
    session = sessions.locked(seen.session_id)
    registration = registrations.fresh(seen.id)
    if session is None or registration is None:
        raise NotFound
    registration.session = session
    if not takes_code(registration, session):
        raise NoCode
    if rules.as_typed(typed) != queries.code(session):
        return False
    registration.presence = Presence.PRESENT
    return True


def takes_code(registration: Registration, session: CollectiveSession) -> bool:
    """May they say now that they are there?"""
    is_open = session.state is SessionState.OPEN
    now_shown = rules.shows_code(session.begins, session.ends, clock.now())
    return is_open and now_shown and registration.standing is Standing.SEATED

"""What keeps an account safe, read."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal import clock
from portal.accounts.models import Person
from portal.accounts.rules import canonical_email, token_hash
from portal.db import db, when_run
from portal.safety import rules
from portal.safety.models import Authenticator, EmailChange, Passkey, RecoveryCode, SignInSession


def is_alive(key_hash: Callable[[], str]) -> ColumnElement[bool]:
    """Is the session of a key, read when the query is run, open for its person, neither ended nor too old?"""
    return exists().where(
        SignInSession.key_hash == when_run(key_hash),
        SignInSession.person_id == Person.id,
        SignInSession.ended_at.is_(None),
        SignInSession.last_seen_at > when_run(lambda: clock.now() - rules.IDLE_SESSION),
        SignInSession.started_at > when_run(lambda: clock.now() - rules.LONGEST_SESSION),
    )


def open_sessions(person_id: int) -> Sequence[SignInSession]:
    """Where a person is signed in, the last used first."""
    now = clock.now()
    statement = (
        select(SignInSession)
        .where(
            SignInSession.person_id == person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.last_seen_at > now - rules.IDLE_SESSION,
            SignInSession.started_at > now - rules.LONGEST_SESSION,
        )
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    )
    return db.session.scalars(statement).all()


def knows_device(person_id: int, browser: str, system: str, address: str) -> bool:
    """Did the person sign in before from the same browser, system and network, or never at all?"""
    before = select(SignInSession.id).where(SignInSession.person_id == person_id)
    same = before.where(
        SignInSession.browser == browser, SignInSession.system == system, SignInSession.address == address
    )
    return bool(db.session.scalar(select(or_(same.exists(), ~before.exists()))))


def last_opened(email: str, key_hashes: Sequence[str]) -> str | None:
    """Which of these sessions the person of an address opened last, if any was theirs."""
    statement = (
        select(SignInSession.key_hash)
        .join(Person, Person.id == SignInSession.person_id)
        .where(Person.email == canonical_email(email), SignInSession.key_hash.in_(key_hashes))
    )
    return db.session.scalar(statement.order_by(SignInSession.id.desc()).limit(1))


def opened_by(person_id: int, key_hashes: Sequence[str]) -> frozenset[str]:
    """Which of these sessions a person opened."""
    statement = select(SignInSession.key_hash).where(
        SignInSession.person_id == person_id, SignInSession.key_hash.in_(key_hashes)
    )
    return frozenset(db.session.scalars(statement))


def has_second_factor(person_id: int) -> bool:
    """Did the person set up an application or a passkey?"""
    application = select(Authenticator.person_id).where(Authenticator.person_id == person_id)
    passkey = select(Passkey.id).where(Passkey.person_id == person_id)
    return bool(db.session.scalar(select(or_(application.exists(), passkey.exists()))))


def authenticator(person_id: int) -> Authenticator | None:
    """The application of a person."""
    return db.session.get(Authenticator, person_id, populate_existing=True)


def recovery_codes_left(person_id: int) -> int:
    """How many codes on paper still work."""
    statement = (
        select(func.count())
        .select_from(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return db.session.scalar(statement) or 0


def passkeys_of(person_id: int) -> Sequence[Passkey]:
    """The passkeys of a person, the oldest first."""
    statement = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return db.session.scalars(statement).all()


def passkey_by_credential(credential_id: str) -> Passkey | None:
    """The passkey of this name among browsers, its person loaded, locked."""
    statement = (
        select(Passkey)
        .where(Passkey.credential_id == credential_id)
        .options(joinedload(Passkey.person, innerjoin=True))
        .with_for_update(of=Passkey)
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement)


def change_to_confirm(token: str, *, lock: bool = False) -> EmailChange | None:
    """The change of address that a link confirms, while it can."""
    return _change(
        lock,
        EmailChange.confirm_hash == token_hash(token),
        EmailChange.confirmed_at.is_(None),
        EmailChange.asked_at > clock.now() - rules.CONFIRM_WITHIN,
    )


def change_to_stop(token: str, *, lock: bool = False) -> EmailChange | None:
    """The change of address that a link stops or takes back, while it can."""
    return _change(
        lock,
        EmailChange.stop_hash == token_hash(token),
        EmailChange.asked_at >= clock.days_ago(rules.STOP_WITHIN),
    )


def changes_since(person_id: int, moment: datetime) -> Sequence[EmailChange]:
    """The changes of address that a person asked for since, locked; the last first."""
    statement = (
        select(EmailChange)
        .where(EmailChange.person_id == person_id, EmailChange.asked_at >= moment)
        .order_by(EmailChange.id.desc())
        .with_for_update(of=EmailChange)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(statement).all()


def _change(lock: bool, *conditions: ColumnElement[bool]) -> EmailChange | None:
    statement = (
        select(EmailChange)
        .join(EmailChange.person)
        .where(*conditions, EmailChange.stopped_at.is_(None), Person.active)
        .options(joinedload(EmailChange.person, innerjoin=True))
        .execution_options(populate_existing=True)
    )
    return db.session.scalar(statement.with_for_update() if lock else statement)

"""What keeps an account safe: sessions, second factors, passkeys, changes of address."""

from datetime import datetime

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment


class SignInSession(Model):
    """One browser signed in, until it signs out or is signed out.

    `key_hash`: SHA-256 of the key that its cookie holds. `last_seen_at`: within five minutes. `browser`, `system`:
    names such as Firefox and Windows. `address`: the network address (IPv6: the /64).
    """

    __tablename__ = "sign_in_session"
    __table_args__ = (Index("ix_sign_in_session_person_id_started_at", "person_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    browser: Mapped[str] = mapped_column(String(40))
    system: Mapped[str] = mapped_column(String(40))
    address: Mapped[str] = mapped_column(String(45))


class Authenticator(Model):
    """The application on a person's telephone that shows codes.

    `secret`: encrypted by a key of the configuration. `counter`: the half minute of the last code used, so that none
    works twice.
    """

    __tablename__ = "authenticator"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(String(500))
    counter: Mapped[int | None] = mapped_column(BigInteger)
    set_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class RecoveryCode(Model):
    """One of ten codes on paper, for the day the telephone is lost; each works once. Only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class Passkey(Model):
    """A key kept by a device or a password manager (WebAuthn), which signs for its owner.

    `credential_id`, `user_handle`: base64url; all the keys of a person share the handle. `challenge_at`: when the last
    challenge it signed was made; an older one is a replay. `transports`: how browsers may reach it, their words.
    """

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    user_handle: Mapped[str] = mapped_column(String(90))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(JSON, default=list)
    challenge_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class EmailChange(Model):
    """A person asked for another address; two links, whose hashes are kept: one confirms it, the other stops it."""

    __tablename__ = "email_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    old_email: Mapped[str] = mapped_column(String(254))
    new_email: Mapped[str] = mapped_column(String(254))
    confirm_hash: Mapped[str] = mapped_column(String(64), unique=True)
    stop_hash: Mapped[str] = mapped_column(String(64), unique=True)
    asked_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")

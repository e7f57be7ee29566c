"""The outbox: e-mails written in the transaction of what they tell, sent afterwards by the worker."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, Moment

_STAYED = " AND ".join(
    f"{name} IS NULL" for name in ("next_attempt_at", "digest_at", "held_at", "sent_at", "given_up_at")
)
"""It did not leave by itself, and will not."""


class OutboxEmail(Model):
    """One e-mail to one person: waiting while it has a `next_attempt_at`, then sent or given up.

    `dedupe`: a second e-mail with the same key is not written. `leased_until`: a worker holds it until then.
    `attempts`: how often it failed. `thread`: what it is about; mail programs put those of one together.
    `answers`: what an answer by e-mail is of. `confidential`: holds a secret link; its bodies are blanked once sent.
    `calendar`: what the calendar of its reader is told with it, as iCalendar, one object for each date; it never waits
    for a digest.
    `person_id`: who reads it, where they have an account; `organisation_id`: for which of theirs. `url`: the page it
    is about. `digest_at`: it leaves with others then; without a `next_attempt_at` nor that, it is read in the portal
    alone. `digested_at`: it left with others. `read_at`: they looked at it in the portal. `held_at`: the national cell
    had paused its kind when it was to leave. `dropped_at`: it decided then that it never leaves. `waiting`: the things
    that it asks for, by number.
    """

    __tablename__ = "outbox_email"
    __table_args__ = (
        Index("ix_outbox_email_next_attempt_at_id", "next_attempt_at", "id"),
        Index("ix_outbox_email_given_up_at_id", "given_up_at", "id"),
        Index("ix_outbox_email_sent_at_id", "sent_at", "id"),
        Index("ix_outbox_email_thread_id", "thread", "id"),
        Index("ix_outbox_email_person_id_created_at_id", "person_id", "created_at", "id"),
        Index("ix_outbox_email_organisation_id", "organisation_id"),
        Index(
            "ix_outbox_email_unread",
            "person_id",
            "organisation_id",
            sqlite_where=text("read_at IS NULL"),
            postgresql_where=text("read_at IS NULL"),
        ),
        Index(
            "ix_outbox_email_digest",
            "digest_at",
            "person_id",
            sqlite_where=text("digest_at IS NOT NULL"),
            postgresql_where=text("digest_at IS NOT NULL"),
        ),
        Index(
            "ix_outbox_email_held",
            "held_at",
            "id",
            sqlite_where=text("held_at IS NOT NULL"),
            postgresql_where=text("held_at IS NOT NULL"),
        ),
        Index("ix_outbox_email_stayed", "id", sqlite_where=text(_STAYED), postgresql_where=text(_STAYED)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(80))
    recipient: Mapped[str] = mapped_column(String(254))
    recipient_name: Mapped[str] = mapped_column(String(170))
    reply_to: Mapped[str | None] = mapped_column(String(254))
    reply_to_name: Mapped[str | None] = mapped_column(String(170))
    language: Mapped[str] = mapped_column(String(2))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    calendar: Mapped[str] = mapped_column(Text, default="", server_default="")
    message_id: Mapped[str] = mapped_column(String(300), unique=True)
    thread: Mapped[str | None] = mapped_column(String(80))
    answers: Mapped[str | None] = mapped_column(String(40))
    dedupe: Mapped[str | None] = mapped_column(String(160), unique=True)
    confidential: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    next_attempt_at: Mapped[datetime | None] = mapped_column(Moment, default=clock.now)
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    given_up_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(String(500))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    url: Mapped[str] = mapped_column(String(500), default="", server_default="")
    digest_at: Mapped[datetime | None] = mapped_column(Moment)
    digested_at: Mapped[datetime | None] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    dropped_at: Mapped[datetime | None] = mapped_column(Moment)
    waiting: Mapped[list[int] | None] = mapped_column(JSON(none_as_null=True))


class EmailPause(Model):
    """E-mails of a kind do not leave for the time being; or none, but for what no pause keeps (`pauses.rules.ALL`)."""

    __tablename__ = "email_pause"

    kind: Mapped[str] = mapped_column(String(80), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class MailFailure(Model):
    """An e-mail that an address did not take: refused, or come back. Each counts once, by its Message-ID.

    `error`: what was answered. `counts`: for good, and because of the address; else it was full, or took it for spam.
    `forgiven_at`: somebody said then that the address works again.
    """

    __tablename__ = "mail_failure"
    __table_args__ = (Index("ix_mail_failure_address_id", "address", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address: Mapped[str] = mapped_column(String(254))
    message_id: Mapped[str] = mapped_column(String(300), unique=True)
    error: Mapped[str] = mapped_column(String(500))
    counts: Mapped[bool]
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    forgiven_at: Mapped[datetime | None] = mapped_column(Moment)


class WorkerHeartbeat(Model):
    """When the worker of a machine was last seen, and since when it cannot reach the mail server, and why."""

    __tablename__ = "worker_heartbeat"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    mail_away_since: Mapped[datetime | None] = mapped_column(Moment)
    mail_error: Mapped[str | None] = mapped_column(String(500))

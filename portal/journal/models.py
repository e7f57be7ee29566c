"""The journal: changes to people, rights and organisations, written once and never changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, Moment, words
from portal.journal.rules import Act, Subject


class JournalEntry(Model):
    """Who did what to whom, when, from where; names as they were then.

    `actor_id`, `subject_id`: numbers without a foreign key, since an entry outlives what it is about. `actor_name`
    None: the portal itself, by a daily job or a command. `address`: the network address (IPv6: the /64).
    `changes`: {field: [before, after]}, plain JSON values; never a secret.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_at_id", "at", "id"),
        Index("ix_journal_entry_subject_subject_id_at", "subject", "subject_id", "at"),
        Index("ix_journal_entry_actor_id_at", "actor_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    act: Mapped[Act] = mapped_column(words(Act, "act"))
    subject: Mapped[Subject] = mapped_column(words(Subject, "subject"))
    subject_id: Mapped[int | None]
    subject_name: Mapped[str] = mapped_column(String(300))
    actor_id: Mapped[int | None]
    actor_name: Mapped[str | None] = mapped_column(String(170))
    actor_organisation: Mapped[str | None] = mapped_column(String(200))
    address: Mapped[str | None] = mapped_column(String(45))
    changes: Mapped[dict[str, list[Any]]] = mapped_column(JSON, default=dict)
    search_text: Mapped[str] = mapped_column(String(700))

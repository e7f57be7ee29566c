"""Documents: files that people sent, each on what it was sent for."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment
from portal.files.models import StoredFile


class Document(Model):
    """A file on its parent, or on none yet: it came with a form that was not taken, and waits for its correction.

    `kind`, `parent_id`: the parent, of a kind that a feature declares. `form`: the address of the form it waits for.
    `guest_id`: who sent it, where it is a guest of a conversation and no person.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint("(kind IS NULL) = (parent_id IS NULL)", name="whole_parent"),
        CheckConstraint("(kind IS NULL) = (form IS NOT NULL)", name="parent_or_form"),
        CheckConstraint("(sent_by_id IS NULL) = (guest_id IS NOT NULL)", name="one_sender"),
        Index("ix_document_kind_parent_id_id", "kind", "parent_id", "id"),
        Index("ix_document_sent_by_id_form", "sent_by_id", "form"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"), unique=True)
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    guest_id: Mapped[int | None] = mapped_column(ForeignKey("guest.id"), index=True)
    sent_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    kind: Mapped[str | None] = mapped_column(String(20))
    parent_id: Mapped[int | None]
    form: Mapped[str | None] = mapped_column(String(200))

    file: Mapped[StoredFile] = relationship(lazy="raise_on_sql")
    sent_by: Mapped[Person | None] = relationship(lazy="raise_on_sql")

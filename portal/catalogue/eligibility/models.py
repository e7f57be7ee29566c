"""Whom a service is meant for, beside the stages that it names."""

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model, words
from portal.organisations.rules import RecognitionKind


class ServiceRecognition(Model):
    """A recognition that lets a pole ask for a service; one of them is enough, none: every pole may. `year` None: of
    any year."""

    __tablename__ = "service_recognition"
    __table_args__ = (UniqueConstraint("service_id", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), index=True)
    kind: Mapped[RecognitionKind] = mapped_column(words(RecognitionKind, "service_recognition_kind"))
    year: Mapped[int | None]

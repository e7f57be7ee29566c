"""Answers that came by e-mail."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, Moment


class ReceivedEmail(Model):
    """An answer that came by e-mail to a person's address of answers, each once, by its `key`.

    `answers`: what of; `sender`: from where, as it says. `text`: held until the person has said whether it is theirs;
    None: said, or taken at once.
    """

    __tablename__ = "received_email"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    answers: Mapped[str] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    sender: Mapped[str] = mapped_column(String(254))
    text: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)

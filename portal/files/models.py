"""Files that people sent: what is known of each; the content is in the folder, under its key."""

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, Moment, words
from portal.files.rules import FileState


class StoredFile(Model):
    """One file. `key`: random, its name in the folder. `name`: as people called it, made harmless. `size`: bytes."""

    __tablename__ = "stored_file"
    __table_args__ = (Index("ix_stored_file_state_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    state: Mapped[FileState] = mapped_column(words(FileState, "file_state"), default=FileState.READY)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

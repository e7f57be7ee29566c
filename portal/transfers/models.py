"""Files to import, kept between the look at what they would do and the import."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal import clock
from portal.db import Model, Moment, words
from portal.transfers.rules import Outcome, TransferKind


class Transfer(Model):
    """A file that its owner alone may import, for a day.

    `content`: emptied once imported. `digest`: of the report, which must be the same when the file is imported.
    `counts`: how many lines have each outcome. `emptied`: how many cells would lose what the portal holds.
    """

    __tablename__ = "transfer"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[TransferKind] = mapped_column(words(TransferKind, "kind"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, deferred_raiseload=True)
    digest: Mapped[str] = mapped_column(String(64))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    emptied: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
    applied_at: Mapped[datetime | None] = mapped_column(Moment)

    def count(self, outcome: Outcome) -> int:
        return self.counts.get(outcome, 0)

    @property
    def lines(self) -> int:
        return sum(self.counts.values())


class TransferLine(Model):
    """What the file would do, line by line. `rank` puts errors first.

    `changes`: [[head, before, after], …]; `problems`: sentences in the owner's language.
    """

    __tablename__ = "transfer_line"
    __table_args__ = (Index("ix_transfer_line_transfer_id_rank_number", "transfer_id", "rank", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    transfer_id: Mapped[int] = mapped_column(ForeignKey("transfer.id", ondelete="CASCADE"))
    rank: Mapped[int]
    number: Mapped[int]
    outcome: Mapped[Outcome] = mapped_column(words(Outcome, "outcome"))
    name: Mapped[str] = mapped_column(String(300))
    changes: Mapped[list[Any]] = mapped_column(JSON)
    problems: Mapped[list[Any]] = mapped_column(JSON)

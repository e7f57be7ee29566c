"""The words of what can be found, kept beside the things themselves."""

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Model


class SearchEntry(Model):
    """The words of one thing: `item_id` of a `kind` that some feature declares. `key`: from `rules.key`.

    Each database looks in it in its own way, which its migration makes: SQLite through the table `search_word` (FTS5),
    which triggers keep, PostgreSQL through a column `words` that it makes of `key` itself, with its GIN index.
    """

    __tablename__ = "search_entry"
    __table_args__ = (UniqueConstraint("kind", "item_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    item_id: Mapped[int]
    key: Mapped[str] = mapped_column(Text)

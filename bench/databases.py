"""An empty database for a measure; PostgreSQL writes to the disk as in service."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from tests import postgres

KINDS = ("postgresql", "sqlite")
_DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@contextmanager
def empty(kind: str) -> Iterator[str]:
    """Its address; it is gone with the block."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/portal.sqlite"
        return
    postgres.SETTINGS.update(_DURABLE)
    with postgres.server() as url:
        yield postgres.create_database(url, "portal_bench")
        postgres.drop_database(url, "portal_bench")

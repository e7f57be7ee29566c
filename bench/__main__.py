"""How fast pages are, beside the bars of the design: p50 and p95, processor time, throughput, queries, memory, weight.

    python -m bench [--database sqlite] [--requests 20000] [--seconds 4] [--rounds 3]

Invented activity, gunicorn with two web processes, everything on the loopback; it stops by itself. On a machine
that others use, the quietest of the rounds is kept, and `others` says how many processors they took meanwhile.
"""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import flask_migrate
from sqlalchemy import func, select

from bench import data, weight
from bench.pages import Cost, Effort
from bench.site import PEERS, Site
from config import Testing
from portal import create_app
from portal.db import db
from portal.notifications.models import OutboxEmail
from tests import postgres

ROOT = Path(__file__).resolve().parent.parent
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
LEAST_SHARE = 0.40
MOST_QUERIES, MOST_MEBIBYTES, MOST_KILOBYTES = 8, 110, 150


@contextmanager
def _database(kind: str) -> Iterator[str]:
    """An empty database; PostgreSQL writes to the disk as in service."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/portal.sqlite"
        return
    postgres.SETTINGS.update(DURABLE)
    with postgres.server() as url:
        yield postgres.create_database(url, "portal_bench")
        postgres.drop_database(url, "portal_bench")


def _emails() -> int:
    return db.session.scalar(select(func.count()).select_from(OutboxEmail)) or 0


def _line(name: str, found: Cost, queries: int | str, bar: float | None) -> None:
    verdict = f"{bar:7.1f} {found.p50 / bar:6.2f}  {'holds' if found.p50 <= bar else 'OVER'}" if bar else ""
    print(
        f"{name:<24}{found.p50:8.1f}{found.p95:8.1f}{found.app:8.1f}{found.database:8.1f}"
        f"{found.others:8.2f}{queries:>5}  {verdict}",
        flush=True,
    )


def _report(site: Site) -> None:
    pages = {page.name: page for page in site.pages()}
    print(f"{'':<24}{'p50':>8}{'p95':>8}{'app':>8}{'db':>8}{'others':>8}{'sql':>5}  {'bar':>7} {'ratio':>6}")
    quick = 0.0
    for page in pages.values():
        found = site.measure(page)
        quick = found.p50 if page.ask else quick
        _line(page.name, found, "" if page.ask else site.queries(page), page.bar)
    print(f"{_emails()} e-mails written; now a worker sends them to a mail server that takes 100 ms for each")
    site.start_worker()
    found = site.measure(pages["submit"])
    _line("submit, slow mail server", found, "", max(quick, PEERS["submit"]))
    for name in ("inbox, national cell", "request, partner"):
        share, by_processor = site.shares(pages[name])
        verdict = "holds" if share >= LEAST_SHARE else "UNDER"
        print(f"{name}, 8 clients: {share:.0%} of the ceiling ({LEAST_SHARE:.0%}: {verdict}),", end=" ")
        print(f"{by_processor:.0%} by processor time")
    after = site.watched.mebibytes()
    print(
        f"a web process: {site.memory_at_start:.0f} MiB at the start, {after:.0f} after (most {MOST_MEBIBYTES})"
    )
    for name in ("home, visitor", "inbox, national cell", "usage, remembered"):
        kilobytes = weight.kilobytes(pages[name].visitor, pages[name].path)
        print(f"{name}: {kilobytes:.0f} kB on a first visit, compressed (most {MOST_KILOBYTES})")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    arguments.add_argument("--requests", type=int, default=20_000)
    arguments.add_argument("--seconds", type=float, default=4)
    arguments.add_argument("--rounds", type=int, default=3)
    chosen = arguments.parse_args()
    effort = Effort(chosen.rounds, 100, chosen.seconds)
    with _database(chosen.database) as url, ExitStack() as stack:
        app = create_app(Testing(url))
        stack.enter_context(app.app_context())
        flask_migrate.upgrade(str(ROOT / "migrations"))
        world = data.fill(chosen.requests)
        print(f"{chosen.requests} requests on {chosen.database}; milliseconds of one request, one at a time")
        stack.callback(db.engine.dispose)
        _report(Site(app, url, world, effort, stack))


if __name__ == "__main__":
    main()

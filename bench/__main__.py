"""How fast pages are, beside their bars, a bare page of the same run, and django-helpdesk; and how that grows.

    python -m bench [--database sqlite] [--requests 20000] [--growth 10000 100000 1000000] [--smoke]

Invented activity, gunicorn with two web processes, everything on the loopback; it stops by itself, with 1 where a
line is over its bar. Bars of pages are for a machine where the bare page takes BARE_MILLISECONDS: what a page took is
brought to that machine ("fair") by the bare page, which it takes turns with. The quietest of the rounds is kept, and
`others` says how many cores others used meanwhile.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import flask_migrate
from sqlalchemy import text

from bench import bars, data, databases, weight
from bench.bars import Line
from bench.machine import describe
from bench.pages import Cost, Effort
from bench.site import Site
from config import Testing
from portal import clock, create_app
from portal.db import db

ROOT = Path(__file__).resolve().parent.parent
WHOLE = Effort(rounds=3, requests=100, seconds=4, first=4, mixed=5000)
SMOKE = Effort(rounds=1, requests=1, seconds=0.05, first=1, mixed=24)
SMOKE_REQUESTS = 50
HEAD = (
    f"{'milliseconds':<26}{'p25':>7}{'p50':>7}{'p95':>7}{'app':>7}{'db':>7}{'bare':>6}{'others':>7}{'sql':>5} "
    f"{'fair':>8}{'bar':>10}{'ratio':>7}{'peer':>14}"
)


@contextmanager
def _site(database: str, requests: int, effort: Effort) -> Iterator[Site]:
    with databases.empty(database) as url, ExitStack() as stack:
        app = create_app(Testing(url))
        stack.enter_context(app.app_context())
        flask_migrate.upgrade(str(ROOT / "migrations"))
        world = data.fill(requests)
        stack.callback(db.engine.dispose)
        print(f"\n{clock.today()}, {requests:,} requests; {describe(_version())}")
        yield Site(app, url, world, effort, stack)


def _version() -> str:
    of_server = {"sqlite": "sqlite_version()", "postgresql": "current_setting('server_version')"}
    name = db.engine.dialect.name
    with db.engine.connect() as connection:
        return f"{name} {connection.scalar(text(f'SELECT {of_server[name]}'))}"


def _costs(site: Site, requests: int) -> tuple[dict[str, Cost], list[Line]]:
    """What each page costs, one at a time; and the most statements of one."""
    print(HEAD)
    costs, lines, most = {}, [], 0
    for page in site.pages():
        statements = 0 if page.ask else site.queries(page)
        most = max(most, statements)
        costs[page.name] = site.measure(page)
        lines.append(_of_page(page.name, costs[page.name], requests, f"{statements or ''}"))
    return costs, [*lines, bars.line("most statements of a page", most, requests)]


def _of_page(name: str, found: Cost, requests: int, statements: str = "") -> Line:
    line = bars.line(name, found.fair, requests)
    print(
        f"{name:<26}{found.p25:7.1f}{found.p50:7.1f}{found.p95:7.1f}{found.app:7.1f}{found.database:7.1f}{found.bare:6.1f}"
        f"{found.others:7.2f}{statements:>5} {line.verdict}",
        flush=True,
    )
    return line


def _memory(site: Site, requests: int) -> list[Line]:
    first, more = site.grow()
    return [
        bars.line("memory gained in 5,000 requests", first, requests),
        bars.line("memory gained in 2,500 more", more, requests),
    ]


def _others(site: Site, requests: int) -> list[Line]:
    """What is no page's cost: throughput and what a first visit weighs; then e-mails leave, slowly, beside a page."""
    pages = {page.name: page for page in site.pages()}
    lines = []
    for name in ("inbox, national cell", "request, partner"):
        share, by_processor = site.shares(pages[name])
        print(
            f"{name}: {by_processor:.0%} of the bare page by processor time, which hardly depends on others"
        )
        lines.append(bars.line(f"share of the bare page, {name}", 100 * share, requests))
    for name in ("home, visitor", "inbox, national cell", "usage, remembered"):
        kilobytes = weight.kilobytes(pages[name].visitor, pages[name].path)
        lines.append(bars.line(f"weight of {name}", kilobytes, requests))
    site.start_worker()
    lines.append(_of_page("submit, slow mail server", site.measure(pages["submit"]), requests))
    return lines


def _print(lines: Sequence[Line]) -> None:
    for line in lines:
        if line.unit != "ms":
            print(f"{line.name:<48}{line.verdict}", flush=True)


def _growth(costs: Mapping[int, Mapping[str, Cost]]) -> list[Line]:
    """Each page with fewest requests and with most, as on the machine of the bars."""
    sizes = sorted(costs)
    print("\ngrowth" + " " * 20 + "".join(f"{requests:>11,}" for requests in sizes))
    lines = []
    for page in costs[sizes[0]]:
        fair = [costs[requests][page].fair for requests in sizes]
        lines.append(bars.growth(page, fair[0], fair[-1]))
        print(f"{page:<26}" + "".join(f"{one:11.1f}" for one in fair) + lines[-1].verdict)
    return lines


def _run(database: str, requests: int, sizes: Sequence[int], effort: Effort) -> list[Line]:
    lines: list[Line] = []
    costs: dict[int, dict[str, Cost]] = {}
    for size in sorted({requests, *sizes}):
        with _site(database, size, effort) as site:
            found = _memory(site, size) if size == requests else []
            costs[size], of_pages = _costs(site, size)
            found += of_pages + (_others(site, size) if size == requests else [])
            _print(found)
            lines += found
    return lines + _growth(costs)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--database", choices=databases.KINDS, default="postgresql")
    arguments.add_argument("--requests", type=int, default=20_000)
    arguments.add_argument("--growth", type=int, nargs="*", default=[10_000])
    arguments.add_argument(
        "--smoke", action="store_true", help="only see that it runs: a little of each, no verdict"
    )
    chosen = arguments.parse_args()
    if chosen.smoke:
        _run(chosen.database, SMOKE_REQUESTS, [], SMOKE)
        return 0
    print(f"The peer: {bars.PEER}")
    return bars.conclude(_run(chosen.database, chosen.requests, chosen.growth, WHOLE))


if __name__ == "__main__":
    sys.exit(main())

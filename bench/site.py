"""The servers, the people who sign in, and what is asked of them."""

import contextvars
import itertools
import statistics
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import case, event, exists, insert, select, text

from bench import data, mail
from bench.machine import Watched, free_port, parent, running, wait_for
from bench.pages import Asked, Cost, Effort, Visitor, cost, rate
from config import Testing
from portal import clock
from portal.db import db
from portal.documents.models import Document
from portal.interventions import steps as visits
from portal.requests.documents.rules import REQUEST
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.production import production

NEED_FORM = "/demandes/nouvelle?etape=besoin"
BARE = ("--workers", "2", "--log-level", "error", "--no-control-socket", "--preload", "bench.ceiling:app")


@dataclass(frozen=True, slots=True)
class Page:
    """What is asked, by whom; `before` runs each time, outside what is timed."""

    name: str
    visitor: Visitor
    path: str
    ask: Callable[[], object] | None = None
    before: Callable[[], object] = lambda: None


class Site:
    """The servers, the people and what is measured."""

    def __init__(self, app: Flask, url: str, world: data.World, effort: Effort, stack: ExitStack) -> None:
        self.app, self.effort, self._stack = app, effort, stack
        self._environment = production(
            Path(stack.enter_context(tempfile.TemporaryDirectory())),
            DATABASE_URL=url,
            SECRET_KEY=Testing.SECRET_KEY,
            PASSWORD_SALT=Testing.SECURITY_PASSWORD_SALT,
            CODES_KEY=Testing.TOTP_SECRETS["1"],
            SMTP_PORT=str(mail.slow_server(stack)),
            SMTP_STARTTLS="no",
            TRUSTED_PROXIES="0",
            TWO_FACTORS_FOR_CELLS="no",
            WEB_PROCESSES="2",
            ACCESS_LOG="",
            LOG_LEVEL="error",
        )
        port, self.watched = self._serve("-c", "python:portal.server", "wsgi:app")
        self.ceiling_port, self._ceiling = self._serve(*BARE)
        self.anybody, self.pole, self.partner, self.national = (Visitor(port) for _ in range(4))
        self.regional = Visitor(port)
        self.pole.sign_in(world.poles[0].person.email)
        self.regional.sign_in(world.regional[0].person.email)
        self.national.sign_in(world.national[0].person.email)
        self.reference, partner_id = _completed(world.partners[0].organisation_id)
        partner = next(one for one in world.partners if one.organisation_id == partner_id)
        self.partner.sign_in(partner.person.email)
        self._sent = 0
        self._hidden = self.pole.fields(NEED_FORM)
        self._written = ""

    def _serve(self, *arguments: str) -> tuple[int, Watched]:
        port = free_port()
        environment = {**self._environment, "PORT": str(port), "PORTAL_URL": f"http://127.0.0.1:{port}"}
        command = ["gunicorn", "--bind", f"127.0.0.1:{port}", *arguments]
        process = self._stack.enter_context(running(command, environment))
        wait_for(port, process)
        return port, Watched(process.pid, _postmaster())

    def start_worker(self) -> None:
        """Send e-mails, to a mail server that takes its time."""
        environment = {**self._environment, "PORTAL_URL": "http://127.0.0.1"}
        self._stack.enter_context(running(["flask", "--app", "wsgi", "worker"], environment))

    def pages(self) -> list[Page]:
        shown = f"/demandes/{self.reference}"
        return [
            Page("inbox, national cell", self.national, "/demandes"),
            Page("inbox, regional cell", self.regional, "/demandes"),
            Page("inbox, partner", self.partner, "/demandes?dossier=en-cours"),
            Page("request, partner", self.partner, shown),
            Page("request, national cell", self.national, shown),
            Page("request form", self.pole, "/demandes/nouvelle"),
            Page("request form, need", self.pole, NEED_FORM),
            Page("submit", self.pole, NEED_FORM, self.submit, before=self.write),
            Page("usage, first count", self.national, "/usage", before=self.happen),
            Page("usage, remembered", self.national, "/usage"),
            Page("home, partner", self.partner, "/"),
            Page("home, national cell", self.national, "/"),
            Page("home, visitor", self.anybody, "/"),
            Page("sign-in page", self.anybody, "/connexion"),
        ]

    def submit(self) -> None:
        """Send what was written; the cell of three gets an e-mail each."""
        status, _body = self.pole.ask(f"/demandes/{self._written}/envoyer", self._hidden)
        if status != 302:
            raise RuntimeError(f"submit answered {status}")

    def write(self) -> None:
        """Follow the answer to what was sent before, as a browser does: what it says waits in the cookie until then.
        Then write another request."""
        self.pole.ask("/demandes")
        self._sent += 1
        once = f"bench-{self._sent}"
        self.pole.ask(NEED_FORM, {**self._hidden, "once": once, "need": data.NEED})
        self._written = _reference_of(once)

    def happen(self) -> None:
        """Something happens to a request, so that figures are counted again."""
        values = {
            "request_id": 1,
            "action": visits.LOG.name,
            "from_state": "",
            "to_state": "",
            "at": clock.now(),
        }
        with db.engine.begin() as connection:
            connection.execute(insert(RequestEvent), values)

    def measure(self, page: Page) -> Cost:
        """What a page costs, beside the bare page."""
        bare = Page("bare page", Visitor(self.ceiling_port, self.national.cookie), "/demandes")
        return cost(_asked(page, self.watched), _asked(bare, self._ceiling), self.effort)

    def grow(self) -> tuple[float, float]:
        """Mebibytes that a web process gains in some thousands of requests of all kinds, and in half as many more.

        Each process was asked each page before: it copies what it shares of a page when it first writes beside it.
        Two that wait for one client do not share what is asked by halves.
        """
        for worker in self.watched.workers:
            with self.watched.alone(worker):
                self._mix(self.effort.first * len(self.pages()))
        before = self.watched.mebibytes()
        self._mix(self.effort.mixed)
        after = self.watched.mebibytes()
        self._mix(self.effort.mixed // 2)
        return _gained(before, after), _gained(after, self.watched.mebibytes())

    def _mix(self, requests: int) -> None:
        pages = itertools.islice(itertools.cycle(self.pages()), requests)
        for page in pages:
            asked = _asked(page, self.watched)
            asked.before()
            asked.once()

    def queries(self, page: Page) -> int:
        """Statements of one page, once everything is warm."""
        seen: list[str] = []

        def note(conn, cursor, statement: str, *rest: object) -> None:  # type: ignore[no-untyped-def]  # SQLAlchemy's
            seen.append(statement)

        client = self.app.test_client(use_cookies=False)
        event.listen(db.engine, "before_cursor_execute", note)
        headers = {"Cookie": page.visitor.cookie, "User-Agent": "bench"}
        contextvars.Context().run(client.get, page.path, headers=headers)
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    def shares(self, page: Page) -> tuple[float, float]:
        """What the page reaches of the ceiling: of its requests a second, and by processor time, which hardly
        depends on what else runs. Medians of rounds; the two alternate."""
        bare = Visitor(self.ceiling_port, page.visitor.cookie)
        pairs = [
            (self._rate(self.watched, page.visitor, page), self._rate(self._ceiling, bare, page))
            for _ in range(self.effort.rounds)
        ]
        return (
            statistics.median(ours[0] / ceiling[0] for ours, ceiling in pairs),
            statistics.median(ceiling[1] / ours[1] for ours, ceiling in pairs),
        )

    def _rate(self, watched: Watched, visitor: Visitor, page: Page) -> tuple[float, float]:
        """Requests a second, and seconds of processor for each."""
        spent = watched.app_seconds() + watched.database_seconds()
        found = rate(visitor, page.path, self.effort.seconds)
        spent = watched.app_seconds() + watched.database_seconds() - spent
        return found, spent / (found * self.effort.seconds)


def _asked(page: Page, watched: Watched) -> Asked:
    return Asked(page.ask or (lambda: _get(page)), page.before, watched)


def _gained(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    return max(mebibytes - before[process] for process, mebibytes in after.items())


def _get(page: Page) -> None:
    status, _body = page.visitor.ask(page.path)
    if status != 200:
        raise RuntimeError(f"{page.path} answered {status}")


def _completed(first: int) -> tuple[str, int]:
    """A completed request with a conversation and a document, the newest, and whose it was: this partner's, where it
    has one (few requests: perhaps not)."""
    is_full = exists().where(Document.kind == REQUEST, Document.parent_id == SupportRequest.id)
    statement = (
        select(SupportRequest.reference, Assignment.partner_id)
        .join(SupportRequest.assignments)
        .where(Assignment.state == AssignmentState.COMPLETED, SupportRequest.state == RequestState.COMPLETED)
        .where(is_full)
        .order_by(case((Assignment.partner_id == first, 0), else_=1), SupportRequest.id.desc())
        .limit(1)
    )
    reference, partner_id = db.session.execute(statement).one()
    return reference, partner_id


def _reference_of(once: str) -> str:
    """What was written by the form with this key."""
    statement = select(SupportRequest.reference).where(SupportRequest.once == once)
    reference = db.session.scalars(statement).one()
    db.session.rollback()
    return reference


def _postmaster() -> int | None:
    """The process that all of PostgreSQL's are children of."""
    if db.engine.dialect.name != "postgresql":
        return None
    with db.engine.connect() as connection:
        return parent(connection.scalar(text("SELECT pg_backend_pid()")) or 0)

"""What anybody may write beside a request changes no link, in no page and no e-mail, and nobody's address."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, request
from sqlalchemy import select
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from portal.db import db
from portal.notifications.models import OutboxEmail
from tests.access import world as worlds
from tests.access.matrix import ROWS, Row
from tests.access.test_hostile import FIRST_DOORS
from tests.access.test_matrix import address
from tests.access.world import FORMS, World
from tests.architecture.source import files
from tests.browser import Browser
from tests.builders import Builder

pytestmark = pytest.mark.one_database

ELSEWHERE = "ailleurs-voleur"
SPOOFED = {
    "HTTP_HOST": f"{ELSEWHERE}.test",
    "HTTP_FORWARDED": f"for=6.6.6.6;host={ELSEWHERE}.test;proto=gopher",
    "HTTP_X_FORWARDED_HOST": f"{ELSEWHERE}.test",
    "HTTP_X_FORWARDED_SERVER": f"{ELSEWHERE}.test",
    "HTTP_X_FORWARDED_PREFIX": f"/{ELSEWHERE}",
    "HTTP_X_FORWARDED_PORT": "6666",
    "HTTP_X_FORWARDED_PROTO": "gopher",
    "HTTP_X_HOST": f"{ELSEWHERE}.test",
    "HTTP_X_ORIGINAL_URL": f"/{ELSEWHERE}",
    "HTTP_X_REWRITE_URL": f"/{ELSEWHERE}",
    "HTTP_X_SCRIPT_NAME": f"/{ELSEWHERE}",
    "HTTP_SCRIPT_NAME": f"/{ELSEWHERE}",
    "HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE",
}
TRACES = (ELSEWHERE, "gopher", ":6666")


@pytest.fixture(params=[0, 1], ids=["no proxy", "behind a proxy"])
def spoofing(request: pytest.FixtureRequest, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The portal, each of whose requests comes with all of it."""
    hops = request.param
    inner = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)

    def spoof(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        return inner({**environ, **SPOOFED}, start_response)

    monkeypatch.setattr(app, "wsgi_app", spoof)
    return app


def answers(app: Flask, world: World, row: Row) -> Iterator[tuple[str, str]]:
    """The whole answer to one whom the door lets in, and to a visitor: where they are asked to sign in, at one door of
    each blueprint."""
    turned_away = row.answers["visitor"] in {"in", "401"} and row not in FIRST_DOORS
    for persona in {*([] if turned_away else ["visitor"]), *row.who_gets("200", "302")[1:2]}:
        browser, path = Browser(app, world.people[persona]), address(app, row, world)
        fields = FORMS[row.endpoint](world, persona) if row.method == "POST" else None
        answer = browser.get(path) if fields is None else browser.post(path, fields)
        with answer:
            yield f"{row} as {persona}", f"{answer.headers}{answer.get_data(as_text=True)}"


@pytest.mark.long
def test_no_link_of_a_page_or_an_e_mail_changes(spoofing: Flask, make: Builder) -> None:
    world = worlds.build(make)
    found = []
    for row in ROWS:
        if row.endpoint != "static":
            found += [
                name for name, said in answers(spoofing, world, row) if any(one in said for one in TRACES)
            ]
    assert not found
    emails = db.session.scalars(select(OutboxEmail)).all()
    assert len({one.kind for one in emails}) > 15, "all that these doors send"
    for email in emails:
        said = f"{email.subject}{email.text}{email.html}{email.reply_to}{email.message_id}"
        assert not [one for one in TRACES if one in said], email.kind


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (0, "6.6.6.6", "127.0.0.1"),
        (1, "6.6.6.6", "6.6.6.6"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "127.0.0.1, 10.0.0.1, 203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
    ],
)
def test_a_visitor_is_who_the_proxies_we_trust_say(
    start: Callable[[Any], Flask],
    database_url: str,
    database: None,
    proxies: int,
    forwarded: str,
    expected: str,
) -> None:
    """What limits count is this address: see `throttle`."""
    settings = config.Testing(database_url)
    settings.TRUSTED_PROXIES = proxies
    application, seen = start(settings), []
    application.before_request(lambda: seen.append(request.remote_addr))
    application.test_client().get(
        "/services",
        headers={"X-Forwarded-For": forwarded, "X-Real-IP": "6.6.6.6", "Forwarded": "for=6.6.6.6"},
    )
    assert seen == [expected]


def test_nothing_of_the_portal_reads_what_proxies_say() -> None:
    names = re.compile(r"""_FORWARDED|FORWARDED_|["']FORWARDED["']""")
    read = [
        path for path in files("portal", ".py") if names.search(path.read_text().upper().replace("-", "_"))
    ]
    assert [path.name for path in read] == ["server.py"], "which tells gunicorn to believe nobody"

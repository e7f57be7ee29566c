"""Examples of e-mails, and the mailbox of the demonstration: open only where the settings say so."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portal import clock
from portal.notifications.claims import service as claims
from portal.notifications.emails import Message
from portal.notifications.previews import service as previews
from tests.browser import Browser
from tests.integration.notifications.conftest import Write, row, rows

pytestmark = pytest.mark.one_database

Browse = Callable[..., Browser]
KIND = "accounts/password_changed"


@pytest.fixture
def demonstration(app: Flask) -> Iterator[None]:
    app.config["DEMONSTRATION"] = True
    yield
    app.config["DEMONSTRATION"] = False


@pytest.fixture
def no_previews(app: Flask) -> Iterator[None]:
    app.config["EMAIL_PREVIEWS"] = False
    yield
    app.config["EMAIL_PREVIEWS"] = True


def raw(app: Flask, path: str) -> TestResponse:
    """An e-mail is no page of the portal: it is not checked as one."""
    return app.test_client().get(path)


def send_all() -> None:
    for claimed in claims.claim():
        claims.sent(claimed, clock.now())


def test_examples_are_listed_and_shown_as_text(browse: Browse) -> None:
    page = browse().get("/apercus-emails").text
    for kind in previews.kinds():
        assert f"/apercus-emails/{kind}?language=fr" in page
    assert "http://portal.test" in browse().get(f"/apercus-emails/{KIND}?language=en").text


def test_an_example_as_html_is_a_page_of_its_own_where_only_styles_work(app: Flask, database: None) -> None:
    answer = raw(app, f"/apercus-emails/{KIND}?format=html&language=fr")
    policy = answer.headers["Content-Security-Policy"]
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    assert "default-src 'none'" in policy
    assert "style-src 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert policy.endswith("sandbox")
    assert '<html lang="fr">' in answer.text


@pytest.mark.parametrize("path", ["nothing/here", f"{KIND}?language=de", f"../{KIND}"])
def test_examples_that_do_not_exist(browse: Browse, path: str) -> None:
    assert browse().get(f"/apercus-emails/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", f"/{KIND}", f"/{KIND}?format=html"])
def test_no_examples_where_the_setting_is_off(browse: Browse, no_previews: None, path: str) -> None:
    assert browse().get(f"/apercus-emails{path}").status_code == 404


def test_the_mailbox_shows_what_was_sent_to_whom(
    app: Flask, browse: Browse, write: Write, demonstration: None
) -> None:
    write(
        "anne@demo.example", message=Message("http://portal.test/", reply_to=("Noël Dû", "noel@demo.example"))
    )
    send_all()
    write("not-sent@demo.example")
    page = browse().get("/demonstration/emails").text.replace("<wbr>", "")
    assert "anne@demo.example" in page
    assert "not-sent@demo.example" not in page
    one = [part.split('"')[0] for part in page.split('href="') if part.startswith("/demonstration/emails/")]
    shown = browse().get(one[0]).text
    assert "Une demande &amp; « une réponse »." in shown
    assert "noel@demo.example" in shown
    html = raw(app, f"{one[0]}?format=html")
    assert "style-src 'unsafe-inline'" in html.headers["Content-Security-Policy"]
    assert "<html" in html.text


def test_a_secret_is_not_in_the_mailbox(browse: Browse, write: Write, demonstration: None) -> None:
    write(confidential=True)
    send_all()
    for suffix in ("", "?format=html"):
        page = browse().get(f"/demonstration/emails/{row().id}{suffix}").text
        assert "http://portal.test/demandes" not in page
        assert "callout-info" in page


def test_a_demonstration_reads_the_secret_from_its_own_mail_server(
    app: Flask, browse: Browse, write: Write, demonstration: None, tmp_path: Path
) -> None:
    write("anne@demo.example", confidential=True)
    write("paul@demo.example", confidential=True)
    first, second = rows()
    link = "http://portal.test/candidater/suivi/abc"
    (tmp_path / "000001.eml").write_text(f"Message-ID: {first.message_id}\n\nOuvrir\n{link}\n")
    (tmp_path / "000002.eml").write_text("Message-ID: <other@demo.example>\n\nAutre\n")
    send_all()
    app.config["MAIL_FOLDER"] = str(tmp_path)
    try:
        shown = browse().get(f"/demonstration/emails/{first.id}").text
        other = browse().get(f"/demonstration/emails/{second.id}").text
    finally:
        del app.config["MAIL_FOLDER"]
    assert f'href="{link}"' in shown
    assert "callout-info" in shown
    assert "<pre" not in other


def test_an_e_mail_that_was_not_sent_is_not_in_the_mailbox(
    browse: Browse, write: Write, demonstration: None
) -> None:
    write()
    assert browse().get(f"/demonstration/emails/{row().id}").status_code == 404
    assert browse().get("/demonstration/emails/99999999999999999999").status_code == 404


@pytest.mark.parametrize("suffix", ["", "/1", "/1?format=html"])
def test_no_mailbox_outside_a_demonstration(browse: Browse, write: Write, suffix: str) -> None:
    assert browse().get(f"/demonstration/emails{suffix}").status_code == 404


def test_an_empty_mailbox_says_what_to_do(browse: Browse, demonstration: None) -> None:
    assert 'class="empty"' in browse().get("/demonstration/emails").text


def test_fifty_e_mails_cost_what_one_costs(
    browse: Browse, write: Write, demonstration: None, queries: list[str]
) -> None:
    costs = []
    for number in (1, 49):
        write(*(f"a{index}@demo.example" for index in range(number)))
        send_all()
        queries.clear()
        browse().get("/demonstration/emails")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 8

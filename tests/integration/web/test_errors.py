"""Error pages: finished pages in both languages, which say what happened and what to do."""

import ast
import html
import inspect
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask, abort
from werkzeug.exceptions import TooManyRequests

import config
from portal.access.permissions import Open
from portal.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from portal.web import errors, kept
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import PortalForm
from tests.access.drawn import forms_of
from tests.architecture.source import every_node, files, name
from tests.browser import Browser, keep_page
from tests.builders import Builder
from tests.page_check import check_page

pytestmark = pytest.mark.one_database


def every_refusal(kind: type[Refusal] = Refusal) -> dict[str, type[Refusal]]:
    """By name, the classes of the portal itself."""
    found = {f"{kind.__module__}.{kind.__qualname__}": kind}
    for one in kind.__subclasses__():
        found |= every_refusal(one)
    return found


EVERY_REFUSAL = every_refusal()


def arguments_of(kind: type[Refusal]) -> int:
    """How many it cannot be made without."""
    if kind.__init__ in {Exception.__init__, object.__init__}:
        return 0
    wanted = inspect.signature(kind).parameters.values()
    return sum(one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD for one in wanted)


STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 414, 415, 418, 422, 429, 451)
FAILURES = (500, 501, 502, 503)
REFUSALS = {"missing": (NotFound, 404), "forbidden": (NotAllowed, 403), "late": (Conflict, 409)}


@pytest.fixture(scope="module")
def failing(start: Callable[[Any], Flask], database_url: str, app: Flask) -> Flask:
    """The portal with doors that fail; as in production, a failure is a page."""
    bp = GuardedBlueprint("failing", __name__, url_prefix="/essai")

    @bp.get("/trop", access=Open.PUBLIC)
    def too_often():
        raise TooManyRequests(retry_after=1200)

    @bp.get("/statut/<int:status>", access=Open.PUBLIC)
    def status(status: int):
        abort(status)

    @bp.get("/refus/<name>", access=Open.PUBLIC)
    def refusal(name: str):
        raise REFUSALS[name][0]("the reason is for logs: secret-word")

    @bp.route("/panne", methods=["GET", "POST"], access=Open.PUBLIC)
    def failure():
        raise RuntimeError("secret-word")

    @bp.post("/envoi/<int:status>", access=Open.PUBLIC)
    def sent(status: int):
        abort(status)

    @bp.post("/envoi/<name>", access=Open.PUBLIC)
    def refused(name: str):
        raise EVERY_REFUSAL[name](*[""] * arguments_of(EVERY_REFUSAL[name]))

    settings = config.Testing(database_url)
    settings.TESTING = False
    application = start(settings)
    application.register_blueprint(bp)
    return application


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("status", STATUSES)
def test_each_status_has_a_finished_page(failing: Flask, database: None, status: int, language: str) -> None:
    browser = Browser(failing, None)
    with browser.client.session_transaction() as session:
        session["language"] = language
    page = browser.get(f"/essai/statut/{status}")
    assert page.status_code == status
    assert f'<html lang="{language}">' in page.text
    main = page.text.partition("<main")[2].partition("</main>")[0]
    assert f"{'Erreur' if language == 'fr' else 'Error'} {status}" in main
    assert 'class="btn' in main, "it offers a way on"
    assert page.headers["Cache-Control"] in {"private, no-cache", "no-store"}


@pytest.mark.parametrize("status", FAILURES)
@pytest.mark.parametrize("signed_in", [False, True])
def test_each_failure_has_a_page_in_both_languages_with_its_name_in_the_logs(
    failing: Flask, make: Builder, status: int, signed_in: bool
) -> None:
    page = Browser(failing, make.coordinator() if signed_in else None).client.get(f"/essai/statut/{status}")
    assert page.status_code == status
    assert not check_page(page.text, str(status))
    keep_page(page.text)
    assert '<html lang="fr">' in page.text
    assert '<div class="prose" lang="en">' in page.text
    assert 'class="btn' in page.text
    assert page.text.count(f"<code>{page.headers['X-Request-ID']}</code>") == 2, "what one gives the support"
    assert page.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in page.headers) == (status == 503)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_is_a_page_that_keeps_its_reason_to_itself(
    failing: Flask, database: None, name: str
) -> None:
    page = Browser(failing, None).get(f"/essai/refus/{name}")
    assert page.status_code == REFUSALS[name][1]
    assert "secret-word" not in page.text


def test_a_sentence_and_a_way_back_can_be_given(app: Flask, database: None) -> None:
    with app.test_request_context("/"):
        page, status = errors.page(409, "Une autre personne a déjà répondu.", "/demandes/1")
    assert status == 409
    assert "Une autre personne a déjà répondu." in page
    assert 'href="/demandes/1"' in page


def test_a_failure_is_a_finished_page_that_tells_no_secret(failing: Flask, database: None) -> None:
    page = failing.test_client().get("/essai/panne")
    assert page.status_code == 500
    assert "secret-word" not in page.text
    assert "RuntimeError" not in page.text
    assert not check_page(page.text, "/essai/panne")
    assert 'lang="en"' in page.text, "both languages on one page"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in page.headers


def test_a_failure_needs_neither_database_nor_templates(
    failing: Flask, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args, **kwargs):
        raise RuntimeError("no database")

    monkeypatch.setattr("portal.web.current.is_signed_in", broken)
    monkeypatch.setattr("flask.templating._render", broken)
    page = failing.test_client().get("/essai/panne")
    assert page.status_code == 500
    assert "<h1>" in page.text
    assert "Content-Security-Policy" in page.headers


def test_too_much_text_is_refused(make, browse) -> None:
    person = browse(make.coordinator())
    page = person.post("/demandes/nouvelle", {"need": "x" * (3 * 1024 * 1024)})
    assert page.status_code == 413


def test_a_wrong_method_is_refused(make, browse) -> None:
    assert browse().get("/deconnexion").status_code == 405
    assert browse(make.coordinator()).get("/langue").status_code == 405


def test_a_person_of_no_organisation_is_refused_kindly(app: Flask, make) -> None:
    browser = Browser(app, make.person())
    assert browser.get("/").status_code == 200
    assert browser.get("/demandes").status_code == 403


SECRETS = {
    "password": "un secret",
    "new_password_confirm": "un secret",
    "code": "un secret",
    "credential": "un secret",
    "token": "un secret",
}
TYPED = {
    "need": "Mon <b>besoin</b> & le reste,\r\nsur deux lignes",
    "name": "Ana",
    "phone": "06 12 34 56 78",
    "{{ 7 * 7 }}": "{nom} {0} %s {{ 7 * 7 }}",
}
UNTYPED = {
    "emptied": "",
    "once": "abc-def-ghi",
    "service_id": "123456",
    "partner_ids": "654321",
    "mode": "either",
}


def given_back(page: str) -> bool:
    """Is all that was typed there, escaped, and nothing else?"""
    main = page.partition("<main")[2]
    shown = [html.escape(text) for text in ("Mon <b>besoin</b>", "Ana", "06 12 34 56 78")]
    shown += ["{nom} {0} %s {{ 7 * 7 }}", "sur deux lignes"]
    assert "un secret" not in page
    assert "<b>besoin" not in page
    said = main.partition('class="said"')[2].partition("<form")[0]
    return all(text in said for text in shown) and not any(text in said for text in UNTYPED.values() if text)


@pytest.mark.parametrize("what", [*STATUSES, 500, *EVERY_REFUSAL])
def test_what_was_typed_is_given_back_whatever_the_refusal(failing: Flask, database: None, what) -> None:
    browser = Browser(failing, None)
    browser.get("/donnees-personnelles")
    path = "/essai/panne" if what == 500 else f"/essai/envoi/{what}"
    fields = {**TYPED, **UNTYPED, **SECRETS, "csrf_token": browser.token}
    page = browser.client.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code == what if isinstance(what, int) else 400 <= page.status_code < 500
    assert not check_page(page.text, path)
    assert given_back(page.text)
    elsewhere = browser.client.post(path, data=fields, headers={"Sec-Fetch-Site": "cross-site"})
    assert "besoin" not in elsewhere.text, "no other site puts words in our pages"


@pytest.mark.parametrize("status", [429, 500])
def test_what_may_work_later_is_sent_again_with_one_click(
    failing: Flask, database: None, status: int
) -> None:
    browser = Browser(failing, None)
    browser.get("/donnees-personnelles")
    path = "/essai/panne" if status == 500 else f"/essai/envoi/{status}"
    fields = {**TYPED, **UNTYPED, "csrf_token": browser.token}
    page = browser.client.post(path, data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    (again,) = forms_of(page.text)
    assert again.method == "post"
    assert again.action in {"", path}
    sent = {name: values for name, (values,) in again.data.items() if name != "csrf_token"}
    assert sent == {**TYPED, **UNTYPED}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_was_asked_too_often_says_from_when_and_speaks_of_nothing_else(
    failing: Flask, database: None, language: str
) -> None:
    """Anything may be limited: the page knows no password."""
    client = failing.test_client()
    with client.session_transaction() as session:
        session["language"] = language
    for path in ("/essai/statut/429", "/essai/trop"):
        with time_machine.travel("2026-03-04T09:30:00+01:00", tick=False):
            page = client.get(path)
        assert page.status_code == 429
        assert not check_page(page.text, path)
        main = page.text.partition("<main")[2].partition("</main>")[0]
        assert not re.search(r"mot de passe|password|compte|account|connexion|sign.in", main, re.I)
        assert re.search(r"quart d’heure|quarter of an hour", main) or "09:50" in main or "9 h 50" in main, (
            main
        )
    assert page.headers["Retry-After"] == "1200"


def test_what_is_too_large_is_refused_by_a_page(failing: Flask, database: None) -> None:
    browser = Browser(failing, None)
    browser.get("/donnees-personnelles")
    fields = {"need": "x" * 3_000_000, "csrf_token": browser.token}
    page = browser.client.post("/essai/envoi/404", data=fields, headers={"Sec-Fetch-Site": "same-origin"})
    assert page.status_code == 413
    assert not check_page(page.text, "413")


def test_a_failure_to_give_back_fails_no_more(
    failing: Flask, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> list[str]:
        raise RuntimeError("secret-word")

    monkeypatch.setattr(kept, "typed_texts", broken)
    page = failing.test_client().get("/essai/panne")
    assert page.status_code == 500
    assert "<h1>" in page.text


def test_only_one_place_handles_refusals_for_the_whole_portal() -> None:
    """A feature words its own on its blueprint; two that did so for all would overwrite each other in silence."""
    names = {"app_errorhandler", "register_app_error_handler", "register_error_handler", "errorhandler"}
    found: dict[str, list[str]] = {}
    for path in files("portal", ".py"):
        for node in every_node(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in names
            ):
                if (
                    not node.func.attr.startswith(("app_", "register_app"))
                    and ast.unparse(node.func.value) == "bp"
                ):
                    continue
                found.setdefault(ast.unparse(node.args[0]), []).append(name(path))
    assert all(len(paths) == 1 for paths in found.values()), "one class, one handler"
    assert {path for paths in found.values() for path in paths} <= {
        "portal/web/errors.py",
        "portal/web/viewing.py",
    }


def test_a_refusal_of_a_field_that_the_form_lacks_is_said_above_it(app: Flask, database: None) -> None:
    with app.test_request_context("/", method="POST"):
        form = PortalForm()
        form.refuse(Invalid("nowhere", "Choisissez une autre date."))
        assert form.form_errors == ["Choisissez une autre date."]

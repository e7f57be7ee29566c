"""Error pages: finished pages in both languages, which say what happened and what to do."""

import pytest
from flask import Flask, abort

import config
from portal import create_app
from portal.access.permissions import Open
from portal.refusals import Conflict, NotAllowed, NotFound
from portal.web import errors
from portal.web.blueprint import GuardedBlueprint
from tests.browser import Browser
from tests.page_check import check_page

STATUSES = (400, 401, 403, 404, 405, 409, 413, 429)
REFUSALS = {"missing": (NotFound, 404), "forbidden": (NotAllowed, 403), "late": (Conflict, 409)}


@pytest.fixture(scope="module")
def failing(database_url: str, app: Flask) -> Flask:
    """The portal with doors that fail; as in production, a failure is a page."""
    bp = GuardedBlueprint("failing", __name__, url_prefix="/essai")

    @bp.get("/statut/<int:status>", access=Open.PUBLIC)
    def status(status: int):
        abort(status)

    @bp.get("/refus/<name>", access=Open.PUBLIC)
    def refusal(name: str):
        raise REFUSALS[name][0]("the reason is for logs: secret-word")

    @bp.get("/panne", access=Open.PUBLIC)
    def failure():
        raise RuntimeError("secret-word")

    settings = config.Testing(database_url)
    settings.TESTING = False
    application = create_app(settings)
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
    assert f'lang="{language}"' in page.text
    assert str(status) in page.text
    assert 'class="btn' in page.text, "it offers a way on"


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


def test_a_status_without_a_page_of_ours_still_answers(failing: Flask, database: None) -> None:
    assert failing.test_client().get("/essai/statut/418").status_code == 418


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

"""What anybody may read, and what probes and robots ask."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
import time_machine
from flask import Flask

from portal import clock
from portal.accounts.models import Membership
from portal.catalogue.rules import ServiceState
from portal.db import transaction
from tests.browser import Browser
from tests.builders import Builder

pytestmark = pytest.mark.one_database

Browse = Callable[[Membership | None], Browser]
PUBLIC = [
    "/",
    "/candidater",
    "/mentions-legales",
    "/donnees-personnelles",
    "/accessibilite",
    "/guide-de-style",
]


@pytest.fixture
def configured(app: Flask) -> Iterator[None]:
    """A portal whose operator said who answers for it."""
    said = {
        "PUBLISHER": "COORACE, 1 rue de l’Exemple",
        "PUBLICATION_DIRECTOR": "Ada Lovelace",
        "HOST_NAME_AND_ADDRESS": "Hébergeur & fils, 2 rue du Serveur",
        "CONTACT_EMAIL": "contact@portal.test",
    }
    before = {name: app.config[name] for name in said}
    app.config.update(said)
    yield
    app.config.update(before)


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_everybody_may_read_them_in_both_languages(path: str, language: str, browse: Browse) -> None:
    browser = browse(None)
    browser.post("/langue", {"language": language})
    page = browser.get(path)
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.text


@pytest.mark.parametrize("path", PUBLIC[1:])
def test_they_are_the_same_for_somebody_signed_in(path: str, make: Builder, browse: Browse) -> None:
    assert browse(make.coordinator()).get(path).status_code == 200


@time_machine.travel(date(2026, 3, 9))
def test_the_public_home_counts_what_is_published_with_its_date(make: Builder, browse: Browse) -> None:
    for _number in range(3):
        make.pole(published=True)
    make.pole()
    for _number in range(2):
        make.service()
    make.service(stored_state=ServiceState.ARCHIVED)
    browser = browse(None)
    browser.post("/langue", {"language": "en"})
    text = browser.get("/").text
    assert 'stat-value">2</dd>' in text
    assert 'stat-value">3</dd>' in text
    assert text.partition("<footer")[0].count("9 March 2026") == 2
    assert "It is not the number of all PTCE." in text
    assert 'href="/services?famille=creation"' in text


def test_the_home_of_a_visitor_costs_two_queries(browse: Browse, queries: list[str]) -> None:
    browser = browse(None)
    queries.clear()
    browser.get("/")
    assert len(queries) == 2


def test_a_person_without_organisation_is_told_what_to_do(make: Builder, browse: Browse) -> None:
    membership = make.coordinator()
    with transaction():
        membership.ended_at = clock.now()
    browser = browse(membership)
    browser.post("/langue", {"language": "en"})
    page = browser.get("/")
    assert page.status_code == 200
    assert "Your account is not linked to an organisation" in page.text
    assert 'href="/candidater"' in page.text


def test_what_the_operator_did_not_say_is_said_to_be_missing(browse: Browse) -> None:
    browser = browse(None)
    browser.post("/langue", {"language": "en"})
    legal = browser.get("/mentions-legales").text
    assert "Publisher not stated" in legal
    assert "Host not stated" in legal
    assert "mailto:" not in legal


def test_what_the_operator_said_is_shown(configured: None, browse: Browse) -> None:
    browser = browse(None)
    for path in PUBLIC[1:5]:
        assert "mailto:contact@portal.test" in browser.get(path).text
    legal = browser.get("/mentions-legales").text
    assert "COORACE, 1 rue de l’Exemple" in legal
    assert "Ada Lovelace" in legal
    assert "Hébergeur &amp; fils" in legal
    assert "Hébergeur &amp; fils" in browser.get("/donnees-personnelles").text


def test_the_accessibility_statement_claims_nothing(browse: Browse) -> None:
    browser = browse(None)
    browser.post("/langue", {"language": "en"})
    text = browser.get("/accessibilite").text
    assert "Accessibility: non-compliant" in text
    assert "no audit has been made yet" in text
    assert "23 November 2026" in text


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/services?q=a", "/services?q=a"),
        ("https://elsewhere.example", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
    ],
)
def test_choosing_a_language_never_leads_elsewhere(asked: str, given: str, browse: Browse) -> None:
    response = browse(None).post("/langue", {"language": "en", "next": asked})
    assert (response.status_code, response.location) == (302, given)


def test_an_unknown_language_changes_nothing(browse: Browse) -> None:
    browser = browse(None)
    browser.post("/langue", {"language": "xx"})
    assert '<html lang="fr">' in browser.get("/candidater").text


def test_robots_stay_out_of_private_pages_and_of_any_demonstration(app: Flask, browse: Browse) -> None:
    browser = browse(None)
    lines = browser.get("/robots.txt").text.splitlines()
    assert "Disallow: /demandes" in lines
    assert "Disallow: /" not in lines
    app.config["DEMONSTRATION"] = True
    try:
        assert "Disallow: /" in browser.get("/robots.txt").text.splitlines()
    finally:
        app.config["DEMONSTRATION"] = False

"""What is new stands in the portal too: the same as in e-mails, whatever people chose, until they look."""

import pytest
from markupsafe import escape
from sqlalchemy import update

from portal.access.roles import Role
from portal.db import transaction
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences.rules import Rhythm
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.news.conftest import Told, accept, ask, choose, written

PAGE = "/mon-compte/quoi-de-neuf"


def count_in(text: str) -> int:
    header = text.partition("<main")[0].partition(f'href="{PAGE}"')[2].partition("</a>")[0]
    return int(header.partition('class="count">')[2].partition("<")[0] or 0)


@pytest.mark.parametrize("rhythm", list(Rhythm))
def test_it_is_counted_and_shown_whatever_was_chosen(told: Told, browse, rhythm: Rhythm) -> None:
    choose(told.reader, progress=rhythm)
    accept(told)
    browser = browse(told.reader)
    assert count_in(browser.get("/services").text) == 1
    page = browser.get(PAGE)
    assert told.request.reference in page.text
    assert "Nouveau<" in page.text


def test_looking_at_the_list_is_enough(told: Told, browse) -> None:
    accept(told)
    browser = browse(told.reader)
    browser.client.head(PAGE)
    assert count_in(browser.get("/services").text) == 1, "a robot that asks for nothing reads nothing"
    browser.get(PAGE)
    assert count_in(browser.get("/services").text) == 0
    again = browser.get(PAGE).text
    assert told.request.reference in again, "it stays"
    assert "Nouveau<" not in again


def test_what_was_written_last_stands_first(told: Told, browse) -> None:
    """Whichever got its number first."""
    ask(told)
    accept(told)
    question, answer = written(told.reader)
    with transaction() as session:
        older = days_ago(3)
        session.execute(update(OutboxEmail).where(OutboxEmail.id == answer.id).values(created_at=older))
    page = browse(told.reader).get(PAGE).text
    assert page.index(escape(question.subject)) < page.index(escape(answer.subject))


def test_opening_the_page_of_the_request_reads_all_that_was_told_of_it(
    make: Builder, told: Told, browse
) -> None:
    ask(told)
    accept(told)
    browser = browse(told.reader)
    assert count_in(browser.get("/services").text) == 2
    opened = browser.get(f"/demandes/{told.request.reference}").text
    assert count_in(opened) == 0
    assert all(one.read_at for one in written(told.reader))


def test_a_colleague_keeps_their_own(make: Builder, told: Told, browse) -> None:
    colleague = make.coordinator(told.reader.organisation)
    accept(told)
    browse(told.reader).get(PAGE)
    assert count_in(browse(colleague).get("/services").text) == 1


def test_each_organisation_has_its_own(make: Builder, told: Told, browse) -> None:
    elsewhere = make.member(make.pole(), Role.COORDINATOR, told.reader.person)
    accept(told)
    browser = browse(elsewhere)
    assert count_in(browser.get("/services").text) == 0
    assert told.request.reference not in browser.get(PAGE).text


def test_the_header_costs_one_statement_on_an_index(told: Told, browse, queries: list[str]) -> None:
    accept(told)
    browser = browse(told.reader)
    browser.get("/services")
    queries.clear()
    browser.get("/services")
    assert len([one for one in queries if "outbox_email" in one]) == 1


def test_the_list_costs_the_same_for_one_and_for_many(told: Told, browse, queries: list[str]) -> None:
    accept(told)
    browser = browse(told.reader)
    browser.get(PAGE)
    queries.clear()
    browser.get(PAGE)
    assert len(queries) <= 6

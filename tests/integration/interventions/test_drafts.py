"""What is typed of a log is kept until it is sent, for its author alone."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.interventions.drafts.models import LogDraft
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.personal_data.rules import Kept
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import DRAFT_KEPT
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.personal_data.old import run
from tests.integration.requests.steps import World, log_fields, page_of

WORDS = "Nous avons relu les statuts, et"


class Told:
    """A planned date of yesterday: its short form, its whole one, and that of another act."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.world = make, world
        self.request: SupportRequest = make.raw_request(world.coordinator)
        self.assignment: Assignment = make.raw_assignment(
            self.request, world.partner, AssignmentState.ACCEPTED, answered_on=clock.today()
        )
        self.act = make.raw_intervention(
            self.assignment,
            world.practitioner.person,
            InterventionState.PLANNED,
            report="",
            participants=None,
        )
        self.short = f"/interventions/{self.act.id}/a-t-elle-eu-lieu"
        self.whole = f"/interventions/{self.act.id}/realisee"
        self.new = page_of(self.request, self.assignment, "intervention")

    @property
    def me(self) -> Membership:
        return self.world.practitioner


@pytest.fixture
def told(make: Builder, world: World) -> Told:
    return Told(make, world)


def kept() -> list[dict[str, list[str]]]:
    statement = select(LogDraft).order_by(LogDraft.id).execution_options(populate_existing=True)
    return [draft.typed for draft in db.session.scalars(statement)]


def read(browser: Any, path: str) -> str:
    return html.unescape(browser.get(path).text)


@pytest.mark.parametrize("form", ["short", "whole", "new"])
def test_what_is_typed_waits_for_its_author_and_nobody_else_sees_it(
    told: Told, browse: Any, make: Builder, form: str
) -> None:
    path = getattr(told, form)
    browser = browse(told.me)
    assert f'data-draft="{path}"' in browser.get(path).text
    assert browser.post(path, {"report": WORDS, "intent": "keep"}).status_code == 204
    assert WORDS in read(browser, path)
    assert "Brouillon" in read(browser, path)
    for other in (make.practitioner(told.world.partner), make.member(told.world.partner, told.me.role)):
        assert WORDS not in read(browse(other), path)
    for reader in (told.world.coordinator, told.world.national, told.me):
        assert WORDS not in read(browse(reader), page_of(told.request))
    assert db.session.scalars(select(Intervention.state)).all() == [InterventionState.PLANNED]


def test_a_button_keeps_it_without_javascript_and_another_forgets_it(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    answer = browser.post(told.whole, {"report": WORDS, "intent": "draft"})
    assert answer.location == page_of(told.request)
    page = read(browser, told.whole)
    assert WORDS in page
    assert 'value="forget"' in page
    assert browser.post(told.whole, {"intent": "forget"}).location == told.whole
    assert kept() == []
    assert 'value="forget"' not in browser.get(told.whole).text


@pytest.mark.parametrize("form", ["short", "whole", "new"])
def test_what_is_refused_is_kept(told: Told, browse: Any, form: str) -> None:
    path = getattr(told, form)
    browser = browse(told.me)
    assert browser.post(path, {"report": WORDS, "minutes": "1h20"}).status_code == 422
    page = read(browser, path)
    assert WORDS in page
    assert 'value="1h20"' in page


def test_it_dies_with_sending(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    browser.post(told.whole, {"report": WORDS, "intent": "keep"})
    browser.post(told.new, {"report": "D’une autre.", "intent": "keep"})
    assert len(kept()) == 2
    assert browser.post(told.short, {"outcome": "as_planned", "length": "210"}).status_code == 302
    assert [draft["report"] for draft in kept()] == [["D’une autre."]]
    on = told.act.on - timedelta(days=1)
    sent = {**log_fields(told.me.person_id, on=on.isoformat()), "once": "same"}
    assert browser.post(told.new, sent).status_code == 302
    assert kept() == []
    assert browser.post(told.new, {**sent, "intent": "keep"}).status_code == 204
    assert kept() == [], "what comes late of what was sent is not kept"


def test_planning_another_leaves_it(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    browser.post(told.new, {"report": WORDS, "intent": "keep"})
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    plan = {**log_fields(told.me.person_id, on=tomorrow), "once": "plan"}
    assert browser.post(page_of(told.request, told.assignment, "planifier"), plan).status_code == 302
    assert [draft["report"] for draft in kept()] == [[WORDS]]


def test_nothing_typed_is_no_draft(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    browser.post(told.short, {"report": WORDS, "intent": "keep"})
    planned = {"length": "210", "on": told.act.on.isoformat(), "minutes": "", "report": ""}
    planned["starts_at"] = told.act.starts_at.isoformat("minutes") if told.act.starts_at else ""
    browser.post(told.short, {**planned, "intent": "keep"})
    assert kept() == []
    untouched = {"place_kind": "on_site", "practitioner_ids": [told.me.person_id]}
    browser.post(told.new, {**untouched, "intent": "keep"})
    assert kept() == []


def test_the_short_form_goes_on_in_the_whole_one(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    typed = {"outcome": "with_changes", "length": "210", "on": told.act.on.isoformat(), "report": WORDS}
    browser.post(told.short, {**typed, "intent": "keep"})
    page = read(browser, told.whole).replace("\u00a0", " ")
    assert WORDS in page
    assert 'value="3 h 30"' in page, "what was planned stays"


def test_what_one_form_does_not_ask_waits_in_the_other(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    ticked = {"outcome": "with_changes", "length": "210", "worked_on": ["members"]}
    browser.post(told.short, {**ticked, "intent": "keep"})
    browser.post(told.whole, {"report": WORDS, "intent": "draft"})
    page = read(browser, told.short)
    assert WORDS in page
    assert re.search(r'value="members"[^>]* checked|checked[^>]* value="members"', page)
    browser.post(told.whole, {"intent": "forget"})
    assert kept() == []


def test_a_date_that_moved_meanwhile_is_not_told_as_it_was(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    typed = {"outcome": "as_planned", "on": told.act.on.isoformat(), "report": WORDS}
    browser.post(told.short, {**typed, "intent": "keep"})
    moved = told.act.on - timedelta(days=1)
    with transaction() as session:
        session.execute(update(Intervention).values(on=moved))
    assert f'value="{moved.isoformat()}"' in browser.get(told.short).text


def test_a_copy_that_was_begun_comes_back_whole(told: Told, browse: Any, make: Builder) -> None:
    last = make.raw_intervention(told.assignment, told.me.person, report="Budget relu.")
    browser = browse(told.me)
    on = (told.act.on - timedelta(days=3)).isoformat()
    browser.post(f"{told.new}?comme={last.id}", {"report": "Budget relu.", "on": on, "intent": "draft"})
    page = read(browser, told.new)
    assert "Budget relu." in page
    assert f'value="{on}"' in page


def test_what_was_begun_is_not_mixed_with_a_copy(told: Told, browse: Any, make: Builder) -> None:
    """It comes first, whole; once it is forgotten, the copy is."""
    about = {"report": "Budget relu.", "next_step": "Écrire au maire"}
    last = make.raw_intervention(told.assignment, told.me.person, **about)
    browser = browse(told.me)
    browser.post(told.new, {"report": WORDS, "intent": "draft"})
    copy = f"{told.new}?comme={last.id}"
    shown = read(browser, copy)
    assert WORDS in shown
    assert "Écrire au maire" not in shown
    browser.post(copy, {"intent": "forget"})
    assert "Écrire au maire" in read(browser, copy)
    assert WORDS not in read(browser, copy)


def test_it_goes_as_drafts_of_requests_do(told: Told, browse: Any) -> None:
    browser = browse(told.me)
    browser.post(told.whole, {"report": WORDS, "intent": "keep"})
    with clock.travelling_to(clock.now() + DRAFT_KEPT - timedelta(days=1)):
        assert run(Kept.LOG_DRAFTS) == [0]
    with clock.travelling_to(clock.now() + DRAFT_KEPT + timedelta(days=1)):
        assert WORDS not in read(browse(told.me), told.whole)
        assert run(Kept.LOG_DRAFTS) == [1]
    assert kept() == []


def test_whoever_works_on_another_part_keeps_nothing_here(told: Told, browse: Any, make: Builder) -> None:
    stranger = browse(make.practitioner(make.partner()))
    for path in (told.short, told.whole, told.new):
        assert stranger.post(path, {"report": WORDS, "intent": "keep"}).status_code == 404
    assert browse(told.world.coordinator).post(told.new, {"intent": "keep"}).status_code == 403
    assert kept() == []

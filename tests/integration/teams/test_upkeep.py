"""What is checked again from time to time: who belongs to an organisation, and who still comes."""

from datetime import timedelta

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.teams.models import MembersReview
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.accounts.steps import emails, english, is_signed_in
from tests.integration.teams.steps import Browse, acts, team_of
from tests.jobs import do

DAY = timedelta(days=1)


@pytest.fixture
def head(make: Builder) -> Membership:
    """Of an organisation last reviewed three months ago."""
    return make.coordinator(make.pole(members_reviewed_at=days_ago(92)))


def ask() -> int:
    return do("ask for reviews")


def test_heads_are_asked_once_for_each_time(make: Builder, head: Membership) -> None:
    make.member(head.organisation, Role.MEMBER)
    make.coordinator(make.pole(members_reviewed_at=days_ago(90)))
    make.coordinator()
    assert ask() == 1
    assert ask() == 1
    assert [one.recipient for one in emails()] == [head.person.email]
    assert emails()[0].kind == "teams/review_due"


def test_a_review_keeps_and_ends(make: Builder, head: Membership, browse: Browse) -> None:
    kept = make.member(head.organisation, Role.MEMBER)
    ended = make.member(head.organisation, Role.MEMBER)
    browser = english(browse(head))
    assert "Check the team" in browser.get("/").text
    assert browser.get(f"{team_of(head)}/revue").status_code == 200
    answer = browser.post(f"{team_of(head)}/revue", {"ended_ids": [ended.id]})
    assert answer.location == team_of(head)
    assert (kept.ended_at is None, ended.ended_at is None) == (True, False)
    assert db.session.query(MembersReview).one().by_id == head.person_id
    assert acts() == ["left", "members_reviewed"]
    assert "Check the team" not in browser.get("/").text
    assert ask() == 0
    assert [one.kind for one in emails()] == ["teams/membership_ended"]


def test_open_work_is_not_lost_in_a_review(make: Builder, head: Membership, browse: Browse) -> None:
    leaving = make.member(head.organisation, Role.COORDINATOR)
    make.raw_request(leaving)
    answer = english(browse(head)).post(f"{team_of(head)}/revue", {"ended_ids": [leaving.id]})
    assert answer.status_code == 422
    assert "has open work" in answer.text
    assert leaving.ended_at is None


def test_nobody_of_another_team_is_ended(make: Builder, head: Membership, browse: Browse) -> None:
    stranger = make.coordinator()
    make.member(head.organisation, Role.MEMBER)
    answer = browse(head).post(f"{team_of(head)}/revue", {"ended_ids": [stranger.id]})
    assert answer.status_code == 422
    assert stranger.ended_at is None


def test_the_national_cell_sees_what_is_overdue(make: Builder, head: Membership, browse: Browse) -> None:
    national = english(browse(make.national_admin()))
    assert "not checked for a long time" not in national.get("/organisations").text
    with transaction():
        head.organisation.members_reviewed_at = days_ago(120)
        db.session.add(head.organisation)
    assert "not checked" in national.get("/organisations").text


def came(make: Builder, days: int) -> Membership:
    return make.member(make.pole(), Role.COORDINATOR, make.person(last_seen_at=days_ago(days)))


def warn_and_close() -> tuple[int, int]:
    closed = do("close idle accounts")
    return do("warn idle accounts"), closed


def test_who_has_not_come_for_two_years_is_warned_then_closed(make: Builder, browse: Browse) -> None:
    idle, recent, national = came(make, 740), came(make, 700), make.national_admin()
    browser = browse(idle)
    assert warn_and_close() == (1, 0)
    assert warn_and_close() == (0, 0), "warned once"
    assert [(one.kind, one.recipient) for one in emails()] == [("teams/account_idle", idle.person.email)]
    with clock.travelling_to(clock.now() + 28 * DAY):
        assert warn_and_close()[1] == 0
    with clock.travelling_to(clock.now() + 32 * DAY):
        national.person.last_seen_at = None
        db.session.expire(national.person)
        warned, closed = warn_and_close()
    assert (warned, closed) == (1, 1), "by then the other has not come for two years either"
    assert not idle.person.active
    assert idle.person.closed_at is not None
    assert idle.ended_at is not None
    assert recent.ended_at is None
    kinds = {(one.kind, one.recipient) for one in emails()}
    assert ("accounts/account_closed", idle.person.email) in kinds
    assert ("teams/nobody_left", national.person.email) in kinds
    assert not is_signed_in(browser)


def test_coming_back_keeps_the_account(make: Builder, browse: Browse) -> None:
    idle = came(make, 740)
    assert warn_and_close() == (1, 0)
    browse(idle).get("/mon-compte")
    db.session.refresh(idle.person)
    assert idle.person.idle_warned_at is None
    with clock.travelling_to(clock.now() + 40 * DAY):
        assert warn_and_close() == (0, 0)
    assert idle.person.active


def test_who_never_came_counts_from_the_day_of_the_account(make: Builder) -> None:
    make.person(last_seen_at=None, created_at=days_ago(740))
    make.person(last_seen_at=None)
    assert do("warn idle accounts") == 1

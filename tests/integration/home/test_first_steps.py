"""The home of a pole where nothing is under way says what to do first."""

from collections.abc import Callable

import pytest

from portal.access.roles import Role
from tests.browser import Browser
from tests.builders import Builder

pytestmark = pytest.mark.one_database

Browse = Callable[..., Browser]


def test_a_new_coordinator_is_told_where_to_begin(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    home = browse(coordinator).get("/").text
    record = f"/organisations/{coordinator.organisation_id}"
    for path in ("/services", f"{record}/modifier", f"{record}/personnes/inviter"):
        assert f'<a href="{path}">' in home


def test_a_member_is_not_told_to_do_what_only_coordinators_may(make: Builder, browse: Browse) -> None:
    member = make.member(make.pole(), Role.MEMBER)
    home = browse(member).get("/").text
    record = f"/organisations/{member.organisation_id}"
    assert '<a href="/services">' in home.split("<main")[1]
    assert f"{record}/modifier" not in home
    assert f"{record}/personnes/inviter" not in home


def test_partners_are_not_told_to_choose_a_service(make: Builder, browse: Browse) -> None:
    assert "card-grid" not in browse(make.manager()).get("/").text


def test_the_missing_facts_of_a_record_lead_to_its_form(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    record = f"/organisations/{coordinator.organisation_id}"
    callout = 'class="callout callout-info"'
    own = browse(coordinator).get(record).text.split(callout)[1].split("</div>")[0]
    assert f'href="{record}/modifier"' in own
    member = make.member(coordinator.organisation, Role.MEMBER)
    assert f'href="{record}/modifier"' not in browse(member).get(record).text

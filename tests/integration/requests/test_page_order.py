"""The page of a request goes in the order of the decision, and its first thing to do stays in reach."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from portal.access.roles import Role
from portal.db import db, transaction
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, page_of, the_assignment

A = AssignmentState


@pytest.fixture
def asked(make: Builder, world: World, browse: Any) -> SupportRequest:
    """A request that its cell has routed to one partner."""
    request = make.raw_request(world.coordinator, service=world.service)
    browse(world.cell).post(page_of(request, None, "orienter"), {"partner_ids": [str(world.partner.id)]})
    return request


def headings(page: str) -> list[str]:
    return [
        html.unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in re.findall(r"<h2.*?</h2>", page, re.S)
    ]


@pytest.mark.one_database
def test_the_page_goes_in_the_order_of_the_decision(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    make.raw_intervention(the_assignment(), world.practitioner.person)
    order = [
        "Où en est la demande",
        "Le besoin",
        "Le pôle",
        "Ce que vous pouvez faire maintenant",
        "Interventions",
        "Partenaires",
    ]
    found = headings(browse(world.practitioner).get(page_of(asked)).text)
    assert [one for one in found if one in order] == order
    assert found.index("Partenaires") < found.index("Ce qui s’est passé"), "what happened is aside"


WAY = ("Envoyée", "Orientée", "Acceptée", "En cours", "Terminée")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("state", "visited", "reached"),
    [
        (None, False, 1),
        (A.PROPOSED, False, 2),
        (A.ON_HOLD, False, 2),
        (A.ACCEPTED, False, 3),
        (A.ACCEPTED, True, 4),
        (A.COMPLETED, True, 5),
        (A.DECLINED, False, 1),
    ],
)
def test_the_steps_done_and_to_come_are_shown(
    make: Builder, world: World, browse: Any, state: A | None, visited: bool, reached: int
) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    if state:
        assignment = make.raw_assignment(request, world.partner, state)
        if visited:
            make.raw_intervention(assignment, world.practitioner.person)
    page = browse(world.coordinator).get(page_of(request)).text
    (drawn,) = re.findall(r'<ol class="way">.*?</ol>', page, re.S)
    found = [
        ("way-done" in one, "aria-current" in one, next(name for name in WAY if name in html.unescape(one)))
        for one in re.findall(r"<li.*?</li>", drawn, re.S)
    ]
    expected = [(rank < reached, rank == reached - 1, name) for rank, name in enumerate(WAY)]
    assert found == expected


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["coordinator", "practitioner"])
def test_what_left_its_way_shows_none(make: Builder, world: World, browse: Any, who: str) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner, A.DECLINED)
    if who == "coordinator":
        with transaction() as session:
            session.merge(request).state = RequestState.WITHDRAWN
    assert 'class="way"' not in browse(getattr(world, who)).get(page_of(request)).text


def test_the_question_stands_where_it_is_answered(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    """Each question in its own panel, the last one asked."""
    other = make.practitioner()
    second = make.raw_assignment(asked, other.organisation, A.PROPOSED)
    first = next(one for one in the_request_parts() if one.id != second.id)
    for member, part, words in (
        (world.practitioner, first, "Combien de membres ?"),
        (other, second, "Quel budget ?"),
    ):
        browse(member).post(page_of(asked, part, "demander-une-precision"), {"message": words})
    page = browse(world.coordinator).get(page_of(asked)).text
    for part, words in ((first, "Combien de membres ?"), (second, "Quel budget ?")):
        panel = re.search(rf'id="action-answer-{part.id}".*?</details>', page, re.S)
        assert panel
        said = html.unescape(panel.group(0))
        assert "<blockquote" in said
        assert words in re.sub(r"\u00a0", " ", said)


def the_request_parts() -> list[Assignment]:
    return list(db.session.scalars(select(Assignment).order_by(Assignment.id)))


@pytest.mark.one_database
def test_after_an_act_what_follows_is_said(world: World, browse: Any, asked: SupportRequest) -> None:
    browser = browse(world.practitioner)
    path = page_of(asked, the_assignment(), "accepter")
    said = browser.post(path, {"referent_id": str(world.practitioner.person_id)}, follow_redirects=True).text
    flash = re.search(r'role="status".*?</div>', said, re.S)
    assert flash
    assert "Ce qui suit : Vous prenez contact avec le pôle" in html.unescape(flash.group(0)).replace(
        "\u00a0", " "
    )


@pytest.mark.one_database
def test_a_telephone_keeps_the_first_thing_to_do_in_reach(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    """The bar leads to the panel that leads, else to all that can be done; also where there is a draft alone."""
    bar = r'class="action-bar">\s*<a[^>]*href="#([^"]+)"'
    partner = re.search(bar, browse(world.practitioner).get(page_of(asked)).text)
    assert partner
    assert partner.group(1) == f"action-accept-{the_assignment().id}"
    assert f'id="{partner.group(1)}"' in browse(world.practitioner).get(page_of(asked)).text
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    member = make.member(world.coordinator.organisation, Role.MEMBER)
    found = re.search(bar, browse(member).get(page_of(draft)).text)
    assert found
    assert found.group(1) == "what-i-can-do"


@pytest.mark.parametrize(
    ("region", "department", "number"), [("02", "972", 3), ("04", "974", 4), ("28", None, 4)]
)
def test_the_day_of_a_moment_is_that_of_the_pole(
    region: str, department: str | None, number: int, make: Builder, browse
) -> None:
    """For whoever reads: half past one at night in Paris is the evening before in Martinique."""
    asks = make.coordinator(make.pole(region_code=region, department_code=department))
    at = datetime(2026, 3, 4, 0, 30, tzinfo=UTC)
    sent = make.raw_request(asks, submitted_at=at)
    make.raw_assignment(sent, make.partner(), AssignmentState.ACCEPTED, proposed_at=at)
    for reader in (asks, make.national_admin()):
        page = html.unescape(browse(reader).get(f"/demandes/{sent.reference}").text)
        assert f"{number} mars 2026" in page
        assert f"{7 - number} mars 2026" not in page

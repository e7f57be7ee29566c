"""What somebody of ill will tries on kept filters and on acts on several requests."""

from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.saved.models import SavedFilter
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import World

FILTERS, LOT = "/demandes/filtres", "/demandes/lot"
HUGE = 10**30


@pytest.fixture
def number(world: World, browse: Any) -> int:
    """A filter of the practitioner."""
    mine = {"name": "À moi", "query": "dossier=toutes"}
    assert browse(world.practitioner).post(FILTERS, mine).status_code == 302
    return db.session.scalars(select(SavedFilter.id)).one()


def filters() -> list[tuple[str, str]]:
    return [(one.name, one.query) for one in db.session.scalars(select(SavedFilter).order_by(SavedFilter.id))]


def test_nobody_removes_the_filter_of_somebody_else(
    make: Builder, world: World, browse: Any, number: int
) -> None:
    also = make.member(make.partner(), Role.PRACTITIONER, world.practitioner.person)
    with transaction():
        elsewhere = SavedFilter(membership_id=also.id, name="Ailleurs", query="dossier=toutes")
        db.session.add(elsewhere)
        db.session.flush()
        other = elsewhere.id
    for who in (world.manager, world.coordinator, world.cell, world.national):
        assert browse(who).post(f"{FILTERS}/{number}/retirer").status_code == 404
    mine = browse(world.practitioner)
    assert mine.post(f"{FILTERS}/{other}/retirer").status_code == 404, "kept for another organisation"
    assert [name for name, _query in filters()] == ["À moi", "Ailleurs"]
    assert mine.post(f"{FILTERS}/{number}/retirer").status_code == 302
    assert mine.post(f"{FILTERS}/{number}/retirer").status_code == 404, "once"
    assert [name for name, _query in filters()] == ["Ailleurs"]


@pytest.mark.parametrize("made_up", ["0", "-1", "1.5", "un", str(HUGE), "1%00"])
def test_a_number_that_was_made_up_does_not_exist(
    world: World, browse: Any, number: int, made_up: str
) -> None:
    assert browse(world.practitioner).post(f"{FILTERS}/{made_up}/retirer").status_code in {400, 404}
    assert filters() == [("À moi", "dossier=toutes")]


@pytest.mark.parametrize(
    ("query", "leads_to"),
    [
        ("_scheme=javascript&_external=1&_anchor=x&dossier=toutes", "/demandes?dossier=toutes"),
        ("endpoint=home.index&retour=//ailleurs.test&page=9", "/demandes"),
        ("dossier=toutes&dossier=en-cours", "/demandes?dossier=en-cours"),
        ("//ailleurs.test/?dossier=toutes", "/demandes"),
    ],
)
def test_a_filter_leads_to_the_list_alone(world: World, browse: Any, query: str, leads_to: str) -> None:
    answer = browse(world.practitioner).post(FILTERS, {"name": "x", "query": query})
    assert (answer.status_code, answer.location) == (302, leads_to)
    assert [kept for _name, kept in filters()] == [leads_to.partition("?")[2]]


def test_what_is_typed_in_a_filter_is_text_and_has_an_end(world: World, browse: Any) -> None:
    mine = browse(world.practitioner)
    mine.post(FILTERS, {"name": "<b>gras</b>", "query": 'recherche="><script>alert(1)</script>'})
    page = mine.get("/demandes").text
    assert "<b>gras" not in page
    assert "<script>alert" not in page
    for wrong in (
        {"name": "long", "query": "recherche=" + "é" * 400},
        {"name": ["un", "deux"], "query": "recherche=" + "x" * 100_000},
        {"name": "n" * 100_000, "query": "dossier=toutes"},
        {"name": "nul\x00", "query": "recherche=\x00"},
        {},
    ):
        assert mine.post(FILTERS, wrong).status_code in {302, 400}
    assert filters()[1:] == [("nul", "")], "what no database keeps is left out"


def lot(browser: Browser, act: str, references: list[str], **fields: Any) -> Any:
    return browser.post(LOT, {"acte": act, "demande": references, "retour": "/demandes", **fields})


def stored() -> Any:
    parts = select(Assignment.id, Assignment.state, Assignment.referent_id, Assignment.partner_id)
    counts = [select(func.count()).select_from(model) for model in (RequestEvent, OutboxEmail)]
    return [
        *map(tuple, db.session.execute(parts.order_by(Assignment.id))),
        *map(db.session.scalar, counts),
    ]


@pytest.fixture
def asked(make: Builder, world: World) -> SupportRequest:
    request = make.raw_request(world.coordinator, service=world.service, subject="Un sujet à nous")
    make.raw_assignment(request, world.partner)
    return request


ACTS = ("prendre", "confier", "accepter", "refuser", "insister", "redemander", "orienter")
WITH = {"partner_ids": ["1"], "referent_id": "1", "reason": "capacity", "next_step": "Rien", "message": "Non"}


@pytest.mark.parametrize("act", ACTS)
def test_requests_of_another_cell_or_partner_are_neither_touched_nor_named(
    make: Builder, world: World, asked: SupportRequest, browse: Any, act: str
) -> None:
    other = make.partner()
    strangers = [make.regional_admin("11"), make.practitioner(other), make.manager(other)]
    before = stored()
    for stranger in strangers:
        own = make.raw_request(make.coordinator(make.pole(region_code="11")))
        answer = lot(browse(stranger), act, [asked.reference, own.reference], **WITH)
        assert answer.status_code in {200, 302, 403, 422}
        assert "Un sujet à nous" not in answer.text
        assert stored()[: len(before) - 2] == before[:-2]


@pytest.mark.parametrize("act", ACTS)
def test_references_that_were_made_up_change_nothing(world: World, browse: Any, act: str) -> None:
    before = stored()
    made_up = [
        "0000-0000",
        "' OR 1=1 --",
        "<script>alert(1)</script>",
        "é" * 5000,
        "\u202e",
        "",
        "%",
        str(HUGE),
    ]
    for who in (world.practitioner, world.manager, world.cell, world.national):
        answer = lot(browse(who), act, made_up, **WITH)
        assert answer.status_code in {302, 403}
        assert "<script>alert" not in answer.text
    assert stored() == before


def test_one_request_ticked_a_thousand_times_is_taken_once(
    world: World, asked: SupportRequest, browse: Any, queries: list[str]
) -> None:
    mine = browse(world.practitioner)
    lot(mine, "prendre", [asked.reference])
    queries.clear()
    lot(mine, "prendre", [asked.reference] * 1000 + ["<i>faux</i>"] * 1000)
    assert len(queries) < 40
    statement = select(func.count()).select_from(RequestEvent).where(RequestEvent.action == "take")
    assert db.session.scalar(statement) == 1


@pytest.mark.parametrize("act", ["", "..", "prendre/../accepter", "PRENDRE", "supprimer", "0", "é" * 5000])
def test_an_act_that_was_made_up_does_not_exist(
    world: World, asked: SupportRequest, browse: Any, act: str
) -> None:
    before = stored()
    assert lot(browse(world.practitioner), act, [asked.reference], **WITH).status_code in {302, 404}
    assert stored() == before


def test_nobody_is_given_a_request_who_is_not_of_the_team(
    make: Builder, world: World, asked: SupportRequest, browse: Any
) -> None:
    before, manager = stored(), browse(world.manager)
    strangers: list[Membership] = [world.coordinator, world.cell, make.practitioner(), make.national_admin()]
    for referent in (*(one.person_id for one in strangers), 0, -1, HUGE, "un", ""):
        answer = lot(manager, "confier", [asked.reference], referent_id=str(referent))
        assert answer.status_code == 422, referent
    assert stored() == before


def test_no_partner_is_asked_that_is_gone_or_was_made_up(make: Builder, world: World, browse: Any) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    gone, pole = make.partner(active=False), world.coordinator.organisation
    before = stored()
    for wrong in (gone.id, pole.id, 0, -1, HUGE, "un"):
        answer = lot(browse(world.national), "orienter", [request.reference], partner_ids=[str(wrong)])
        assert answer.status_code == 422, wrong
    assert stored() == before
    assert AssignmentState.PROPOSED not in {row[1] for row in before if isinstance(row, tuple)}

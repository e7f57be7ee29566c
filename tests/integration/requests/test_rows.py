"""What a row says to each reader: what they need to decide, and not what they know."""

import html
import re
from datetime import date, datetime

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.db import db
from portal.requests.inbox import queries as inbox
from portal.requests.models import SupportRequest
from portal.requests.queries import anybody, is_seen_by, is_visible_to, named
from portal.requests.steps import AssignmentState, RequestState
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, page_of
from tests.plans import plan_of, plans_while

A = AssignmentState
WEDNESDAY = datetime(2026, 11, 25, 9, 0, tzinfo=clock.PARIS)


def table_of(page: str) -> str:
    """The words of the list of a page, without what surrounds it."""
    found = re.search(r"<table.*?</table>", page, re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found.group(0))) if found else ""


def test_a_partner_reads_who_asks_what_until_when_and_who_has_it(make: Builder, world: World, browse) -> None:
    pole = make.pole(name="Pôle du Lin", town="Yvetot", department_code="76")
    request = make.raw_request(
        make.coordinator(pole), service=world.service, subject="Partager un atelier de tissage"
    )
    with clock.travelling_to(WEDNESDAY):
        make.raw_assignment(request, world.partner, due_on=date(2026, 11, 26))
        answer = table_of(browse(world.practitioner).get("/demandes").text)
        make.raw_assignment(
            make.raw_request(make.coordinator(pole)),
            world.partner,
            A.ACCEPTED,
            referent_id=world.manager.person_id,
        )
        doing = table_of(browse(world.practitioner).get("/demandes?dossier=en-cours").text)
    wanted = (
        "Partager un atelier de tissage",
        world.service.name,
        "Pôle du Lin",
        "Yvetot, Seine-Maritime, Normandie",
        "25 novembre 2026",
        "demain, jeudi 26",
        "personne pour l’instant",
    )
    assert [one for one in wanted if one not in answer] == []
    assert world.partner.name not in answer, "nobody reads their own name in each row"
    assert world.manager.person.name in doing
    assert world.partner.name not in doing


def test_a_column_that_says_nothing_of_any_row_is_left_out(make: Builder, world: World, browse) -> None:
    make.raw_assignment(make.raw_request(world.coordinator), world.partner, A.ACCEPTED)
    browser = browse(world.practitioner)
    doing = table_of(browser.get("/demandes?dossier=en-cours").text)
    assert "Réponse attendue" not in doing
    assert "Où elle en est" not in doing, "the folder says it"
    everything = table_of(browser.get("/demandes?dossier=toutes").text)
    assert "Acceptée" in everything, "all requests stand at different places"


def test_a_partner_reads_nothing_of_the_others_that_were_asked(make: Builder, world: World, browse) -> None:
    other = make.partner(name="Coopérative Voisine")
    request = make.raw_request(world.coordinator)
    make.raw_assignment(request, other, A.PROPOSED, due_on=date(2020, 1, 1))
    make.raw_assignment(request, world.partner)
    page = browse(world.practitioner).get("/demandes").text
    assert request.reference in page
    assert "Coopérative Voisine" not in page
    assert "de retard" not in table_of(page), "the other is late, not we"


def test_a_request_of_the_pole_says_who_holds_it(make: Builder, world: World, browse) -> None:
    make.raw_assignment(make.raw_request(world.coordinator), world.partner)
    table = table_of(browse(world.coordinator).get("/demandes?dossier=en-cours").text)
    assert world.partner.name in table
    assert world.coordinator.organisation.name not in table


@pytest.mark.parametrize(
    "role", [Role.PRACTITIONER, Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN, Role.COORDINATOR]
)
def test_each_folder_is_found_by_an_index(make: Builder, world: World, role: Role) -> None:
    """And read no further than its page."""
    actor = actor_of(
        {
            Role.PRACTITIONER: world.practitioner,
            Role.REGIONAL_ADMIN: world.cell,
            Role.NATIONAL_ADMIN: world.national,
            Role.COORDINATOR: world.coordinator,
        }[role]
    )
    for folder in inbox.folders(anybody(role)):
        if folder.hidden_when_empty:
            continue
        found = inbox.keys(role, folder.slug)
        plan = plan_of(found.order_by(found.selected_columns[0]).limit(26), dict(named(actor)))
        read_whole = re.findall(
            r"SCAN (?:support_request|assignment)(?! USING)|Seq Scan on (?:supp|assi)\w+", plan
        )
        assert not read_whole, (folder.slug, plan)


def test_a_closed_request_that_a_partner_still_has_is_found_out(make: Builder, world: World, app) -> None:
    request = make.raw_request(world.coordinator, RequestState.WITHDRAWN)
    make.raw_assignment(request, world.partner)
    found = app.test_cli_runner().invoke(args=["check"])
    assert f"{request.reference} is closed, and a partner still has it." in found.output


@pytest.mark.parametrize(
    ("who", "state", "said"),
    [
        ("coordinator", A.ON_HOLD, "Votre pôle (réponse attendue à une question)"),
        ("practitioner", A.PROPOSED, "Votre équipe (réponse attendue)"),
        ("practitioner", A.ACCEPTED, None),
    ],
)
def test_nobody_reads_their_own_name_as_who_holds_it(
    make: Builder, world: World, browse, who: str, state: A, said: str | None
) -> None:
    request = make.raw_request(world.coordinator, subject="Le bail")
    referent = world.practitioner.person if state is A.ACCEPTED else None
    make.raw_assignment(request, world.partner, state, referent_id=referent.id if referent else None)
    page = html.unescape(browse(getattr(world, who)).get(page_of(request)).text)
    standing = page[page.index('id="standing"') : page.index('id="need"')]
    assert (said or world.practitioner.person.name) in standing
    assert getattr(world, who).organisation.name not in standing


def test_who_has_a_request_in_a_list_is_who_opens_its_page(make: Builder, world: World) -> None:
    """What is asked of each request alone, and of all of them at once, is the same."""
    elsewhere = make.pole(region_code="11")
    for coordinator in (world.coordinator, make.coordinator(elsewhere)):
        make.raw_request(coordinator, RequestState.DRAFT)
        for state in A:
            make.raw_assignment(make.raw_request(coordinator), world.partner, state)
            make.raw_assignment(make.raw_request(coordinator), make.partner(), state)
    strangers = make.manager(make.partner()), make.observer()
    seen: list[int] = []
    for reader in (*world[:2], *world[3:7], *strangers):
        listed, opened = (
            set(db.session.scalars(select(SupportRequest.id).where(condition(actor_of(reader)))))
            for condition in (is_visible_to, is_seen_by)
        )
        assert opened == listed, reader.role
        seen.append(len(listed))
    own, all_sent = 2 * len(A) + 1, 4 * len(A)
    assert seen == [own, own, 2 * len(A), 2 * len(A), own - 1, all_sent, 0, 0]


@pytest.mark.one_database
def test_the_page_of_a_request_looks_for_no_other_of_its_partner(make: Builder, world: World, browse) -> None:
    """A partner may have thousands of them."""
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_intervention(make.raw_assignment(request, world.partner, A.ACCEPTED), world.practitioner.person)
    make.raw_assignment(make.raw_request(world.coordinator), world.partner, A.ACCEPTED)
    browser = browse(world.practitioner)
    plans = plans_while(lambda: browser.get(page_of(request)))
    assert len(plans) > 8
    all_of_it = "ix_assignment_partner_id_state_request_id (partner_id=?)"
    assert [sql for sql, plan in plans.items() if all_of_it in plan] == []

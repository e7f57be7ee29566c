"""Who is written to and who is proposed: inactive organisations, shared mailboxes, absences, room for more."""

import html
import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from portal import clock
from portal.access.roles import Role
from portal.accounts import queries as accounts
from portal.accounts.models import Membership
from portal.db import transaction
from portal.organisations.models import Coverage, Organisation, OrganisationAbsence
from portal.organisations.rules import OrganisationKind
from portal.requests import queries
from portal.requests.routing import queries as routing
from portal.requests.rules import Candidate
from portal.requests.steps import AssignmentState
from portal.territories.reference import REGIONS
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, actor_of, ask, mails, page_of, request_fields, the_request

Browse = Any


def away(organisation: Organisation, first: int = 0, last: int = 0) -> None:
    """Absent from some day to some other, counted from today."""
    today = clock.today()
    with transaction() as session:
        session.add(
            OrganisationAbsence(
                organisation_id=organisation.id,
                starts_on=today + timedelta(days=first),
                ends_on=today + timedelta(days=last),
            )
        )


def change(organisation: Organisation, **values: Any) -> None:
    with transaction() as session:
        session.add(organisation)
        for name, value in values.items():
            setattr(organisation, name, value)


def submit(browse: Browse, world: World) -> set[str]:
    """The pole asks; who is written to."""
    mails()
    ask(browse(world.coordinator), request_fields(world.service))
    return {recipient for _kind, recipient in mails()}


def answers(region_code: str | None) -> set[str]:
    return {one.email for one in accounts.cell_people(region_code)}


def test_the_cell_of_the_region_answers_for_it_and_for_no_other(world: World) -> None:
    with transaction() as session:
        session.add(Coverage(organisation_id=world.cell.organisation_id, department_code="76"))
    assert answers("28") == {world.cell.person.email}
    assert answers("11") == answers(None) == answers("") == {world.national.person.email}


@pytest.mark.parametrize("first", [-3, 0])
def test_while_a_cell_is_absent_the_national_one_is_told_and_sees_the_request(
    first: int, world: World, browse: Browse
) -> None:
    away(world.cell.organisation, first, 0)
    told = submit(browse, world)
    assert world.national.person.email in told
    assert world.cell.person.email not in told
    assert the_request().reference in browse(world.national).get("/demandes?dossier=a-orienter").text
    assert the_request().reference in browse(world.cell).get("/demandes?dossier=a-orienter").text


@pytest.mark.parametrize(("first", "last"), [(-5, -1), (1, 5)])
def test_an_absence_of_other_days_changes_nothing(
    first: int, last: int, world: World, browse: Browse
) -> None:
    away(world.cell.organisation, first, last)
    assert world.cell.person.email in submit(browse, world)


def test_a_cell_that_ended_or_has_nobody_leaves_its_region_to_the_national_one(
    make: Builder, world: World, browse: Browse
) -> None:
    national = world.national.person.email
    change(world.cell.organisation, active=False)
    told = submit(browse, world)
    assert national in told
    assert world.cell.person.email not in told
    change(world.cell.organisation, active=True)
    with transaction() as session:
        session.execute(update(Membership).where(Membership.id == world.cell.id).values(ended_at=clock.now()))
    assert answers("28") == {national}
    second = make.regional_admin("28")
    assert answers("28") == {second.person.email}


def test_nobody_of_an_inactive_partner_or_pole_is_written_to(world: World, browse: Browse) -> None:
    submit(browse, world)
    request = the_request()
    browse(world.cell).post(page_of(request, action="orienter"), {"partner_ids": [world.partner.id]})
    assert world.manager.person.email in {recipient for _kind, recipient in mails()}
    change(world.partner, active=False)
    change(world.coordinator.organisation, active=False, shared_mailbox="pole@exemple.fr")
    said = {"reason": "no_partner", "message": "Le pôle a fermé.", "understood": "y"}
    browse(world.cell).post(page_of(request, action="classer-sans-suite"), said)
    assert mails() == set()


def test_a_shared_mailbox_reads_what_the_whole_team_reads(world: World, browse: Browse) -> None:
    change(world.cell.organisation, shared_mailbox="cra@exemple.fr")
    change(world.partner, shared_mailbox="equipe@exemple.fr")
    change(world.coordinator.organisation, shared_mailbox="pole@exemple.fr")
    told = submit(browse, world)
    assert {"cra@exemple.fr", world.cell.person.email} <= told
    assert "pole@exemple.fr" not in told, "never about one's own act"
    request = the_request()
    browse(world.cell).post(page_of(request, action="orienter"), {"partner_ids": [world.partner.id]})
    told = {recipient for _kind, recipient in mails()}
    assert {"equipe@exemple.fr", "pole@exemple.fr", world.practitioner.person.email} <= told
    assert "cra@exemple.fr" not in told


def test_once_there_is_a_referent_the_mailbox_of_the_partner_is_left_in_peace(
    make: Builder, world: World, browse: Browse
) -> None:
    change(world.partner, shared_mailbox="equipe@exemple.fr")
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED, referent_id=world.manager.person_id)
    browse(world.coordinator).post(
        page_of(request, action="retirer"), {"reason": "solved", "message": "Merci.", "understood": "y"}
    )
    told = {recipient for _kind, recipient in mails()}
    assert world.manager.person.email in told
    assert "equipe@exemple.fr" not in told


def test_a_direct_service_whose_partner_is_absent_goes_to_the_cell(
    make: Builder, world: World, browse: Browse
) -> None:
    direct = make.service(world.partner, direct=True)
    fields = request_fields(direct)
    away(world.partner)
    mails()
    ask(browse(world.coordinator), fields)
    told = {recipient for _kind, recipient in mails()}
    assert world.cell.person.email in told
    assert world.manager.person.email not in told


def candidate(world: World, reference: str, name: str) -> Candidate:
    found = queries.get(actor_of(world.national), reference)
    assert found
    return next(one for one in routing.advice(found).candidates if one.name == name)


def test_who_is_absent_or_full_is_said_where_one_routes_and_comes_after_the_others(
    make: Builder, world: World, browse: Browse
) -> None:
    absent, full = make.partner(name="Absente"), make.partner(name="Comble", capacity_per_month=1)
    free = make.partner(name="Libre", capacity_per_month=3)
    request = make.raw_request(world.coordinator, service=make.service(absent, full, free))
    for partner in (full, free, free):
        make.raw_assignment(make.raw_request(), partner)
    away(absent, -1, 4)
    text = html.unescape(browse(world.cell).get(page_of(request)).text)
    for said in ("2 sur 3 ce mois-ci", "1 sur 1 ce mois-ci", "absence jusqu’au "):
        assert said in text.lower()
    places = [text.index(f">{name}</label>") for name in ("Libre", "Comble", "Absente")]
    assert places == sorted(places)
    answer = browse(world.cell).post(page_of(request, action="orienter"), {"partner_ids": [absent.id]})
    assert answer.status_code == 302


def test_the_month_counts_what_is_held_or_done_and_nothing_else(make: Builder, world: World) -> None:
    partner, request = make.partner(name="Comble", capacity_per_month=9), make.raw_request(world.coordinator)
    for state in AssignmentState:
        make.raw_assignment(make.raw_request(), partner, state)
    before = days_ago(32)
    make.raw_assignment(make.raw_request(), partner, AssignmentState.ACCEPTED, proposed_at=before)
    found = candidate(world, request.reference, "Comble")
    assert (found.taken, found.capacity, found.is_full) == (4, 9, False)
    assert candidate(world, request.reference, world.partner.name).capacity is None


def test_the_cost_of_asking_who_answers_does_not_grow(
    make: Builder, world: World, queries: list[str]
) -> None:
    costs = []
    for size in (1, 20):
        for _number in range(size):
            make.member(world.cell.organisation, Role.REGIONAL_ADMIN)
            make.regional_cell("28")
        queries.clear()
        accounts.cell_people("28")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 2


@pytest.mark.parametrize("seed", range(4))
def test_which_regions_have_a_cell_of_their_own_has_one_answer(make: Builder, seed: int) -> None:
    """For one region, for all of them, and beside each request: cells empty, absent, ended, of a region or several."""
    dice = random.Random(seed)
    national = make.national_admin()
    codes = dice.sample(sorted(REGIONS), 6)
    for number in range(7):
        member = make.regional_admin(*dice.sample(codes, dice.choice((1, 1, 2))))
        match number % 4:
            case 1:
                away(member.organisation, last=3)
            case 2:
                change(member.organisation, active=False)
            case 3:
                change(member, ended_at=clock.now())
    for code in [*codes, None]:
        own = [one for one in accounts.cells_of(code) if one.kind is OrganisationKind.REGIONAL_CELL]
        pole = make.pole(region_code=code, department_code=None, town=None)
        request = make.raw_request(make.coordinator(pole))
        found = queries.get(actor_of(national), request.reference)
        assert found is not None
        assert accounts.region_has_cell(code) == found.has_own_cell == bool(own), code

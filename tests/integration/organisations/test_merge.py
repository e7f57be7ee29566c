"""Two records of one organisation made one: nothing is lost, and every address leads to the kept one."""

from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership
from portal.catalogue.models import Delivery
from portal.db import Model, db, transaction
from portal.journal.rules import Act
from portal.organisations.doubles import service as doubles
from portal.organisations.models import (
    Organisation,
    OrganisationAbsence,
    PoleMember,
    PoleSector,
    Recognition,
    StageChange,
)
from portal.organisations.rules import RecognitionKind, Sector, Stage
from portal.refusals import Refusal
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.organisations.steps import Browse, address, journal, places, read
from tests.integration.requests.steps import actor_of, check_refused
from tests.races import at_once

SIRET = "44229377500031"


def merge(browse: Browse, make: Builder, kept: Organisation, double: Organisation, **chosen: str) -> Any:
    """Post the form, the kept record's facts by default."""
    national = make.national_admin()
    differing = [one.name for one in doubles.choices(read(kept), read(double))]
    said = {**dict.fromkeys(differing, "kept"), **chosen}
    return browse(national).post(address(kept, f"fusionner/{double.id}"), said)


def test_every_column_that_points_to_an_organisation_follows_it(make: Builder) -> None:
    pointing = {
        str(key.parent)
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "organisation"
    }
    moved = [f"{move.table.name}.{move.column.key}" for move in doubles.moves()]
    assert set(moved) == pointing, "Add a Move to the `handover` of the feature."
    assert len(moved) == len(set(moved))


def test_what_of_people_is_said_for_a_membership_follows_it(make: Builder) -> None:
    """A double membership ends with all that hangs on it: know what does."""
    hanging = {
        str(key.parent)
        for table in Model.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "membership"
    }
    short = {"viewing.membership_id", "undo.membership_id"}  # a look ends within the hour, an undo in minutes
    short.add("saved_filter.membership_id")  # of lists that are no more
    assert hanging - short == {"absence.membership_id"}, "Let teams.merge take it to the kept membership."


def test_all_of_a_pole_goes_to_the_kept_record(make: Builder, browse: Browse) -> None:
    kept = make.pole(name="Les Lilas", published=True)
    coordinator = make.coordinator(
        make.pole(
            name="Pole des Lilas",
            stage=Stage.CONSOLIDATING,
            stage_since=date(2025, 1, 1),
            recognitions=[Recognition(kind=RecognitionKind.CHARTER, year=2023)],
            stage_changes=[StageChange(stage=Stage.CONSOLIDATING, since=date(2025, 1, 1))],
            sectors=[PoleSector(sector=Sector.FOOD)],
            members=[PoleMember(name="Coop du Lin", siret=SIRET)],
        )
    )
    double = coordinator.organisation
    request = make.raw_request(coordinator)
    with transaction() as session:
        session.add(
            Invitation(
                organisation_id=double.id,
                email="ana@exemple.test",
                given_name="Ana",
                family_name="Roy",
                role=Role.MEMBER,
                token_hash="x",
                expires_at=clock.now(),
            )
        )
    answer = merge(browse, make, kept, double)
    assert answer.location == f"/organisations/{kept.id}"
    found, gone = read(kept), read(double)
    assert [(one.kind, one.year) for one in found.recognitions] == [(RecognitionKind.CHARTER, 2023)]
    assert (found.stage, found.stage_since) == (Stage.CONSOLIDATING, date(2025, 1, 1))
    assert [one.sector for one in found.sectors] == [Sector.FOOD]
    assert [(one.name, one.siret) for one in found.members] == [("Coop du Lin", SIRET)]
    assert db.session.get_one(Membership, coordinator.id).organisation_id == kept.id
    assert db.session.get_one(SupportRequest, request.id).pole_id == kept.id
    assert db.session.scalars(select(Invitation.organisation_id)).all() == [kept.id]
    assert (gone.active, gone.merged_into_id, gone.recognitions, gone.members) == (False, kept.id, [], [])
    assert browse(coordinator).get(f"/demandes/{request.reference}").status_code == 200
    assert request.reference in browse(coordinator).get("/demandes?dossier=toutes&recherche=Les+Lilas").text


def test_what_both_have_is_kept_once_with_all_that_is_known(make: Builder, browse: Browse) -> None:
    def said(proof: str | None, siret: str | None) -> dict[str, Any]:
        return {
            "recognitions": [Recognition(kind=RecognitionKind.CHARTER, year=None, proof=proof)],
            "stage_changes": [StageChange(stage=Stage.EMERGING, since=date(2021, 1, 1))],
            "sectors": [PoleSector(sector=Sector.FOOD)],
            "members": [PoleMember(name="Coop du Lin", siret=siret)],
            "source": f"https://exemple.test/{'deux' if proof else 'une'}",
        }

    kept, double = make.pole(**said(None, None)), make.pole(**said("Charte, page 4", SIRET))
    merge(browse, make, kept, double)
    found = read(kept)
    assert [(one.year, one.proof) for one in found.recognitions] == [(None, "Charte, page 4")]
    assert [one.siret for one in found.members] == [SIRET]
    assert (len(found.sectors), len(found.stage_changes)) == (1, 1)
    assert found.sources == ["https://exemple.test/une", "https://exemple.test/deux"]


def test_all_of_a_partner_goes_to_the_kept_record(make: Builder, browse: Browse) -> None:
    kept, double = make.partner(regions=("28",)), make.partner(regions=("28", "53"))
    make.service(kept, double), make.service(double)
    manager = make.manager(double)
    request = make.raw_request()
    assignment = make.raw_assignment(request, double, AssignmentState.ACCEPTED, referent_id=manager.person_id)
    with transaction() as session:
        day = clock.today()
        session.add(OrganisationAbsence(organisation_id=double.id, starts_on=day, ends_on=day))
        session.add(
            RequestEvent(
                request_id=request.id,
                action="accept",
                organisation_id=double.id,
                from_state="proposed",
                to_state="accepted",
            )
        )
    merge(browse, make, kept, double)
    assert places(kept) == {("28", None), ("53", None)}
    assert len(db.session.scalars(select(Delivery).where(Delivery.partner_id == kept.id)).all()) == 2
    assert db.session.get_one(Assignment, assignment.id).partner_id == kept.id
    assert db.session.scalars(select(RequestEvent.organisation_id)).all() == [kept.id]
    assert len(read(kept).absences) == 1
    assert browse(manager).get(f"/demandes/{request.reference}").status_code == 200


def test_whoever_belongs_to_both_keeps_the_wider_membership_and_their_absences(
    make: Builder, browse: Browse
) -> None:
    kept, double, person = make.pole(), make.pole(), make.person()
    narrow, wide = make.member(kept, Role.MEMBER, person), make.member(double, Role.COORDINATOR, person)
    left = make.member(kept, Role.COORDINATOR)
    back = make.member(double, Role.MEMBER, left.person)
    with transaction() as session:
        left.ended_at = clock.now()
        session.add(
            Absence(membership_id=wide.id, starts_on=clock.today(), ends_on=clock.today() + timedelta(days=3))
        )
    person_id, kept_one, ended_one = person.id, narrow.id, left.person_id
    gone = [wide.id, back.id]
    merge(browse, make, kept, double)
    here = select(Membership).where(Membership.organisation_id == kept.id)
    db.session.expunge_all()
    found = {one.person_id: one for one in db.session.scalars(here)}
    assert (found[person_id].id, found[person_id].role) == (kept_one, Role.COORDINATOR)
    assert (found[ended_one].role, found[ended_one].ended_at) == (Role.MEMBER, None)
    assert db.session.scalars(select(Absence.membership_id)).all() == [kept_one]
    assert db.session.scalars(select(Membership).where(Membership.id.in_(gone))).all() == []


def test_one_chooses_what_to_keep_and_what_one_alone_says_is_proposed(make: Builder, browse: Browse) -> None:
    kept = make.pole(name="Les Lilas", website=None, sector="Réemploi", inferred="sector")
    double = make.pole(
        name="Pôle des Lilas", website="https://lilas.fr", sector="Couture", town="Dieppe", inferred="town"
    )
    national = make.national_admin()
    text = browse(national).get(address(kept, f"fusionner/{double.id}")).text
    assert 'id="website-1" value="double" checked' in " ".join(text.split())
    merge(browse, make, kept, double, name="double", website="double", town="double")
    found = read(kept)
    assert (found.name, found.website, found.sector, found.town) == (
        "Pôle des Lilas",
        "https://lilas.fr",
        "Réemploi",
        "Dieppe",
    )
    assert found.inferred == "sector town"


def test_the_preview_counts_what_follows_and_changes_nothing(make: Builder, browse: Browse) -> None:
    kept, coordinator = make.pole(), make.coordinator()
    for _number in range(3):
        make.raw_request(coordinator)
    browser = browse(make.national_admin())
    browser.post("/langue", {"language": "en"})
    text = browser.get(address(kept, f"fusionner/{coordinator.organisation_id}")).text
    rows = " ".join(text.split())
    assert "<dt>Requests</dt><dd>3</dd>" in rows
    assert "<dt>People</dt><dd>1</dd>" in rows
    assert read(coordinator.organisation).active
    assert journal() == []


def test_the_addresses_of_the_double_lead_to_the_kept_record_even_twice_over(
    make: Builder, browse: Browse
) -> None:
    first, second, last = (make.pole(published=True) for _number in range(3))
    merge(browse, make, second, first)
    merge(browse, make, last, second)
    national = make.national_admin()
    for double in (first, second):
        public, inside = (
            browse(None).get(f"/ptce/{double.id}"),
            browse(national).get(f"/organisations/{double.id}"),
        )
        assert (public.status_code, public.location) == (301, f"/ptce/{last.id}")
        assert (inside.status_code, inside.location) == (301, f"/organisations/{last.id}")
    assert first.name not in browse(None).get("/ptce").text


def test_the_journal_names_both(make: Builder, browse: Browse) -> None:
    kept, double = make.pole(name="Les Lilas"), make.pole(name="Pole des Lilas")
    merge(browse, make, kept, double)
    entries = {one.subject_id: one for one in journal()}
    assert {one.act for one in entries.values()} == {Act.MERGED}
    assert entries[kept.id].changes["merged"] == [None, "Pole des Lilas"]
    assert entries[double.id].changes["merged_into"] == [None, "Les Lilas"]


def test_what_cannot_be_merged_is_refused_in_words(make: Builder, browse: Browse) -> None:
    pole, partner, ended = make.pole(), make.partner(), make.pole(active=False)
    browser = browse(make.national_admin())
    browser.post("/langue", {"language": "en"})
    for kept, double, said in (
        (pole, pole, "one and the same record"),
        (pole, partner, "not of the same kind"),
        (ended, pole, "The record to keep is inactive"),
    ):
        page = address(kept, f"fusionner/{double.id}")
        assert said in browser.get(page).text
        chosen = dict.fromkeys((one.name for one in doubles.choices(read(kept), read(double))), "kept")
        answer = browser.post(page, chosen)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Merge the two records" not in answer.text
    assert journal() == []


def test_a_merged_record_is_not_merged_again(make: Builder, browse: Browse) -> None:
    kept, double, other = make.pole(), make.pole(), make.pole()
    merge(browse, make, kept, double)
    for pair in ((double, other), (other, double)):
        answer = browse(make.national_admin()).post(address(pair[0], f"fusionner/{pair[1].id}"), {})
        assert answer.location == f"/organisations/{kept.id}"
    assert read(other).active


def test_a_request_that_waits_for_both_must_be_settled_first(make: Builder, browse: Browse) -> None:
    kept, double = make.partner(), make.partner()
    request = make.raw_request()
    make.raw_assignment(request, kept)
    make.raw_assignment(request, double)
    answer = merge(browse, make, kept, double)
    assert answer.status_code == 422
    assert request.reference in answer.text
    assert read(double).active


def test_nothing_moves_when_something_fails(
    make: Builder, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, coordinator = make.pole(), make.coordinator()
    make.raw_request(coordinator)
    actor, double_id = actor_of(make.national_admin()), coordinator.organisation_id
    monkeypatch.setattr(doubles, "_remember", None)
    with pytest.raises(TypeError), transaction():
        doubles.merge(actor, kept.id, double_id, [])
    assert db.session.scalars(select(SupportRequest.pole_id)).all() == [double_id]
    assert db.session.get_one(Organisation, double_id).merged_into_id is None


@pytest.mark.parametrize("crossed", [False, True])
def test_two_who_merge_at_once_do_it_once(crossed: bool, app: Flask, make: Builder) -> None:
    for _round in range(5):
        one, two = make.pole(), make.pole()
        who = [actor_of(make.national_admin()) for _number in range(2)]
        pairs = [(one.id, two.id), (two.id, one.id) if crossed else (one.id, two.id)]
        acts = [partial(doubles.merge, actor, *pair, []) for actor, pair in zip(who, pairs, strict=True)]
        answers = at_once(app, *acts)
        assert sum(isinstance(answer, Refusal) for answer in answers) == 1, answers
        assert [read(one).active, read(two).active].count(True) == 1


def test_the_page_costs_the_same_whatever_follows(make: Builder, browse: Browse, queries: list[str]) -> None:
    browser, costs = browse(make.national_admin()), []
    for size in (1, 20):
        kept, coordinator = make.pole(), make.coordinator()
        for _number in range(size):
            make.raw_request(coordinator)
            make.member(coordinator.organisation, Role.MEMBER)
        queries.clear()
        browser.get(address(kept, f"fusionner/{coordinator.organisation_id}"))
        costs.append(len(queries))
    assert costs[0] == costs[1]


def test_no_record_gets_the_name_of_a_third(make: Builder, browse: Browse) -> None:
    kept, double = make.pole(name="Pôle du Bois"), make.pole(name="Pôle du Lin")
    third = make.pole(name="Pôle du lin")
    answer = merge(browse, make, kept, double, name="double")
    check_refused(answer, "name")
    assert "déjà pris" in answer.text
    assert read(double).active
    assert merge(browse, make, third, double, name="double").status_code == 302
    assert read(third).name == "Pôle du Lin"

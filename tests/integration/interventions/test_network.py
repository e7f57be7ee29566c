"""Work for the network: noted by an organisation, read by it, counted apart."""

import csv
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from portal import clock
from portal.db import db, transaction
from portal.interventions.network import personal
from portal.interventions.network.models import NetworkAct, NetworkPractice
from portal.interventions.rules import CORRECTED_WITHIN
from portal.organisations.doubles import service as doubles
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.shares import raw_network_act

AT = "/travail-de-reseau"


def fields(*people: int, **changes: Any) -> dict[str, Any]:
    return {
        "once": "a-key-of-a-form",
        "kind": "partnership",
        "on": clock.today().isoformat(),
        "minutes": "180",
        "practitioner_ids": [*people],
        "participants": "9",
        "reached": "Trois collectivités",
        "report": "Convention discutée.",
        **changes,
    }


@pytest.fixture
def partner(world: Any, browse: Any) -> Browser:
    return browse(world.practitioner)


def count(column: Any) -> int:
    return db.session.scalar(select(func.count(column))) or 0


def both(world: Any) -> tuple[int, int]:
    return world.practitioner.person_id, world.manager.person_id


def test_it_is_noted_once_corrected_and_deleted(world: Any, partner: Browser) -> None:
    sent = fields(*both(world))
    for _ in range(2):
        assert partner.post(f"{AT}/ajouter", sent).location == AT
    act = db.session.scalars(select(NetworkAct)).one()
    page = partner.get(AT).text.replace("\u00a0", " ")
    assert "Temps passé : 6 h (0,9 jour)" in page
    assert "9 personnes ont participé" in page
    assert partner.post(f"{AT}/{act.id}/corriger", fields(both(world)[0], minutes="60")).location == AT
    assert "Temps passé : 1 h (0,1 jour)" in partner.get(AT).text.replace("\u00a0", " ")
    assert partner.post(f"{AT}/{act.id}/supprimer", {}).location == AT
    assert (count(NetworkAct.id), count(NetworkPractice.act_id)) == (0, 0)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("on", ""),
        ("on", (date(2200, 1, 1)).isoformat()),
        ("on", "2001-01-01"),
        ("minutes", "20"),
        ("kind", "gala"),
        ("practitioner_ids", []),
        ("report", " "),
        ("participants", "-1"),
        ("reached", "x" * 501),
    ],
)
def test_what_is_wrong_is_said_on_its_field(world: Any, partner: Browser, name: str, typed: Any) -> None:
    answer = partner.post(f"{AT}/ajouter", fields(*both(world), **{name: typed}))
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert count(NetworkAct.id) == 0


def test_people_of_elsewhere_cannot_be_named(make: Builder, world: Any, partner: Browser) -> None:
    stranger = make.practitioner().person_id
    assert partner.post(f"{AT}/ajouter", fields(stranger)).status_code == 422


def test_it_stays_after_thirty_days(make: Builder, world: Any, browse: Any) -> None:
    act = raw_network_act(make, world.practitioner)
    noted = clock.now()
    for days, status in ((CORRECTED_WITHIN.days, 200), (CORRECTED_WITHIN.days + 1, 404)):
        with time_machine.travel(noted + timedelta(days=days), tick=False):
            browser = browse(world.practitioner)
            for verb in ("corriger", "supprimer"):
                assert browser.get(f"{AT}/{act.id}/{verb}").status_code == status
    with time_machine.travel(noted + timedelta(days=days), tick=False):
        assert browse(world.practitioner).post(f"{AT}/{act.id}/supprimer", {}).status_code == 404
    assert count(NetworkAct.id) == 1


def test_others_read_nothing_of_it(make: Builder, world: Any, browse: Any) -> None:
    raw_network_act(make, world.practitioner, report="Un secret de maison.")
    for reader in (make.practitioner(), world.cell, world.national):
        assert "Un secret de maison" not in browse(reader).get(AT).text
        assert "Un secret de maison" not in browse(reader).get(f"{AT}/travail-de-reseau.csv").text


def lines(browser: Browser, **asked: Any) -> list[list[str]]:
    text = browser.get("/usage/reseau.csv", query_string=asked).get_data(as_text=True)
    return list(csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))[1:]


def test_its_figures_are_apart(make: Builder, world: Any, browse: Any) -> None:
    for minutes in (180, 240):
        raw_network_act(make, world.practitioner, minutes=minutes, practitioners=2)
    raw_network_act(make, world.cell, minutes=60)
    raw_network_act(make, world.practitioner, on=clock.today() - timedelta(days=900))
    national, observer = browse(world.national), browse(make.observer())
    own = [world.partner.name, "Réunion", "2", "2,0", "24"]
    assert own in lines(national)
    assert lines(observer) == lines(national)
    assert len(lines(national)) == 2
    assert lines(national, partenaire=world.partner.id) == [own]
    assert lines(browse(world.cell)) == [[world.cell.organisation.name, "Réunion", "1", "0,1", "12"]]
    page = national.get("/usage").text
    assert world.partner.name in page.split('id="network"')[1]
    assert "Rencontre des têtes de réseau" not in page
    months = national.get("/usage/mois.csv").text
    assert "2,0" not in months, "nothing of it in the figures of support"


def test_it_follows_who_becomes_one(make: Builder, world: Any, browse: Any) -> None:
    double = make.practitioner(make.partner(name="Le même autrement"))
    raw_network_act(make, double)
    browser, national = browse(world.practitioner), make.national_admin()
    with transaction():
        doubles.merge(actor_of(national), world.partner.id, double.organisation_id, ())
    assert "Rencontre des têtes de réseau" in browser.get(AT).text


def test_figures_stay_once_nobody_is_named(make: Builder, world: Any, browse: Any) -> None:
    act = raw_network_act(make, world.practitioner, reached="Une scop", practitioners=1)
    before = lines(browse(world.national))
    with transaction():
        personal.anonymise([act.id], clock.today())
    assert lines(browse(world.national)) == before
    assert count(NetworkPractice.act_id) == 0
    page = browse(world.practitioner).get(AT).text
    assert "Une scop" not in page

"""The journal: everything that was changed, found again, in words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.journal import service
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.jobs import do

Browse = Callable[[Membership | None], Browser]


def note(name: str = "Pôle des Érables", act: Act = Act.CHANGED, days: float = 0, **values) -> None:
    """An entry about an organisation, written by the portal itself."""
    subject = values.pop("subject", Subject.ORGANISATION)
    subject_id = values.pop("subject_id", 7)
    with clock.travelling_to(days_ago(days)), transaction():
        service.record(act, subject, subject_id, name, **values)


@pytest.fixture
def reader(make: Builder, browse: Browse) -> Browser:
    return browse(make.national_admin())


def test_nothing_yet(reader: Browser) -> None:
    assert "Rien ne s’est encore passé" in reader.get("/journal").text


def test_an_entry_says_who_what_before_and_after(make: Builder, reader: Browser) -> None:
    pole, person = make.pole(name="Pôle du Lin"), make.person(given_name="Ana", family_name="Roy")
    with transaction():
        accounts.join(person, pole, Role.MEMBER)
    with transaction():
        accounts.join(person, pole, Role.COORDINATOR)
    page = reader.get("/journal").text
    assert "Rôle changé" in page
    assert "Ana Roy, Pôle du Lin" in page
    assert "Le portail (automatique)" in page
    assert page.index("Rôle changé") < page.index("Arrivée"), "newest first"


def test_someone_who_was_not_signed_in_is_not_the_portal(app: Flask, reader: Browser) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": "2001:db8:1:2:3::4"}), transaction():
        service.record(Act.PASSWORD_CHANGED, Subject.PERSON, 3, "Ana Roy")
    page = reader.get("/journal").text
    assert "Quelqu’un qui n’était pas connecté" in page
    assert "depuis 2001:db8:1:2::/64" in page


def test_an_act_of_a_person_leads_to_all_of_theirs(make: Builder, browse: Browse) -> None:
    admin = make.national_admin()
    reader = browse(admin)
    reader.post("/journal/export.csv")
    page = reader.get("/journal").text
    assert f"/journal?par={admin.person_id}" in page
    assert admin.organisation.name in page.partition("<tbody>")[2]
    theirs = reader.get(f"/journal?par={admin.person_id}").text
    assert f"Ce que {admin.person.name} a fait" in theirs


def test_values_are_said_in_words(reader: Browser) -> None:
    note(
        before={"role": "member", "published": True, "ends_on": "2026-03-01", "website": None},
        after={
            "role": "coordinator",
            "published": False,
            "ends_on": "2026-04-02",
            "website": "https://x.test",
        },
    )
    page = reader.get("/journal").text
    for words in ("Membre", "Coordination", "Oui", "Non", "1er mars 2026", "2 avril 2026", "https://x.test"):
        assert words in page, words


def test_long_text_is_folded(reader: Browser) -> None:
    note(before={"public_summary": "un " * 80}, after={"public_summary": "deux " * 80})
    assert "<details>" in reader.get("/journal").text.split("<tbody>")[1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=erables", {"Pôle des Érables"}),
        ("q=ÉTANG", {"Pôle de l’Étang"}),
        ("q=etang+erables", set()),
        ("acte=merged", {"Pôle de l’Étang"}),
        ("objet=person", {"Ana Roy"}),
        ("objet=organisation&numero=7", {"Pôle des Érables"}),
        ("acte=nonsense", {"Pôle des Érables", "Pôle de l’Étang", "Ana Roy"}),
        ("numero=7", {"Pôle des Érables", "Pôle de l’Étang", "Ana Roy"}),
        ("par=999", set()),
    ],
)
def test_filters(reader: Browser, asked: str, found: set[str]) -> None:
    note()
    note("Pôle de l’Étang", Act.MERGED, subject_id=8)
    note("Ana Roy", subject=Subject.PERSON, subject_id=7)
    page = reader.get(f"/journal?{asked}").text
    rows = page.partition("<tbody>")[2]
    assert {name for name in ("Pôle des Érables", "Pôle de l’Étang", "Ana Roy") if name in rows} == found


def test_days_are_included_at_both_ends_in_paris(reader: Browser) -> None:
    today = clock.today()
    for ago in (0, 1, 2):
        note(f"Pôle {ago}", days=ago)
    yesterday = today - timedelta(days=1)
    rows = reader.get(f"/journal?du={yesterday}&au={yesterday}").text.partition("<tbody>")[2]
    assert "Pôle 1" in rows
    assert "Pôle 0" not in rows
    assert "Pôle 2" not in rows


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("du=2026-02-30", "Saisissez une date qui existe"),
        ("du=demain", "Saisissez une date qui existe"),
        ("du=2026-11-02&au=2026-11-01", "Ce jour est avant le premier"),
    ],
)
def test_a_wrong_day_is_said_on_its_field(reader: Browser, asked: str, said: str) -> None:
    assert said in reader.get(f"/journal?{asked}").text


def test_history_of_an_organisation_holds_who_joined(make: Builder, reader: Browser) -> None:
    pole = make.pole(name="Pôle du Lin")
    ana, basile, other = make.person(given_name="Ana"), make.person(given_name="Basile"), make.pole()
    with transaction():
        accounts.join(ana, pole, Role.MEMBER)
        accounts.join(basile, other, Role.MEMBER)
    page = reader.get(f"/journal?objet=organisation&numero={pole.id}").text
    assert "Ana" in page
    assert "Basile" not in page


def test_pages_follow_each_other(reader: Browser) -> None:
    for number in range(30):
        note(f"Pôle {number:02d}")
    first = reader.get("/journal?q=pole").text
    assert "Pôle 29" in first
    assert "Pôle 04" not in first
    following = first.split('<span class="next">')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert "Pôle 04" in reader.get(following).text


def test_queries_do_not_grow_with_entries(make: Builder, reader: Browser, queries: list[str]) -> None:
    note()
    counted = []
    for more in (0, 30):
        for number in range(more):
            note(f"Pôle {number}", before={"role": "member"}, after={"role": "coordinator"})
        queries.clear()
        reader.get("/journal?objet=organisation&numero=7")
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 8


def test_export_holds_what_the_page_shows_and_is_remembered(reader: Browser) -> None:
    note("=HYPERLINK(1)", before={"role": "member"}, after={"role": "coordinator"})
    note("Autre", Act.MERGED)
    response = reader.post("/journal/export.csv?acte=changed")
    assert response.mimetype == "text/csv"
    lines = response.text.splitlines()
    assert len(lines) == 2
    assert ";'=HYPERLINK(1);" in lines[1]
    assert "Membre du PTCE → Coordination du PTCE" in lines[1]
    last = db.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert last is not None
    assert (last.act, last.changes) == (Act.EXPORTED, {"acte": [None, "changed"]})


def test_export_goes_beyond_a_page(reader: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.journal.queries.BATCH", 7)
    for number in range(23):
        note(f"Pôle {number:02d}")
    lines = reader.post("/journal/export.csv?q=pole").text.splitlines()
    assert [line.split(";")[6] for line in lines[1:]] == [f"Pôle {one:02d}" for one in reversed(range(23))]


def test_it_is_kept_for_twelve_months(app: Flask, make: Builder) -> None:
    note("vieux", days=367)
    note("neuf", days=360)
    assert do("shorten the journal") == 1
    assert db.session.scalars(select(JournalEntry.subject_name)).all() == ["neuf"]

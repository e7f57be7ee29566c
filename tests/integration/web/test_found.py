"""What a list shows is found in it, in both languages, however it is typed, whatever it was called before."""

import html
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest

from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations import service as organisations
from portal.organisations.doubles import service as doubles
from portal.requests import personal
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.requests.steps import actor_of
from tests.integration.transfers.files import import_file

Browse = Any


class Lists:
    """One request with a name of its own in every place that a row may show, and the lists where they stand."""

    def __init__(self, make: Builder) -> None:
        self.pole = make.pole(
            name="L’Œuvre d’Été", town="Évry-Grégy", department_code="76", region_code="28", published=True
        )
        self.coordinator = make.member(
            self.pole, Role.COORDINATOR, make.person(given_name="Zoë", family_name="d’Artois")
        )
        self.partner = make.partner(name="Ærø & Straße", regions=("28",))
        self.referent = make.member(
            self.partner, Role.MANAGER, make.person(given_name="Éric", family_name="Le\u00adFèvre")
        )
        self.service = make.service(
            self.partner, name="Appui à l’émergence", name_en="Help to emerge", summary="Premiers pas."
        )
        self.national = make.national_admin()
        self.request = make.raw_request(self.coordinator, service=self.service, need="Louer un four à pain.")
        self.assignment = make.raw_assignment(
            self.request, self.partner, AssignmentState.ACCEPTED, referent_id=self.referent.person_id
        )
        self.guided = make.raw_request(make.coordinator(), need="Autre chose.")
        self.other_pole, self.other_partner = make.pole(), make.partner()
        with transaction():
            for one in (self.pole, self.partner):
                journal.record(Act.CHANGED, Subject.ORGANISATION, one.id, one.name)

    def rows(self) -> Iterator[tuple[str, Membership | None, str, list[str]]]:
        """Where a list is, its reader, what shows that the row is there, and the names that it shows."""
        request = f"/demandes/{self.request.reference}"
        service = [self.service.name, self.service.name_en]
        asked = [self.request.reference, self.pole.name, "four à pain", *service]
        people = [self.referent.person.name, self.coordinator.person.name]
        inbox = "/demandes?dossier=toutes&recherche="
        for reader in (self.national, self.coordinator, self.referent):
            yield inbox, reader, request, [*asked, *people, self.partner.name, "Normandie"]
        yield (
            "/organisations?q=",
            self.national,
            f"/organisations/{self.pole.id}",
            [
                self.pole.name,
                self.pole.town or "",
                "Normandie",
            ],
        )
        yield (
            "/organisations?q=",
            self.national,
            f"/organisations/{self.partner.id}",
            [
                self.partner.name,
                "Normandie",
            ],
        )
        yield (
            "/ptce?q=",
            None,
            f"/ptce/{self.pole.id}",
            [self.pole.name, self.pole.town or "", "Seine-Maritime"],
        )
        yield "/services?q=", None, f"/services/{self.service.slug}", [*service, "Premiers pas"]
        for one, other in ((self.pole, self.other_pole), (self.partner, self.other_partner)):
            yield "/journal?q=", self.national, f"/organisations/{one.id}", [one.name]
            merging = f"/organisations/{other.id}"
            shown = [self.pole.name, self.pole.town or "", "Normandie"] if one is self.pole else [one.name]
            yield f"{merging}/doublons?q=", self.national, f"{merging}/fusionner/{one.id}", shown
        for member in (self.referent, self.coordinator):
            shown = [member.person.name, member.person.email, member.organisation.name]
            yield "/personnes?q=", self.national, f"/personnes/{member.person_id}", shown


def spellings(name: str) -> set[str]:
    """How people type it: as it is, in capitals, from another keyboard, from a copied page."""
    typed = {
        name,
        name.upper(),
        name.replace("’", "'"),
        name.replace("’", "\u02bc"),
        name.replace(" ", "\u00a0"),
        f"  {name[:2]}\u00ad{name[2:]}\u200b ",
    }
    if "@" not in name:
        typed.add(name.replace("-", "\u2011"))
        typed.add(name.replace("œ", "oe").replace("Œ", "OE").replace("Æ", "AE").replace("é", "e\u0301"))
    return typed


def as_it_is(name: str) -> set[str]:
    return {name}


def finds(browser: Browser, path: str, typed: str, row: str) -> bool:
    return f'href="{row}"' in browser.get(path + quote(typed)).text


def check(
    lists: Lists, browse: Browse, language: str = "fr", typed: Callable[[str], set[str]] = as_it_is
) -> None:
    for path, reader, row, names in lists.rows():
        browser = browse(reader)
        browser.post("/langue", {"language": language, "next": "/"})
        for name in names:
            for one in typed(name):
                assert finds(browser, path, one, row), f"{path}{one!r} in {language} hides {name}"


@pytest.fixture
def lists(make: Builder) -> Lists:
    return Lists(make)


def test_each_name_that_a_row_shows_finds_it_however_it_is_typed(lists: Lists, browse: Browse) -> None:
    check(lists, browse, typed=spellings)


@pytest.mark.one_database
def test_each_name_that_a_row_shows_finds_it_in_english(lists: Lists, browse: Browse) -> None:
    check(lists, browse, "en")


def test_a_new_name_is_found_and_the_former_is_not(lists: Lists, browse: Browse) -> None:
    former = {"/demandes?dossier=toutes&recherche=": ["Œuvre", "Straße", "émergence", "Artois", "Fèvre"]}
    actor = actor_of(lists.national)
    with transaction() as session:
        organisations.change(actor, lists.pole.id, {"name": "Les Îles"})
        organisations.change(actor, lists.partner.id, {"name": "Nord"})
        session.add_all([lists.service, lists.coordinator.person, lists.referent.person])
        lists.service.name, lists.service.name_en = "Première visite", "First visit"
        lists.coordinator.person.family_name = "Müller"
        lists.referent.person.family_name = "Sœur"
    check(lists, browse)
    browser = browse(lists.national)
    for path, names in former.items():
        for name in names:
            assert not finds(browser, path, name, f"/demandes/{lists.request.reference}"), name


def test_a_name_that_a_file_gives_is_found(lists: Lists, browse: Browse) -> None:
    former = lists.pole.name
    heads = ("Identifiant", "Nom", "Commune")
    import_file(browse(lists.national), "poles", heads, (str(lists.pole.id), "Les Îles d’Œ", "Dieppe (76)"))
    db.session.refresh(lists.pole)
    assert (lists.pole.name, lists.pole.town) == ("Les Îles d’Œ", "Dieppe")
    check(lists, browse)
    assert not finds(browse(lists.national), "/organisations?q=", former, f"/organisations/{lists.pole.id}")


def test_after_a_merge_the_name_that_stays_is_found(make: Builder, lists: Lists, browse: Browse) -> None:
    double = lists.pole
    kept = make.pole(name="Pôle gardé", town="Évry-Grégy", region_code="28", published=True)
    with transaction():
        doubles.merge(actor_of(lists.national), kept.id, double.id, ())
    browser, row = browse(lists.national), f"/demandes/{lists.request.reference}"
    assert finds(browser, "/demandes?dossier=toutes&recherche=", "pole garde", row)
    assert not finds(browser, "/demandes?dossier=toutes&recherche=", "Œuvre", row)


def test_what_was_forgotten_finds_nothing(lists: Lists, browse: Browse) -> None:
    with transaction():
        personal.anonymise([lists.request.id])
    browser, row = browse(lists.national), f"/demandes/{lists.request.reference}"
    path = "/demandes?dossier=toutes&recherche="
    for forgotten in ("four à pain", lists.coordinator.person.name, lists.referent.person.name):
        assert not finds(browser, path, forgotten, row)
    for kept in (lists.request.reference, lists.pole.name, lists.partner.name, lists.service.name):
        assert finds(browser, path, kept, row)


def test_a_request_without_a_service_is_found_by_what_it_is_called(lists: Lists, browse: Browse) -> None:
    browser, row = browse(lists.national), f"/demandes/{lists.guided.reference}"
    for language, name in (("fr", "Guidez-moi"), ("en", "Guide me")):
        browser.post("/langue", {"language": language, "next": "/"})
        assert finds(browser, "/demandes?dossier=toutes&recherche=", name, row)
        shown = html.unescape(browser.get("/demandes?dossier=toutes").text)
        assert name in shown


def test_who_asked_is_found_by_a_partner_while_it_may_call_them(lists: Lists, browse: Browse) -> None:
    browser, row = browse(lists.referent), f"/demandes/{lists.request.reference}"
    assert finds(browser, "/demandes?dossier=toutes&recherche=", "artois", row)
    with transaction() as session:
        lists.assignment.state = AssignmentState.DECLINED
        session.add(lists.assignment)
    assert not finds(browser, "/demandes?dossier=toutes&recherche=", "artois", row)

"""What a cell should look at, and what is asked before sending."""

from datetime import date
from types import SimpleNamespace

import pytest

from portal.applications import rules
from portal.applications.rules import Company, Facts, HintKind, Known, Section


def facts(**changed) -> Facts:
    given = {"name": "Filière Lin", "emails": frozenset({"nour@exemple.test"}), "region_code": "28"}
    return Facts(**{**given, **changed})


def kinds(given: Facts, others: tuple[Known, ...] = (), company: Company | None = None) -> list[HintKind]:
    return [one.kind for one in rules.hints(given, others, company, {"yopmail.com"})]


def test_an_ordinary_application_raises_nothing() -> None:
    assert (
        kinds(facts(texts=("Nous filons le lin.",)), (Known("Pôle Bois"),), Company(True, "X", True, "28"))
        == []
    )


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ({"siret": "44229377500031"}, {"siret": "44229377500049"}, True),
        ({"siret": "44229377500031"}, {"siret": "35600000000048"}, False),
        ({"rna": "W751234567"}, {"rna": "W751234567"}, True),
        ({"rna": "W751234567"}, {"rna": "W751234568"}, False),
        ({}, {}, False),
        ({"siret": "44229377500031"}, {"rna": "W751234567"}, False),
    ],
)
def test_the_same_lead_organisation(ours, theirs, same: bool) -> None:
    assert (HintKind.SAME_LEAD in kinds(facts(**ours), (Known("Pôle Bois", **theirs),))) == same


def test_the_same_contact() -> None:
    other = Known("Pôle Bois", emails=frozenset({"nour@exemple.test", "x@exemple.test"}))
    assert kinds(facts(), (other,)) == [HintKind.SAME_CONTACT]


@pytest.mark.parametrize(
    ("one", "other", "similar"),
    [
        ("Filière Lin", "PTCE filière lin", True),
        ("Pôle de la filière du lin", "Filière Lin", True),
        ("Pôle Bois", "Pôle Lin", False),
        ("Pôle", "PTCE", False),
        ("Filière Lin du Caux", "Filière Bois du Jura", False),
        ("Éco-lieu", "ECO LIEU", True),
    ],
)
def test_similar_names(one: str, other: str, similar: bool) -> None:
    assert rules.are_similar(one, other) == similar == rules.are_similar(other, one)


@pytest.mark.parametrize(
    ("email", "thrown_away"),
    [("a@yopmail.com", True), ("a@mail.yopmail.com", True), ("a@notyopmail.com", False), ("a@ess.fr", False)],
)
def test_addresses_made_to_be_thrown_away(email: str, thrown_away: bool) -> None:
    assert (HintKind.DISPOSABLE_ADDRESS in kinds(facts(emails=frozenset({email})))) == thrown_away


@pytest.mark.parametrize(
    ("name", "text", "strange"),
    [
        ("Test", "", True),
        ("Un essai", "", True),
        ("Filière Lin", "azzzzzzerty", True),
        ("Filière Lin", "sdfghjkl", True),
        ("Filière Lin", "Nous avons testé un atelier à Plougastel-Daoulas.", False),
        ("Filière Lin", "Contact : 0600000000, Schwartzkopf", False),
        ("Contest de danse", "", False),
    ],
)
def test_what_looks_like_a_test(name: str, text: str, strange: bool) -> None:
    assert (HintKind.LOOKS_LIKE_A_TEST in kinds(facts(name=name, texts=(name, text)))) == strange


@pytest.mark.parametrize(
    ("company", "found"),
    [
        (None, []),
        (Company(False), [HintKind.COMPANY_UNKNOWN]),
        (Company(True, "X", False, "28"), [HintKind.COMPANY_CLOSED]),
        (Company(True, "X", True, "11"), [HintKind.SEAT_ELSEWHERE]),
        (Company(True, "X", None, None), []),
    ],
)
def test_what_the_register_says(company: Company | None, found: list[HintKind]) -> None:
    assert kinds(facts(), company=company) == found


def test_the_list_of_domains_is_clean() -> None:
    assert len(rules.DISPOSABLE_DOMAINS) > 40
    assert all("." in one and one == one.strip().lower() for one in rules.DISPOSABLE_DOMAINS)


def test_members_one_a_line_each_once() -> None:
    assert rules.member_names(" Coop \n\n COOP\nAtelier  du Lin\n–\n") == ["Coop", "Atelier du Lin"]


def test_a_question_gives_working_days_back() -> None:
    # Asked on a Friday, answered on the next Wednesday: three working days; 1 May does not count.
    friday, due = date(2026, 4, 24), date(2026, 4, 30)
    assert rules.pushed_back(due, friday, date(2026, 4, 29), "76") == date(2026, 5, 6)


def test_what_is_missing_is_said_by_part() -> None:
    names = [name for names in rules.REQUIRED.values() for name in names]
    empty = SimpleNamespace(**dict.fromkeys(names, ""))
    assert {section for section, _ in rules.missing(empty)} == set(Section) - {Section.REGISTER}
    assert rules.missing(SimpleNamespace(**dict.fromkeys(names, "x"))) == []


def test_a_reference_is_not_that_of_a_request() -> None:
    reference = rules.new_reference()
    assert reference.startswith("C")
    assert len(reference) == 10

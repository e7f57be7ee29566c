"""What a page takes, a file takes, and what one refuses the other refuses: column by column, at the edges of each."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.organisations.facts.forms import PoleForm, TeamForm
from portal.organisations.forms import RecognitionForm, StageForm
from portal.transfers.rules import TransferKind
from portal.transfers.table.forms import CellRefused
from portal.transfers.table.service import COLUMNS, Column

# The field of a page that each column has: its form, its name, and how a page writes what the column writes.
FIELDS: dict[str, tuple[type[Any], str, Any]] = {
    "name": (PoleForm, "name", str),
    "town": (PoleForm, "town", str),
    "sector": (PoleForm, "sector", str),
    "lead_organisation": (PoleForm, "lead_organisation", str),
    "lead_siret": (PoleForm, "lead_siret", str),
    "lead_rna": (PoleForm, "lead_rna", str),
    "members": (PoleForm, "members", lambda text: text.replace("|", "\n")),
    "website": (PoleForm, "website", str),
    "public_summary": (PoleForm, "public_summary", str),
    "source": (PoleForm, "source", str),
    "shared_mailbox": (PoleForm, "shared_mailbox", str),
    "capacity_per_month": (TeamForm, "capacity_per_month", str),
    "stage_since": (StageForm, "since", str),
    "recognitions": (RecognitionForm, "year", lambda text: text.partition("(")[2].rstrip(")")),
}
# Closed lists, boxes and numbers of the portal, which pages do not let one type; people have forms of their own.
NOT_TYPED = {
    "id", "region_code", "department_code", "stage", "sectors", "peer_mentor", "published", "coverages", "services",
}  # fmt: skip
TRIED: dict[str, list[str]] = {
    "name": ["A", "x" * 200, "x" * 201],
    "sector": ["x" * 200, "x" * 201],
    "lead_organisation": ["x" * 200, "x" * 201],
    "members": ["x" * 200, "x" * 201, f"A | {'y' * 201}", "A | B"],
    "public_summary": ["x" * 2000, "x" * 2001, "x" * 5000],
    "town": ["Rouen", "Aix", "Clermont", "Saint-Denis", "Aix (19)", "Nullepart", "Aix-en-Provence"],
    "lead_siret": ["44229377500031", "442 293 775 00031", "44229377500032", "1"],
    "lead_rna": ["W751234567", "w751234567", "W75", "751234567"],
    "capacity_per_month": ["0", "1", "999", "1000", "-1", "2147483648", "dix", "1,000"],
    "shared_mailbox": ["a@exemple.fr", "hélène@exemple.fr", "a", "a@b.fr, c@d.fr"],
    "stage_since": ["31/12/2020", "2020-12-31", "31.12.2020", "31/02/2020", "12/31/2020", "hier", "31/12/20"],
    "recognitions": [f"Signataire de la charte ({year})" for year in (2009, 2008, 2026, 2999)],
    "source": ["https://exemple.fr/a https://exemple.fr/b", "exemple", "javascript:alert(1)", "https://a:b@exemple.fr"],
    "website": [
        "www.exemple.fr", "https://fr.wikipedia.org/wiki/L'Atelier", "https://exemple.fr/é?a=b&c=(d)#e", "https://école.fr",
        "exemple.fr:8080/a", "https://exemple.fr/" + "x" * 281, "https://exemple.fr/" + "x" * 282,
        "contact@exemple.fr", "https://contact@exemple.fr", "mailto:contact@exemple.fr", "https://nom:secret@exemple.fr/a",
        "https://nom@exemple.fr/a", "javascript:alert(1)", "javascript://exemple.fr/%0aalert(1)", "data:text/html,a.b",
        "ftp://exemple.fr", "exemple", "https://", "https://exemple..fr", "https://.exemple.fr", "https://exemple.fr:x/",
        "https://[exemple.fr", "https://exemple.fr/<b>", 'https://exemple.fr/"x', "https://exemple fr", "localhost",
    ],
}  # fmt: skip


ERRORS = (
    "#N/A",
    "#N/D",
    "#REF!",
    "#VALUE!",
    "#VALEUR!",
    "#DIV/0!",
    "#NOM?",
    "#NAME?",
    "#NUM!",
    "####",
    "Err:502",
)


def columns() -> dict[str, Column]:
    return {one.field: one for kind in (TransferKind.POLES, TransferKind.PARTNERS) for one in COLUMNS[kind]}


@pytest.fixture(autouse=True)
def in_french(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def in_file(column: Column, text: str) -> bool:
    try:
        column.value(text)
    except CellRefused:
        return False
    return True


def on_page(app: Flask, field: str, text: str) -> bool:
    form_class, name, written = FIELDS[field]
    with app.test_request_context(method="POST", data={name: written(text)}):
        form = form_class()
        form.validate()
        return not form[name].errors


def test_every_column_has_its_field_or_is_not_typed() -> None:
    assert FIELDS.keys() | NOT_TYPED == columns().keys()
    assert FIELDS.keys() == TRIED.keys()
    assert not FIELDS.keys() & NOT_TYPED


@pytest.mark.parametrize("field", sorted(TRIED))
def test_a_page_and_a_file_take_the_same(field: str, app: Flask) -> None:
    answers = {}
    for text in TRIED[field]:
        answers[text] = (in_file(columns()[field], text), on_page(app, field, text))
    assert not {text[:60]: one for text, one in answers.items() if one[0] is not one[1]}
    assert {one[0] for one in answers.values()} == {True, False}, "try what is taken and what is refused"


def test_websites_of_every_kind(app: Flask) -> None:
    taken = [text[:40] for text in TRIED["website"] if on_page(app, "website", text)]
    assert len(taken) == 6, taken


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_of_a_spreadsheet_is_never_a_value(text: str) -> None:
    for kind in TransferKind:
        for column in COLUMNS[kind]:
            assert not in_file(column, text), column.head


@pytest.mark.parametrize("text", ["#1 des PTCE", "C#", "# Atelier", "Err : ou pas"])
def test_what_looks_like_one_and_is_none_is_kept(text: str) -> None:
    assert in_file(columns()["name"], text)

"""The table of facts, against all that takes a fact: page, file, application, column, and a record with a double."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from wtforms.form import BaseForm

from portal.applications.forms import SECTION_FORMS
from portal.applications.models import Application
from portal.db import transaction
from portal.organisations import service
from portal.organisations.doubles import service as doubles
from portal.organisations.facts.forms import PoleForm, TeamForm
from portal.organisations.facts.rules import FACT, FACTS, Fact, Value, facts_kept_by
from portal.organisations.facts.words import WORDS
from portal.organisations.models import Organisation, PoleMember
from portal.organisations.page import typed_facts
from portal.organisations.rules import OrganisationKind, Sector
from portal.territories import communes
from portal.transfers.rules import TransferKind
from portal.transfers.table.forms import CellRefused
from portal.transfers.table.service import COLUMNS, Column
from tests.builders import Builder
from tests.integration.organisations.steps import read
from tests.integration.requests.steps import actor_of

FORMS: dict[str, list[type[BaseForm]]] = {
    "page": [PoleForm, TeamForm],
    "application": list(SECTION_FORMS.values()),
}
SENTENCES = {Value.NAME, Value.TEXT, Value.PROSE, Value.MEMBERS}
LIMITED = [fact for fact in FACTS if fact.limit]


def written(fact: Fact, limit: int) -> str:
    """The longest text, or the largest number, within a limit."""
    if fact.value is Value.NUMBER:
        return str(limit)
    if fact.value is Value.WEBSITE:
        return "https://exemple.fr/".ljust(limit, "x")
    if fact.value is Value.EMAIL:
        domain = ".".join(["y" * 60] * 3 + ["fr"])
        return f"{'x' * 60}@{'z' * (limit - 62 - len(domain))}.{domain}"
    assert fact.value in SENTENCES
    return "x" * limit


def takers(app: Flask, fact: Fact) -> Iterator[tuple[str, Callable[[str], bool]]]:
    """Whatever takes a fact that people write."""
    for place, forms in FORMS.items():
        for form in forms:
            if hasattr(form, fact.name):
                yield f"{place} {form.__name__}", lambda text, form=form: on_page(app, form, fact.name, text)
    for kind in (TransferKind.POLES, TransferKind.PARTNERS):
        for column in COLUMNS[kind]:
            if column.field == fact.name:
                yield f"file {kind}", lambda text, column=column: in_file(app, column, text)


def on_page(app: Flask, form_class: type[BaseForm], name: str, text: str) -> bool:
    with app.test_request_context(method="POST", data={name: text}):
        form = form_class()
        form.validate()
        assert form[name].data
        return not form[name].errors


def in_file(app: Flask, column: Column, text: str) -> bool:
    with app.test_request_context():
        try:
            column.value(text)
        except CellRefused:
            return False
    return True


@pytest.mark.parametrize("fact", LIMITED, ids=lambda fact: fact.name)
def test_whatever_takes_a_fact_takes_as_much_of_it_and_no_more(app: Flask, fact: Fact) -> None:
    found = dict(takers(app, fact))
    assert {place.split()[0] for place in found} >= {"page", "file"}
    for place, takes in found.items():
        assert takes(written(fact, fact.limit)), place
        assert not takes(written(fact, fact.limit + 1)), place


@pytest.mark.parametrize("fact", LIMITED, ids=lambda fact: fact.name)
def test_a_column_holds_as_much_as_may_be_written(fact: Fact) -> None:
    columns = {
        "record": Organisation.__table__.columns.get(fact.name),
        "application": Application.__table__.columns.get(fact.name),
        "members": PoleMember.__table__.columns["name"] if fact.value is Value.MEMBERS else None,
    }
    lengths = {
        place: getattr(column.type, "length", None) for place, column in columns.items() if column is not None
    }
    assert lengths
    assert set(lengths.values()) <= {None, fact.limit}, lengths


def test_what_a_column_limits_the_table_limits() -> None:
    """Closed lists and numbers of registers have their own."""
    unlimited = [fact.name for fact in FACTS if not fact.limit and fact.value not in {Value.SIRET, Value.RNA}]
    columns = [Organisation.__table__.columns.get(name) for name in unlimited if name != "town"]
    assert not [column for column in columns if getattr(getattr(column, "type", None), "length", None)]


def test_every_fact_is_called_something_and_typed_on_the_page_of_its_kind(app: Flask) -> None:
    assert WORDS.keys() == FACT.keys()
    with app.test_request_context():
        typed = {OrganisationKind.POLE: PoleForm().fact_names}
        typed |= {kind: TeamForm().fact_names for kind in OrganisationKind if kind not in typed}
    for fact in FACTS:
        if fact.name != "region":  # typed by its town
            assert all(fact.name in typed[kind] for kind in fact.keepers), fact.name


WRITTEN: dict[str, Any] = {
    "name": "Les Ponts",
    "public_summary": "Nous filons.",
    "town": communes.find("Rouen (76)"),
    "sectors": [Sector.CULTURE],
    "sector": "Filage",
    "website": "https://ponts.example",
    "lead_organisation": "Coop du Lin",
    "members": {"École du Fil": "44229377500031"},
    "peer_mentor": True,
    "published": True,
    "source": "https://ponts.example/presse",
    "everywhere": False,
    "regions": ["28"],
    "departments": ["2A"],
    "capacity_per_month": 4,
    "lead_siret": "44229377500031",
    "lead_rna": "W761000000",
    "shared_mailbox": "equipe@ponts.example",
}


@pytest.mark.parametrize("kind", OrganisationKind)
def test_every_fact_that_one_keeps_is_written_and_follows_a_double(
    kind: OrganisationKind, make: Builder
) -> None:
    national = actor_of(make.national_admin())
    mine = facts_kept_by(national, kind) - {"region"}
    with transaction():
        kept = service.create(national, kind, {"name": "Le Pont"})
        double = service.create(national, kind, {"name": "Un pont"})
    with transaction():
        service.change(national, double.id, {name: WRITTEN[name] for name in mine})
    wanted = typed_facts(read(double))
    assert all(wanted[name] for name in mine - {"everywhere"})
    with transaction():
        doubles.merge(national, kept.id, double.id, doubles.groups_of(kind).keys())
    assert typed_facts(read(kept)) == wanted

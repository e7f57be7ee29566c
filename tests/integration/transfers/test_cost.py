"""Large files: the number of queries does not follow that of lines, and bad lines are found among good ones."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Pole
from portal.transfers import queries as transfer_queries
from portal.transfers import rules, service
from portal.transfers.people import service as people
from portal.transfers.records import service as records
from tests.builders import Builder
from tests.integration.transfers.files import PEOPLE_HEADS, apply, look, seen, text_of

HEADS = ("Nom", "Commune", "Site")
LINES = 300


def line(number: int) -> tuple[str, str, str]:
    return f"Pôle numéro {number}", "Rouen (76)", "https://exemple.fr"


def keep(numbers: range) -> None:
    with transaction() as session:
        session.add_all(
            Pole(
                name=line(number)[0],
                town="Rouen",
                commune_code="76540",
                department_code="76",
                region_code="28",
                website="https://exemple.fr",
            )
            for number in numbers
        )


def test_a_look_costs_as_many_queries_for_three_hundred_lines_as_for_three(
    make: Builder, browse, queries: list[str]
) -> None:
    browser = browse(make.national_admin())
    keep(range(LINES))
    browser.get("/transferts")
    costs = []
    for lines in (3, LINES):
        queries.clear()
        _address, page = look(browser, "poles", text_of(HEADS, *map(line, range(lines))))
        assert "Le fichier ne change rien" in page
        costs.append(len(queries))
    assert costs[0] == costs[1]
    assert lines <= transfer_queries.BATCH


def test_three_bad_lines_are_found_among_three_hundred(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    lines = [line(number) for number in range(LINES)]
    for number in (40, 150, 299):
        lines[number] = (f"Faux {number}", "Nullepart (76)", "https://exemple.fr")
    _address, page = look(browser, "poles", text_of(HEADS, *lines))
    assert "3 lignes à corriger" in page
    places = [page.index(f"Faux {number}") for number in (40, 150, 299)]
    assert places == sorted(places) < [page.index("Pôle numéro 0")] * 3
    for number in (40, 150, 299):
        assert f'data-label="Ligne">{number + 2}</td>' in page


def test_an_import_of_roles_costs_as_many_statements_for_three_hundred_lines_as_for_three(
    make: Builder, browse, queries: list[str]
) -> None:
    browser = browse(make.national_admin())
    pole = make.pole(name="Pôle du Lin")
    make.coordinator(pole)
    members = [make.member(pole, Role.MEMBER) for _ in range(LINES + 3)]
    heads, costs = ("Adresse électronique", "Organisation", "Rôle"), []
    for some in (members[:3], members[3:]):
        lines = [(one.person.email, "Pôle du Lin", "Coordination du PTCE") for one in some]
        at, page = look(browser, "personnes", text_of(heads, *lines))
        queries.clear()
        assert apply(browser, at, seen(page)).status_code == 302
        costs.append(len(queries))
    assert costs[1] <= costs[0] + 5, "rows are written hundreds at a time"
    told = select(OutboxEmail.recipient, OutboxEmail.recipient_name, OutboxEmail.confidential)
    written = db.session.execute(told.where(OutboxEmail.kind == "teams/role_changed")).all()
    assert sorted(written) == sorted((one.person.email, one.person.name, False) for one in members)
    changed = select(func.count()).where(JournalEntry.act == Act.ROLE_CHANGED)
    assert db.session.scalar(changed) == len(members)
    roles = select(func.count()).where(Membership.role == Role.COORDINATOR)
    assert db.session.scalar(roles) == len(members) + 1


def test_an_import_of_invitations_costs_as_many_statements_for_three_hundred_lines_as_for_three(
    make: Builder, browse, queries: list[str]
) -> None:
    browser = browse(make.national_admin())
    make.pole(name="Pôle du Lin")
    heads, costs = ("Adresse électronique", "Prénom", "Nom", "Organisation", "Rôle"), []
    for numbers in (range(3), range(3, LINES + 3)):
        lines = [(f"{one}@exemple.test", "Zoé", "Petit", "Pôle du Lin", "Membre du PTCE") for one in numbers]
        at, page = look(browser, "personnes", text_of(heads, *lines))
        queries.clear()
        assert apply(browser, at, seen(page)).status_code == 302
        costs.append(len(queries))
    assert costs[1] <= costs[0] + 5, "rows are written hundreds at a time"
    kept = select(Invitation.id, JournalEntry.subject_name).join(
        JournalEntry, (JournalEntry.subject_id == Invitation.id) & (JournalEntry.act == Act.INVITED)
    )
    assert len(db.session.execute(kept).all()) == LINES + 3


def test_nothing_of_a_line_is_worked_out_again_under_lock(
    make: Builder, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the file and comparing its cells take most of the time; readers who sign in wait for the lock."""
    keep(range(2))
    make.pole(name="Pôle du Lin")
    browser, under_lock = browse(make.national_admin()), []
    files = {
        "poles": text_of(("Nom", "Site"), ("Pôle numéro 0", "https://autre.fr"), ("Neuf", "")),
        "personnes": text_of(
            PEOPLE_HEADS, ("zoe@exemple.fr", "Zoé", "Petit", "Pôle du Lin", "Membre du PTCE")
        ),
    }
    looks = [look(browser, kind, content) for kind, content in files.items()]

    def noting(work: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*what: Any, **how: Any) -> Any:
            under_lock.append(db.session().info.get("writable", False))
            return work(*what, **how)

        return noted

    slow = {rules: ("read",), records: ("_compare", "_matched"), people: ("_begin", "_compare")}
    for module, name in ((module, name) for module, names in slow.items() for name in names):
        monkeypatch.setattr(module, name, noting(getattr(module, name)))
    for at, page in looks:
        assert apply(browser, at, seen(page)).status_code == 302
    assert len(under_lock) >= len(files) * 3
    assert not any(under_lock)


def test_what_changed_since_the_file_was_prepared_is_looked_at_again(
    make: Builder, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browse(make.national_admin())
    keep(range(1))
    at, page = look(browser, "poles", text_of(("Nom", "Site"), ("Pôle numéro 0", "https://autre.fr")))
    prepare = service.prepare

    def prepared_then_changed(*what: Any) -> Any:
        found = prepare(*what)
        with transaction() as session:
            session.scalars(select(Pole)).one().website = "https://meanwhile.fr"
        return found

    monkeypatch.setattr(service, "prepare", prepared_then_changed)
    answer = apply(browser, at, seen(page))
    assert answer.status_code == 409
    assert "meanwhile.fr" in answer.text
    assert db.session.scalar(select(Pole.website)) == "https://meanwhile.fr"

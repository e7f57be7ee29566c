"""Large files: the number of queries does not follow that of lines, and bad lines are found among good ones."""

from portal.db import transaction
from portal.organisations.models import Pole
from portal.transfers import queries as transfer_queries
from tests.builders import Builder
from tests.integration.transfers.files import look, text_of

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

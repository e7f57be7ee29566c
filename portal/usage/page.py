"""The figures as the page and the spreadsheet show them: one table for each breakdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.access.roles import Actor, Role
from portal.catalogue.models import Service
from portal.catalogue.words import service_name
from portal.clock import days_of
from portal.interventions.network.words import KINDS
from portal.requests.steps import RequestState
from portal.requests.words import REQUEST_STATES
from portal.territories.reference import REGIONS, region_name
from portal.usage import words
from portal.usage.queries import Tallies
from portal.usage.rules import GUIDE_ME, Dimension, Filters, Tally, Unit
from portal.usage.words import COLUMNS, HEADLINES, Indicator


def _values(indicators: Iterable[Indicator], tally: Tally) -> Iterable[tuple[Unit, float | None]]:
    return ((indicator.unit, indicator.compute(tally)) for indicator in indicators)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table."""

    label: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Table:
    """A breakdown."""

    dimension: Dimension
    rows: Sequence[Row]

    @property
    def indicators(self) -> Sequence[Indicator]:
        return COLUMNS[self.dimension]

    @property
    def heads(self) -> list[str]:
        """The heads of the columns, that of the rows first."""
        columns = (words.with_unit(indicator.label, indicator.unit) for indicator in self.indicators)
        return [str(words.ROWS[self.dimension]), *columns]

    def figures(self, row: Row) -> list[str]:
        """What a line shows."""
        return words.figures(_values(self.indicators, row.tally))


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose figures are shown, and the names of what they are broken down by."""

    actor: Actor
    filters: Filters
    services: Sequence[Service]
    partners: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the page shows."""

    total: Tally
    tables: Mapping[Dimension, Table]

    @property
    def headlines(self) -> list[tuple[Indicator, str]]:
        return list(zip(HEADLINES, words.figures(_values(HEADLINES, self.total)), strict=True))


def region_codes(actor: Actor) -> list[str]:
    """The regions one reads about, in the order of their names."""
    regional = actor.role is Role.REGIONAL_ADMIN
    return [code for code in REGIONS if not regional or code in actor.region_codes]


def build(scope: Scope, tallies: Tallies) -> Report:
    """The report of what was counted."""
    total = Tally()
    for tally in tallies[Dimension.MONTH].values():
        total.add(tally)
    rows = {
        Dimension.MONTH: _months(scope, tallies[Dimension.MONTH]),
        Dimension.SERVICE: _services(scope, tallies[Dimension.SERVICE]),
        Dimension.PARTNER: _partners(scope, tallies[Dimension.PARTNER]),
        Dimension.REGION: _regions(scope, tallies[Dimension.REGION]),
        Dimension.STATE: _states(total),
    }
    return Report(total, {dimension: Table(dimension, list(lines)) for dimension, lines in rows.items()})


def _months(scope: Scope, tallies: Mapping[Any, Tally]) -> Iterable[Row]:
    return (Row(words.month(month), tallies.get(month, Tally())) for month in scope.filters.period.months)


def _services(scope: Scope, tallies: Mapping[Any, Tally]) -> Iterable[Row]:
    """Every service one may ask for, those no longer offered that have figures, then "guide me"."""
    filters = scope.filters
    for service in scope.services:
        wanted = filters.service_id in {None, service.id} and filters.family in {None, service.family}
        if wanted and (service.is_shown or service.id in tallies):
            yield Row(service_name(service), tallies.get(service.id, Tally()))
    if filters.service_id in {None, GUIDE_ME} and filters.family is None:
        yield Row(str(words.GUIDE_ME), tallies.get(None, Tally()))


def _partners(scope: Scope, tallies: Mapping[Any, Tally]) -> Iterable[Row]:
    """The partners that were asked or did something."""
    return (Row(name, tallies[id_]) for id_, name in scope.partners if id_ in tallies)


def _regions(scope: Scope, tallies: Mapping[Any, Tally]) -> Iterable[Row]:
    for code in region_codes(scope.actor):
        if scope.filters.region_code in {None, code}:
            yield Row(region_name(code), tallies.get(code, Tally()))
    if None in tallies:
        yield Row(str(words.UNKNOWN_REGION), tallies[None])


def _states(total: Tally) -> Iterable[Row]:
    for state in RequestState:
        if state is not RequestState.DRAFT:
            tally = Tally(out_of=total.requests)
            tally.states[state] = total.states[state]
            yield Row(str(REQUEST_STATES[state].label), tally)


def for_spreadsheet(table: Table) -> Iterator[list[str]]:
    """The rows of a table with its heads, numbers as the reader's language writes them."""
    yield table.heads
    for row in table.rows:
        yield [row.label, *words.plain_figures(_values(table.indicators, row.tally))]


def network(totals: Sequence[Any], *, plain: bool = False) -> list[list[str]]:
    """Heads, then a line for each organisation and kind of its work for the network; `plain`: as a spreadsheet reads
    them."""
    written = words.plain_figures if plain else words.figures
    lines = [list(map(str, words.NETWORK_HEADS))]
    for name, kind, acts, minutes, participants in totals:
        figures = ((Unit.COUNT, acts), (Unit.SUPPORT_DAYS, days_of(minutes)), (Unit.COUNT, participants))
        lines.append([name, str(KINDS[kind]), *written(figures)])
    return lines

"""Who plays in the demonstration: its people, and what each may do.

The real register is loaded beside the invented bodies and stays untouched: no membership, request or delivery is
attached to it, and no real partner or cell exists in a demonstration.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask_security import hash_password
from sqlalchemy import func, select, update

from portal.access.roles import Actor, Role
from portal.accounts.models import Membership, Person
from portal.catalogue import seed as catalogue
from portal.db import db
from portal.demo import accounts, bodies, content
from portal.demo.accounts import DemoAccount
from portal.journal.models import JournalEntry
from portal.organisations import seed as organisations
from portal.organisations.models import Coverage, Funder, NationalCell, Organisation, Partner, Pole
from portal.text import search_key

FEATURED_POLE = "Pôle des Rives Communes"
FEATURED_PARTNER = "trait-union-alpin"
FEATURED_REGION = "84"
_DRAFTERS = 5  # one pole in five also has somebody who only drafts
_TEAM_SIZES = (2, 1, 2)
_SHIFT = 31


@contextmanager
def signed_by(actor: Actor | None) -> Iterator[None]:
    """Write all that happens at the moment it happens, and in the journal as done by somebody signed in."""
    db.session.flush()
    last = db.session.scalar(select(func.max(JournalEntry.id))) or 0
    yield
    db.session.flush()
    if actor:
        name = {"actor_name": actor.person_name, "actor_organisation": actor.organisation_name}
        entries = update(JournalEntry).where(JournalEntry.id > last)
        db.session.execute(entries.values(actor_id=actor.person_id, **name))


@dataclass(frozen=True, slots=True)
class Home:
    """A pole as it acts, and the partners it can be sent to, by slug of service (GUIDE: without a service)."""

    name: str
    region_code: str
    coordinator: Actor
    member: Actor | None
    offers: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Team:
    """A partner as it acts."""

    manager: Actor
    practitioners: Sequence[Actor]


@dataclass(frozen=True, slots=True)
class People:
    homes: Sequence[Home]
    teams: Mapping[str, Team]
    cells: Mapping[str, Actor]
    national: Actor
    services: Mapping[str, int]
    direct: Collection[str]

    def cell_of(self, region_code: str) -> Actor:
        """Who routes the requests of a region."""
        return self.cells.get(region_code, self.national)


class _Newcomers:
    """Gives new people their names, their addresses, and one hash of the one passphrase."""

    def __init__(self, names: Sequence[Sequence[str]]) -> None:
        given, family = ([name[place] for name in names] for place in (0, 1))
        again = zip(given, [*family[_SHIFT:], *family[:_SHIFT]], strict=True)
        self._names: Iterator[tuple[str, str]] = iter([*zip(given, family, strict=True), *again])
        self._hash = hash_password(accounts.PASSPHRASE)

    def join(self, organisation: Organisation, role: Role, account: DemoAccount | None = None) -> Membership:
        """Somebody new, with the address of one of the accounts to try or their own."""
        given, family = next(self._names)
        own = f"{search_key(given)}.{search_key(family)}".replace(" ", "-")
        person = Person(
            email=account.email if account else f"{own}@demo.example",
            given_name=given,
            family_name=family,
            password=self._hash,
            fs_uniquifier=secrets.token_hex(32),
        )
        return _join(person, organisation, role)


def _join(person: Person, organisation: Organisation, role: Role) -> Membership:
    membership = Membership(person=person, organisation=organisation, role=role)
    db.session.add(membership)
    return membership


def _actor(membership: Membership) -> Actor:
    return membership.person.acting_for(membership)


def assemble(today: date) -> People:
    """Create everybody and everything they belong to."""
    written = content.organisations()
    organisations.load_register()
    catalogue.load_services({})
    partners = {entry["key"]: bodies.partner(entry) for entry in written["partners"]}
    poles = [bodies.pole(entry, today, index) for index, entry in enumerate(written["poles"])]
    db.session.add_all([*partners.values(), *poles])
    db.session.flush()
    services = bodies.deliver(written["partners"], partners)
    newcomers = _Newcomers(written["people"])
    coordinators, drafters = _people_of_poles(newcomers, poles)
    teams = _people_of_partners(newcomers, partners)
    cells, national = _people_of_cells(newcomers)
    _second_hats(coordinators, teams, cells)
    newcomers.join(partners[FEATURED_PARTNER], Role.PRACTITIONER, accounts.ARRIVAL)
    db.session.flush()
    return People(
        homes=[
            Home(
                name=pole.name,
                region_code=pole.region_code or "",
                coordinator=_actor(coordinators[pole.id]),
                member=_actor(drafters[pole.id]) if pole.id in drafters else None,
                offers=bodies.offers(pole, services, written["partners"], partners),
            )
            for pole in poles
        ],
        teams={
            key: Team(_actor(team[0]), [_actor(membership) for membership in team[1:]])
            for key, team in teams.items()
        },
        cells={code: _actor(cell) for code, cell in cells.items()},
        national=_actor(national),
        services={service.slug: service.id for service in services},
        direct={service.slug for service in services if service.direct},
    )


def _people_of_poles(
    newcomers: _Newcomers, poles: Sequence[Pole]
) -> tuple[dict[int, Membership], dict[int, Membership]]:
    """Who coordinates each pole, and who only drafts in some of them."""
    coordinators = {}
    for pole in poles:
        account = accounts.COORDINATION if pole.name == FEATURED_POLE else None
        coordinators[pole.id] = newcomers.join(pole, Role.COORDINATOR, account)
    drafters = {pole.id: newcomers.join(pole, Role.MEMBER) for pole in poles[::_DRAFTERS]}
    return coordinators, drafters


def _people_of_partners(
    newcomers: _Newcomers, partners: Mapping[str, Partner]
) -> dict[str, list[Membership]]:
    """The team of each partner, its manager first."""
    teams = {}
    for index, (key, partner) in enumerate(partners.items()):
        featured = key == FEATURED_PARTNER
        manager = newcomers.join(partner, Role.MANAGER, accounts.PARTNERSHIP if featured else None)
        first = newcomers.join(partner, Role.PRACTITIONER, accounts.INTERVENTION if featured else None)
        others = range(_TEAM_SIZES[index % len(_TEAM_SIZES)])
        teams[key] = [manager, first, *(newcomers.join(partner, Role.PRACTITIONER) for _ in others)]
    return teams


def _people_of_cells(newcomers: _Newcomers) -> tuple[dict[str, Membership], Membership]:
    """Who speaks for each regional cell and for the national one; the funder's observer comes too."""
    cells = {}
    for code in bodies.REGIONS_WITH_A_CELL:
        account = accounts.REGIONAL if code == FEATURED_REGION else None
        cells[code] = newcomers.join(bodies.regional_cell(code), Role.REGIONAL_ADMIN, account)
    country = NationalCell(name="Cellule nationale (démo)", coverages=[Coverage()])
    national = newcomers.join(country, Role.NATIONAL_ADMIN, accounts.NATIONAL)
    newcomers.join(country, Role.NATIONAL_ADMIN)
    funder = Funder(name="Fonds Coopération (démo)", coverages=[])
    newcomers.join(funder, Role.OBSERVER, accounts.OBSERVATION)
    return cells, national


def _second_hats(
    coordinators: Mapping[int, Membership],
    teams: Mapping[str, list[Membership]],
    cells: Mapping[str, Membership],
) -> None:
    """Some people belong to two organisations, and choose the one they act for."""
    first, second, third = list(coordinators.values())[1:4]
    _join(first.person, second.organisation, Role.MEMBER)
    _join(third.person, teams["passerelles"][0].organisation, Role.PRACTITIONER)
    _join(teams["ecole-du-commun"][1].person, teams["passerelles"][0].organisation, Role.PRACTITIONER)
    _join(teams["ouest-en-liens"][0].person, cells["53"].organisation, Role.REGIONAL_ADMIN)

"""Whoever acts is the same, whether read from rows for a page or from objects for an e-mail."""

from itertools import pairwise

from portal.access.roles import Role
from portal.accounts import queries
from portal.accounts.models import Membership, Person
from portal.db import db, transaction
from tests.builders import Builder
from tests.days import days_ago


def _of_many_places(make: Builder) -> Person:
    """In organisations of each kind, which cover nothing, one department, a region of one, several, or both."""
    person = make.person()
    make.member(make.pole(department_code=None, region_code="04"), Role.COORDINATOR, person)
    make.member(make.pole(department_code=None, region_code=None), Role.MEMBER, person)
    make.member(make.partner(), Role.PRACTITIONER, person)
    make.member(make.partner(departments=("974",)), Role.MANAGER, person)
    make.member(make.partner(regions=("04",), departments=("974",)), Role.PRACTITIONER, person)
    make.member(make.partner(regions=("28", "53"), departments=("2A",)), Role.PRACTITIONER, person)
    make.member(make.regional_cell("04"), Role.REGIONAL_ADMIN, person)
    make.member(make.regional_cell("28", "53"), Role.REGIONAL_ADMIN, person)
    make.member(make.national_cell(), Role.NATIONAL_ADMIN, person)
    make.member(make.funder(), Role.OBSERVER, person)
    return person


def _end(membership: Membership) -> None:
    with transaction():
        db.session.get_one(Membership, membership.id).ended_at = days_ago(1)


def test_rows_and_objects_make_the_same_actors(make: Builder) -> None:
    person = _of_many_places(make)
    make.member(make.partner(active=False), Role.PRACTITIONER, person)
    _end(make.member(make.partner(regions=("28",)), Role.PRACTITIONER, person))
    key, email = person.fs_uniquifier, person.email
    db.session.expunge_all()

    by_objects = queries.by_email(email)
    assert by_objects is not None
    expected = tuple(by_objects.choices)
    db.session.expunge_all()
    by_rows = queries.by_session(key)
    assert by_rows is not None

    assert tuple(by_rows.choices) == expected
    assert len(expected) == 10
    assert all(before.membership_id < after.membership_id for before, after in pairwise(expected))
    assert [(actor.place, sorted(actor.region_codes)) for actor in expected] == [
        ("974", []),
        (None, []),
        (None, []),
        ("974", []),
        ("974", []),
        (None, []),
        ("974", ["04"]),
        (None, ["28", "53"]),
        (None, []),
        (None, []),
    ]


def test_somebody_of_no_organisation_acts_for_none(make: Builder) -> None:
    person = make.person()
    key = person.fs_uniquifier
    db.session.expunge_all()

    loaded = queries.by_session(key)

    assert loaded is not None
    assert tuple(loaded.choices) == ()

"""One person in two browsers at the same moment: one look, and nothing is noted twice."""

from collections.abc import Callable

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Membership, Person
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.people import service
from portal.people.models import Viewing
from tests.builders import Builder
from tests.races import at_once

ROUNDS = 8


def begin(viewer: Membership, membership_id: int) -> Callable[[], object]:
    person_id, actor = viewer.person_id, viewer.person.acting_for(viewer)

    def act() -> object:
        person = db.session.get(Person, person_id)
        assert person is not None
        return service.begin(person, actor, membership_id, "Vos demandes ne s’affichent plus.")

    return act


def noted(act: Act) -> int:
    return db.session.scalar(select(func.count()).where(JournalEntry.act == act)) or 0


def test_two_beginnings_leave_one_look(app: Flask, make: Builder) -> None:
    viewer, one, other = make.national_admin(), make.coordinator(), make.coordinator()
    for _ in range(ROUNDS):
        at_once(app, begin(viewer, one.id), begin(viewer, other.id))
    assert db.session.scalar(select(func.count()).select_from(Viewing)) == 1
    assert noted(Act.VIEWED_AS) == 2 * ROUNDS
    assert noted(Act.VIEWING_ENDED) == 2 * ROUNDS - 1


def test_two_ends_are_one(app: Flask, make: Builder) -> None:
    viewer, one = make.national_admin(), make.coordinator()
    for _ in range(ROUNDS):
        with app.test_request_context(), transaction():
            begin(viewer, one.id)()
        at_once(app, *[lambda: service.end(viewer.person_id)] * 2)
    assert noted(Act.VIEWING_ENDED) == ROUNDS

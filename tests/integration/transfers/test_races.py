"""Two people who import at once, on two real connections: one waits, then is told that the portal has changed."""

from flask import Flask
from sqlalchemy import func, select

from portal.accounts.models import Invitation, Membership
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Pole
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.transfers.files import apply, look, seen, text_of
from tests.races import Meet, all_at_once

ROUNDS = 5


def at_once(app: Flask, people: list[Membership], kind: str, content: bytes) -> list[int]:
    """The same file, looked at by each, imported by all at the same moment: the answers."""

    def one(number: int, meet: Meet) -> int:
        with app.app_context():
            browser = Browser(app, people[number])
            address, page = look(browser, kind, content)
            digest = seen(page)
            meet()
            return apply(browser, address, digest).status_code

    return sorted(all_at_once(len(people), one))


def test_the_same_poles_are_made_once(app: Flask, make: Builder) -> None:
    people = [make.national_admin(), make.national_admin()]
    for number in range(ROUNDS):
        answers = at_once(app, people, "poles", text_of(("Nom",), (f"Pôle {number}",), (f"Autre {number}",)))
        assert answers == [302, 409]
    assert db.session.scalar(select(func.count()).select_from(Pole)) == 2 * ROUNDS


def test_the_same_people_are_invited_once(app: Flask, make: Builder) -> None:
    make.pole(name="Pôle du Lin")
    people = [make.national_admin(), make.national_admin()]
    heads = ("Adresse électronique", "Prénom", "Nom", "Organisation", "Rôle")
    for number in range(ROUNDS):
        line = (f"p{number}@exemple.fr", "Zoé", "Petit", "Pôle du Lin", "Membre du PTCE")
        assert at_once(app, people, "personnes", text_of(heads, line)) == [302, 409]
    for model in (Invitation, OutboxEmail):
        assert db.session.scalar(select(func.count()).select_from(model)) == ROUNDS

"""A kind that nobody knew of is noted, weighed, sent and shown, by its declaration alone."""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts.emails import recipient
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.feature import Feature
from portal.ladder import Ask, Ladder, Rung, Thing
from portal.notifications.emails import Message, Recipient
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.preferences import queries as preferences
from portal.notifications.preferences.rules import Rhythm, Topic
from portal.notifications.preferences.service import choose
from portal.reminders import page
from portal.topics import TOPICS
from portal.web import templating
from tests.builders import Builder
from tests.integration.reminders.runs import MONDAY, at, mails, run_on, working_day
from tests.integration.requests.steps import World, actor_of
from tests.jobs import do

KIND = "invented/report_due"
ASKS = "invented/report_asked"
TEMPLATE = (
    "{% extends layout %}{% set action_label = 'Voir' %}{% block subject %}Rendez le rapport{% endblock %}"
    "{% block lead %}Le rapport est attendu.{% endblock %}{% block next %}{% endblock %}"
)


def _things(ask: Ask) -> Sequence[Thing]:
    numbers = [one for one in (1, 2) if one > ask.after] if ask.numbers is None else ask.numbers
    return [
        Thing(one, MONDAY, f"Rapport {one}", ("home.index", {}), goes_to={"first": None}) for one in numbers
    ]


def _letters(number: int) -> Sequence[Envelope]:
    reader = Recipient(f"rapporteur{number}@exemple.test", "Zoé")
    return [Envelope(KIND, reader, Message(action_url="http://portal.test/"))]


LADDER = Ladder(
    "reports_due",
    "Rapports attendus",
    "Vous recevez ce message parce que le rapport est attendu.",
    "dès qu’il est rendu",
    _things,
    lambda _number: None,
    (
        Rung("first", "premier rappel", "qui l’écrit", 2, _letters),
        Rung("second", "second rappel", "qui l’écrit", 4, _letters),
    ),
    follows=(ASKS,),
)
TOPIC = Topic("invented", "Rapports", "Ce que personne n’envoie encore.", frozenset(Role), (ASKS,))


@pytest.fixture(autouse=True)
def _declared(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    templates = {f"invented/emails/{name}.html": TEMPLATE for name in ("report_due", "report_asked")}
    loader = ChoiceLoader([app.jinja_env.loader, DictLoader(templates)])
    monkeypatch.setattr(app.jinja_env, "loader", loader)
    monkeypatch.delitem(app.extensions, "portal-text-templates", raising=False)
    features = app.extensions["portal-features"]
    monkeypatch.setitem(
        app.extensions, "portal-features", (*features, Feature("invented", ladders=(LADDER,)))
    )
    preferences.init_app(app, [*TOPICS, TOPIC])
    yield
    preferences.init_app(app, TOPICS)
    app.extensions.pop("portal-text-templates", None)


def _ask(reader: Membership) -> OutboxEmail:
    """Ask somebody for the first report on MONDAY."""
    message = Message(action_url="http://portal.test/", waiting=[1], context={"why": "Parce que."})
    with clock.travelling_to(at(MONDAY)), transaction():
        to = recipient(reader.person, organisation_id=reader.organisation_id)
        enqueue_all([Envelope(ASKS, to, message)])
    return db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == ASKS)).one()


def test_what_asks_for_it_says_when_it_is_reminded_of(world: World) -> None:
    asked = _ask(world.coordinator)
    with force_locale("fr"):
        assert f"{templating.weekday(working_day(3))}\u00a0: premier rappel" in asked.text


def test_it_is_new_for_its_reader_and_stands_in_the_console(world: World, browse: Any) -> None:
    _ask(world.coordinator)
    assert "Rendez le rapport" in browse(world.coordinator).get("/mon-compte/quoi-de-neuf").text
    assert "Rendez le rapport" in browse(world.national).get("/emails?liste=attente").text
    assert "Rapports" in browse(world.coordinator).get("/mon-compte/courriels").text


def test_who_wants_digests_gets_it_in_one(world: World) -> None:
    reader = world.coordinator
    with transaction():
        choose(reader.person_id, reader.organisation_id, {TOPIC.name: Rhythm.DAILY})
    assert _ask(reader).digest_at
    with clock.travelling_to(at(working_day(2))):
        assert do("send digests") == 1
    digest = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == "news/digest")).one()
    assert "Rendez le rapport" in digest.text


def test_it_leaves_on_its_days_once_and_says_why_and_what_comes(make: Builder, world: World) -> None:
    for count in range(8):
        run_on(working_day(count))
        run_on(working_day(count))
    expected = [(KIND, f"rapporteur{one}@exemple.test") for one in (1, 2)]
    assert mails() == [*expected, *expected]
    texts = db.session.scalars(select(OutboxEmail.text).order_by(OutboxEmail.id)).all()
    assert all("parce que le rapport est attendu" in one for one in texts)
    assert "second rappel" in texts[0]
    assert "celui-ci est le dernier" in texts[-1]


def test_it_is_shown_to_the_cell_and_by_the_command(make: Builder, world: World, app: Flask) -> None:
    with clock.travelling_to(at(MONDAY)), app.test_request_context():
        assert [(one.name, one.on) for one in page.of_region(actor_of(world.cell))][:2] == [
            ("Rapport 1", working_day(3)),
            ("Rapport 2", working_day(3)),
        ]
    with clock.travelling_to(at(MONDAY)):
        ran = app.test_cli_runner().invoke(args=["reminders", "--dry-run"])
    assert "rapporteur1@exemple.test" in ran.output, ran.output

"""What an act writes is in the language of who reads it, not of who acts; and each request it names has its link."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from flask_babel import force_locale
from sqlalchemy import delete, select, update

from portal.accounts.models import Person
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.steps import Step
from tests.builders import Builder
from tests.integration.organisations.test_one_email import ACTS, build_scene
from tests.integration.requests.steps import build_world
from tests.integration.requests.test_one_email import STARTS, Play, all_share_one_mailbox

CATALOGUE = Path("portal/translations/fr/LC_MESSAGES/messages.po")
pytestmark = pytest.mark.one_database
REFERENCE = re.compile(r"\b\d{4}-\d{4}\b")
BOTH_WAYS = pytest.mark.parametrize(("acts_in", "reads_in"), [("en", "fr"), ("fr", "en")])
# The names of people, places and services that the builders give are words of no language.
Act = Callable[[], object]


def written_by(act: Act, acts_in: str, reads_in: str) -> list[OutboxEmail]:
    """The e-mails of an act, by somebody of one language, to people of the other."""
    with transaction() as session:
        session.execute(delete(OutboxEmail))
        session.execute(update(Person).values(language=reads_in))
    with force_locale(acts_in), transaction():
        act()
    return [one for one in db.session.scalars(select(OutboxEmail)) if one.language == reads_in]


@cache
def days_in(language: str) -> set[str]:
    """Names of days and months, long and short, as sentences write them."""
    locale = Locale(language)
    names = (names for kind in (locale.days, locale.months) for names in kind["format"].values())
    return {name for each in names for name in each.values() if len(name.strip(".")) > 2}


@cache
def labels_in(language: str) -> set[str]:
    """All short texts of the portal that differ between the languages: labels, statuses, reasons."""
    with CATALOGUE.open("rb") as file:
        found = [(one.id, one.string) for one in read_po(file) if isinstance(one.id, str) and one.id]
    labels = {"en": {each for each, _ in found}, "fr": {each for _, each in found}}
    other = {"en": "fr", "fr": "en"}[language]
    return labels[language] - labels[other]


def foreign(text: str, language: str) -> Iterator[str]:
    """What a text says in this language: days, labels of facts and their values."""
    yield from days_in(language) & set(re.findall(r"[^\W\d]+\.?", text))
    facts = re.findall(r"^- (.+?)\s?: (.*)$", text, re.MULTILINE)
    said = {part for label, value in facts for part in (label, value, *value.split(", "))}
    yield from labels_in(language) & said


def check(found: list[OutboxEmail], acts_in: str) -> None:
    assert found, "somebody is told"
    for one in found:
        assert not list(foreign(one.text, acts_in)), one.text


@BOTH_WAYS
@pytest.mark.parametrize("name", ACTS)
def test_who_leaves_or_ends_is_told_in_the_readers_language(
    make: Builder, name: str, acts_in: str, reads_in: str
) -> None:
    scene = build_scene(make)
    check(written_by(lambda: ACTS[name][1](scene), acts_in, reads_in), acts_in)


@BOTH_WAYS
@pytest.mark.parametrize("action", [one for one in STARTS if one.tells], ids=str)
def test_each_step_is_told_in_the_readers_language(
    make: Builder, action: Step, acts_in: str, reads_in: str
) -> None:
    play = Play(action, make, build_world(make))
    check(written_by(play.act, acts_in, reads_in), acts_in)


@pytest.mark.parametrize("mailbox", [False, True], ids=["each their own", "one mailbox"])
@pytest.mark.parametrize("name", ACTS)
def test_each_request_that_is_named_has_its_link(make: Builder, name: str, mailbox: bool) -> None:
    scene = build_scene(make)
    if mailbox:
        all_share_one_mailbox(make, scene.world)
    for one in written_by(lambda: ACTS[name][1](scene), "fr", "fr"):
        if one.kind == "teams/organisation_ended":  # who reads it no longer opens them
            continue
        for reference in REFERENCE.findall(one.text):
            page = f"/demandes/{reference}"
            assert page in one.text, one.text
            assert f'{page}"' in one.html


def test_an_email_about_several_requests_speaks_of_several(make: Builder) -> None:
    """Kinds that reach somebody about both requests of the scene."""
    for name in ("a partner ends", "a partner ends for another", "a pole ends", "a pole ends for another"):
        scene = build_scene(make)
        for one in written_by(lambda name=name, scene=scene: ACTS[name][1](scene), "fr", "fr"):
            if one.kind.startswith("requests/") and len(set(REFERENCE.findall(one.text))) > 1:
                said = f"{one.subject}\n{one.text}"
                assert not re.search(r"votre demande|cette demande|Demande\s:|la demande", said), said
                assert re.search(r"demandes", said)

"""What a feature brings is declared in its `feature.py`, whole and once."""

import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from flask import Blueprint

from portal.feature import Feature
from portal.screens import FEATURES
from portal.steps import Step
from tests.architecture.source import ROOT, files, name, strings

DECLARED = {
    "CHECKS": "checks",
    "DIARY": "diary",
    "DOCUMENTS_ON": "documents_on",
    "EXAMPLES": "emails",
    "JOBS": "jobs",
    "LADDERS": "ladders",
    "LEFT_OPEN": "left_open",
    "MOVES": "moves",
    "OPEN_WORK": "open_work",
    "STEPS": "steps",
}
"""What a module of a feature calls what its declaration holds."""

EACH = pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)


def modules(feature: Feature) -> Iterator[ModuleType]:
    package = importlib.import_module(f"portal.{feature.name}")
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        yield importlib.import_module(found.name)


def test_every_feature_is_listed_once_under_its_own_name() -> None:
    there = {path.parent.name for path in (ROOT / "portal").glob("*/feature.py")}
    assert sorted(feature.name for feature in FEATURES) == sorted(there)
    for feature in FEATURES:
        assert importlib.import_module(f"portal.{feature.name}.feature").FEATURE is feature


@EACH
def test_what_exists_is_declared(feature: Feature) -> None:
    for module in modules(feature):
        for constant, field in DECLARED.items():
            if hasattr(module, constant):
                assert getattr(feature, field) is getattr(module, constant), f"{module.__name__} {constant}"


@EACH
def test_every_page_is_declared(feature: Feature) -> None:
    made = {
        value.name
        for module in modules(feature)
        for value in vars(module).values()
        if isinstance(value, Blueprint) and value.import_name == module.__name__
    }
    assert made == {screen.name for screen in feature.screens}


@EACH
def test_what_is_held_of_a_person_is_declared(feature: Feature) -> None:
    if (ROOT / "portal" / feature.name / "personal.py").exists() and feature.name != "journal":
        personal = importlib.import_module(f"portal.{feature.name}.personal")
        assert (feature.about_person is not None) == hasattr(personal, "of_person")
        assert (feature.forgets_person is not None) == hasattr(personal, "forget")


@EACH
def test_every_step_has_its_words(feature: Feature) -> None:
    made = {
        value.name
        for module in modules(feature)
        if module.__name__.endswith(".steps")
        for value in vars(module).values()
        if isinstance(value, Step)
    }
    assert made == feature.steps.keys()


@EACH
def test_an_email_is_named_after_the_feature_that_sends_it(feature: Feature) -> None:
    for kind in feature.emails:
        assert kind.startswith(f"{feature.name}/")
        assert (ROOT / "templates" / feature.name / "emails" / f"{kind.split('/')[1]}.html").exists(), kind


@EACH
def test_every_email_that_is_written_is_declared(feature: Feature) -> None:
    written = (ROOT / "templates" / feature.name / "emails").glob("*.html")
    assert {f"{feature.name}/{path.stem}" for path in written} == feature.emails.keys()


@EACH
def test_what_a_feature_sets_up_is_declared(feature: Feature) -> None:
    """One of its parts starts it, and the others if there are any."""
    parts = [module.init_app for module in modules(feature) if hasattr(module, "init_app")]
    assert feature.start in (parts or [None])


@pytest.mark.parametrize(
    "field", ["steps", "emails", "jobs", "moves", "journal_pages", "journal_fields", "journal_words"]
)
def test_nothing_is_declared_twice(field: str) -> None:
    names = Counter(_name(one) for feature in FEATURES for one in getattr(feature, field))
    assert not [name for name, count in names.items() if count > 1]


def _name(one: Any) -> Any:
    """A job by its name, a move by its column, what is kept in a table by its key."""
    return getattr(one, "name", None) or getattr(one, "column", one)


@pytest.mark.parametrize("field", ["diary", "tells_ending", "session_is_open", "browser_of", "looks_as"])
def test_what_only_one_can_say_is_said(field: str) -> None:
    who = [feature.name for feature in FEATURES if getattr(feature, field)]
    assert len(who) == 1, who


# Pages of a feature above that one below leads to. Home is everybody's: the way back, and what the law asks to show.
LEADS_UP = {
    "portal/accounts/emails.py": {"guests.accept": "who is invited answers in the team that waits for them"},
    "portal/documents/emails.py": {"requests.index": "the example leads to what its document was sent with"},
    "portal/teams/emails.py": {"requests.index": "who takes work over reads what is theirs now"},
    "portal/web/acting.py": {"accounts.switch_organisation": "every page can change for whom one acts"},
}


def test_no_page_of_a_feature_above_is_named_from_below() -> None:
    """The menu stands above all; a door says of itself what is open to whom; the rest is written here, and why."""
    order = {screen.name: rank for rank, feature in enumerate(FEATURES) for screen in feature.screens}
    rank_of = {feature.name: rank for rank, feature in enumerate(FEATURES)} | {"web": -1}
    found: dict[str, set[str]] = {}
    for path in files("portal", ".py"):
        folder = path.relative_to(ROOT / "portal").parts[0]
        for endpoint in strings(path) if folder in rank_of else ():
            blueprint = endpoint.partition(".")[0]
            is_endpoint = re.fullmatch(r"[a-z_]+\.[a-z_]+", endpoint) is not None
            if is_endpoint and blueprint != "home" and order.get(blueprint, -2) > rank_of[folder]:
                found.setdefault(name(path), set()).add(endpoint)
    assert found == {path: set(endpoints) for path, endpoints in LEADS_UP.items()}

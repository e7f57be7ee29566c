"""What a web process keeps of the pages it drew has an end, whatever is found and whatever is typed."""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from portal.db import db
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.conversation.steps import Scene, build_scene, say

_KEPT: Any = type(cache(len))
OF_A_REQUEST = ("", "/conversation?avant=3")
LISTS = (
    *("/", "/demandes", "/demandes?dossier={word}", "/demandes?mot={word}", "/demandes?pole={number}"),
    *("/demandes?tri={word}&page={number}", "/recherche?q={word}", "/recherche?q={word}+{number}"),
    *("/suivi", "/suivi?panier={word}", "/usage?service={service}", "/organisations?q={word}"),
    *("/ptce?q={word}", "/personnes?q={word}", "/plan-du-site?langue={word}"),
)


def talked_about(make: Builder, messages: int) -> Scene:
    """A request with so many messages, the last of which has a document and names somebody."""
    scene = build_scene(make)
    to = scene.with_(scene.assignment)
    for number in range(messages):
        say(scene.world.coordinator, scene, f"Message {number}", to)
        say(scene.world.coordinator, scene, f"Question {number}", to, scene.world.practitioner)
    last = db.session.scalar(db.text("SELECT max(id) FROM message"))
    make.document("message", last, sent_by_id=scene.world.coordinator.person_id)
    make.document("request", scene.request.id, sent_by_id=scene.world.coordinator.person_id)
    return scene


def read(browse: Callable[..., Browser], scene: Scene, numbers: Iterable[int]) -> None:
    """Each of those who follow the request opens its pages and looks for something."""
    service = scene.world.service.id
    for name in ("pole", "partner", "cell", "national"):
        browser = browse(scene.people[name])
        for path in OF_A_REQUEST:
            assert browser.get(f"{scene.path}{path}").status_code == 200
        for number in numbers:
            for path in LISTS:
                browser.get(path.format(word=f"mot{number}", number=number, service=service))


def statements() -> set[str]:
    """What SQLAlchemy keeps compiled, by its text."""
    return {str(compiled) for compiled in db.engine._compiled_cache.values()}


def caches() -> Mapping[str, int]:
    """How much is kept by the functions of the portal that forget nothing."""
    modules = [module for name, module in sys.modules.items() if name.startswith("portal.")]
    kept = [one for module in modules for one in vars(module).values() if type(one) is _KEPT]
    return {
        f"{one.__module__}.{one.__qualname__}": one.cache_info().currsize
        for one in kept
        if one.__module__.startswith("portal.") and one.cache_parameters()["maxsize"] is None
    }


def test_what_is_kept_of_pages_has_an_end(make: Builder, browse: Callable[..., Browser]) -> None:
    read(browse, talked_about(make, 1), [1])
    read(browse, talked_about(make, 2), [2])
    compiled, kept = statements(), caches()
    read(browse, talked_about(make, 5), [3, 4])
    assert statements() - compiled == set(), (
        "Its text depends on data: a list of values belongs in a parameter."
    )
    grown = {name: count for name, count in caches().items() if count > kept.get(name, 0)}
    assert len(kept) > 20
    assert grown == {}, "One may ask for as many of these as one likes: they fill the memory of the process."

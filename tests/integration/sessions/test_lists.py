"""A list that was read before somebody else said who came takes nothing of it away."""

import re
from typing import Any

import pytest

from portal.db import transaction
from portal.sessions.models import CollectiveSession
from portal.sessions.presence import service
from tests.browser import Browser
from tests.integration.sessions.test_presence import (
    after,
    numbers,
    other,
    presences,
    session,
    spaced,
    state_of,
    walk_in,
)
from tests.integration.sessions.test_presence import close as closed

__all__ = ["after", "other", "session"]


@pytest.fixture
def at(session: CollectiveSession) -> str:
    return f"/sessions/les-notres/{session.id}/qui-est-venu"


def read(browser: Browser, page: str) -> dict[str, Any]:
    """What its form would send if nothing were ticked."""
    found = re.search(r'name="shown"[^>]*value="([^"]*)"', browser.get(page).text)
    assert found is not None
    return {"shown": found.group(1)}


def gives_the_code(session: CollectiveSession, name: str) -> None:
    with transaction():
        for each in service.queries.on_the_list(session.id):
            if each.name == name:
                each.presence = service.Presence.PRESENT


@pytest.mark.usefixtures("after")
@pytest.mark.parametrize("then", ["later", "add", ""])
def test_who_gave_the_code_or_walked_in_meanwhile_stays(
    world: Any, session: CollectiveSession, browse: Any, at: str, then: str
) -> None:
    partner: Browser = browse(world.practitioner)
    sent = read(partner, at)
    gives_the_code(session, "Bao")
    walk_in(world, session, "Fatou", world.coordinator.organisation_id)
    team = [str(world.practitioner.person_id)]
    sent |= {
        "came": [str(numbers(session)["Anne"])],
        "minutes": "3 h",
        "practitioner_ids": team,
        "then": then,
    }
    assert partner.post(at, sent).status_code == 302
    said = presences(session)
    assert {name for name, presence in said.items() if presence == "present"} == {"Anne", "Bao", "Fatou"}
    assert said["Chloé"] == (None if then else "absent")
    shown = spaced(partner.get("/").text)
    assert "Dit depuis que vous avez ouvert la liste, et gardé : Bao, Fatou." in shown


@pytest.mark.usefixtures("after")
def test_what_is_ticked_otherwise_than_was_shown_is_done(
    world: Any, session: CollectiveSession, browse: Any, at: str
) -> None:
    """Bao had given the code by mistake; Anne was excused; Chloé, too, meanwhile."""
    partner: Browser = browse(world.practitioner)
    gives_the_code(session, "Bao")
    sent = read(partner, at)
    gives_the_code(session, "Chloé")
    known = numbers(session)
    sent |= {"excused": [str(known["Anne"]), str(known["Chloé"])], "then": "later"}
    assert partner.post(at, sent).status_code == 302
    assert presences(session) == {"Anne": "excused", "Bao": None, "Chloé": "excused", "Driss": None}


@pytest.mark.usefixtures("after")
def test_a_refused_list_shows_who_came_in_meanwhile_ticked(
    world: Any, session: CollectiveSession, browse: Any, at: str
) -> None:
    partner: Browser = browse(world.practitioner)
    sent = read(partner, at)
    gives_the_code(session, "Bao")
    walk_in(world, session, "Fatou", world.coordinator.organisation_id)
    known = numbers(session)
    sent |= {
        "came": [str(known["Anne"])],
        "minutes": "",
        "practitioner_ids": [str(world.practitioner.person_id)],
    }
    refused = partner.post(at, sent)
    assert refused.status_code == 422
    for name in ("Anne", "Bao", "Fatou"):
        assert re.search(
            rf'<input[^>]*name="came"[^>]*value="{known[name]}"[^>]*checked', refused.text
        ) or re.search(rf'<input[^>]*checked[^>]*name="came"[^>]*value="{known[name]}"', refused.text), name


@pytest.mark.usefixtures("after")
def test_two_colleagues_who_correct_it_at_once_keep_what_both_say(
    world: Any, session: CollectiveSession, browse: Any, at: str
) -> None:
    closed(world, session, "Anne")
    first, second = browse(world.practitioner), browse(world.manager)
    read_by = {browser: read(browser, at) for browser in (first, second)}
    known, team = numbers(session), [str(world.practitioner.person_id)]
    for browser, name in ((first, "Bao"), (second, "Chloé")):
        ticked = [str(known["Anne"]), str(known[name])]
        told = {**read_by[browser], "came": ticked, "minutes": "3 h", "practitioner_ids": team}
        assert browser.post(at, told).status_code == 302
    assert state_of(session) == "held"
    assert presences(session) == {"Anne": "present", "Bao": "present", "Chloé": "present", "Driss": None}

"""A pole that only joined a request hears of the session that is proposed to it, and nobody who else joined."""

import html
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.joint import service as joint
from portal.notifications.models import OutboxEmail
from portal.organisations import handover
from portal.organisations.rules import NOBODY
from portal.requests.undo import service as undo
from portal.sessions import service as sessions
from portal.sessions.needs import service, steps
from tests.integration.requests.steps import actor_of
from tests.integration.sessions.needs import Need
from tests.integration.sessions.steps import letters, register, told
from tests.sessions import raw_session

ATTACH = "attach_session_pole"


def changes() -> Sequence[OutboxEmail]:
    kind = OutboxEmail.kind == "joint/changed_other_pole"
    return db.session.scalars(select(OutboxEmail).where(kind).order_by(OutboxEmail.id)).all()


def joined(need: Need, *numbers: int) -> Membership:
    """A pole that only joined some requests."""
    other = need.make.coordinator(need.make.pole(name="Pôle qui suit"))
    for number in numbers:
        reference = need.requests[number].reference
        with transaction():
            asks = need.other if number == 1 else need.world.coordinator
            joint.invite(actor_of(asks), reference, other.organisation_id, "")
            joint.join(actor_of(other), reference, "")
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    return other


def test_a_pole_that_only_joined_is_told_once_and_reads_it_on_its_page(need: Need, browse: Any) -> None:
    other = joined(need, 1, 2)
    page = f"/demandes-communes/{need.requests[1].reference}"
    assert "Session proposée" not in browse(other).get(page).text
    need.attach()
    [letter] = [each for each in letters() if each.recipient == other.person.email]
    assert letter.kind == f"sessions/{steps.ATTACH.name}_other_pole"
    assert letter.subject.startswith("Inscrivez des personnes")
    assert f"/sessions/{need.session.id}" in letter.text
    assert need.world.cell.person.name in letter.text
    assert need.shared.title not in letter.text
    shown = html.unescape(browse(other).get(page).text)
    assert need.session.title in shown
    assert f"/sessions/{need.session.id}/inscriptions" in shown
    assert "session-plus-proposee" not in shown
    for reader in (need.other, need.world.coordinator):
        told_to = [each.text for each in letters() if each.recipient == reader.person.email]
        assert not [text for text in told_to if "Pôle qui suit" in text], "nobody reads who else joined"


def test_a_pole_that_asks_one_and_joined_another_hears_once(need: Need) -> None:
    with transaction():
        reference = need.requests[0].reference
        joint.invite(actor_of(need.world.coordinator), reference, need.other.organisation_id, "")
        joint.join(actor_of(need.other), reference, "")
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    need.attach(0, 1)
    assert [each.kind for each in letters() if each.recipient == need.other.person.email] == [
        f"sessions/{ATTACH}"
    ]


def test_a_pole_that_only_joined_hears_when_it_is_proposed_no_more_or_cancelled(need: Need) -> None:
    other = joined(need, 1, 2)
    need.attach(1, 2)
    with transaction():
        service.detach(actor_of(need.world.cell), need.requests[1].reference)
    with transaction():
        sessions.cancel(actor_of(need.world.manager), need.session.id, "La salle n’est plus libre.")
    taken_back, cancelled = [each for each in changes() if each.recipient == other.person.email]
    assert "n’est plus proposée" in taken_back.subject
    assert "annulée" in cancelled.subject
    assert "La salle n’est plus libre." in cancelled.text


def test_a_pole_that_joined_and_is_registered_hears_of_the_end_once(need: Need) -> None:
    other = joined(need, 1)
    need.attach(1)
    register(need.session, other, "Anne Le Goff")
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    with transaction():
        sessions.cancel(actor_of(need.world.manager), need.session.id, "Salle prise")
    assert [each.kind for each in letters() if each.recipient == other.person.email] == [
        "sessions/cancel_pole"
    ]


@pytest.mark.parametrize("how", ["invited", "left"])
def test_a_pole_that_does_not_take_part_is_told_nothing(need: Need, browse: Any, how: str) -> None:
    other = need.make.coordinator()
    reference = need.requests[1].reference
    with transaction():
        joint.invite(actor_of(need.other), reference, other.organisation_id, "")
    if how == "left":
        with transaction():
            joint.join(actor_of(other), reference, "")
            joint.leave(actor_of(other), reference, "")
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    need.attach(1)
    assert not [each for each in letters() if each.recipient == other.person.email]
    assert "Session proposée" not in browse(other).get(f"/demandes-communes/{reference}").text


def test_it_is_taken_back_for_who_joined_too(need: Need) -> None:
    other = joined(need, 1)
    need.attach(1)
    with transaction():
        undo.take_back(actor_of(need.world.cell), need.requests[1].reference)
    assert not [each for each in letters() if each.recipient == other.person.email]


def test_several_sessions_that_end_at_once_are_told_to_whom_they_were_proposed(need: Need) -> None:
    """As one that ends alone."""
    need.attach(1)
    later = raw_session(need.make, need.world.practitioner, need.world.service, title="Une autre")
    assert later.id != need.session.id
    with transaction():
        partner = need.world.practitioner.organisation_id
        handover.end(actor_of(need.world.national), partner, "Fermeture", NOBODY)
    assert told("lost_pole") == [need.other.person.email]

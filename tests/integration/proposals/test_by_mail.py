"""A pole answers proposed dates from its e-mail: one is picked, or others are asked for, once for each link."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, update

from portal import clock
from portal.db import db, transaction
from portal.ladder import explained
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox.service import enqueue_all
from portal.organisations.models import Organisation
from portal.proposals import emails, service
from portal.proposals.steps import ProposalState
from portal.requests.by_mail.rules import LASTS
from portal.requests.models import Assignment, RequestEvent
from portal.requests.steps import AssignmentState
from tests.builders import Builder
from tests.integration.proposals.steps import (
    OTHERS,
    WORDS,
    Scene,
    actions,
    again,
    mails,
    pick,
    planned,
    propose,
    state,
)
from tests.integration.requests.steps import actor_of, check_refused

S = ProposalState
PICK, ASK = "Choisir une date", "Demander d’autres dates"


def link(label: str, kind: str = emails.PROPOSED, to: str | None = None) -> str:
    """The link of an act, in the e-mail of the one who has it."""
    statement = select(OutboxEmail.text).where(OutboxEmail.kind == kind)
    text = db.session.scalars(statement.where(OutboxEmail.recipient == to) if to else statement).first()
    [address] = re.findall(
        rf"{label}[^\n]*?\s+https?://[^/\s]+(/dates-proposees/par-courriel/\S+)", text or ""
    )
    return str(address)


def read(browser: Any, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text).replace("\u00a0", " ")


def test_the_pole_picks_a_date_from_the_e_mail_once(scene: Scene, browse: Any) -> None:
    proposal, visitor = propose(scene), browse(None)
    url = link(PICK, to=scene.world.coordinator.person.email)
    page = read(visitor, url)
    assert WORDS in page
    assert len(re.findall(r'name="number"', page)) == 3
    visitor.client.head(url)
    assert (state(proposal), planned()) == (S.OPEN, []), "a page does nothing"
    check_refused(visitor.post(url, {"number": "2"}), f"pick_date-{proposal.id}-choice")
    check_refused(visitor.post(url, {"choice": "yes"}), f"pick_date-{proposal.id}-number")
    assert visitor.post(url, {"choice": "no", "number": "2"}).status_code == 200
    assert (state(proposal), planned()) == (S.OPEN, [])
    assert visitor.post(url, {"choice": "yes", "number": "2"}).location == url
    assert (again(proposal).state, again(proposal).picked) == (S.PICKED, 2)
    assert [each.on for each in planned()] == [proposal.dates[1].on]
    done = select(RequestEvent.actor_id).where(RequestEvent.action == "pick_date")
    assert db.session.scalars(done).all() == [scene.world.coordinator.person_id]
    assert mails()["interventions/plan_practitioner"]
    assert visitor.post(f"{url}/annuler").location == url
    assert (state(proposal), planned()) == (S.OPEN, [])
    assert visitor.post(url, {"choice": "yes", "number": "1"}).status_code == 409, "a link is spent once"
    assert (state(proposal), planned()) == (S.OPEN, [])


def test_the_pole_asks_for_others_from_the_e_mail(scene: Scene, browse: Any) -> None:
    proposal, visitor = propose(scene), browse(None)
    url = link(ASK, to=scene.world.coordinator.person.email)
    check_refused(visitor.post(url, {"choice": "yes"}), f"ask_other_dates-{proposal.id}-message")
    assert visitor.post(url, {"choice": "yes", "message": OTHERS}).location == url
    assert state(proposal) is S.OTHERS_ASKED
    said = select(RequestEvent.message).where(RequestEvent.action == "ask_other_dates")
    assert db.session.scalars(said).all() == [OTHERS]
    assert mails()["proposals/ask_other_dates_partner"]


def test_what_was_typed_is_kept_where_it_is_refused(scene: Scene, browse: Any) -> None:
    propose(scene)
    answer = browse(None).post(link(ASK, to=scene.world.coordinator.person.email), {"message": OTHERS})
    assert answer.status_code == 422
    assert OTHERS in html.unescape(answer.text)


def test_a_colleague_was_faster(scene: Scene, browse: Any) -> None:
    proposal, visitor = propose(scene), browse(None)
    links = [link(label, to=scene.world.coordinator.person.email) for label in (PICK, ASK)]
    pick(scene, proposal, 1, who=scene.second)
    for url in links:
        answer = visitor.get(url)
        assert answer.status_code == 409
        assert f"{scene.second.person.name} a déjà choisi une date" in html.unescape(answer.text)
    assert visitor.post(links[0], {"choice": "yes", "number": "2"}).status_code == 409
    assert again(proposal).picked == 1


def test_a_link_dies_with_the_right_of_its_reader_and_with_time(
    scene: Scene, browse: Any, make: Builder
) -> None:
    proposal, visitor = propose(scene, 40, 41), browse(None)
    mine = link(PICK, to=scene.world.coordinator.person.email)
    with time_machine.travel(clock.now() + LASTS + timedelta(hours=1)):
        assert visitor.get(mine).status_code == 404
    assert visitor.get(f"{mine}x").status_code == 404
    with transaction():
        db.session.merge(scene.world.coordinator).ended_at = clock.now()
    assert visitor.get(mine).status_code == 404
    assert visitor.post(mine, {"choice": "yes", "number": "1"}).status_code == 404
    assert state(proposal) is S.OPEN


def test_dates_that_have_passed_are_no_longer_picked(scene: Scene, browse: Any) -> None:
    propose(scene, 3, 9)
    url, visitor = link(PICK, to=scene.world.coordinator.person.email), browse(None)
    with clock.travelling_to(clock.now() + timedelta(days=5)):
        page = read(visitor, url)
        assert len(re.findall(r'name="number"', page)) == 1
        assert visitor.post(url, {"choice": "yes", "number": "1"}).status_code == 422
    with clock.travelling_to(clock.now() + timedelta(days=10)):
        answer = visitor.get(url)
        assert answer.status_code == 409
        assert "Cette date est passée" in html.unescape(answer.text)


def test_it_stops_with_the_support(scene: Scene, browse: Any) -> None:
    propose(scene)
    url = link(PICK, to=scene.world.coordinator.person.email)
    with transaction() as session:
        session.execute(update(Assignment).values(state=AssignmentState.HANDED_BACK))
    assert browse(None).get(url).status_code == 409


def test_the_reminder_has_links_of_its_own(scene: Scene, browse: Any) -> None:
    proposal = propose(scene)
    with transaction():
        enqueue_all(
            [
                letter._replace(message=explained(letter.message, emails.WHY, None))
                for letter in emails.reminder(proposal.id)
            ]
        )
    first, again_ = (
        link(PICK, kind, scene.world.coordinator.person.email) for kind in (emails.PROPOSED, emails.REMINDER)
    )
    assert first != again_
    assert browse(None).post(again_, {"choice": "yes", "number": "3"}).location == again_
    assert again(proposal).picked == 3


def test_who_reads_a_shared_mailbox_says_their_name_and_is_told(scene: Scene, browse: Any) -> None:
    with transaction() as session:
        session.get_one(Organisation, scene.request.pole_id).shared_mailbox = "pole@exemple.test"
    proposal, visitor = propose(scene), browse(None)
    url = link(PICK, to="pole@exemple.test")
    check_refused(visitor.post(url, {"choice": "yes", "number": "1"}), f"pick_date-{proposal.id}-name")
    check_refused(
        visitor.post(url, {"choice": "yes", "number": "1", "name": "Personne d’ici"}),
        f"pick_date-{proposal.id}-name",
    )
    assert (
        visitor.post(url, {"choice": "yes", "number": "1", "name": scene.second.person.name}).location == url
    )
    assert again(proposal).picked == 1
    assert mails()["requests/in_your_name"] == [scene.second.person.email]


@pytest.mark.parametrize("label", [PICK, ASK])
def test_a_member_who_answers_for_nobody_does_nothing(
    scene: Scene, browse: Any, make: Builder, label: str
) -> None:
    """The link of somebody whose right went is dead; nobody else's e-mail has one."""
    propose(scene)
    partners = select(OutboxEmail.text).where(OutboxEmail.recipient == scene.coming.person.email)
    assert "/dates-proposees/par-courriel/" not in "".join(db.session.scalars(partners))
    assert actions() == ["propose_dates"]
    assert service.queries.get(actor_of(make.coordinator()), 1) is None

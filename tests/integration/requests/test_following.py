"""While a pole waits: what it reads of where its request stands, and what it may do about it."""

import html
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.requests import rules, steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, NotLateYet, RequestState
from tests.builders import Builder
from tests.integration.requests.steps import (
    DO,
    World,
    actor_of,
    page_of,
    the_assignment,
)
from tests.races import at_once

A = AssignmentState
ASKED = datetime(2026, 3, 2, 9, tzinfo=clock.PARIS)  # a Monday; an answer is due on the 9th


def at(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=clock.PARIS)


def read(browser: Any, request: SupportRequest) -> str:
    """What its reader reads on the page of a request, without its code."""
    page = browser.get(page_of(request)).text
    main = page[page.index("<main") : page.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))


@pytest.fixture
def asked(make: Builder, world: World, browse: Any) -> SupportRequest:
    """A request that its cell has routed to one partner."""
    with clock.travelling_to(ASKED):
        request = make.raw_request(world.coordinator, service=world.service, submitted_at=clock.now())
        browse(world.cell).post(page_of(request, None, "orienter"), {"partner_ids": [str(world.partner.id)]})
    return request


def deliver(**values: Any) -> None:
    """What the worker writes once an e-mail is gone, or will not go."""
    with transaction() as session:
        session.execute(update(OutboxEmail).values(next_attempt_at=None, **values))


def test_a_pole_reads_what_it_asked_is_delivered_then_seen(
    world: World, browse: Any, asked: SupportRequest
) -> None:
    with clock.travelling_to(at(3)):
        pole = browse(world.coordinator)
        assert "Le courriel va partir" in read(pole, asked)
        assert "Pas encore ouverte par son équipe" in read(pole, asked)
        deliver(sent_at=at(2, 9))
        assert "Courriel remis le 2 mars 2026" in read(pole, asked)
        browse(world.manager).get(page_of(asked))
        assert "Ouverte par son équipe le 3 mars 2026" in read(pole, asked)


def test_what_never_arrived_is_said(world: World, browse: Any, asked: SupportRequest) -> None:
    with clock.travelling_to(at(3)):
        deliver(given_up_at=at(2, 9))
        assert "n’a pas pu être remis" in read(browse(world.coordinator), asked)


def test_the_shared_mailbox_counts_and_e_mails_to_others_do_not(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    with clock.travelling_to(at(3)):
        with transaction() as session:
            session.execute(update(OutboxEmail).values(recipient=world.cell.person.email))
        deliver(sent_at=at(2, 9))
        assert "Courriel remis" not in read(browse(world.coordinator), asked)
        with transaction() as session:
            session.add(world.partner)
            world.partner.shared_mailbox = "equipe@partenaire.example"
            session.execute(update(OutboxEmail).values(recipient="equipe@partenaire.example"))
        assert "Courriel remis" in read(browse(world.coordinator), asked)


@pytest.mark.parametrize("who", ["coordinator", "colleague", "cell", "national"])
def test_only_the_partner_itself_has_seen_it(
    world: World, browse: Any, asked: SupportRequest, who: str
) -> None:
    browse(getattr(world, who)).get(page_of(asked))
    assert the_assignment().seen_at is None


def test_it_is_seen_once_until_the_pole_writes_again(
    world: World, browse: Any, asked: SupportRequest
) -> None:
    partner, pole = browse(world.practitioner), browse(world.coordinator)
    with clock.travelling_to(at(3)):
        partner.get(page_of(asked))
    with clock.travelling_to(at(4)):
        partner.get(page_of(asked))
        assert the_assignment().seen_at == at(3)
        pole.post(page_of(asked, None, "completer"), {"message": "Nous sommes douze."})
        assert the_assignment().seen_at is None
        assert "Pas encore ouverte" in read(pole, asked)
        partner.get(page_of(asked))
        assert the_assignment().seen_at == at(4)


def test_a_head_request_sees_nothing(world: World, browse: Any, asked: SupportRequest) -> None:
    answer = browse(world.practitioner).client.head(page_of(asked))
    assert answer.status_code == 200
    assert the_assignment().seen_at is None


@pytest.mark.one_database
def test_a_partner_does_not_read_of_delivery(world: World, browse: Any, asked: SupportRequest) -> None:
    deliver(sent_at=at(2, 9))
    for who in (world.practitioner, world.cell):
        assert "Courriel remis" not in read(browse(who), asked)


def test_a_pole_reads_what_became_of_its_answer_to_a_question(
    world: World, browse: Any, asked: SupportRequest
) -> None:
    deliver(sent_at=at(2, 9))
    part = page_of(asked, the_assignment())
    with clock.travelling_to(at(3)):
        browse(world.practitioner).post(f"{part}/demander-une-precision", {"message": "Combien d’ateliers ?"})
    with clock.travelling_to(at(4)):
        pole = browse(world.coordinator)
        pole.post(f"{part}/repondre", {"message": "Trois."})
        page = read(pole, asked)
        assert "Courriel retenu jusqu’au 4 mars 2026, 10:02" in page
        assert "peut encore être annulé" in page
    with clock.travelling_to(at(5)):
        deliver(sent_at=at(4, 11))
        assert "Courriel remis le 4 mars 2026, 11:00" in read(browse(world.coordinator), asked)


def test_a_partner_reads_that_its_answer_is_delivered_then_opened(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    other = make.practitioner(make.partner(regions=("28",)))
    make.raw_assignment(asked, other.organisation)
    mine = db.session.scalars(select(Assignment).where(Assignment.partner_id == world.partner.id)).one()
    with clock.travelling_to(at(3)):
        partner = browse(world.practitioner)
        done = partner.post(
            f"{page_of(asked, mine)}/accepter", {"referent_id": str(world.practitioner.person_id)}
        )
        assert done.status_code == 302
        assert "Courriel retenu jusqu’au" in read(partner, asked)
        deliver(sent_at=at(3, 11))
    with clock.travelling_to(at(4)):
        partner = browse(world.practitioner)
        page = read(partner, asked)
        assert "Courriel remis le 3 mars 2026, 11:00 · Pas encore ouverte par le pôle" in page
        assert "Courriel remis" not in read(browse(other), asked), "it was another partner's answer"
        browse(world.coordinator).get(page_of(asked))
        assert "Ouverte par le pôle le 4 mars 2026" in read(partner, asked)


HELD = {
    "quiet": (
        {"next_attempt_at": at(4, 8)},
        "jusqu’au 4 mars 2026, 08:00, parce que la personne destinataire",
    ),
    "digest": (
        {"next_attempt_at": None, "digest_at": at(5, 8)},
        "jusqu’au 5 mars 2026, 08:00, parce que la personne",
    ),
    "pause": (
        {"next_attempt_at": None, "held_at": at(2, 9)},
        "Courriel retenu, parce que la cellule nationale",
    ),
    "server": (
        {"next_attempt_at": at(4, 8), "last_error": "451 4.7.1 greylisted"},
        "jusqu’au 4 mars 2026, 08:00, parce que le serveur",
    ),
}


@pytest.mark.parametrize("why", HELD)
def test_what_is_held_says_until_when_and_why(
    world: World, browse: Any, asked: SupportRequest, why: str
) -> None:
    values, expected = HELD[why]
    with transaction() as session:
        session.execute(update(OutboxEmail).values(**values))
    with clock.travelling_to(at(3, 20)):
        page = read(browse(world.coordinator), asked)
    assert expected in page
    assert "va partir" not in page


# What comes next, of whom, and what if nothing does: of a partner asked on Monday 2 March 2026.


def test_a_pole_reads_when_it_can_remind_and_when_somebody_else_is_asked(
    world: World, browse: Any, asked: SupportRequest
) -> None:
    with clock.travelling_to(at(3)):
        said = read(browse(world.coordinator), asked)
        assert f"{world.partner.name} : une réponse d’ici le lundi 9 mars" in said
        assert "relancer à partir du mardi 10 mars" in said
        assert "Sans réponse d’ici le lundi 23 mars" in said
    with clock.travelling_to(at(10)):
        said = read(browse(world.coordinator), asked)
        assert "relancer dès maintenant" in said
        assert "une réponse, attendue depuis le lundi 9 mars" in said
        said = read(browse(world.practitioner), asked)
        assert (
            "Vous acceptez, refusez ou demandez ce qui manque : réponse attendue depuis le lundi 9 mars"
            in said
        )
        assert "relancer" not in said


def test_a_member_of_the_pole_is_offered_nothing_it_may_not_do(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    member = make.member(world.coordinator.organisation, Role.MEMBER)
    with clock.travelling_to(at(10)):
        said = read(browse(member), asked)
        assert "relancer" not in said
        assert "Compléter la demande" not in said
        assert "Sans réponse d’ici le lundi 23 mars" in said


def test_a_request_is_reminded_once_and_never_before_it_is_late(
    world: World, browse: Any, asked: SupportRequest
) -> None:
    pole = browse(world.coordinator)
    path = page_of(asked, the_assignment(), "relancer")
    with clock.travelling_to(at(9, 23)):
        assert "a encore le temps de répondre" in html.unescape(pole.post(path, {"message": ""}).text)
        assert "Relancer le partenaire" not in read(pole, asked)
    with clock.travelling_to(at(10)):
        assert "Relancer le partenaire" in read(pole, asked)
        assert pole.post(path, {"message": ""}).location == page_of(asked)
        assert "Vous les avez relancés le mardi 10 mars" in read(pole, asked)
        again = pole.post(path, {"message": "Encore."})
        assert again.status_code == 409
        assert "déjà relancé" in html.unescape(again.text)
    told = db.session.scalars(
        select(OutboxEmail.recipient).where(OutboxEmail.kind == "requests/remind_partner")
    )
    assert set(told) == {world.practitioner.person.email, world.manager.person.email}


def test_an_answer_leaves_three_working_days_before_a_reminder(
    world: World, asked: SupportRequest, browse: Any
) -> None:
    """The partner asked on its last day; its pole answered on Thursday the 12th, and the date moved to that day."""
    partner, pole, assignment = actor_of(world.practitioner), actor_of(world.coordinator), the_assignment().id
    said = Details(message="Combien ?")
    with clock.travelling_to(at(9)), transaction():
        DO[steps.ASK](partner, asked.reference, assignment, said)
    with clock.travelling_to(at(12)), transaction():
        DO[steps.ANSWER](pole, asked.reference, assignment, said)
    assert the_assignment().due_on == date(2026, 3, 12)
    for day in (13, 16):
        with clock.travelling_to(at(day)), pytest.raises(NotLateYet), transaction():
            DO[steps.REMIND](pole, asked.reference, assignment, said)
    with clock.travelling_to(at(17)), transaction():
        DO[steps.REMIND](pole, asked.reference, assignment, said)


@pytest.mark.one_database
@settings(deadline=None)
@given(
    st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(-30, 30), st.sampled_from(["76", "67", "974"])
)
def test_nobody_is_hurried_before_three_working_days(asked_on: date, due_in: int, place: str) -> None:
    due_on = asked_on + timedelta(days=due_in)
    first = rules.reminder_from(asked_on, due_on, place)
    assert first > due_on
    assert clock.working_days_between(asked_on, first, place) >= steps.WORKING_DAYS_BEFORE_A_REMINDER


def test_two_coordinators_at_once_remind_once(app: Flask, world: World, asked: SupportRequest) -> None:
    doers = [actor_of(world.coordinator), actor_of(world.colleague)]
    assignment = the_assignment().id

    def remind(doer: Any) -> Any:
        def act() -> None:
            with clock.travelling_to(at(10)):
                DO[steps.REMIND](doer, asked.reference, assignment, Details())

        return act

    at_once(app, *(remind(one) for one in doers))
    events = db.session.scalars(select(RequestEvent.action).where(RequestEvent.action == steps.REMIND.name))
    assert len(events.all()) == 1


def test_what_is_added_goes_to_the_partners_that_have_it_else_to_the_cell(
    make: Builder, world: World, browse: Any
) -> None:
    pole, words = browse(world.coordinator), {"message": "Nous sommes douze."}
    request = make.raw_request(world.coordinator, service=world.service)

    def told() -> set[str]:
        kind = OutboxEmail.kind.startswith("requests/add_information")
        return set(db.session.scalars(select(OutboxEmail.recipient).where(kind)))

    assert pole.post(page_of(request, None, "completer"), words).status_code == 302
    assert told() == {world.colleague.person.email, world.cell.person.email}
    make.raw_assignment(request, world.partner, A.ACCEPTED, referent_id=world.manager.person_id)
    make.raw_assignment(request, make.practitioner().organisation, A.DECLINED)
    with transaction() as session:
        session.merge(request).state = RequestState.ACCEPTED
        session.execute(update(OutboxEmail).values(kind="told/before"))
    more = {"message": "Nous sommes treize."}
    assert pole.post(page_of(request, None, "completer"), more).status_code == 302
    assert told() == {world.colleague.person.email, world.manager.person.email}
    for reader in (world.coordinator, world.manager, world.cell):
        assert "Nous sommes treize." in read(browse(reader), request)


def test_thanks_are_said_once_after_the_end(make: Builder, world: World, browse: Any) -> None:
    pole = browse(world.coordinator)
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(
        request, world.partner, A.COMPLETED, referent_id=world.practitioner.person_id
    )
    assert "Remercier le partenaire" in read(pole, request)
    path = page_of(request, assignment, "remercier")
    assert pole.post(path, {"message": "Merci !"}).status_code == 302
    (told,) = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == "requests/thank_partner"))
    assert told.recipient == world.practitioner.person.email
    assert "Merci !" in told.text
    assert "Remercier le partenaire" not in read(pole, request)
    assert pole.post(path, {"message": "Merci encore !"}).status_code == 409


def test_who_looks_as_somebody_else_or_acts_for_another_has_seen_nothing(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    other = make.member(make.partner(), Role.PRACTITIONER, world.practitioner.person)
    assert browse(other).get(page_of(asked)).status_code in {403, 404}
    assert the_assignment().seen_at is None
    national = browse(world.national)
    path = f"/personnes/voir-comme/{world.manager.id}"
    assert national.post(path, {"reason": "Il nous le demande."}).status_code == 302
    assert "Où en est la demande" in read(national, asked)
    assert the_assignment().seen_at is None

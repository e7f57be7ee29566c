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
from portal.requests.rules import Said
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
        assert "Vous acceptez, refusez ou demandez ce qui manque" in said
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
        again = pole.post(path, {"message": ""})
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
    said = Said(message="Combien ?")
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
                DO[steps.REMIND](doer, asked.reference, assignment, Said())

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
    assert pole.post(page_of(request, None, "completer"), words).status_code == 302
    assert told() == {world.colleague.person.email, world.manager.person.email}
    for reader in (world.coordinator, world.manager, world.cell):
        assert "Nous sommes douze." in read(browse(reader), request)


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
    assert pole.post(path, {"message": "Merci !"}).status_code == 409


# The page, in the order of the decision.


def headings(page: str) -> list[str]:
    return [
        html.unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in re.findall(r"<h2.*?</h2>", page, re.S)
    ]


@pytest.mark.one_database
def test_the_page_goes_in_the_order_of_the_decision(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    make.raw_intervention(the_assignment(), world.practitioner.person)
    order = [
        "Où en est la demande",
        "Le besoin",
        "Le pôle",
        "Ce que vous pouvez faire maintenant",
        "Interventions",
        "Partenaires",
    ]
    found = headings(browse(world.practitioner).get(page_of(asked)).text)
    assert [one for one in found if one in order] == order
    assert found.index("Partenaires") < found.index("Ce qui s’est passé"), "what happened is aside"


WAY = ("Envoyée", "Orientée", "Acceptée", "En cours", "Terminée")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("state", "visited", "reached"),
    [
        (None, False, 1),
        (A.PROPOSED, False, 2),
        (A.ON_HOLD, False, 2),
        (A.ACCEPTED, False, 3),
        (A.ACCEPTED, True, 4),
        (A.COMPLETED, True, 5),
        (A.DECLINED, False, 1),
    ],
)
def test_the_steps_done_and_to_come_are_shown(
    make: Builder, world: World, browse: Any, state: A | None, visited: bool, reached: int
) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    if state:
        assignment = make.raw_assignment(request, world.partner, state)
        if visited:
            make.raw_intervention(assignment, world.practitioner.person)
    page = browse(world.coordinator).get(page_of(request)).text
    (drawn,) = re.findall(r'<ol class="way">.*?</ol>', page, re.S)
    found = [
        ("way-done" in one, "aria-current" in one, next(name for name in WAY if name in html.unescape(one)))
        for one in re.findall(r"<li.*?</li>", drawn, re.S)
    ]
    expected = [(rank < reached, rank == reached - 1, name) for rank, name in enumerate(WAY)]
    assert found == expected


@pytest.mark.one_database
@pytest.mark.parametrize("who", ["coordinator", "practitioner"])
def test_what_left_its_way_shows_none(make: Builder, world: World, browse: Any, who: str) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    make.raw_assignment(request, world.partner, A.DECLINED)
    if who == "coordinator":
        with transaction() as session:
            session.merge(request).state = RequestState.WITHDRAWN
    assert 'class="way"' not in browse(getattr(world, who)).get(page_of(request)).text


def test_the_question_stands_where_it_is_answered(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    """Each question in its own panel, the last one asked."""
    other = make.practitioner()
    second = make.raw_assignment(asked, other.organisation, A.PROPOSED)
    first = next(one for one in the_request_parts() if one.id != second.id)
    for member, part, words in (
        (world.practitioner, first, "Combien de membres ?"),
        (other, second, "Quel budget ?"),
    ):
        browse(member).post(page_of(asked, part, "demander-une-precision"), {"message": words})
    page = browse(world.coordinator).get(page_of(asked)).text
    for part, words in ((first, "Combien de membres ?"), (second, "Quel budget ?")):
        panel = re.search(rf'id="action-answer-{part.id}".*?</details>', page, re.S)
        assert panel
        said = html.unescape(panel.group(0))
        assert "<blockquote" in said
        assert words in re.sub(r"\u00a0", " ", said)


def the_request_parts() -> list[Assignment]:
    return list(db.session.scalars(select(Assignment).order_by(Assignment.id)))


@pytest.mark.one_database
def test_after_an_act_what_follows_is_said(world: World, browse: Any, asked: SupportRequest) -> None:
    browser = browse(world.practitioner)
    path = page_of(asked, the_assignment(), "accepter")
    said = browser.post(path, {"referent_id": str(world.practitioner.person_id)}, follow_redirects=True).text
    flash = re.search(r'role="status".*?</div>', said, re.S)
    assert flash
    assert "Ce qui suit : Vous prenez contact avec le pôle" in html.unescape(flash.group(0)).replace(
        "\u00a0", " "
    )


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


@pytest.mark.one_database
def test_a_telephone_keeps_the_first_thing_to_do_in_reach(
    make: Builder, world: World, browse: Any, asked: SupportRequest
) -> None:
    """The bar leads to the panel that leads, else to all that can be done; also where there is a draft alone."""
    bar = r'class="action-bar">\s*<a[^>]*href="#([^"]+)"'
    partner = re.search(bar, browse(world.practitioner).get(page_of(asked)).text)
    assert partner
    assert partner.group(1) == f"action-accept-{the_assignment().id}"
    assert f'id="{partner.group(1)}"' in browse(world.practitioner).get(page_of(asked)).text
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    member = make.member(world.coordinator.organisation, Role.MEMBER)
    found = re.search(bar, browse(member).get(page_of(draft)).text)
    assert found
    assert found.group(1) == "what-i-can-do"

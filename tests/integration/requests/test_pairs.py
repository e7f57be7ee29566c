"""Partners asked together: one leads, each is told what concerns it, and they know each other."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.ladder import Ask
from portal.notifications.models import OutboxEmail
from portal.refusals import Invalid
from portal.requests import service as requests
from portal.requests import steps
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.pairs import rules
from portal.requests.pairs import service as pairs
from portal.requests.routing import queries as routing
from portal.requests.rows.rules import Row
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.undo import service as undo
from portal.stuck import queries as stuck
from portal.stuck.chasing import queries as chasing
from portal.stuck.rules import Basket
from portal.web.choices import LONGEST_NOTE
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, actor_of, page_of

A = AssignmentState


class Pair:
    """A request, and two partners that could support its pole together."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.world = make, world
        self.request = make.raw_request(world.coordinator, service=world.service)
        self.first = world.partner
        self.second = make.partner(regions=("28",), name="Coopérative d’Ailleurs")
        self.helper = make.member(self.second, Role.MANAGER, make.person(family_name="Ozanne"))

    def ask(self, lead_id: int | None, notes: dict[int, str] | None = None) -> list[Assignment]:
        details = Details(
            message="Merci à tous.",
            partner_ids=[self.first.id, self.second.id],
            notes=notes or {},
            lead_id=lead_id,
        )
        with transaction():
            requests.route(actor_of(self.world.cell), self.request.reference, details)
        return self.parts()

    def parts(self) -> list[Assignment]:
        statement = select(Assignment).where(Assignment.request_id == self.request.id)
        found = db.session.scalars(
            statement.order_by(Assignment.id).execution_options(populate_existing=True)
        )
        return list(found)


@pytest.fixture
def pair(make: Builder, world: World) -> Pair:
    return Pair(make, world)


def emails(kind: str) -> dict[str, OutboxEmail]:
    rows = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == kind))
    return {row.recipient: row for row in rows}


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def test_one_of_those_asked_together_leads(pair: Pair) -> None:
    first, second = pair.ask(pair.second.id)
    assert (first.lead_id, second.lead_id) == (second.id, None)
    assert rules.lead_of(first, [first, second]) is second


def test_without_a_lead_each_works_alone(pair: Pair) -> None:
    first, second = pair.ask(None)
    assert not rules.together(first, [first, second])


@pytest.mark.parametrize("case", ["not chosen", "alone"])
def test_who_leads_is_one_of_several_chosen(pair: Pair, make: Builder, case: str) -> None:
    stranger = make.partner()
    chosen = [pair.first.id, pair.second.id] if case == "not chosen" else [pair.first.id]
    lead_id = stranger.id if case == "not chosen" else pair.first.id
    with pytest.raises(Invalid) as refused, transaction():
        requests.route(
            actor_of(pair.world.cell),
            pair.request.reference,
            Details(partner_ids=chosen, lead_id=lead_id),
        )
    assert refused.value.field == "lead_id"
    assert not pair.parts()


def test_the_form_keeps_what_was_typed_when_the_lead_is_refused(pair: Pair, browse: Any) -> None:
    answer = browse(pair.world.cell).post(
        page_of(pair.request, None, "orienter"),
        {
            "partner_ids": [str(pair.first.id)],
            f"partner_ids-note-{pair.first.id}": "Pensez au parking.",
            "lead_id": str(pair.first.id),
            "message": "Merci à tous.",
        },
    )
    assert answer.status_code == 422
    assert ">\nPensez au parking.</textarea>" in answer.text
    assert "Merci à tous." in answer.text
    assert "deux au moins" in text_of(answer.text)


def test_each_reads_the_word_for_all_and_its_own(pair: Pair, browse: Any) -> None:
    browser = browse(pair.world.cell)
    answer = browser.post(
        page_of(pair.request, None, "orienter"),
        {
            "partner_ids": [str(pair.first.id), str(pair.second.id)],
            f"partner_ids-note-{pair.first.id}": "Pensez au parking.\r\nIl est petit.",
            f"partner_ids-note-{pair.second.id}": "",
            "message": "Merci à tous.",
        },
    )
    assert answer.status_code == 302
    told = dict(
        db.session.execute(
            select(Assignment.partner_id, RequestEvent.message).join(
                RequestEvent, RequestEvent.assignment_id == Assignment.id
            )
        ).all()
    )
    assert told == {
        pair.first.id: "Merci à tous.\n\nPensez au parking.\nIl est petit.",
        pair.second.id: "Merci à tous.",
    }
    sent = emails("requests/route_partner")
    assert "parking" in sent[pair.world.manager.person.email].text
    assert "parking" not in sent[pair.helper.person.email].text


def test_a_word_too_long_is_refused_and_kept(pair: Pair, browse: Any) -> None:
    long = "é" * (LONGEST_NOTE + 1)
    answer = browse(pair.world.cell).post(
        page_of(pair.request, None, "orienter"),
        {"partner_ids": [str(pair.first.id)], f"partner_ids-note-{pair.first.id}": long},
    )
    assert answer.status_code == 422
    assert long in answer.text
    assert not pair.parts()


def test_the_pole_hears_of_all_in_one_email_that_says_who_leads(pair: Pair) -> None:
    pair.ask(pair.second.id, {pair.first.id: "Pensez au parking."})
    email = emails("requests/route_pole")[pair.world.coordinator.person.email]
    assert re.search(r"Chef de file\W+Coopérative d’Ailleurs", email.text)
    assert pair.first.name in email.text


def test_partners_asked_together_are_told_of_each_other(pair: Pair, browse: Any) -> None:
    _first, second = pair.ask(pair.second.id)
    asked = emails("requests/route_partner")[pair.world.manager.person.email]
    assert "Coopérative d’Ailleurs" in asked.text
    with transaction():
        assignments.accept(
            actor_of(pair.helper),
            pair.request.reference,
            second.id,
            Details(referent_id=pair.helper.person_id),
        )
    page = text_of(browse(pair.world.manager).get(page_of(pair.request)).text)
    assert "Chef de file Coopérative d’Ailleurs" in page
    assert pair.helper.person.email in page
    assert "Ont aussi été sollicités" not in page


def test_without_a_lead_partners_read_no_contact_of_each_other(pair: Pair, browse: Any) -> None:
    _first, second = pair.ask(None)
    with transaction():
        assignments.accept(
            actor_of(pair.helper),
            pair.request.reference,
            second.id,
            Details(referent_id=pair.helper.person_id),
        )
    page = browse(pair.world.manager).get(page_of(pair.request)).text
    assert pair.helper.person.email not in page


def test_when_the_lead_is_gone_the_cell_names_another(pair: Pair, browse: Any) -> None:
    third = pair.make.partner(regions=("28",), name="Maison Commune")
    with transaction():
        details = Details(partner_ids=[pair.first.id, pair.second.id, third.id], lead_id=pair.second.id)
        requests.route(actor_of(pair.world.cell), pair.request.reference, details)
    first, second, other = pair.parts()
    with transaction():
        assignments.decline(
            actor_of(pair.helper),
            pair.request.reference,
            second.id,
            Details("no_capacity", "Pas ce mois-ci."),
        )
    assert "plus personne" in text_of(browse(pair.world.cell).get(page_of(pair.request)).text)
    answer = browse(pair.world.cell).post(page_of(pair.request, other, "confier-le-pilotage"))
    assert answer.status_code == 302
    first, second, other = pair.parts()
    assert (first.lead_id, other.lead_id, second.state) == (other.id, None, A.DECLINED)
    assert rules.lead_of(first, pair.parts()) is other
    assert pair.world.coordinator.person.email in emails("requests/lead_pole")
    assert pair.world.manager.person.email in emails("requests/lead_partner")


def test_taking_it_back_lets_the_first_one_lead_again(pair: Pair) -> None:
    first, second = pair.ask(pair.second.id)
    with transaction(), undo.act(actor_of(pair.world.cell), steps.LEAD):
        pairs.lead(actor_of(pair.world.cell), pair.request.reference, first.id)
    assert [part.lead_id for part in pair.parts()] == [None, first.id]
    with transaction():
        undo.take_back(actor_of(pair.world.cell), pair.request.reference)
    assert [part.lead_id for part in pair.parts()] == [second.id, None]


def test_asking_others_later_leaves_those_together_as_they_are(pair: Pair) -> None:
    pair.ask(pair.second.id)
    third = pair.make.partner(regions=("28",))
    with transaction():
        requests.route(actor_of(pair.world.cell), pair.request.reference, Details(partner_ids=[third.id]))
    parts = pair.parts()
    assert rules.together(parts[0], parts) == parts[:2]
    assert not rules.together(parts[2], parts)


def test_a_partner_is_shown_with_the_days_it_lately_takes(make: Builder, world: World) -> None:
    """The average of its last twenty answers; what it never answered does not count."""
    for days in [*[15] * 5, *[2] * 12, *[4] * 8]:
        past = make.raw_request(world.coordinator)
        make.raw_assignment(past, world.partner, A.COMPLETED, answer_days=days, answered_on=clock.today())
    make.raw_assignment(make.raw_request(world.coordinator), world.partner, A.EXPIRED)
    silent = make.partner(regions=("28",))
    request: SupportRequest = make.raw_request(world.coordinator, service=world.service)
    with transaction():
        locked = requests.lock(actor_of(world.cell), request.reference, steps.ROUTE.right)
        known = {each.partner_id: each.answers_in for each in routing.advice(locked).candidates}
    assert known[world.partner.id] == pytest.approx((12 * 2 + 8 * 4) / 20)
    assert known[silent.id] is None


def test_who_leads_is_asked_for_news_of_all_and_what_is_heard_of_any_counts(pair: Pair, browse: Any) -> None:
    first, second = pair.ask(pair.second.id)
    long_ago = clock.today() - timedelta(days=60)
    with transaction() as session:
        for part in (first, second):
            row = session.get_one(Assignment, part.id)
            row.state, row.answered_on = A.ACCEPTED, long_ago
            row.proposed_at = days_ago(61)
        session.get_one(SupportRequest, pair.request.id).state = RequestState.ACCEPTED

    def asked() -> dict[int, date]:
        things = chasing.silent(Ask(clock.today()))
        return {thing.number: thing.since for thing in things if thing.number in (first.id, second.id)}

    assert asked() == {second.id: long_ago}
    with pytest.raises(rules.LedByAnother), transaction():
        assignments.ask_news(actor_of(pair.world.cell), pair.request.reference, first.id)
    assert [row.id for row in stuck_rows(pair)] == [pair.request.id]
    visit = pair.make.raw_intervention(
        first, pair.world.practitioner.person, InterventionState.DONE, on=clock.today()
    )
    assert asked() == {second.id: clock.today()}, "what is heard of the one that is led counts"
    assert stuck_rows(pair) == []
    with transaction() as session:
        session.delete(session.get_one(Intervention, visit.id))
        session.get_one(Assignment, second.id).state = A.HANDED_BACK
    assert asked() == {first.id: long_ago}, "whoever led is gone"


def stuck_rows(pair: Pair) -> list[Row]:
    """What the console of the cell holds that is silent."""
    db.session.expire_all()
    return list(stuck.firsts(actor_of(pair.world.cell), [Basket.SILENT], 9).get(Basket.SILENT, ()))

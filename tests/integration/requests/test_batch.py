"""One act on several requests: each by itself, a line for each that could not be done and why, one e-mail a person."""

import html
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal import acts, clock
from portal.db import db, transaction
from portal.notifications.claims import service as claims
from portal.notifications.models import OutboxEmail
from portal.requests import steps
from portal.requests.assignments import service as assignments
from portal.requests.batch import routes as batch
from portal.requests.batch.page import ACTS
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState, RequestState
from portal.teams.models import Absence
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import DO, World, actor_of
from tests.integration.requests.undoing import held
from tests.races import at_once

A = AssignmentState
LOT = "/demandes/lot"


def asked(
    make: Builder, world: World, state: A = A.PROPOSED, days: int = 9, **values: object
) -> SupportRequest:
    request = make.raw_request(world.coordinator, service=world.service)
    proposed = {"proposed_at": days_ago(days)}
    make.raw_assignment(request, world.partner, state, **{**proposed, **values})
    return request


def part_of(request: SupportRequest) -> Assignment:
    statement = select(Assignment).where(Assignment.request_id == request.id).order_by(Assignment.id)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()[-1]


def send(browser: Browser, act: str, requests: list[SupportRequest], **fields: object):
    ticked = [one.reference for one in requests]
    return browser.post(LOT, {"acte": act, "demande": ticked, "retour": "/demandes?dossier=toutes", **fields})


def words(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def mails() -> Counter[tuple[str, str]]:
    found = db.session.execute(select(OutboxEmail.kind, OutboxEmail.recipient))
    return Counter((kind, recipient) for kind, recipient in found)


def test_rows_are_ticked_and_lead_to_the_act(make: Builder, world: World, browse) -> None:
    """Without a script: a form around the list, then one page for what goes with it."""
    requests = [asked(make, world) for _ in range(2)]
    browser = browse(world.practitioner)
    inbox = browser.get("/demandes").text
    assert all(f'name="demande" value="{one.reference}"' in inbox for one in requests)
    page = browser.get(LOT, query_string={"acte": "refuser", "demande": [one.reference for one in requests]})
    assert page.status_code == 200
    assert all(one.reference in page.text for one in requests)
    answer = send(browser, "refuser", requests, reason="no_capacity", message="Revenez en janvier.")
    assert answer.location == "/demandes?dossier=toutes"
    assert {part_of(one).state for one in requests} == {A.DECLINED}


UNDOES = re.compile(r'action="(/demandes/[^"]+/annuler)"')


def test_what_is_done_to_several_is_undone_at_once_and_says_so(make: Builder, world: World, browse) -> None:
    requests = [asked(make, world) for _ in range(3)]
    browser = browse(world.practitioner)
    page = browser.get(LOT, query_string={"acte": "accepter", "demande": [one.reference for one in requests]})
    assert "peut être annulé pendant deux minutes, en une fois" in words(page.text)
    before, told = held(), mails()
    send(browser, "accepter", requests, referent_id=str(world.practitioner.person_id))
    assert {part_of(one).state for one in requests} == {A.ACCEPTED}
    (undoes,) = set(UNDOES.findall(browser.get("/demandes?dossier=toutes").text))
    assert browser.post(undoes).status_code == 302
    assert (held(), mails()) == (before, told)
    assert browser.post(undoes).status_code == 409, "once"


def test_once_somebody_acts_on_one_of_them_all_stays(make: Builder, world: World, browse) -> None:
    requests = [asked(make, world) for _ in range(2)]
    browser = browse(world.practitioner)
    send(browser, "accepter", requests, referent_id=str(world.practitioner.person_id))
    with transaction():
        act = actor_of(world.coordinator)
        DO[steps.ADD_INFORMATION](act, requests[0].reference, Details(message="Un détail."))
    assert browser.post(f"/demandes/{requests[1].reference}/annuler").status_code == 409
    assert {part_of(one).state for one in requests} == {A.ACCEPTED}


def test_one_click_of_what_is_stuck_is_undone(make: Builder, world: World, browse) -> None:
    request, cell = asked(make, world), browse(world.cell)
    before, told = held(), mails()
    send(cell, "insister", [request], message="", retour="/suivi")
    assert mails() != told
    (undoes,) = set(UNDOES.findall(cell.get("/suivi").text))
    cell.post(undoes)
    assert (held(), mails()) == (before, told)


def test_what_can_be_chosen_can_be_undone() -> None:
    assert [choice.label for choice in ACTS if choice.door.step.stays] == []


def test_parts_of_partners_are_no_requests(make: Builder, world: World, browse) -> None:
    """However many partners each is asked of, and for how many of these it is done: none is counted twice."""
    good, early = asked(make, world), asked(make, world, days=0)
    for partner in (make.partner(regions=("28",)), make.partner(regions=("28",))):
        for request in (good, early):
            make.raw_assignment(request, partner, A.PROPOSED, proposed_at=part_of(request).proposed_at)
    said = words(send(browse(world.cell), "insister", [good, early], message="").text)
    assert "c’est fait pour 1 demande." in said
    assert "Pas fait pour 1 demande" in said
    assert "Les autres sont faites" in said
    half, parts = asked(make, world), asked(make, world)
    for one in (half, parts):
        make.raw_assignment(one, make.partner(regions=("28",)), A.PROPOSED, proposed_at=days_ago(0))
    some = words(send(browse(world.cell), "insister", [half, early], message="").text)
    assert "c’est fait pour 1 demande." in some
    assert "Pas fait pour 1 demande" in some
    in_part = words(send(browse(world.cell), "insister", [parts], message="").text)
    assert "Pas fait pour tous leurs partenaires" in in_part
    nothing = words(send(browse(world.cell), "insister", [early], message="").text)
    assert "Rien n’a été fait" in nothing


@pytest.mark.parametrize(
    ("who", "offered"),
    [
        ("practitioner", {"prendre", "accepter", "refuser"}),
        ("manager", {"prendre", "confier", "accepter", "refuser"}),
        ("cell", {"insister", "redemander", "demander-des-nouvelles", "orienter"}),
        ("coordinator", set()),
    ],
)
def test_each_is_offered_what_they_may_do(
    make: Builder, world: World, browse, who: str, offered: set[str]
) -> None:
    asked(make, world)
    folder = {"cell": "proposees", "coordinator": "en-cours"}.get(who, "a-traiter")
    page = browse(getattr(world, who)).get(f"/demandes?dossier={folder}").text
    select_ = re.search(r'<select[^>]*id="acte".*?</select>', page, re.DOTALL)
    assert set(re.findall(r'value="([a-z-]+)"', select_.group(0) if select_ else "")) == offered


def test_what_cannot_be_done_is_said_in_a_line_and_the_rest_is_done(
    make: Builder, world: World, browse
) -> None:
    good, taken, closed = (
        asked(make, world),
        asked(make, world, referent_id=world.manager.person_id),
        asked(make, world),
    )
    with transaction() as session:
        closed.state = RequestState.WITHDRAWN
        session.add(closed)
    hidden = make.raw_request(world.coordinator)
    page = send(browse(world.practitioner), "prendre", [good, taken, closed, hidden])
    assert page.status_code == 200
    told = words(page.text)
    assert f"{taken.reference} Quelqu’un de votre équipe s’en occupe déjà" in told
    assert f"{closed.reference} Cette demande a été retirée par le pôle." in told
    assert f"{hidden.reference} Elle n’est pas parmi vos demandes." in told
    assert part_of(good).referent_id == world.practitioner.person_id
    assert part_of(taken).referent_id == world.manager.person_id


def test_of_one_act_each_person_hears_once(make: Builder, world: World, browse) -> None:
    requests = [asked(make, world) for _ in range(3)]
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    send(browse(world.practitioner), "refuser", requests, reason="no_capacity", message="Revenez en janvier.")
    found = mails()
    assert found["requests/decline_pole", world.coordinator.person.email] == 1
    assert found["requests/decline_cell", world.cell.person.email] == 1
    assert set(found.values()) == {1}
    text = db.session.scalars(
        select(OutboxEmail.text).where(OutboxEmail.kind == "requests/decline_pole")
    ).first()
    assert text is not None
    assert all(one.reference in text for one in requests)


def test_a_crash_between_the_acts_and_their_one_email_loses_none(
    make: Builder, world: World, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests, coordinator = [asked(make, world) for _ in range(2)], world.coordinator.person.email
    with transaction() as session:
        session.execute(delete(OutboxEmail))

    def crash(*_args: object) -> None:
        raise MemoryError

    monkeypatch.setattr(batch, "_end", crash)
    with pytest.raises(MemoryError):
        send(browse(world.practitioner), "refuser", requests, reason="no_capacity", message="Non.")
    db.session.rollback()
    assert {part_of(one).state for one in requests} == {A.DECLINED}
    told = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == "requests/decline_pole")).all()
    for one in requests:
        assert coordinator in {mail.recipient for mail in told if one.reference in mail.text}
    with clock.travelling_to(clock.now() + timedelta(minutes=2)):
        assert {one.message_id for one in told} <= {one.message_id for one in claims.claim()}


def test_what_a_worker_has_begun_to_send_is_not_told_twice(
    make: Builder, world: World, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [asked(make, world) for _ in range(2)]
    end_of_it = batch._end

    def slow(*args: Any) -> None:
        with clock.travelling_to(clock.now() + timedelta(minutes=2)):
            claims.claim(1)
        end_of_it(*args)

    monkeypatch.setattr(batch, "_end", slow)
    send(browse(world.practitioner), "refuser", requests, reason="no_capacity", message="Non.")
    told = db.session.scalars(select(OutboxEmail).where(OutboxEmail.kind == "requests/decline_pole")).all()
    for one in requests:
        readers = Counter(mail.recipient for mail in told if one.reference in mail.text)
        assert readers[world.coordinator.person.email] == 1
        assert set(readers.values()) == {1}


def test_while_a_batch_goes_on_no_worker_takes_what_waits_for_the_rest(
    make: Builder, world: World, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    end_of_it, taken = batch._end, []

    def watched(*args: Any) -> None:
        taken.extend(claims.claim())
        end_of_it(*args)

    monkeypatch.setattr(batch, "_end", watched)
    send(browse(world.practitioner), "refuser", [asked(make, world)], reason="no_capacity", message="Non.")
    assert taken == []
    with clock.travelling_to(clock.now() + acts.TIME):
        assert claims.claim() != []


def test_a_refused_unit_tells_nobody(make: Builder, world: World, browse) -> None:
    done, early = asked(make, world), asked(make, world, days=0)
    page = send(browse(world.cell), "insister", [done, early], message="Où en êtes-vous ?")
    assert "Elle a été demandée il y a trop peu de temps" in words(page.text)
    texts = db.session.scalars(select(OutboxEmail.text)).all()
    assert any(done.reference in text for text in texts)
    assert not any(early.reference in text for text in texts)
    reminded = db.session.scalars(
        select(RequestEvent.request_id).where(RequestEvent.action == steps.CHASE.name)
    )
    assert reminded.all() == [done.id]


def test_a_team_is_given_what_is_to_do(make: Builder, world: World, browse) -> None:
    waiting, doing = asked(make, world), asked(make, world, A.ACCEPTED, referent_id=world.manager.person_id)
    browser, to = browse(world.manager), world.practitioner.person_id
    assert send(browser, "confier", [waiting], referent_id=str(to)).status_code == 302
    assert send(browser, "changer-de-referent", [doing], referent_id=str(to)).status_code == 302
    assert part_of(waiting).referent_id == part_of(doing).referent_id == to
    found = mails()
    assert found["requests/assign_partner", world.practitioner.person.email] == 1
    assert found["requests/change_referent_pole", world.coordinator.person.email] == 1


def test_a_form_that_is_wrong_is_shown_again_with_what_was_ticked(
    make: Builder, world: World, browse
) -> None:
    requests = [asked(make, world) for _ in range(2)]
    page = send(browse(world.practitioner), "refuser", requests, reason="", message="Revenez en janvier.")
    assert page.status_code == 422
    assert all(f'name="demande" value="{one.reference}"' in page.text for one in requests)
    assert "Revenez en janvier." in page.text


def test_another_partner_is_asked_instead_of_the_silent_one(make: Builder, world: World, browse) -> None:
    request, other = asked(make, world), make.partner()
    held = asked(make, world, A.ACCEPTED)
    browser = browse(world.cell)
    page = send(browser, "orienter", [request, held], partner_ids=[str(other.id)])
    assert page.status_code == 302
    states = {
        (one.request_id, one.partner_id): one.state
        for one in db.session.scalars(select(Assignment).execution_options(populate_existing=True))
    }
    assert states == {
        (request.id, world.partner.id): A.CANCELLED,
        (request.id, other.id): A.PROPOSED,
        (held.id, world.partner.id): A.ACCEPTED,
        (held.id, other.id): A.PROPOSED,
    }


@pytest.mark.parametrize(
    ("act", "who"), [("prendre", "coordinator"), ("confier", "practitioner"), ("insister", "manager")]
)
def test_rights_are_asked_at_the_door(make: Builder, world: World, browse, act: str, who: str) -> None:
    request = asked(make, world)
    assert send(browse(getattr(world, who)), act, [request]).status_code == 403


def test_nothing_of_another_partner_or_region_is_touched(make: Builder, world: World, browse) -> None:
    request, stranger = asked(make, world), make.practitioner()
    answer = send(browse(stranger), "prendre", [request])
    assert answer.status_code == 302
    assert part_of(request).referent_id is None
    assert send(browse(make.regional_admin("11")), "insister", [request]).status_code == 302
    assert mails() == Counter()


def test_nothing_ticked_is_said(world: World, browse) -> None:
    browser = browse(world.practitioner)
    assert browser.get(f"{LOT}?acte=").location == "/demandes"
    assert "Choisissez que faire" in browser.get("/demandes").text
    assert browser.get(f"{LOT}?acte=prendre").location == "/demandes"
    assert "Cochez d’abord" in browser.get("/demandes").text
    assert browser.get(f"{LOT}?acte=prendre&retour=//exemple.test").location == "/demandes", "never elsewhere"


def test_two_colleagues_take_the_same_at_once(app, make: Builder, world: World) -> None:
    request = asked(make, world)
    part, colleagues = part_of(request), [world.practitioner, world.manager]
    acts = [lambda who=who: assignments.take(actor_of(who), request.reference, part.id) for who in colleagues]
    answers = at_once(app, *acts)
    refused = [one for one in answers if isinstance(one, steps.AlreadyTaken)]
    assert len(refused) == 1, answers
    assert part_of(request).referent_id in {one.person_id for one in colleagues}


def test_who_takes_it_gets_what_is_written_about_it(make: Builder, world: World, browse) -> None:
    request = asked(make, world)
    path = f"/demandes/{request.reference}/affectations/{part_of(request).id}"
    assert browse(world.practitioner).post(f"{path}/prendre").status_code == 302
    assert mails() == Counter(), "nobody else needs to know by e-mail"
    assert browse(world.cell).post(f"{path}/insister", {"message": "Alors ?"}).status_code == 302
    assert set(mails()) == {("requests/chase_partner", world.practitioner.person.email)}


def test_nobody_is_chased_within_three_working_days_nor_twice(make: Builder, world: World, browse) -> None:
    request = asked(make, world)
    path = f"/demandes/{request.reference}/affectations/{part_of(request).id}/insister"
    browser = browse(world.cell)
    assert browser.post(path, {"message": ""}).status_code == 302
    again = browser.post(path, {"message": "Encore."})
    assert again.status_code == 409
    assert "trois jours ouvrés" in words(again.text) or "3 jours ouvrés" in words(again.text)
    early = asked(make, world, days=0)
    path = f"/demandes/{early.reference}/affectations/{part_of(early).id}/insister"
    assert browser.post(path, {"message": ""}).status_code == 409


def test_the_days_of_a_question_are_not_the_partner_s(make: Builder, world: World) -> None:
    held = asked(make, world, days=8, held_days=4)
    with pytest.raises(steps.TooEarlyToChase), transaction():
        assignments.chase(actor_of(world.cell), held.reference, part_of(held).id, Details())


def test_a_colleague_who_stands_in_sees_what_is_not_answered(make: Builder, world: World, browse) -> None:
    asked(make, world, referent_id=world.practitioner.person_id)
    today = clock.today()
    with transaction() as session:
        session.add(
            Absence(
                membership_id=world.practitioner.id,
                starts_on=today,
                ends_on=today,
                substitute_id=world.manager.person_id,
            )
        )
    assert "dossier=collegues-absents" in browse(world.manager).get("/demandes").text


def test_a_batch_costs_no_more_to_show_for_many(
    make: Builder, world: World, browse, queries: list[str]
) -> None:
    browser = browse(world.practitioner)
    few, many = [asked(make, world)], [asked(make, world) for _ in range(20)]

    def cost(requests: list[SupportRequest]) -> int:
        queries.clear()
        browser.get(LOT, query_string={"acte": "accepter", "demande": [one.reference for one in requests]})
        return len(queries)

    cost(few)
    assert cost(many) == cost(few) <= 8

"""What is typed wrong, too long or forged gets a kind sentence on its field, in French, and nothing typed is lost."""

import html
import re
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.accounts.models import Membership
from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceState
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.steps import Step
from portal.web.forms import LONG_TEXT
from tests.builders import Builder
from tests.integration.requests.steps import (
    PATHS,
    STARTS,
    World,
    ask,
    check_refused,
    page_of,
    part_for,
    request_fields,
    the_assignment,
    the_request,
)

A = AssignmentState
KEPT = "Voici ce que j’avais à dire & <b>plus</b>"
LONG = "é" * (LONG_TEXT + 1)

REASONS = {
    steps.WITHDRAW: "solved",
    steps.DROP: "no_partner",
    steps.DECLINE: "territory",
    steps.HAND_BACK: "territory",
    steps.COMPLETE: "helped",
}
NEEDS_MESSAGE = {
    steps.DROP,
    steps.DECLINE,
    steps.ASK,
    steps.ANSWER,
    steps.HAND_BACK,
    steps.COMPLETE,
    steps.REOPEN,
    steps.ADD_INFORMATION,
}


class Start(NamedTuple):
    path: str
    good: dict[str, Any]
    prefix: str
    who: Membership


def start(action: Step[Any], make: Builder, world: World) -> Start:
    """A request where the action can be done, and a form that is right."""
    who, state = STARTS[action]
    request = make.raw_request(world.coordinator)
    assignment = part_for(action, make, request, world.partner, state) if state else None
    good: dict[str, Any] = {"message": KEPT, "understood": "y"}
    if action in REASONS:
        good["reason"] = REASONS[action]
    if action is steps.ROUTE:
        good["partner_ids"] = [str(world.partner.id)]
    if action in CHOOSE_SOMEBODY:
        good["referent_id"] = str(world.practitioner.person_id)
    prefix = f"{action}-{assignment.id}-" if assignment else f"{action}-"
    return Start(page_of(request, assignment, PATHS[action]), good, prefix, getattr(world, who))


def state_of_things() -> tuple[Any, ...]:
    counted = [
        db.session.scalar(select(func.count()).select_from(table))
        for table in (SupportRequest, Assignment, RequestEvent, OutboxEmail)
    ]
    states = db.session.scalars(select(SupportRequest.state).order_by(SupportRequest.id)).all()
    return (*counted, *states, *db.session.scalars(select(Assignment.state).order_by(Assignment.id)).all())


def chosen(answer: TestResponse, value: str) -> bool:
    """Is this choice still made?"""
    tags = re.findall(rf'<[^>]* value="{value}"[^>]*>|<option[^>]* value="{value}"[^>]*>', answer.text)
    return any(re.search(r"\b(selected|checked)\b", tag) for tag in tags)


def test_every_action_with_a_form_is_here() -> None:
    assert set(STARTS) == set(PATHS) - {steps.SUBMIT}
    for action, (_, state) in STARTS.items():
        assert (state is None) == (action not in steps.OF_ASSIGNMENTS)


CHOOSE_SOMEBODY = {steps.ASSIGN, steps.ACCEPT, steps.CHANGE_REFERENT}
BAD: list[tuple[str, dict[str, Any], set[Step[Any]]]] = [
    ("message", {"message": ""}, NEEDS_MESSAGE),
    ("message", {"message": "  \t\r\n "}, NEEDS_MESSAGE),
    ("message", {"message": LONG}, set(STARTS) - {steps.TAKE, steps.GO_ON}),
    ("message", {"message": "\x00\u200b"}, NEEDS_MESSAGE),
    ("understood", {"understood": None}, {steps.WITHDRAW, steps.DROP}),
    ("reason", {"reason": ""}, set(REASONS)),
    ("reason", {"reason": "parce que"}, set(REASONS)),
    ("reason", {"reason": "\x00"}, set(REASONS)),
    ("reason", {"reason": None}, set(REASONS)),
    ("partner_ids", {"partner_ids": []}, {steps.ROUTE}),
    ("partner_ids", {"partner_ids": ["x"]}, {steps.ROUTE}),
    ("partner_ids", {"partner_ids": ["-1", "999999999999999999999"]}, {steps.ROUTE}),
    ("referent_id", {"referent_id": "0"}, CHOOSE_SOMEBODY),
    ("referent_id", {"referent_id": ""}, CHOOSE_SOMEBODY),
    ("referent_id", {"referent_id": "9" * 30}, CHOOSE_SOMEBODY),
]
CASES = [(action, field, bad) for field, bad, actions in BAD for action in sorted(actions, key=str)]


@pytest.mark.one_database
@pytest.mark.parametrize(("action", "field", "bad"), CASES, ids=lambda value: str(value)[:30])
def test_what_is_wrong_is_said_on_its_field_and_the_rest_is_kept(
    make: Builder, world: World, browse, action: Step[Any], field: str, bad: dict[str, Any]
) -> None:
    begun = start(action, make, world)
    before = state_of_things()
    fields = {name: value for name, value in {**begun.good, **bad}.items() if value is not None}
    answer = browse(begun.who).post(begun.path, fields)
    check_refused(answer, begun.prefix + field)
    if field != "message":
        assert str(html.escape(KEPT, quote=False)) in answer.text
    if bad.get("message") == LONG:
        assert LONG in answer.text
    for name in ("reason", "referent_id"):
        if name in begun.good and name != field:
            assert chosen(answer, begun.good[name])
    assert state_of_things() == before


@pytest.mark.parametrize("action", STARTS, ids=str)
def test_the_longest_text_is_taken(make: Builder, world: World, browse, action: Step[Any]) -> None:
    begun = start(action, make, world)
    answer = browse(begun.who).post(begun.path, {**begun.good, "message": LONG[1:]})
    assert answer.status_code == 302


def test_a_referent_is_of_the_team(make: Builder, world: World, browse) -> None:
    others = [make.practitioner(), make.coordinator(), world.coordinator, world.cell]
    for action in CHOOSE_SOMEBODY:
        begun = start(action, make, world)
        for other in others:
            answer = browse(begun.who).post(begun.path, {**begun.good, "referent_id": str(other.person_id)})
            check_refused(answer, begun.prefix + "referent_id")


def test_only_partners_can_be_asked(make: Builder, world: World, browse) -> None:
    gone = make.partner(active=False)
    begun = start(steps.ROUTE, make, world)
    for forged in (gone, world.coordinator.organisation, world.cell.organisation):
        answer = browse(world.cell).post(
            begun.path, {**begun.good, "partner_ids": [str(world.partner.id), str(forged.id)]}
        )
        check_refused(answer, begun.prefix + "partner_ids")
    assert db.session.scalar(select(func.count()).select_from(Assignment)) == 0


def test_a_partner_is_asked_once_even_when_named_twice(make: Builder, world: World, browse) -> None:
    begun = start(steps.ROUTE, make, world)
    again = {**begun.good, "partner_ids": [str(world.partner.id)] * 2}
    assert browse(world.cell).post(begun.path, again).status_code == 302
    check_refused(browse(world.cell).post(begun.path, again), begun.prefix + "partner_ids")
    assert the_assignment().state is A.PROPOSED


def test_what_is_not_yours_does_not_exist(make: Builder, world: World, browse) -> None:
    """Another pole's request, an assignment of another request, another partner's assignment on one's own."""
    mine, theirs = make.raw_request(world.coordinator), make.raw_request()
    own = make.raw_assignment(mine, world.partner, A.PROPOSED)
    other = make.practitioner()
    foreign = make.raw_assignment(theirs, other.organisation, A.PROPOSED)
    beside = make.raw_assignment(mine, other.organisation, A.PROPOSED)
    before = state_of_things()
    good = {"referent_id": str(world.practitioner.person_id), "message": KEPT, "reason": "territory"}
    partner = browse(world.practitioner)
    for request, assignment in ((theirs, foreign), (theirs, own), (mine, foreign), (mine, beside)):
        for action, (who, state) in STARTS.items():
            if who == "practitioner" and state:
                for fields in (good, {}):
                    path = page_of(request, assignment, PATHS[action])
                    assert partner.post(path, fields).status_code == 404, path
    pole = browse(world.coordinator)
    for path in ("", "retirer", "modifier/besoin", "supprimer", "envoyer"):
        answer = (pole.post if path else pole.get)(page_of(theirs, None, path))
        assert answer.status_code == 404, path
    assert pole.post(page_of(theirs, foreign, "repondre"), {"message": "x"}).status_code == 404
    assert pole.post(page_of(mine, foreign, "repondre"), {"message": "x"}).status_code == 404
    assert state_of_things() == before


@pytest.mark.parametrize("forged", ["0", "1", "999999999999999999999", "-1", "x", "%00"])
def test_addresses_that_nobody_made(make: Builder, world: World, browse, forged: str) -> None:
    request = make.raw_request(world.coordinator)
    partner, cell = browse(world.practitioner), browse(world.cell)
    for browser, path in (
        (cell, f"/demandes/{forged}"),
        (cell, f"/demandes/{request.reference}/affectations/{forged}/reprendre"),
        (partner, f"/demandes/{request.reference}/affectations/{forged}/accepter"),
        (partner, f"/demandes/{request.reference}/affectations/{forged}/intervention"),
        (partner, f"/interventions/{forged}/corriger"),
    ):
        answer = browser.post(path, {}) if "/affect" in path else browser.get(path)
        assert answer.status_code in {400, 404}, path


REQUEST_CASES: list[tuple[str, dict[str, str]]] = [
    ("need", {"need": ""}),
    ("need", {"need": " \r\n\t"}),
    ("need", {"need": LONG}),
    ("need", {"need": "\x00\u200b"}),
    ("phone", {"contact_preference": "phone"}),
    ("phone", {"phone": "0" * 31}),
    ("phone", {"contact_preference": "phone", "phone": "\x00\u200b"}),
    ("wished_until", {"wished_from": "2027-03-02", "wished_until": "2027-03-01"}),
    ("wished_from", {"wished_from": "31/02/2027"}),
    ("wished_from", {"wished_from": "2027-02-31"}),
    ("wished_from", {"wished_from": "20026-01-01"}),
    ("wished_from", {"wished_from": "0206-01-01"}),
    ("wished_until", {"wished_until": "2206-01-01"}),
    ("wished_until", {"wished_until": "demain"}),
    ("service_id", {"service_id": "x"}),
    ("service_id", {"service_id": ""}),
    ("service_id", {"service_id": "9" * 30}),
    ("mode", {"mode": "par fusée"}),
    ("mode", {"mode": ""}),
    ("contact_preference", {"contact_preference": "pigeon"}),
]


@pytest.mark.one_database
@pytest.mark.parametrize(("field", "bad"), REQUEST_CASES, ids=lambda value: str(value)[:40])
def test_a_request_that_is_wrong_says_where(world: World, browse, field: str, bad: dict[str, str]) -> None:
    fields = request_fields(world.service, need=KEPT, wished_from="2027-01-05")
    answer = ask(browse(world.coordinator), {**fields, **bad})
    check_refused(answer, field)
    for name in ("wished_from", "wished_until", "phone"):
        if field in {"wished_from", "wished_until", "phone", "mode"} and "\x00" not in bad.get(name, ""):
            assert f'value="{bad.get(name, fields.get(name, ""))}"' in answer.text, "what was typed is kept"
    states = db.session.scalars(select(SupportRequest.state)).all()
    assert states == ([] if field == "service_id" else [RequestState.DRAFT])


def test_a_service_must_be_one_of_today(make: Builder, world: World, browse) -> None:
    gone = make.service(world.partner, stored_state=ServiceState.ARCHIVED)
    for id_ in (gone.id, world.service.id + 1000, -1):
        fields = request_fields(world.service, service_id=str(id_))
        check_refused(ask(browse(world.coordinator), fields), "service_id")


def test_a_service_that_ends_while_the_form_is_open_is_said_on_its_field(
    make: Builder, world: World, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the reading of the form and the writing: only the service layer can see it."""
    monkeypatch.setattr("portal.requests.queries.active_service", lambda _id, **_lock: None)
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    for path in ("/demandes/nouvelle", page_of(draft, None, "modifier/service")):
        answer = browse(world.coordinator).post(path, request_fields(world.service))
        check_refused(answer, "service_id")
    path = f"/demandes/nouvelle?service={world.service.slug}"
    answer = browse(world.coordinator).post(path, request_fields(world.service, need=KEPT))
    check_refused(answer)
    assert "Choisissez un service de la liste." in answer.text
    assert html.escape(KEPT, quote=False) in answer.text


def test_a_referent_who_leaves_while_the_form_is_open_is_said_on_its_field(
    make: Builder, world: World, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = start(steps.ACCEPT, make, world)
    monkeypatch.setattr("portal.accounts.queries.members", lambda *_: [])
    answer = browse(begun.who).post(begun.path, begun.good)
    check_refused(answer, begun.prefix + "referent_id")
    assert html.escape(KEPT, quote=False) in answer.text
    assert the_assignment().state is A.PROPOSED


def test_a_draft_without_its_need_is_led_to_its_form(make: Builder, world: World, browse) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, need="")
    browser = browse(world.coordinator)
    answer = browser.post(page_of(draft, None, "envoyer"))
    check_refused(answer, "need")
    assert f'action="{page_of(draft, None, "modifier/besoin")}"' in answer.text
    assert "Dites" in answer.text, "and told what is missing"
    assert the_request().state is RequestState.DRAFT


def test_nothing_typed_is_ever_markup(make: Builder, world: World, browse) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)> & 'un' \"deux\" {{ 7*7 }} %(name)s"
    service: Service = make.service(world.partner, name="Appui <i>x</i>", name_en="Support <i>x</i>")
    pole, cell, partner = browse(world.coordinator), browse(world.cell), browse(world.practitioner)
    ask(pole, request_fields(service, need=evil, phone="<b>06</b>"))
    request = the_request()
    cell.post(page_of(request, None, "orienter"), {"partner_ids": [str(world.partner.id)], "message": evil})
    at = the_assignment()
    partner.post(page_of(request, at, "demander-une-precision"), {"message": evil})
    pole.post(page_of(request, at, "repondre"), {"message": evil})
    partner.post(page_of(request, at, "refuser"), {"reason": "other", "message": evil})
    pages = [browser.get(page_of(request)).text for browser in (pole, cell, partner)]
    pages.append(cell.get("/demandes", query_string={"recherche": evil, "dossier": "toutes"}).text)
    mails = list(db.session.scalars(select(OutboxEmail)))
    assert len(mails) > 8
    for text in [*pages, *(mail.html for mail in mails)]:
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<i>x</i>" not in text
        assert "<b>06</b>" not in text
    assert all("&lt;script&gt;alert(1)" in page for page in pages)
    assert all("{{ 7*7 }} %(name)s" in page for page in pages[:3]), "shown as it was typed"
    assert any(evil in mail.text for mail in mails), "plain text stays plain"


def test_a_line_break_counts_once(world: World, browse) -> None:
    """A browser sends two characters; the counter on the page, and the author, count one."""
    need = "\r\n".join(["Une ligne."] * 454)
    sent = ask(browse(world.coordinator), request_fields(world.service, need=need))
    assert (len(need.replace("\r\n", "\n")), sent.status_code) == (4993, 302)

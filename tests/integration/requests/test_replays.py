"""Double clicks, replays, two tabs, and a session that ends in the middle of a long text."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.db import db, transaction
from portal.interventions.models import Intervention
from portal.notifications.models import OutboxEmail
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState, RequestState
from portal.steps import Step
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.requests.steps import (
    PATHS,
    World,
    ask,
    log_fields,
    page_of,
    part_for,
    request_fields,
    the_assignment,
    the_request,
)

A = AssignmentState
LONG = "Première ligne, avec un « guillemet » & <b>du gras</b>.\n\nUn second paragraphe. " + "Encore. " * 200


def count(table: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def check_kind_conflict(answer: TestResponse, way_back: str) -> None:
    """A page that says what happened and leads back, rather than an error."""
    assert answer.status_code == 409
    main = answer.text[answer.text.index("<main") :]
    assert f'href="{way_back}"' in main


def test_a_double_click_on_send_sends_once(world: World, browse) -> None:
    browser = browse(world.coordinator)
    first, second = (ask(browser, request_fields(world.service)) for _ in range(2))
    assert first.location == second.location == page_of(the_request())
    assert count(RequestEvent) == 1
    told = select(func.count()).where(OutboxEmail.kind == "requests/submit_cell")
    assert db.session.scalar(told) == 1


def test_a_draft_saved_again_from_the_same_form_keeps_the_last_words(world: World, browse) -> None:
    """The Back button brings the form back with its key: what is typed then is not lost."""
    browser = browse(world.coordinator)
    ask(browser, request_fields(world.service, intent="draft", need="Un début."))
    ask(browser, request_fields(world.service, intent="send", need="Le tout."))
    assert the_request().need == "Le tout."
    assert the_request().state is RequestState.TO_ROUTE


def test_the_key_of_one_pole_is_not_that_of_another(make: Builder, world: World, browse) -> None:
    for member in (world.coordinator, make.coordinator()):
        assert ask(browse(member), request_fields(world.service)).status_code == 302
    assert count(SupportRequest) == 2


@pytest.mark.parametrize("once", ["", "x" * 41, "a b", "\x00", "é<"])
def test_a_form_without_its_key_is_shown_again(world: World, browse, once: str) -> None:
    fields = request_fields(world.service, need=LONG, once=once)
    browser = browse(world.coordinator)
    new = f"/demandes/nouvelle?service={world.service.slug}"
    answer = browser.post(new, fields)
    assert answer.status_code == 422
    assert html.escape(LONG.strip(), quote=False) in answer.text
    assert count(SupportRequest) == 0
    _, hidden = form_in(answer)
    assert browser.post(new, {**fields, **hidden}).status_code == 302, "with a new key"


def test_a_double_click_logs_once(make: Builder, world: World, browse) -> None:
    assignment = make.raw_assignment(make.raw_request(world.coordinator), world.partner, A.ACCEPTED)
    request, fields = the_request(), log_fields(world.practitioner.person_id)
    browser = browse(world.practitioner)
    for _ in range(2):
        answer = browser.post(page_of(request, assignment, "intervention"), fields)
        assert answer.location == page_of(request)
    assert count(Intervention) == 1
    assert count(RequestEvent) == 1
    assert count(OutboxEmail) == 2, "one for each coordinator"


TWICE = [
    (steps.WITHDRAW, "coordinator", None),
    (steps.DROP, "cell", None),
    (steps.ACCEPT, "practitioner", A.PROPOSED),
    (steps.DECLINE, "practitioner", A.PROPOSED),
    (steps.ASK, "practitioner", A.PROPOSED),
    (steps.ANSWER, "coordinator", A.ON_HOLD),
    (steps.HAND_BACK, "practitioner", A.ACCEPTED),
    (steps.COMPLETE, "practitioner", A.ACCEPTED),
    (steps.REOPEN, "coordinator", A.COMPLETED),
    (steps.CANCEL, "cell", A.PROPOSED),
    (steps.REMIND, "coordinator", A.PROPOSED),
    (steps.THANK, "coordinator", A.COMPLETED),
    (steps.LEAD, "cell", A.ACCEPTED),
]
REASONS = {
    steps.WITHDRAW: "solved",
    steps.DROP: "no_partner",
    steps.DECLINE: "territory",
    steps.HAND_BACK: "territory",
    steps.COMPLETE: "helped",
}


@pytest.mark.parametrize(("action", "who", "state"), TWICE)
def test_an_action_posted_twice_is_done_once_and_the_second_is_told_so(
    make: Builder, world: World, browse, action: Step[Any], who: str, state: AssignmentState | None
) -> None:
    request = make.raw_request(world.coordinator)
    assignment = part_for(action, make, request, world.partner, state) if state else None
    path = page_of(request, assignment, PATHS[action])
    fields = {
        "message": "Voici.",
        "understood": "y",
        "reason": REASONS.get(action, ""),
        "referent_id": str(world.manager.person_id),
    }
    browser = browse(getattr(world, who))
    assert browser.post(path, fields).location == page_of(request)
    events, mails = count(RequestEvent), count(OutboxEmail)
    assert events == 1
    for again in ({**fields, "message": LONG}, {}):
        answer = browser.post(path, again)
        check_kind_conflict(answer, page_of(request))
        typed = "Première ligne, avec un « guillemet » &amp; &lt;b&gt;du gras&lt;/b&gt;."
        assert (typed in answer.text) == bool(again), "what was typed can be copied"
    assert (count(RequestEvent), count(OutboxEmail)) == (events, mails)


def test_a_draft_sent_in_one_tab_no_longer_changes_in_the_other(make: Builder, world: World, browse) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT, world.service)
    one, other = browse(world.coordinator), browse(world.colleague)
    other.get(page_of(draft, None, "modifier/besoin"))
    one.post(page_of(draft, None, "envoyer"))
    for path, fields in (
        ("modifier/besoin", {"need": "Autre chose"}),
        ("modifier/service", {"service_id": "0"}),
        ("supprimer", {}),
        ("envoyer", {}),
    ):
        check_kind_conflict(other.post(page_of(draft, None, path), fields), page_of(draft))
    for path in ("modifier", "modifier/besoin", "modifier/verifier"):
        check_kind_conflict(other.get(page_of(draft, None, path)), page_of(draft))
    assert the_request().need != "Autre chose"
    assert count(RequestEvent) == 1


def test_a_draft_deleted_in_one_tab_is_gone_in_the_other(make: Builder, world: World, browse) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    one, other, page = browse(world.coordinator), browse(world.colleague), page_of(draft)
    assert one.post(f"{page}/supprimer").location == "/demandes"
    assert other.post(f"{page}/modifier/besoin", request_fields(world.service)).status_code == 404
    assert count(SupportRequest) == 0


def test_a_draft_that_has_changed_hands_is_deleted_with_what_was_noted_of_it(
    make: Builder, world: World, browse
) -> None:
    draft = make.raw_request(world.coordinator, RequestState.DRAFT)
    with transaction() as session:
        moved = {
            "from_state": "draft",
            "to_state": "draft",
            "organisation_id": world.coordinator.organisation_id,
        }
        session.add(RequestEvent(request_id=draft.id, action=steps.MOVE.name, **moved))
    assert browse(world.coordinator).post(f"{page_of(draft)}/supprimer").location == "/demandes"
    assert (count(SupportRequest), count(RequestEvent)) == (0, 0)


def test_two_tabs_open_on_an_intervention(make: Builder, world: World, browse) -> None:
    assignment = make.raw_assignment(make.raw_request(world.coordinator), world.partner, A.ACCEPTED)
    one = make.raw_intervention(assignment, world.practitioner.person)
    browser, page = browse(world.practitioner), page_of(the_request())
    browser.post(f"/interventions/{one.id}/annuler", {"message": "Erreur de saisie."})
    for path in ("corriger", "annuler", "realisee"):
        answer = browser.post(f"/interventions/{one.id}/{path}", log_fields(world.practitioner.person_id))
        check_kind_conflict(answer, page)
        check_kind_conflict(browser.get(f"/interventions/{one.id}/{path}"), page)


def test_too_late_to_reopen_is_said_with_its_own_sentence(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, A.COMPLETED)
    with transaction():
        assignment.completed_on = assignment.completed_on.replace(year=2025)
    browser = browse(world.coordinator)
    assert "/rouvrir" not in browser.get(page_of(request)).text, "not offered"
    for fields in ({"message": "Il reste à faire."}, {}):
        answer = browser.post(page_of(request, assignment, "rouvrir"), fields)
        check_kind_conflict(answer, page_of(request))
        assert "trente jours" in answer.text
    assert the_assignment().state is A.COMPLETED


def test_what_was_asked_again_is_not_reopened(make: Builder, world: World, browse) -> None:
    """Completed once, asked a second time: one partner never holds a request twice."""
    request = make.raw_request(world.coordinator)
    done = make.raw_assignment(request, world.partner, A.COMPLETED)
    make.raw_assignment(request, world.partner, A.PROPOSED)
    with transaction() as session:
        request.state = RequestState.PROPOSED
        session.add(request)
    browser = browse(world.coordinator)
    assert "/rouvrir" not in browser.get(page_of(request)).text
    answer = browser.post(page_of(request, done, "rouvrir"), {"message": "Il reste à faire."})
    check_kind_conflict(answer, page_of(request))
    assert db.session.scalars(select(Assignment.state).order_by(Assignment.id)).all() == [
        A.COMPLETED,
        A.PROPOSED,
    ]


def form_in(answer: TestResponse) -> tuple[str, dict[str, Any]]:
    """Where the main form of a page goes, and its hidden fields."""
    main = answer.text[answer.text.index("<main") :]
    action = re.search(r'<form[^>]*action="([^"]+)"', main)
    hidden: dict[str, Any] = {}
    for tag in re.findall(r'<input[^>]* type="hidden"[^>]*>', main):
        given = dict(re.findall(r'(name|value)="([^"]*)"', tag))
        hidden.setdefault(given["name"], []).append(html.unescape(given.get("value", "")))
    return html.unescape(action.group(1)) if action else "", hidden


def after_signing_in_again(browser: Browser, email: str, path: str, fields: dict[str, Any]) -> TestResponse:
    """Post without a session, sign in where it is asked, and open the form again."""
    with browser.client.session_transaction() as session:
        session.clear()
    browser.token = None
    asked = browser.post(path, fields)
    assert asked.status_code == 401
    action, hidden = form_in(asked)
    signed_in = browser.post(action, {**hidden, "email": email, "password": PASSPHRASE})
    action, hidden = form_in(signed_in)
    assert action == path
    browser.token = hidden["csrf_token"][0]
    return browser.post(action, hidden)


def test_the_text_of_a_request_survives_the_end_of_the_session(world: World, browse) -> None:
    browser, fields = browse(world.coordinator), request_fields(world.service, need=LONG)
    new = "/demandes/nouvelle?etape=besoin"
    browser.get(new)
    shown = after_signing_in_again(browser, world.coordinator.person.email, new, fields)
    assert shown.status_code == 200
    assert count(SupportRequest) == 0, "nothing is sent by signing in"
    assert html.escape(LONG.strip(), quote=False) in shown.text
    assert "a-key" in shown.text
    assert browser.post(new, fields).status_code == 302
    assert the_request().need == LONG.strip()


def test_the_text_of_a_review_survives_the_end_of_the_session(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    browser, path = browse(world.practitioner), page_of(request, assignment, "terminer")
    browser.get(page_of(request))
    fields = {"reason": "partly_helped", "message": LONG}
    shown = after_signing_in_again(browser, world.practitioner.person.email, path, fields)
    assert shown.status_code == 200
    assert the_assignment().state is A.ACCEPTED
    assert html.escape(LONG.strip(), quote=False) in shown.text
    assert re.search(r'<input[^>]* value="partly_helped"[^>]* checked', shown.text)
    assert re.search(r'<details class="action[^>]* id="action-complete-\d+" open', shown.text), (
        "the form is open"
    )
    assert browser.post(path, fields).status_code == 302
    assert the_assignment().review == LONG.strip()


def test_the_text_of_a_report_survives_the_end_of_the_session(make: Builder, world: World, browse) -> None:
    second = make.practitioner(world.partner)
    assignment = make.raw_assignment(make.raw_request(world.coordinator), world.partner, A.ACCEPTED)
    browser, path = browse(world.practitioner), page_of(the_request(), assignment, "intervention")
    people = [str(world.practitioner.person_id), str(second.person_id)]
    fields = log_fields(0, practitioner_ids=people, report=LONG)
    shown = after_signing_in_again(browser, world.practitioner.person.email, path, fields)
    assert shown.status_code == 200
    assert html.escape(LONG.strip(), quote=False) in shown.text
    for one in people:
        assert re.search(rf'<input[^>]* value="{one}"[^>]* checked', shown.text)
    assert browser.post(path, fields).status_code == 302
    assert count(Intervention) == 1

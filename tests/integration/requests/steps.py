"""A small world, and the steps that tests of requests and interventions share."""

import html
import re
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership
from portal.catalogue.models import Service
from portal.db import db, transaction
from portal.interventions.steps import OF_INTERVENTIONS
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Partner
from portal.requests import steps
from portal.requests.inbox import queries as inbox
from portal.requests.models import Assignment, SupportRequest
from portal.requests.page import DOORS
from portal.requests.steps import OF_ASSIGNMENTS, OF_REQUESTS, AssignmentState
from portal.steps import Step
from tests.browser import Browser
from tests.builders import Builder
from tests.days import days_ago

EVERY_STEP = (*OF_REQUESTS, *OF_ASSIGNMENTS, *OF_INTERVENTIONS)
DO = {door.step: door.do for door in DOORS}
PATHS = {door.step: door.path for door in DOORS}
ENGLISH = re.compile(r"\b(the|this|that|choose|type|not|invalid|field|must)\b", re.IGNORECASE)
A = AssignmentState
STARTS: dict[Step[Any], tuple[str, AssignmentState | None]] = {
    steps.ROUTE: ("cell", None),
    steps.WITHDRAW: ("coordinator", None),
    steps.DROP: ("cell", None),
    steps.TAKE: ("practitioner", A.PROPOSED),
    steps.ASSIGN: ("manager", A.PROPOSED),
    steps.CHASE: ("cell", A.PROPOSED),
    steps.CHASE_ANSWER: ("cell", A.ON_HOLD),
    steps.ASK_NEWS: ("cell", A.ACCEPTED),
    steps.GO_ON: ("practitioner", A.ACCEPTED),
    steps.ACCEPT: ("practitioner", A.PROPOSED),
    steps.DECLINE: ("practitioner", A.PROPOSED),
    steps.ASK: ("practitioner", A.PROPOSED),
    steps.ANSWER: ("coordinator", A.ON_HOLD),
    steps.CHANGE_REFERENT: ("manager", A.ACCEPTED),
    steps.HAND_BACK: ("practitioner", A.ACCEPTED),
    steps.COMPLETE: ("practitioner", A.ACCEPTED),
    steps.REOPEN: ("coordinator", A.COMPLETED),
    steps.CANCEL: ("cell", A.PROPOSED),
    steps.ADD_INFORMATION: ("coordinator", None),
    steps.REMIND: ("coordinator", A.PROPOSED),
    steps.THANK: ("coordinator", A.COMPLETED),
    steps.LEAD: ("cell", A.ACCEPTED),
}
"""Of each step that has a door: who does it, and from which state of an assignment (None: about the whole request)."""


def values_for(action: Step[Any]) -> dict[str, Any]:
    """What else an assignment must be: a pole reminds only one that is late, a cell presses none that is new."""
    past = days_ago(12)
    if action is steps.REMIND:
        return {"proposed_at": past, "due_on": clock.today() - timedelta(days=2)}
    if action is steps.CHASE_ANSWER:
        return {"proposed_at": past, "held_on": clock.today() - timedelta(days=9)}
    return {"proposed_at": past} if action in steps.PRESSING else {}


def part_for(
    action: Step[Any], make: Builder, request: SupportRequest, partner: Partner, state: AssignmentState
) -> Assignment:
    """An assignment where the action can be done: who comes to lead works together with somebody who did."""
    values = values_for(action)
    if action is steps.LEAD:
        values["lead_id"] = make.raw_assignment(request, make.partner(), state).id
    return make.raw_assignment(request, partner, state, **values)


class World(NamedTuple):
    coordinator: Membership
    colleague: Membership
    partner: Partner
    practitioner: Membership
    manager: Membership
    cell: Membership
    national: Membership
    service: Service


def build_world(make: Builder) -> World:
    """One pole of Normandie, one partner there, one service, both cells."""
    with make.at_once():
        coordinator = make.coordinator()
        partner = make.partner(regions=("28",))
        return World(
            coordinator=coordinator,
            colleague=make.member(coordinator.organisation, Role.COORDINATOR),
            partner=partner,
            practitioner=make.practitioner(partner),
            manager=make.manager(partner),
            cell=make.regional_admin("28"),
            national=make.national_admin(),
            service=make.service(partner),
        )


def actor_of(membership: Membership) -> Actor:
    """Who acts when this person is signed in."""
    return membership.person.acting_for(membership)


def late_count(actor: Actor) -> int:
    """How many requests of a cell have a partner that is late."""
    return inbox.counts(actor, inbox.folders(actor))["en-retard"]


def the_request() -> SupportRequest:
    return db.session.scalars(select(SupportRequest).execution_options(populate_existing=True)).one()


def the_assignment() -> Assignment:
    return db.session.scalars(select(Assignment).execution_options(populate_existing=True)).one()


def mails() -> set[tuple[str, str]]:
    """(kind, recipient) of what was written since last asked."""
    rows = db.session.execute(
        select(OutboxEmail.kind, OutboxEmail.recipient).where(OutboxEmail.attempts == 0)
    )
    found = {(kind, recipient) for kind, recipient in rows}
    with transaction() as session:
        session.execute(update(OutboxEmail).values(attempts=1))
    return found


def request_fields(service: Service, **changes: str) -> dict[str, str]:
    """A request as its form sends it."""
    return {
        "once": "a-key",
        "service_id": str(service.id),
        "need": "Nous cherchons comment partager nos locaux.",
        "mode": "either",
        "contact_preference": "email",
        "intent": "send",
        **changes,
    }


STEPS_OF_THE_FORM = {
    "besoin": {"subject", "need"},
    "souhaits": {"wished_from", "wished_until", "mode", "contact_preference", "phone"},
    "documents": {"documents", "kept_document_ids"},
}


def ask(browser: Browser, fields: dict[str, Any]) -> TestResponse:
    """Begin a request by its service, and write it to its end."""
    first = {name: fields[name] for name in ("once", "service_id") if name in fields}
    answer = browser.post("/demandes/nouvelle", first)
    return write(browser, answer, fields) if "/modifier/" in (answer.location or "") else answer


def ask_again(browser: Browser, page: str, fields: dict[str, Any]) -> TestResponse:
    """Write a draft again, its service first."""
    answer = browser.post(f"{page}/modifier/service", {"service_id": fields["service_id"]})
    return write(browser, answer, fields) if answer.status_code == 302 else answer


def write(browser: Browser, begun: TestResponse, fields: dict[str, Any]) -> TestResponse:
    """Write each step that holds one of these, then send it where `intent` says so; what answers last, or refuses."""
    page = begun.location.partition("/modifier/")[0]
    answer = begun
    for step, names in STEPS_OF_THE_FORM.items():
        if held := {name: value for name, value in fields.items() if name in names}:
            answer = browser.post(f"{page}/modifier/{step}", {**held, "intent": "plus-tard"})
            if answer.status_code != 302:
                return answer
    return browser.post(f"{page}/envoyer") if fields.get("intent") == "send" else answer


def log_fields(person_id: int, **changes: Any) -> dict[str, Any]:
    """An intervention of today as its form sends it."""
    return {
        "once": "log-key",
        "on": clock.today().isoformat(),
        "minutes": "420",
        "place_kind": "on_site",
        "place": "Rouen",
        "practitioner_ids": [str(person_id)],
        "participants": "7",
        "report": "Nous avons posé le partage des locaux.",
        "next_step": "Écrire la convention.",
        **changes,
    }


def page_of(request: SupportRequest, assignment: Assignment | None = None, action: str = "") -> str:
    """The address of a request, or of an action on it."""
    path = f"/demandes/{request.reference}"
    if assignment is not None:
        path += f"/affectations/{assignment.id}"
    return f"{path}/{action}" if action else path


def errors_of(answer: TestResponse, field: str) -> str:
    """What the page says beside a field, in words."""
    found = re.search(rf'id="{re.escape(field)}-error".*?</p>', answer.text, re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", " ", found.group(0).split(">", 1)[1])).strip() if found else ""


def check_refused(answer: TestResponse, *fields: str) -> None:
    """The form is shown again, with a sentence in French on each of these fields."""
    assert answer.status_code == 422
    for field in fields:
        said = errors_of(answer, field)
        assert said, f"nothing is said on {field}"
        assert not ENGLISH.search(said), said
    assert "error-summary" in answer.text

"""For whom one acts, at every door: what was opened for one of one's organisations is never done for another."""

import html
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from portal.db import Model, db, transaction
from portal.safety.models import SignInSession
from portal.web.blueprint import is_of_an_organisation
from tests.access import world as worlds
from tests.access.drawn import DrawnForm, forms_of
from tests.access.matrix import ROWS, Row
from tests.access.test_matrix import address, answer_of
from tests.access.world import FORMS, World
from tests.browser import Browser
from tests.builders import PASSPHRASE, Builder
from tests.integration.safety.steps import set_up_application

pytestmark = pytest.mark.one_database

SWITCH = "/mon-compte/agir-pour"
TYPED = "Ce que j’avais <b>écrit</b>"
POSTS = [row for row in ROWS if row.method == "POST" and row.who_gets("302", "200", "422")]
# What is the same for whichever organisation one acts: one's own account, and what needs no account.
OF_ONESELF = (
    "notifications.less_often",
    "by_mail.",
    "confirmation.act_by_mail",
    "confirmation.take_back_by_mail",
    "dates_by_mail.",
    "reply_by_mail.",
    "mailbox.",
    "security.",
    "safety.",
    "accounts.",
    "personal_data.",
    "guests.",
    "guest_pages.say",
    "presence.come",
    "received.act_by_mail",
    "received.take_back_by_mail",
    "registrations.leave",
    "registrations.take",
    "home.",
    "people.stop_viewing",
)
OF_CELLS = {f"applications.{step}" for step in ("check_company", "advise", "ask", "admit", "refuse")}


def is_of_oneself(endpoint: str) -> bool:
    of_applicants = endpoint.startswith("applications.") and endpoint not in OF_CELLS
    return of_applicants or endpoint.startswith(OF_ONESELF)


DEPENDENT = [row for row in POSTS if not is_of_oneself(row.endpoint)]
KEPT = [row for row in DEPENDENT if row.answers["visitor"] == "401"]
READS = [row for row in ROWS if row.method == "GET" and row.endpoint != "static"]
COUNTS = select(
    *(select(func.count()).select_from(table).scalar_subquery() for table in Model.metadata.sorted_tables)
)
SECOND = {
    "pole": lambda make: (make.pole(region_code="11", department_code="75"), Role.COORDINATOR),
    "partner": lambda make: (make.partner(regions=("11",)), Role.MANAGER),
    "cell": lambda make: (make.regional_cell("93"), Role.REGIONAL_ADMIN),
}


@pytest.fixture
def world(make: Builder) -> World:
    return worlds.build(make)


def second(make: Builder, membership: Membership, kind: str) -> Membership:
    """Another membership of the same person, in an organisation that is nothing to what the matrix stands on."""
    organisation, role = SECOND[kind](make)
    return make.member(organisation, role, membership.person)


def a_persona(row: Row) -> str:
    return next(one for one in row.who_gets("302", "200", "422") if one not in {"visitor", "nobody"})


def kind_for(row: Row) -> str:
    return list(SECOND)[POSTS.index(row) % len(SECOND)]


def switch(browser: Browser, membership: Membership) -> str | None:
    """Act for another organisation in another tab; the token of the page open in this one."""
    browser.get("/donnees-personnelles")
    before = browser.token
    assert browser.post(SWITCH, {"membership_id": membership.id}).status_code == 302
    return before


def acts_for(browser: Browser) -> int | None:
    with browser.client.session_transaction() as session:
        return session.get("acting_for")


def send(browser: Browser, form: DrawnForm, path: str = "") -> Any:
    return browser.post(form.action or path, form.data)


def is_file(fields: dict[str, Any]) -> bool:
    return any(isinstance(value, tuple) for value in fields.values())


@pytest.mark.parametrize("row", DEPENDENT, ids=str)
def test_a_form_opened_for_another_of_ones_organisations_is_not_sent(
    app: Flask, world: World, row: Row
) -> None:
    persona = a_persona(row)
    membership = world.member(persona)
    path, fields = address(app, row, world), FORMS[row.endpoint](world, persona)
    other = second(world.make, membership, kind_for(row))
    browser = Browser(app, membership)
    opened = switch(browser, other)

    before = db.session.execute(COUNTS).one()
    refused = browser.post(path, {**fields, "csrf_token": opened, "typed": TYPED})
    assert refused.status_code == 409
    assert db.session.execute(COUNTS).one() == before
    assert acts_for(browser) == other.id, "nobody has chosen yet"
    assert html.escape(TYPED, quote=False) in refused.text.partition("<main")[2]

    offered = forms_of(refused.text)
    again = offered[0]
    assert membership.organisation.name in again.words
    answer = send(browser, again)
    assert acts_for(browser) == membership.id
    if not is_file(fields):
        assert answer_of(answer) == row.answers[persona], "one click sends it for whom it was meant"


def test_the_posts_of_oneself_are_those_we_chose(app: Flask) -> None:
    """Every other one is refused when it was drawn for somebody else. Adding one is a decision: write it above."""
    oneself = {
        row.endpoint for row in ROWS if not is_of_an_organisation(app, row.endpoint) and row.method == "POST"
    }
    assert oneself == {row.endpoint for row in ROWS if row.method == "POST" and is_of_oneself(row.endpoint)}


def test_what_both_may_send_can_be_sent_for_either(app: Flask, make: Builder) -> None:
    first = make.coordinator()
    other = make.member(make.pole(), Role.COORDINATOR, first.person)
    browser = Browser(app, first)
    opened = switch(browser, other)
    fields = {"csrf_token": opened, "need": TYPED, "once": "abc"}
    offered = forms_of(browser.post("/demandes/nouvelle?etape=besoin", fields).text)
    assert [form.words.strip().rpartition(" pour ")[2] for form in offered] == [
        first.organisation.name,
        other.organisation.name,
    ]
    assert send(browser, offered[1]).status_code == 302
    assert acts_for(browser) == other.id
    table = Model.metadata.tables["support_request"]
    assert db.session.execute(select(table.c.pole_id, table.c.need)).all() == [(other.organisation_id, TYPED)]


@pytest.mark.parametrize("ended", ["membership", "organisation"])
def test_a_form_of_an_ended_membership_is_sent_for_nobody_unasked(
    app: Flask, make: Builder, ended: str
) -> None:
    first = make.coordinator()
    other = make.member(make.pole(), Role.COORDINATOR, first.person)
    browser = Browser(app, first)
    browser.get("/donnees-personnelles")
    with transaction() as session:
        if ended == "membership":
            session.execute(update(Membership).where(Membership.id == first.id).values(ended_at=clock.now()))
        else:
            organisation = Model.metadata.tables["organisation"]
            session.execute(
                update(organisation).where(organisation.c.id == first.organisation_id).values(active=False)
            )
    refused = browser.post("/demandes/nouvelle?etape=besoin", {"need": TYPED, "intent": "draft"})
    assert refused.status_code == 409
    assert html.escape(TYPED, quote=False) in refused.text
    (offered,) = forms_of(refused.text)
    assert other.organisation.name in offered.words
    assert first.organisation.name not in refused.text.partition("<main")[2]


def test_nobody_acts_for_a_membership_of_somebody_else(app: Flask, make: Builder) -> None:
    mine, theirs = make.coordinator(), make.coordinator()
    browser = Browser(app, mine)
    browser.get("/donnees-personnelles")
    assert browser.token
    forged = f"{browser.token.rpartition('~')[0]}~{theirs.id}"
    answer = browser.post(
        "/demandes/nouvelle?etape=besoin", {"need": TYPED, "csrf_token": forged, "meant": "1"}
    )
    assert answer.status_code == 409
    assert theirs.organisation.name not in answer.text
    assert acts_for(browser) == mine.id


@pytest.mark.parametrize("token", ["forged~{}", "~{}", "forged", "{}", ""])
def test_choosing_needs_a_token_of_ours(app: Flask, make: Builder, token: str) -> None:
    first = make.coordinator()
    other = make.member(make.pole(), Role.COORDINATOR, first.person)
    browser = Browser(app, other)
    sent = {"need": TYPED, "csrf_token": token.format(first.id), "meant": "1"}
    assert browser.post("/demandes/nouvelle?etape=besoin", sent).status_code == 400
    assert acts_for(browser) == other.id


@pytest.mark.parametrize("row", KEPT, ids=str)
def test_after_an_ended_session_one_acts_for_the_same_again(app: Flask, world: World, row: Row) -> None:
    persona = a_persona(row)
    path, fields = address(app, row, world), FORMS[row.endpoint](world, persona)
    if not any(fields.values()) or is_file(fields):
        return  # nothing is kept of it
    membership = world.member(persona)
    other = second(world.make, membership, kind_for(row))
    browser = Browser(app, membership)
    opened = switch(browser, other)
    with transaction() as session:
        session.execute(update(SignInSession).values(ended_at=clock.now()))
    asked = browser.post(path, {**fields, "csrf_token": opened})
    assert asked.status_code == 401
    (sign_in,) = forms_of(asked.text)
    resumed = browser.post(
        sign_in.action, {**sign_in.data, "email": membership.person.email, "password": PASSPHRASE}
    )
    (again,) = forms_of(resumed.text)
    assert acts_for(browser) == membership.id
    assert send(browser, again).status_code not in {403, 404, 409}, "its form is shown again"
    assert answer_of(browser.post(path, fields)) == row.answers[persona]


def test_after_an_ended_session_pages_are_of_the_same_organisation(app: Flask, make: Builder) -> None:
    first = make.coordinator()
    other = make.member(make.pole(), Role.COORDINATOR, first.person)
    browser = Browser(app, other)
    with transaction() as session:
        session.execute(update(SignInSession).values(ended_at=clock.now()))
    asked = browser.get("/mon-organisation").location
    browser.get(asked)
    browser.post(asked, {"email": first.person.email, "password": PASSPHRASE})
    assert browser.get("/mon-organisation").location.endswith(f"/{other.organisation_id}")


@pytest.mark.parametrize("persona", ["coordinator", "practitioner", "regional", "national", "observer"])
def test_a_page_of_another_of_ones_organisations_says_whose_it_is(
    app: Flask, world: World, persona: str
) -> None:
    """Opened while acting for an organisation of each kind in turn."""
    membership = world.member(persona)
    others = [second(world.make, membership, kind) for kind in SECOND]
    own, wrong = Browser(app, membership), {}
    for number, row in enumerate(READS):
        if not is_of_an_organisation(app, row.endpoint) or "token" in row.stage:
            continue
        path, chosen = address(app, row, world), Browser(app, others[number % len(others)])
        with chosen.get(path) as answer:
            if answer.status_code < 400:
                continue
            offered = [
                one
                for one in forms_of(answer.text)
                if one.action == SWITCH and membership.organisation.name in one.words
            ]
        with own.get(path) as opened:
            theirs = answer_of(opened)
        if theirs not in {"200", "302"}:
            wrong |= {str(row): "offers what nobody may open"} if offered else {}
        elif not offered:
            wrong[str(row)] = f"{answer.status_code} without a way on"
        else:
            with chosen.get(send(chosen, offered[0]).location) as opened:
                assert answer_of(opened) == theirs
    assert not wrong


def test_whoever_signs_in_by_a_link_lands_where_it_leads(app: Flask, make: Builder) -> None:
    """Pole first, partner second, the link of a request of the partner."""
    first = make.coordinator()
    partner = make.partner()
    second_hat = make.member(partner, Role.PRACTITIONER, first.person)
    request = make.raw_request()
    make.raw_assignment(request, partner)
    path, browser = f"/demandes/{request.reference}", Browser(app, None)
    asked = browser.get(path).location
    browser.get(asked)
    answer = browser.post(asked, {"email": first.person.email, "password": PASSPHRASE})
    while answer.status_code == 302:
        answer = browser.get(answer.location)
    assert answer.status_code == 200
    assert request.reference in answer.text
    assert acts_for(browser) == second_hat.id
    assert partner.name in answer.text


def test_whoever_may_change_a_record_for_both_is_asked_for_which(app: Flask, make: Builder) -> None:
    """A pole and its cell: what names a thing can be sent by either who may open its page, whatever was typed."""
    first = make.coordinator(make.pole(region_code="28"))
    cell = make.member(make.regional_cell("28"), Role.REGIONAL_ADMIN, first.person)
    browser = Browser(app, first)
    opened = switch(browser, cell)
    path = f"/organisations/{first.organisation_id}/modifier"
    with browser.app.app_context():
        (form,) = [one for one in forms_of(browser.client.get(path).text) if not one.action]
    fields = {**form.data, "csrf_token": opened, "name": "Un autre nom", "town": "", "region": "28"}
    refused = browser.post(path, fields)
    assert refused.status_code == 409
    assert len(forms_of(refused.text)) == 2
    assert first.organisation.name != "Un autre nom"


def test_a_partner_never_answers_in_the_name_of_another(app: Flask, make: Builder) -> None:
    """Two partners asked for the same request: what one opened is offered to that one alone."""
    first = make.practitioner()
    other = make.member(make.partner(), Role.PRACTITIONER, first.person)
    request = make.raw_request()
    assignment = make.raw_assignment(request, first.organisation)
    make.raw_assignment(request, other.organisation)
    browser = Browser(app, first)
    opened = switch(browser, other)
    path = f"/demandes/{request.reference}/affectations/{assignment.id}/refuser"
    fields = {"reason": "no_capacity", "message": TYPED, "csrf_token": opened}
    (offered,) = forms_of(browser.post(path, fields).text)
    assert first.organisation.name in offered.words
    assert send(browser, offered).status_code == 302


def test_after_the_second_step_one_acts_for_the_same_again(app: Flask, make: Builder) -> None:
    first = make.coordinator()
    other = make.member(make.pole(), Role.COORDINATOR, first.person)
    browser = Browser(app, other)
    _telephone, codes = set_up_application(browser)
    browser.get("/donnees-personnelles")
    opened = browser.token
    with transaction() as session:
        session.execute(update(SignInSession).values(ended_at=clock.now()))
    browser.client.delete_cookie("session")
    browser.get("/donnees-personnelles")
    asked = browser.post(
        "/demandes/nouvelle?etape=besoin", {"need": TYPED, "csrf_token": opened, "intent": "draft"}
    )
    sign_in = forms_of(asked.text)[0]
    step = browser.post(sign_in.action, {**sign_in.data, "email": first.person.email, "password": PASSPHRASE})
    second_step = forms_of(step.text)[-1]
    resumed = browser.post(second_step.action, {**second_step.data, "code": codes[0]})
    assert acts_for(browser) == other.id
    assert html.escape(TYPED, quote=False) in send(browser, forms_of(resumed.text)[0]).text

"""The commands of an operator."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from portal.access.roles import Role
from portal.accounts import queries as people
from portal.accounts.models import Membership
from portal.calendars.models import CalendarInvitation
from portal.catalogue.models import Delivery, Service
from portal.db import Model, db
from portal.notifications.models import OutboxEmail
from portal.organisations.models import NationalCell, Partner, Pole
from portal.personal_data.queries import ADDRESSES
from portal.reminders.rules import ReminderState
from portal.requests.steps import AssignmentState
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.accounts.steps import is_signed_in, sign_in
from tests.integration.safety.steps import set_up_application
from tests.integration.teams.steps import invite
from tests.sessions import raw_registration, raw_session

ADMIN = ("create-admin", "anne.martin@exemple.test", "Anne", "Martin")


def run(app: Flask, *arguments: str) -> str:
    """What a command says; it must succeed."""
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code == 0, result.output
    return result.output


def refused(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(args=arguments)
    assert result.exit_code != 0
    return result.output


def count(column) -> int:
    return db.session.scalar(select(func.count(column))) or 0


@pytest.mark.usefixtures("database")
def test_the_reference_data_can_be_loaded_again(app: Flask) -> None:
    run(app, "load-reference")
    first = [
        count(column) for column in (Pole.id, Service.id, Partner.id, Delivery.service_id, NationalCell.id)
    ]
    run(app, "load-reference")
    assert first[:2] == [62, 8]
    assert first == [
        count(column) for column in (Pole.id, Service.id, Partner.id, Delivery.service_id, NationalCell.id)
    ]


@pytest.mark.usefixtures("database")
def test_real_partners_stay_out_of_a_demonstration(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMONSTRATION", True)
    assert "invented" in refused(app, "load-reference")
    assert count(Partner.id) == 0


@pytest.mark.usefixtures("database")
def test_invented_activity_stays_out_of_a_real_portal(app: Flask) -> None:
    assert "demonstration" in refused(app, "load-demo")
    assert count(Pole.id) == 0


@pytest.mark.usefixtures("database")
def test_the_first_administrator_gets_a_link_and_no_e_mail(app: Flask) -> None:
    said = run(app, *ADMIN)
    person = people.by_email("anne.martin@exemple.test")
    assert person is not None
    assert [one.role for one in person.memberships] == [Role.NATIONAL_ADMIN]
    assert count(OutboxEmail.id) == 0
    path = re.search(r"http://portal\.test(/\S+)", said)
    assert path is not None
    assert Browser(app, None).get(path.group(1)).status_code == 200


@pytest.mark.usefixtures("database")
def test_a_second_administrator_joins_the_same_cell(app: Flask) -> None:
    run(app, *ADMIN)
    run(app, *ADMIN)
    run(app, "create-admin", "luc@exemple.test", "Luc", "Petit")
    assert count(NationalCell.id) == 1


@pytest.mark.usefixtures("database")
def test_what_is_no_address_is_refused(app: Flask) -> None:
    assert "not an e-mail address" in refused(app, "create-admin", "anne", "Anne", "Martin")


def test_the_check_finds_a_state_that_its_assignments_do_not_make(app: Flask, make: Builder) -> None:
    request = make.raw_request()
    make.raw_assignment(request, make.partner(), AssignmentState.PROPOSED)
    make.raw_request()
    assert run(app, "check").startswith("Nothing is wrong: ")
    with db.engine.connect() as connection:
        statement = text("UPDATE support_request SET state = 'completed' WHERE id = :id")
        connection.execute(statement, {"id": request.id})
        connection.commit()
    said = refused(app, "check")
    assert f"{request.reference} is stored as completed and should be proposed" in said
    assert "1 wrong state" in said


ADDRESS_WORDS = ("mail", "recipient", "reply_to", "mailbox")
NO_ADDRESS_TO_WRITE_TO = {
    "outbox_email.recipient_name",
    "outbox_email.reply_to",  # left out of the e-mail where it cannot be written to
    "outbox_email.reply_to_name",
    "email_change.old_email",  # one that was written to
    "worker_heartbeat.mail_error",
    "worker_heartbeat.mail_away_since",
}
NAMED_OTHERWISE = {"calendar_invitation.address"}


def test_the_check_looks_at_every_column_of_addresses() -> None:
    columns = {
        f"{table.name}.{column.name}"
        for table in Model.metadata.sorted_tables
        for column in table.columns
        if any(word in column.name for word in ADDRESS_WORDS)
    }
    looked_at = {f"{one.class_.__tablename__}.{one.key}" for one, _name, _counts in ADDRESSES}
    assert looked_at == (columns | NAMED_OTHERWISE) - NO_ADDRESS_TO_WRITE_TO


@pytest.mark.parametrize("address", ["hélène@exemple.test", "a@b", "a@b.fr, c@d.fr", "a\u200b@b.fr"])
def test_the_check_finds_stored_addresses_that_nobody_can_write_to(
    app: Flask, make: Builder, browse, address: str
) -> None:
    member = make.coordinator()
    make.raw_application()
    make.raw_guest(make.raw_request(member), member)
    invited_to_a_date(make, member)
    raw_registration(make, raw_session(make, member, make.service()), member)
    make.raw_reminder(ReminderState.DUE)
    invite(browse(member), member)
    browse(member).post("/mon-compte/securite/adresse", {"email": "autre@exemple.test"})
    assert "no addresses that nobody can write to" in run(app, "check")
    for column, *_rest in ADDRESSES:
        table, stored = column.class_.__table__, column.property.columns[0]
        before = db.session.execute(select(table.c.id, stored)).all()
        write(table, stored, {number: address for number, _right in before})
        said = refused(app, "check")
        assert f"{table.name} " in said
        assert column.key in said
        assert address not in said, "logs keep no address"
        write(table, stored, dict(map(tuple, before)))
    assert "no addresses that nobody can write to" in run(app, "check")


def invited_to_a_date(make: Builder, member: Membership) -> None:
    partner = make.partner()
    part = make.raw_assignment(make.raw_request(member), partner, AssignmentState.ACCEPTED)
    planned = make.raw_intervention(part, member.person)
    about = {"intervention_id": planned.id, "organisation_id": member.organisation_id}
    make._save(CalendarInvitation(**about, address=member.person.email, sequence=0, digest="0" * 16))


def write(table: Any, column: Any, values: dict[int, str | None]) -> None:
    with db.engine.begin() as connection:
        for number, value in values.items():
            connection.execute(update(table).where(table.c.id == number).values({column.name: value}))


@pytest.mark.usefixtures("database")
def test_a_region_gets_its_cell_and_its_people(app: Flask) -> None:
    said = run(app, "add-cell", "28", "CRESS Normandie")
    (number,) = re.findall(r"organisation (\d+) and follows Normandie", said)
    said = run(app, "add-member", number, "regional_admin", "zoe@exemple.test", "Zoé", "Petit")
    assert "/mot-de-passe-oublie/" in said
    assert [person.email for person in people.cell_people("28")] == ["zoe@exemple.test"]


def test_a_role_must_fit_the_organisation(app: Flask, make: Builder) -> None:
    pole = make.pole()
    said = refused(app, "add-member", str(pole.id), "manager", "zoe@exemple.test", "Zoé", "Petit")
    assert "coordinator, member" in said
    assert people.by_email("zoe@exemple.test") is None
    assert "no organisation" in refused(
        app, "add-member", "999", "member", "zoe@exemple.test", "Zoé", "Petit"
    )


def test_a_cell_is_told_of_the_second_factor(app: Flask, database: None, monkeypatch) -> None:
    assert "second factor" not in run(app, *ADMIN)
    monkeypatch.setitem(app.config, "TWO_FACTORS_FOR_CELLS", True)
    assert "second factor" in run(app, *ADMIN)


def test_who_lost_everything_signs_in_with_the_password_again(app: Flask, make: Builder) -> None:
    person = make.person()
    browser = Browser(app, person)
    set_up_application(browser)
    assert "signs in with the password alone" in run(app, "remove-second-factors", person.email)
    assert not is_signed_in(browser)
    assert sign_in(Browser(app, None), person).status_code == 302
    assert "no account" in refused(app, "remove-second-factors", "personne@exemple.test")

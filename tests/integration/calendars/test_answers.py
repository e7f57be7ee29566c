"""What a calendar answers confirms or refuses the date; who comes hears of a refusal."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal import clock
from portal.accounts.models import Membership
from portal.calendars import queries
from portal.calendars.rules import Answer
from portal.interventions import steps
from portal.mailbox import service as mailbox
from portal.mailbox.rules import Outcome
from tests.builders import Builder
from tests.integration.calendars.steps import INBOX, change, day, intervention, outbox, parsed, plan
from tests.integration.mailbox.steps import written
from tests.integration.requests.steps import AssignmentState, World

REPLY = """BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
SEQUENCE:{sequence}
DTSTAMP:{stamp}
ATTENDEE;PARTSTAT={answer}:mailto:{attendee}
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture(autouse=True)
def inbox(app: Flask) -> Iterator[None]:
    before, app.config["MAIL_INBOX"] = app.config["MAIL_INBOX"], INBOX
    yield
    app.config["MAIL_INBOX"] = before


@pytest.fixture
def number(make: Builder, world: World) -> int:
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    return plan(world.practitioner, assignment, day(20), [world.practitioner.person_id])


def reply(member: Membership, answer: str, place: int = -1, **changes: Any) -> Outcome:
    """To the organiser of what their calendar was sent, the last unless `place` says which."""
    me = member.person.email
    mine = [each for each in outbox() if each.calendar and each.recipient == me][place]
    _method, event = parsed(mine.calendar)
    said = {"uid": event.uid, "sequence": event.sequence, "attendee": me, "answer": answer}
    stamp = clock.now().strftime("%Y%m%dT%H%M%SZ")
    letter = written(changes.pop("sender", me), "")
    text = REPLY.format(**{**said, "stamp": stamp, **changes})
    letter.add_attachment(text.encode(), maintype="text", subtype="calendar")
    organiser = event.organizer.uri.partition(":")[2]
    return mailbox.receive(organiser, letter.as_bytes(), me)


def answers(number: int) -> dict[str, Answer | None]:
    return {address: each.answer for address, each in queries.held([number])[number].items()}


def test_accepting_confirms_the_date_on_the_page_and_tells_nobody(
    number: int, world: World, browse: Any
) -> None:
    before = len(outbox())
    assert reply(world.coordinator, "ACCEPTED") is Outcome.CALENDAR
    assert answers(number)[world.coordinator.person.email] is Answer.ACCEPTED
    assert len(outbox()) == before
    reference = queries.reference_of(number)
    for member in (world.coordinator, world.practitioner):
        page = browse(member).get(f"/demandes/{reference}").get_data(as_text=True)
        assert "Date confirmée" in page
        assert world.coordinator.person.name in page


def test_declining_is_told_to_who_comes_and_shown_with_what_to_do(
    number: int, world: World, browse: Any
) -> None:
    before = len(outbox())
    reply(world.coordinator, "DECLINED")
    assert [(each.kind, each.recipient) for each in outbox()[before:]] == [
        ("calendars/declined_practitioner", world.practitioner.person.email)
    ]
    page = browse(world.practitioner).get(f"/demandes/{queries.reference_of(number)}").get_data(as_text=True)
    assert "convenez d’une autre date" in page
    reply(world.coordinator, "DECLINED")
    assert len(outbox()) == before + 1, "said once"
    reply(world.coordinator, "ACCEPTED")
    assert outbox()[-1].kind == "calendars/after_all_practitioner"


@pytest.mark.parametrize(
    "changes", [{"attendee": "autre@exemple.test"}, {"uid": "autre"}, {"sender": "a@b.test"}]
)
def test_of_somebody_else_or_of_another_date_nothing_changes(
    number: int, world: World, changes: dict[str, Any]
) -> None:
    assert reply(world.coordinator, "DECLINED", **changes) is not Outcome.CALENDAR
    assert set(answers(number).values()) == {None}


def test_the_address_of_one_invitation_takes_no_answer_to_another(number: int, world: World) -> None:
    colleague = world.colleague.person.email
    assert reply(world.coordinator, "DECLINED", attendee=colleague, sender=colleague) is not Outcome.CALENDAR
    assert set(answers(number).values()) == {None}


def test_an_answer_to_what_was_changed_since_does_not_count(number: int, world: World) -> None:
    reply(world.coordinator, "ACCEPTED")
    change(world.practitioner, number, steps.CORRECT, day(22), [world.practitioner.person_id])
    assert answers(number)[world.coordinator.person.email] is None, (
        "who accepted a day has not accepted another"
    )
    assert reply(world.coordinator, "ACCEPTED", place=0) is Outcome.CALENDAR
    assert answers(number)[world.coordinator.person.email] is None
    reply(world.coordinator, "ACCEPTED")
    assert answers(number)[world.coordinator.person.email] is Answer.ACCEPTED


def test_of_two_answers_the_later_counts_whichever_comes_first(number: int, world: World) -> None:
    reply(world.coordinator, "ACCEPTED")
    reply(world.coordinator, "DECLINED", stamp="20200101T000000Z")
    assert answers(number)[world.coordinator.person.email] is Answer.ACCEPTED


def test_what_is_called_off_takes_no_answer(number: int, world: World) -> None:
    change(world.practitioner, number, steps.CALL_OFF)
    reply(world.coordinator, "ACCEPTED")
    assert answers(number)[world.coordinator.person.email] is None
    assert intervention(number).state == "called_off"


def test_a_pole_does_not_read_what_those_who_come_answered(number: int, world: World, browse: Any) -> None:
    reply(world.practitioner, "DECLINED")
    reference = queries.reference_of(number)
    assert "Date refusée" in browse(world.manager).get(f"/demandes/{reference}").get_data(as_text=True)
    assert "Date refusée" not in browse(world.coordinator).get(f"/demandes/{reference}").get_data(
        as_text=True
    )
    told = [each.recipient for each in outbox() if each.kind == "calendars/declined_practitioner"]
    assert told == [world.manager.person.email]

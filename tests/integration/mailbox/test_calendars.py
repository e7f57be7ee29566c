"""The answer of a calendar is handed to whoever declared the event: here, an invented feature."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.feature import Feature
from portal.mailbox import service as mailbox
from portal.mailbox.letters.rules import CalendarReply, calendar_reply
from portal.mailbox.rules import Outcome
from tests.integration.conversation.steps import Scene, say
from tests.integration.mailbox.steps import address_of, got, said, written

REPLY = """\
BEGIN:VCALENDAR
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
SEQUENCE:1
ATTENDEE;CN="Lise Marchand";
 PARTSTAT=DECLINED:mailto:{attendee}
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def answers(app: Flask) -> Iterator[list[CalendarReply]]:
    """A feature that declared one event, and takes what is answered to it."""
    taken: list[CalendarReply] = []

    def take(answer: CalendarReply) -> bool:
        if answer.uid == "event-1@portal.test":
            taken.append(answer)
        return answer.uid == "event-1@portal.test"

    usual = app.extensions["portal-features"]
    app.extensions["portal-features"] = (*usual, Feature("invented", takes_calendar_reply=take))
    yield taken
    app.extensions["portal-features"] = usual


def reply(scene: Scene, uid: str, attendee: str, sender: str) -> Outcome:
    letter = written(sender, "")
    letter.add_attachment(
        REPLY.format(uid=uid, attendee=attendee).encode(), maintype="text", subtype="calendar"
    )
    return mailbox.receive(address_of(got(scene.world.practitioner)), letter.as_bytes(), sender)


def test_it_is_handed_on_in_the_name_of_who_got_the_e_mail(
    scene: Scene, answers: list[CalendarReply]
) -> None:
    say(scene.world.coordinator, scene, "Venez.", scene.with_(scene.assignment))
    me = scene.world.practitioner.person.email
    assert reply(scene, "event-1@portal.test", me.upper(), me) is Outcome.CALENDAR
    assert answers == [CalendarReply("event-1@portal.test", me, "DECLINED", sequence=1)]
    assert said() == ["Venez."]


@pytest.mark.parametrize(
    ("uid", "attendee", "sender"),
    [
        ("event-2@portal.test", "", ""),
        ("event-1@portal.test", "autre@exemple.test", ""),
        ("event-1@portal.test", "", "autre@exemple.test"),
    ],
)
def test_of_another_event_or_of_somebody_else_it_changes_nothing(
    scene: Scene, answers: list[CalendarReply], uid: str, attendee: str, sender: str
) -> None:
    say(scene.world.coordinator, scene, "Venez.", scene.with_(scene.assignment))
    me = scene.world.practitioner.person.email
    assert reply(scene, uid, attendee or me, sender or me) is not Outcome.CALENDAR
    assert (answers, said()) == ([], ["Venez."])


@pytest.mark.parametrize(
    "broken", ["", "METHOD:REQUEST", "METHOD:REPLY", "METHOD:REPLY\nUID:1\nUID:2\nATTENDEE:x"]
)
def test_what_is_no_answer_is_none(broken: str) -> None:
    assert calendar_reply(broken) is None

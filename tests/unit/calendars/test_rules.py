"""What is written for calendars is what the standard says, whatever names, places and hours are."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ical.calendar_stream import IcsCalendarStream

from portal import clock
from portal.calendars import rules
from portal.calendars.rules import Method, Moment, Party, Shown
from tests.icalendars import checked, moment, text_of

NOW = datetime(2026, 3, 4, 10, 30, tzinfo=UTC)
ASKS = Party("Portail d’appui PTCE", "portail+c7-abcdefghijklmnop@exemple.test")
AWKWARD = (
    "Maison des associations ; 3, rue de l’Été \\ bâtiment B",
    "é" * 200,
    "😀" * 40,
    "Salle “A”\r\nBEGIN:VEVENT\r\nUID:autre",
    'Dire "bonjour": 50 %, puis\tpartir^n',
    "مركز الجمعيات",
)


def shown(text: str = "Une date", at: Moment | None = None) -> Shown:
    day = Moment.of(date(2026, 3, 18), time(9, 30), 90, None)
    return Shown("u-1", 3, at or day, text, "https://portail.test/demandes/1", text, f"{text}\n{text}")


@pytest.mark.parametrize("method", [Method.REQUEST, Method.CANCEL])
@pytest.mark.parametrize("text", AWKWARD)
def test_whatever_is_typed_an_invitation_is_as_the_standard_says(method: Method, text: str) -> None:
    written = rules.invitation(method, shown(text), ASKS, Party(text, "ana@exemple.test"), NOW, asks=True)
    (event,) = checked(written)
    assert event["ATTENDEE"].value == "mailto:ana@exemple.test"
    assert event["ORGANIZER"].value == f"mailto:{ASKS.address}"
    assert text_of(event["SUMMARY"]) == " ".join(text.split())
    assert text_of(event["DESCRIPTION"]).split() == f"{text}\n{text}".split()
    (second,) = IcsCalendarStream.calendar_from_ics(written).events
    assert (second.uid, second.sequence, second.summary) == ("u-1", 3, " ".join(text.split()))
    assert second.location == " ".join(text.split())


TYPED = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=120).filter(
    lambda text: text.strip() == text
)


@given(title=TYPED, name=TYPED, days=st.integers(0, 4000), minutes=st.integers(1, 200))
def test_two_readers_read_the_same(title: str, name: str, days: int, minutes: int) -> None:
    at = Moment.of(date(2026, 1, 1) + timedelta(days=days), time(23, 45), 15 * minutes, "974")
    written = rules.invitation(
        Method.REQUEST, shown(title, at), ASKS, Party(name, "a@b.test"), NOW, asks=False
    )
    (event,) = checked(written)
    (second,) = IcsCalendarStream.calendar_from_ics(written).events
    assert (moment(event["DTSTART"]), moment(event["DTEND"])) == (second.dtstart, second.dtend)
    assert text_of(event["SUMMARY"]) == second.summary
    assert second.dtend - second.dtstart == timedelta(minutes=15 * minutes)


@pytest.mark.parametrize("text", AWKWARD)
def test_a_feed_is_as_the_standard_says_and_may_be_empty(text: str) -> None:
    whole = Moment.of(date(2026, 12, 31), None, 60, None)
    events = checked(rules.feed(text, [shown(text), shown(text, whole)], NOW))
    assert [type(moment(event["DTSTART"])) for event in events] == [datetime, date]
    assert checked(rules.feed(text, [], NOW)) == []


# Of which department (None: Paris), which day and hour there, and which moment that is.
HOURS = {
    "winter": (None, date(2026, 1, 15), time(9), "2026-01-15T08:00"),
    "summer": (None, date(2026, 7, 15), time(9), "2026-07-15T07:00"),
    "before the clock goes forward": (None, date(2026, 3, 29), time(1, 45), "2026-03-29T00:45"),
    "an hour that is skipped": (None, date(2026, 3, 29), time(2, 30), "2026-03-29T01:30"),
    "after it went forward": (None, date(2026, 3, 29), time(3), "2026-03-29T01:00"),
    "an hour that comes twice, the first": (None, date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
    "after it went back": (None, date(2026, 10, 25), time(3), "2026-10-25T02:00"),
    "the first of a month, of the month before in UTC": (
        "974",
        date(2026, 8, 1),
        time(1),
        "2026-07-31T21:00",
    ),
    "the last of a month, of the next in UTC": ("972", date(2026, 7, 31), time(21), "2026-08-01T01:00"),
    "the first of a year": ("976", date(2027, 1, 1), time(0), "2026-12-31T21:00"),
    "the last of a year": ("973", date(2026, 12, 31), time(23, 45), "2027-01-01T02:45"),
    "where no clock changes": ("971", date(2026, 7, 1), time(9), "2026-07-01T13:00"),
}


@pytest.mark.parametrize("case", HOURS)
def test_each_hour_is_that_of_its_place(case: str) -> None:
    department, on, at, expected = HOURS[case]
    (event,) = checked(rules.feed("F", [shown(at=Moment.of(on, at, 90, department))], NOW))
    starts = moment(event["DTSTART"])
    assert starts == datetime.fromisoformat(expected).replace(tzinfo=UTC)
    assert moment(event["DTEND"]) == starts + timedelta(minutes=90)


def test_what_lasts_while_the_clock_changes_lasts_as_long() -> None:
    for day in (date(2026, 3, 29), date(2026, 10, 25)):
        at = Moment.of(day, time(0), 8 * 60, None)
        assert isinstance(at.starts, datetime)
        assert at.ends - at.starts == timedelta(hours=8)


@pytest.mark.parametrize("department", [None, *clock.OVERSEAS])
@pytest.mark.parametrize("on", [date(2026, 1, 1), date(2026, 2, 28), date(2026, 12, 31), date(2028, 2, 29)])
def test_a_day_without_an_hour_is_that_day_wherever_it_is_read(department: str | None, on: date) -> None:
    (event,) = checked(rules.feed("F", [shown(at=Moment.of(on, None, 90, department))], NOW))
    assert (moment(event["DTSTART"]), moment(event["DTEND"])) == (on, on + timedelta(days=1))

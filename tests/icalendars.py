"""What RFC 5545 asks of a calendar, and RFC 5546 of what is sent by e-mail, read line by line without a library."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime
from time import strptime
from typing import NamedTuple

_LINE = re.compile(
    r"(?P<name>[A-Z-]+)(?P<parameters>(?:;[A-Z-]+=(?:\"[^\"]*\"|[^\";:,]*))*):(?P<value>.*)", re.DOTALL
)
_PARAMETER = re.compile(r";([A-Z-]+)=(?:\"([^\"]*)\"|([^\";:,]*))")
_TEXTS = {"SUMMARY", "LOCATION", "DESCRIPTION", "NAME", "X-WR-CALNAME"}
_ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SEQUENCE", "SUMMARY", "STATUS", "TRANSP", "URL"}
_LONGEST = 75


class Line(NamedTuple):
    """A property, its parameters, and its value as it is written."""

    name: str
    parameters: dict[str, str]
    value: str


def checked(text: str) -> list[dict[str, Line]]:
    """The events of a stream of calendars; AssertionError where the standard asks for something else."""
    _check_lines(text)
    lines = [_line(each) for each in text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")]
    events = []
    while lines:
        assert (lines[0].name, lines[0].value) == ("BEGIN", "VCALENDAR")
        end = next(place for place, line in enumerate(lines) if line[::2] == ("END", "VCALENDAR"))
        events += _calendar(lines[1:end])
        lines = lines[end + 1 :]
    return events


def _check_lines(text: str) -> None:
    """3.1: lines end with CRLF, and none is longer than 75 octets, of whole characters."""
    assert text.endswith("\r\n")
    lines = text.removesuffix("\r\n").split("\r\n")
    assert not any(re.search(r"[\x00-\x08\x0a-\x1f\x7f]", line) for line in lines)
    assert max(len(line.encode()) for line in lines) <= _LONGEST
    assert all(line.strip() for line in lines)


def _line(written: str) -> Line:
    match = _LINE.fullmatch(written)
    assert match, written
    parameters = {name: quoted or bare for name, quoted, bare in _PARAMETER.findall(match["parameters"])}
    return Line(match["name"], parameters, match["value"])


def _calendar(lines: Sequence[Line]) -> list[dict[str, Line]]:
    """3.6: what it is, then its events."""
    begins = [place for place, line in enumerate(lines) if line[::2] == ("BEGIN", "VEVENT")]
    ends = [place for place, line in enumerate(lines) if line[::2] == ("END", "VEVENT")]
    head = lines[: begins[0]] if begins else lines
    values = {line.name: line.value for line in head}
    assert not [name for name, count in Counter(line.name for line in head).items() if count > 1]
    assert values["VERSION"] == "2.0"
    assert values["PRODID"]
    events = [_event(lines[begin + 1 : end]) for begin, end in zip(begins, ends, strict=True)]
    method = values["METHOD"]
    if method in {"REQUEST", "CANCEL"}:
        _check_sent(method, events)
    else:
        assert method == "PUBLISH"
        assert not any({"ATTENDEE", "ORGANIZER"} & event.keys() for event in events)
    return events


def _event(lines: Sequence[Line]) -> dict[str, Line]:
    counts = Counter(line.name for line in lines)
    assert all(counts[name] <= 1 for name in _ONCE)
    event = {line.name: line for line in lines}
    assert event.keys() >= {"UID", "DTSTAMP", "DTSTART", "SUMMARY", "SEQUENCE"}
    assert event["SEQUENCE"].value.isdecimal()
    moment(event["DTSTAMP"])
    assert moment(event["DTEND"]) > moment(event["DTSTART"])
    assert event["DTSTART"].parameters == event["DTEND"].parameters
    for name in _TEXTS & event.keys():
        text_of(event[name])
    return event


def _check_sent(method: str, events: Sequence[dict[str, Line]]) -> None:
    """RFC 5546, 3.2.2 and 3.2.5: one event, who invites, who is invited."""
    (event,) = events
    assert event["ORGANIZER"].value.startswith("mailto:")
    assert event["ATTENDEE"].value.startswith("mailto:")
    assert event["STATUS"].value == {"REQUEST": "CONFIRMED", "CANCEL": "CANCELLED"}[method]


def moment(line: Line) -> datetime | date:
    """3.3.4 and 3.3.5: a day, or a moment in UTC, which needs no zone to travel with it."""
    if line.parameters.get("VALUE") == "DATE":
        return date(*strptime(line.value, "%Y%m%d")[:3])
    assert not line.parameters
    return datetime.strptime(line.value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def text_of(line: Line) -> str:
    """3.3.11: what is escaped, as it was."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[,;]", line.value), line.value
    assert not re.search(r"\\(?![\\,;nN])", re.sub(r"\\\\", "", line.value)), line.value
    escaped = {"\\\\": "\\", "\\,": ",", "\\;": ";", "\\n": "\n", "\\N": "\n"}
    return re.sub(r"\\.", lambda match: escaped[match[0]], line.value)

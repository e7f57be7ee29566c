"""The lines of the file: what a reader sees of each request, with what its pole answered and who asks with it. People
are not named in it."""

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from portal import clock
from portal.access.roles import Actor
from portal.requests import queries, words
from portal.requests.answers import page as answers
from portal.requests.export.queries import written
from portal.requests.models import SupportRequest
from portal.requests.rows.queries import rows
from portal.requests.rows.rules import Assigned, Row
from portal.requests.steps import LIVE_ASSIGNMENTS
from portal.territories.reference import REGIONS

MOST = 10_000
"""Requests in one file."""
AT_ONCE = 200


def lines(actor: Actor, numbers: Sequence[int]) -> Iterator[list[str]]:
    """A heading, then these requests, by number, in this order."""
    yield [
        *(_("Reference"), _("Subject"), _("Service"), _("Pole"), _("Region"), _("State"), _("Sent on")),
        *(_("Partners"), _("Answer due by"), _("Other poles")),
        *(_("Wished from"), _("Wished until"), _("Where"), _("The need"), _("Answers")),
    ]
    for start in range(0, len(numbers), AT_ONCE):
        some = numbers[start : start + AT_ONCE]
        texts, joined = written(some), queries.poles_joined(some)
        for row in rows(actor, some):
            others = ", ".join(pole.name for pole in joined.get(row.id, ()))
            yield [*_standing(row), others, *_asked(texts[row.id])]


def _standing(row: Row) -> list[str]:
    """What it is about, and who has it; of the partners, those that its reader sees."""
    asked = [part for part in row.assignments if part.state in LIVE_ASSIGNMENTS]
    region = REGIONS.get(row.region_code or "")
    return [
        row.reference,
        row.subject,
        words.service_asked(row.service),
        row.pole.name,
        region.name if region else "",
        str(words.REQUEST_STATES[row.state].label),
        clock.day_of(row.submitted_at, row.pole.place).isoformat() if row.submitted_at else "",
        ", ".join(map(_partner, row.assignments)),
        min((part.due_on.isoformat() for part in asked if part.answered_on is None), default=""),
    ]


def _partner(part: Assigned) -> str:
    return f"{part.partner.name} ({words.ASSIGNMENT_STATES[part.state].label})"


def _asked(request: SupportRequest) -> list[str]:
    """What its pole wrote, in its own words."""
    wished = (day.isoformat() if day else "" for day in (request.wished_from, request.wished_until))
    told = "\n".join(f"{question} {answer}" for question, answer in answers.answered(request))
    return [*wished, str(words.MODES[request.mode]), request.need, told]

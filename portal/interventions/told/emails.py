"""One e-mail in the evening for all dates of somebody's day: did they take place?"""

from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.accounts.models import Person
from portal.interventions import words
from portal.interventions.told import queries, rules
from portal.interventions.told.queries import Waiting
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.preferences import service as preferences
from portal.notifications.previews.service import Example
from portal.web import durations
from portal.web.addresses import absolute_url
from portal.web.links import Link

EVENING = "interventions/evening_practitioner"
WHY = _l("You receive this message because a date of yours has passed and nothing is written of it.")


def ask(person_ids: Sequence[int]) -> int:
    """Each of these, once an evening; how many had something to tell."""
    asked = 0
    for person in accounts.by_numbers(person_ids):
        preferences.lock(person.id)  # another worker may have asked meanwhile
        if dates := queries.waiting(person.id):
            _write(person, dates)
            asked += 1
    return asked


def _write(person: Person, dates: Sequence[tuple[int, Waiting]]) -> None:
    partner_id, first = dates[0]
    to = recipient(person, first.place, partner_id)
    enqueue(
        EVENING,
        to,
        message([each for _partner, each in dates]),
        dedupe=rules.key(person.id, rules.asked_on(first.on, first.starts_at)),
    )


def message(dates: Sequence[Waiting]) -> Message:
    """Each date with its page, where nothing is done by opening it."""
    first = dates[0]
    facts: list[tuple[Any, Any]] = [
        (
            each.pole,
            [Link(LazyString(_about, each), absolute_url("told.tell", intervention_id=each.number))],
        )
        for each in dates
    ]
    return Message(
        action_url=absolute_url("told.tell", intervention_id=first.number),
        facts=facts,
        context={
            "dates": len(dates),
            "pole": first.pole,
            "on": first.on,
            "action_label": _l("Say whether it took place"),
            "why": WHY,
        },
    )


def _about(each: Waiting) -> str:
    """When, how long, and about what."""
    parts = words.when(each.on, each.starts_at, each.place), durations.length(each.minutes), each.subject
    return " – ".join(filter(None, parts))


def _example() -> tuple[Recipient, Message]:
    dates = [
        Waiting(
            12,
            date(2026, 3, 18),
            time(9, 30),
            210,
            "Pôle des Trois Rivières",
            "Partager trois ateliers",
        ),
        Waiting(15, date(2026, 3, 18), time(14), 90, "Pôle du Bocage", "Trouver un local"),
    ]
    return Recipient("bertrand.noel@exemple.test", "Bertrand Noël"), message(dates)


EVENING_EXAMPLES: Mapping[str, Example] = {EVENING: _example}

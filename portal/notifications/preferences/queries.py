"""What people chose about their e-mails, and of which topic an e-mail is."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from flask import Flask, current_app
from sqlalchemy import BindParameter, bindparam, select

from portal.db import plain_rows
from portal.notifications.preferences.models import EmailChoice, EmailHours
from portal.notifications.preferences.rules import Hours, Rhythm, Topic

_EXTENSION = "portal-topics"

_THESE: BindParameter[Any] = bindparam("person_ids", expanding=True)
_CHOSEN = select(
    EmailChoice.person_id, EmailChoice.organisation_id, EmailChoice.topic, EmailChoice.rhythm
).where(EmailChoice.person_id.in_(_THESE))
_HOURS = select(
    EmailHours.person_id,
    EmailHours.digest,
    EmailHours.quiet_from,
    EmailHours.quiet_until,
    EmailHours.place,
).where(EmailHours.person_id.in_(_THESE))

Choices = Mapping[tuple[int, int, str], Rhythm]
"""By person, organisation and topic."""


def init_app(app: Flask, topics: Sequence[Topic]) -> None:
    app.extensions[_EXTENSION] = topics


def topics() -> Sequence[Topic]:
    """All topics, in the order in which they are shown."""
    declared: Sequence[Topic] = current_app.extensions[_EXTENSION]
    return declared


def topic_of(kind: str) -> Topic | None:
    """The topic of a kind of e-mail; None: it belongs to none, and comes at once."""
    return next((topic for topic in topics() if kind in topic.kinds), None)


def topic_named(name: str) -> Topic | None:
    return next((topic for topic in topics() if topic.name == name), None)


def chosen(person_ids: Collection[int]) -> Choices:
    """What these people chose."""
    result = plain_rows(_CHOSEN, {"person_ids": [*person_ids]})
    return {(person, organisation, topic): rhythm for person, organisation, topic, rhythm in result}


def hours(person_ids: Collection[int]) -> Mapping[int, Hours]:
    """The hours of these people; those who said nothing are left out."""
    result = plain_rows(_HOURS, {"person_ids": [*person_ids]})
    return {person: Hours(digest, since, until, place) for person, digest, since, until, place in result}

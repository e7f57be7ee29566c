"""What people choose about their e-mails, and when an e-mail that is written leaves for it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, update

from portal import acts, clock
from portal.db import db, one_at_a_time, require_transaction
from portal.notifications.links import service as links
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import queries
from portal.notifications.preferences.models import EmailChoice, EmailHours
from portal.notifications.preferences.rules import DIGESTS, GATHERED, Hours, Rhythm, Topic
from portal.web.addresses import absolute_url

_QUIET = {"synchronize_session": False}
_STOP = "stop"


def settled(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """E-mails as they leave: when their readers want them. In two statements, whatever their number."""
    topics = {row["kind"]: queries.topic_of(row["kind"]) for row in rows}
    people = {row["person_id"] for row in rows if row["person_id"] and not _comes_anyway(topics[row["kind"]])}
    if not people:
        return list(rows)
    chosen, hours = queries.chosen(people), queries.hours(people)
    return [_settled(row, topics[row["kind"]], chosen, hours.get(row["person_id"], Hours())) for row in rows]


def is_news(kind: str) -> bool:
    """Is what such an e-mail says shown in the portal too?"""
    topic = queries.topic_of(kind)
    return topic is None or topic.is_news


def leaves_at(kind: str, hours: Hours, moment: datetime) -> datetime:
    """When an e-mail may leave that could at a moment: later, where its reader's quiet hours keep it."""
    return moment if _comes_anyway(queries.topic_of(kind)) else hours.after_quiet(moment)


def _comes_anyway(topic: Topic | None) -> bool:
    return topic is not None and topic.at_any_hour


def _settled(
    row: dict[str, Any], topic: Topic | None, chosen: queries.Choices, hours: Hours
) -> dict[str, Any]:
    if not row["person_id"] or _comes_anyway(topic):
        return row
    told_at = clock.now() + acts.TIME if acts.current() else row["next_attempt_at"]
    rhythm = _rhythm(row, topic, chosen)
    if rhythm is Rhythm.AT_ONCE:
        return {**row, "next_attempt_at": hours.after_quiet(told_at)}
    digest_at = hours.next_digest(rhythm, told_at) if rhythm in GATHERED else None
    return {**row, "next_attempt_at": None, "digest_at": digest_at}


def _rhythm(row: Mapping[str, Any], topic: Topic | None, chosen: queries.Choices) -> Rhythm:
    """What its reader chose, where they may; a date for their calendar does not wait: somebody might travel."""
    if topic is None or topic.required or row["calendar"]:
        return Rhythm.AT_ONCE
    return chosen.get((row["person_id"], row["organisation_id"], topic.name), Rhythm.AT_ONCE)


def choose(person_id: int, organisation_id: int, rhythms: Mapping[str, Rhythm]) -> None:
    """Keep what somebody wants of each of these topics for an organisation, where it is not what everybody gets; what
    waits for a digest follows."""
    require_transaction()
    lock(person_id)
    for topic in (topic for topic in queries.topics() if topic.name in rhythms and not topic.required):
        _choose(person_id, organisation_id, topic, rhythms[topic.name])


def lock(person_id: int) -> None:
    """One choice of a person after the other, and no digest of theirs meanwhile."""
    one_at_a_time(f"e-mails of {person_id}")


def _choose(person_id: int, organisation_id: int, topic: Topic, rhythm: Rhythm) -> None:
    this = EmailChoice.person_id == person_id, EmailChoice.organisation_id == organisation_id
    db.session.execute(
        delete(EmailChoice).where(*this, EmailChoice.topic == topic.name).execution_options(**_QUIET)
    )
    if rhythm is not Rhythm.AT_ONCE:
        values = {"person_id": person_id, "organisation_id": organisation_id, "topic": topic.name}
        db.session.execute(insert(EmailChoice).values(**values, rhythm=rhythm))
    _follow(person_id, topic, rhythm, OutboxEmail.organisation_id == organisation_id)


def _follow(person_id: int, topic: Topic, rhythm: Rhythm, *which: Any) -> None:
    """What waits for a digest comes as its reader wants it now: with the next one where they want it at once."""
    hours = hours_of(person_id)
    wanted = Rhythm.DAILY if rhythm is Rhythm.AT_ONCE else rhythm
    at = hours.next_digest(wanted, clock.now()) if wanted in GATHERED else None
    waiting = OutboxEmail.person_id == person_id, OutboxEmail.digest_at.is_not(None)
    db.session.execute(
        update(OutboxEmail)
        .where(*waiting, OutboxEmail.kind.in_(topic.kinds), *which)
        .values(digest_at=at)
        .execution_options(**_QUIET)
    )


class Stop(NamedTuple):
    """What a link that stops e-mails is about; `organisation_id` None: digests, which are of all of them."""

    person_id: int
    organisation_id: int | None
    topic: str


def stop_token(kind: str, person_id: int | None, organisation_id: int | None) -> str | None:
    """The secret of the link by which a reader gets e-mails of a kind less often; None where they cannot."""
    topic = queries.topic_of(kind)
    if topic is None or person_id is None:
        return None
    if topic.name == DIGESTS:
        return links.signed(_STOP, Stop(person_id, None, DIGESTS))
    if topic.required or organisation_id is None:
        return None
    return links.signed(_STOP, Stop(person_id, organisation_id, topic.name))


def stop_url(token: str) -> str:
    """The address of such a link."""
    return absolute_url("notifications.less_often", token=token)


def stop_of(token: str) -> Stop | None:
    """What such a link is about, whenever it was sent."""
    values = links.read(_STOP, token)
    return Stop(*values) if values else None


def change(stop: Stop, rhythm: Rhythm) -> None:
    """Send the reader of such a link e-mails as they say there; of digests, what was in them."""
    if stop.organisation_id is not None:
        choose(stop.person_id, stop.organisation_id, {stop.topic: rhythm})
        return
    for (person_id, organisation_id, topic), now in queries.chosen([stop.person_id]).items():
        if now in GATHERED:
            choose(person_id, organisation_id, {topic: rhythm})


def rhythm_now(stop: Stop) -> Rhythm:
    """How often they come now."""
    mapping = queries.chosen([stop.person_id])
    if stop.organisation_id is not None:
        return mapping.get((stop.person_id, stop.organisation_id, stop.topic), Rhythm.AT_ONCE)
    return next((rhythm for rhythm in mapping.values() if rhythm in GATHERED), Rhythm.NEVER)


def set_hours(person_id: int, hours: Hours) -> None:
    """Keep when digests come to somebody and their quiet hours, where these are not everybody's."""
    require_transaction()
    lock(person_id)
    db.session.execute(
        delete(EmailHours).where(EmailHours.person_id == person_id).execution_options(**_QUIET)
    )
    if hours != Hours():
        db.session.execute(insert(EmailHours).values(person_id=person_id, **asdict(hours)))


def hours_of(person_id: int) -> Hours:
    """The hours of somebody."""
    return queries.hours([person_id]).get(person_id, Hours())

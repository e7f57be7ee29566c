"""Loads the demonstration into an empty database: a year of invented activity that ends yesterday."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select

from portal import clock
from portal.db import db, require_transaction
from portal.demo import (
    agreed,
    asked,
    bundle,
    candidates,
    content,
    conversations,
    desk,
    entitled,
    gathered,
    given,
    hearing,
    joint,
    mail,
    papers,
    people,
    post,
    present,
    together,
)
from portal.demo.library import SEED, Library
from portal.demo.replay import Replay, turns
from portal.demo.story import Turn
from portal.demo.timeline import Timeline
from portal.interventions.models import Intervention
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Organisation, Pole
from portal.requests.models import SupportRequest

EVERYBODY_CAME = timedelta(days=420)
MAILED_DAYS = 2


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much there is."""

    poles: int
    requests: int
    interventions: int
    emails: int


def is_empty() -> bool:
    """Nothing has been loaded yet."""
    return not db.session.scalar(select(exists().where(Organisation.id.is_not(None))))


def load(now: datetime | None = None) -> Loaded | None:
    """Fill an empty database with activity counted back from `now`; None, and nothing changes, if it is not empty."""
    require_transaction()
    if not is_empty():
        return None
    now = now or clock.now()
    today = clock.local(now).date()
    with clock.travelling_to(now - EVERYBODY_CAME):
        everybody = people.assemble(today)
        db.session.flush()
        asked.ask(everybody.national)
        hearing.choose(everybody)
        given.count()
    timeline = Timeline(today, random.Random(SEED))  # noqa: S311 (the same hours for everyone)
    replay = Replay(everybody, timeline)
    for turn in turns(Library(everybody, content.texts()).stories(), timeline):
        _play(replay, turn)
    conversations.play(everybody, timeline, MAILED_DAYS)
    with outbox.silent():
        candidates.apply(everybody, timeline)
    papers.send()
    present.settle(now)
    desk.lay_out(now)
    given.note(now)
    bundle.keep(now)
    asked.reword(everybody.national, now)
    post.arrive()
    mail.decide(everybody.national)
    together.bring_together(everybody, now)
    entitled.decide(everybody.national)
    joint.ask(everybody, now)
    agreed.agree(everybody, now)
    gathered.gather(everybody, now)
    return Loaded(
        poles=_count(Pole.id, Pole.published.is_(False)),
        requests=_count(SupportRequest.id),
        interventions=_count(Intervention.id),
        emails=_count(OutboxEmail.id),
    )


def _play(replay: Replay, turn: Turn) -> None:
    """Only what happened in the last days is still news."""
    if turn.ago <= MAILED_DAYS:
        replay.play(turn)
        return
    with outbox.silent():
        replay.play(turn)


def _count(column: Any, *which: Any) -> int:
    return db.session.scalar(select(func.count(column)).where(*which)) or 0

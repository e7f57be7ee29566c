"""What tests of the words of poles share: a session that took place, and what is counted of it."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import time_machine
from sqlalchemy import select, update

from portal import clock
from portal.accounts.models import Membership
from portal.catalogue.limits.rules import year_of
from portal.db import db, transaction
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.measures.queries import received_by
from portal.interventions.models import AlsoServed
from portal.notifications.models import OutboxEmail
from portal.sessions.presence import service
from portal.sessions.presence.models import HeldSession
from portal.sessions.presence.rules import Ticks, Told
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.sessions import raw_registration, raw_session

MONDAY = date(2026, 3, 2)
LAST_DAY = date(2026, 3, 11)
"""The seventh working day after MONDAY."""


def at(day: date, hour: int = 14) -> datetime:
    return datetime.combine(day, time(hour), clock.PARIS)


class Room:
    """A session of MONDAY morning in Normandy: Anne of a pole of two coordinators, Bao and Chloé of another."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.world, self.ours = make, world, world.coordinator
        self.theirs = make.coordinator(make.pole(name="Pôle d’à côté"))
        with time_machine.travel(at(MONDAY - timedelta(days=9)), tick=False):
            self.session = raw_session(
                make,
                world.practitioner,
                world.service,
                on=MONDAY,
                closes_on=MONDAY,
                department_code="76",
            )
        self.anne = self._seat(self.ours, "Anne")
        self.bao, self.chloe = self._seat(self.theirs, "Bao"), self._seat(self.theirs, "Chloé")

    def _seat(self, by: Membership, name: str) -> Any:
        return raw_registration(self.make, self.session, by, name=name, email=f"{name.lower()}@exemple.test")

    def told(self, *came: Any, minutes: int = 180) -> Told:
        return Told(Ticks([each.id for each in came], []), minutes, [self.world.practitioner.person_id], {})

    def close(self, *came: Any, minutes: int = 180, on: date = MONDAY) -> HeldSession:
        """Or correct it, once it is closed."""
        with time_machine.travel(at(on), tick=False), transaction():
            said = self.told(*came, minutes=minutes)
            return service.close(actor_of(self.world.practitioner), self.session.id, said)

    def rectify_later(self, *came: Any, minutes: int = 180, on: date) -> HeldSession:
        with time_machine.travel(at(on), tick=False), transaction():
            said = self.told(*came, minutes=minutes)
            return service.rectify_later(actor_of(self.world.cell), self.session.id, said, "Relu.")

    @property
    def page(self) -> str:
        return f"/sessions/{self.session.id}/ce-qui-est-compte"

    def asked(self, by: Membership) -> Confirmation | None:
        which = select(Confirmation).where(Confirmation.pole_id == by.organisation_id)
        return db.session.scalar(which.execution_options(populate_existing=True))

    def state(self, by: Membership) -> str | None:
        asked = self.asked(by)
        return asked.state.value if asked else None

    def received(self, by: Membership) -> int:
        year = year_of(MONDAY, None)
        return db.session.scalar(select(received_by(by.organisation_id, year.first, year.after))) or 0

    def own_minutes(self, by: Membership) -> int | None:
        which = select(AlsoServed.minutes).where(AlsoServed.pole_id == by.organisation_id)
        return db.session.scalar(which)


def mails(kind: str, *, to: Membership | None = None) -> list[OutboxEmail]:
    """What was told of sessions, the first first."""
    which = select(OutboxEmail).where(OutboxEmail.kind == f"sessions/{kind}").order_by(OutboxEmail.id)
    if to is not None:
        which = which.where(OutboxEmail.recipient == to.person.email)
    return [*db.session.scalars(which.execution_options(populate_existing=True))]


def readers(kind: str) -> list[str]:
    return sorted(each.recipient for each in mails(kind))


def deliver(day: date = MONDAY, *which: Any) -> None:
    """What waits leaves on a day, and is taken."""
    with transaction() as session:
        session.execute(
            update(OutboxEmail)
            .where(OutboxEmail.sent_at.is_(None), *which)
            .values(sent_at=at(day, 15), next_attempt_at=None)
        )


def link_of(letter: OutboxEmail, label: str) -> str:
    """The address behind one of its links."""
    [found] = re.findall(rf"{label}[^\n]*?\s+https?://[^/\s]+(/sessions/par-courriel/\S+)", letter.text)
    return found

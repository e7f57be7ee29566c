"""What a partner logged for the coordinator's pole. `world` is that of `world.py`; rows: a part of `matrix.py`."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select, update

from portal.db import db, transaction
from portal.interventions.confirmation import service
from portal.interventions.models import Intervention
from portal.notifications.links import service as links
from portal.requests.by_mail.rules import LASTS
from tests.days import days_ago
from tests.integration.requests.steps import actor_of
from tests.shares import raw_confirmation

Values = dict[str, Any]
Stage = Callable[[Any], Values]

OPEN_WORDS = (
    *("confirmation.by_mail", "confirmation.act_by_mail", "confirmation.take_back_by_mail"),
    *("dates_by_mail.show", "dates_by_mail.act", "dates_by_mail.take_back"),
)
"""What a pole says by a mailed link, without signing in."""

# fmt: off
CONFIRMED = """
confirmation.index GET none | in 403 403 403 | 403 403 403 | 200 200 200 | 403 403
confirmation.confirm POST logged | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
confirmation.contest GET logged | in 200 403 404 | 403 403 403 | 403 403 403 | 403 403
confirmation.contest POST logged | 401 302 403 404 | 403 403 403 | 403 403 403 | 403 403
confirmation.settle GET contested | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
confirmation.settle POST contested | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
confirmation.adjust GET confirmed | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
confirmation.adjust POST confirmed | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
confirmation.propose GET confirmed | in 403 403 403 | 200 200 404 | 403 403 403 | 403 403
confirmation.propose POST confirmed | 401 403 403 403 | 302 302 404 | 403 403 403 | 403 403
interventions.correct_later GET old | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
interventions.correct_later POST old | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
confirmation.decide GET adjusting | in 403 403 403 | 403 403 403 | 200 404 200 | 403 403
confirmation.decide POST adjusting | 401 403 403 403 | 403 403 403 | 302 404 302 | 403 403
confirmation.by_mail GET word | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
confirmation.act_by_mail POST word | 200 200 200 200 | 200 200 200 | 200 200 200 | 200 200
confirmation.take_back_by_mail POST spoken | 302 302 302 302 | 302 302 302 | 302 302 302 | 302 302
"""
# fmt: on


def _asked(stage: Stage, state: str = "waiting") -> Stage:
    def build_it(world: Any) -> Values:
        values = stage(world)
        raw_confirmation(world.make, db.session.get_one(Intervention, values["intervention_id"]), state)
        return values

    return build_it


def _old(stage: Stage) -> Stage:
    """Its partner may no longer correct it."""

    def build_it(world: Any) -> Values:
        values = _asked(stage)(world)
        about = update(Intervention).where(Intervention.id == values["intervention_id"])
        with transaction() as session:
            session.execute(about.values(told_at=days_ago(40)))
        return values

    return build_it


def _adjusting(stage: Stage) -> Stage:
    def build_it(world: Any) -> Values:
        values = _asked(stage, "confirmed")(world)
        with transaction():
            made = service.propose(
                actor_of(world.member("practitioner")), values["intervention_id"], 60, "Relu."
            )
        return {**values, "adjustment_id": made.id}

    return build_it


def _word(stage: Stage) -> Stage:
    """The coordinator was sent a link by which to confirm it."""

    def build_it(world: Any) -> Values:
        values, reader = _asked(stage)(world), world.coordinator
        about = "confirm", "", values["intervention_id"]
        return {"token": links.to_act(reader.person_id, reader.organisation_id, about)}

    return build_it


def _spoken(stage: Stage) -> Stage:
    """The same link, by which they have just confirmed."""

    def build_it(world: Any) -> Values:
        link = _word(stage)(world)
        number = db.session.scalars(select(Intervention.id).order_by(Intervention.id.desc())).first()
        opened = links.opened(link["token"], LASTS)
        with transaction():
            service.confirm_by_mail(actor_of(world.coordinator), opened.key, number)
        return link

    return build_it


def stages(stage: Stage) -> dict[str, Stage]:
    """`stage`: an intervention is done."""
    return {
        "logged": _asked(stage),
        "contested": _asked(stage, "contested"),
        "confirmed": _asked(stage, "confirmed"),
        "adjusting": _adjusting(stage),
        "old": _old(stage),
        "word": _word(stage),
        "spoken": _spoken(stage),
    }


def _with(**fields: Any) -> Callable[[Any, str], Values]:
    return lambda _world, _persona: fields


FORMS: dict[str, Callable[[Any, str], Values]] = {
    "confirmation.confirm": _with(),
    "confirmation.contest": _with(message="Deux heures.", minutes="120"),
    "confirmation.settle": _with(ruling="kept", message="Vu."),
    "confirmation.adjust": _with(minutes="120", message="Relu."),
    "confirmation.propose": _with(minutes="120", message="Relu."),
    "confirmation.decide": _with(choice="refuse", message="Non."),
    "confirmation.act_by_mail": _with(choice="no"),
    "confirmation.take_back_by_mail": _with(),
}

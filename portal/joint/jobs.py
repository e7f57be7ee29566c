"""What ends by itself between poles, who is reminded of it, and what must be true of stored rows."""

from collections.abc import Iterator
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select

from portal import clock
from portal.access.roles import Role
from portal.db import db
from portal.feature import Check, Job
from portal.joint import emails, queries, service
from portal.joint.models import JointPole
from portal.joint.rules import WORKING_DAYS_BEFORE_A_REMINDER, WORKING_DAYS_TO_JOIN
from portal.joint.steps import LIVE
from portal.ladder import Ladder, Rung
from portal.organisations.models import Pole
from portal.requests.models import SupportRequest

LADDERS = (
    Ladder(
        "poles_invited",
        _l("Invitations to join a request"),
        emails.WHY_INVITED,
        _l("as soon as the pole joins or refuses"),
        queries.invited,
        queries.lock,
        (
            Rung(
                "pole",
                _l("the pole is reminded"),
                _l("the coordinators of the pole that is invited"),
                WORKING_DAYS_BEFORE_A_REMINDER,
                emails.reminder,
                least=3,
                most=8,
                roles={Role.COORDINATOR},
            ),
            Rung(
                "lapsed",
                _l("the invitation is over"),
                _l("the pole that asks"),
                WORKING_DAYS_TO_JOIN,
                None,
            ),
        ),
        by_service=True,
        follows=(emails.INVITED,),
        example=date(2026, 3, 4),
    ),
)


def _strangers() -> Iterator[str]:
    """Who takes part uses the portal, and is not the pole that asks."""
    statement = (
        select(SupportRequest.reference, Pole.name)
        .join(JointPole, JointPole.request_id == SupportRequest.id)
        .join(Pole, Pole.id == JointPole.pole_id)
        .where(
            JointPole.state.in_(sorted(LIVE)),
            or_(JointPole.pole_id == SupportRequest.pole_id, Pole.merged_into_id.is_not(None)),
        )
    )
    for reference, name in db.session.execute(statement.order_by(SupportRequest.id, Pole.id)):
        yield f"{reference} is shared with {name}, which asks for it or is another record now."


CHECKS = (Check("poles that cannot take part in a request", _strangers),)
JOBS = (
    Job(
        "end invitations of poles",
        lambda after, most: queries.overdue(clock.today(), after, most),
        lambda numbers: sum(map(service.lapse, numbers)),
    ),
)

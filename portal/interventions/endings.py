"""The planned interventions of a partner or a pole that ends."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select

from portal.db import db
from portal.interventions import queries, words
from portal.interventions.models import Intervention
from portal.interventions.workflow import InterventionState
from portal.organisations.endings import Ending, LeftOpen
from portal.organisations.kinds import OrganisationKind
from portal.organisations.models import Organisation
from portal.requests.models import Assignment, SupportRequest
from portal.requests.workflow import AssignmentState


def _planned(organisation: Organisation) -> Select[Intervention]:
    own = SupportRequest.pole_id if organisation.kind is OrganisationKind.POLE else Assignment.partner_id
    return (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            own == organisation.id,
            Assignment.state == AssignmentState.ACCEPTED,
            Intervention.state == InterventionState.PLANNED,
        )
        .order_by(Intervention.on, Intervention.id)
    )


def _days(organisation: Organisation) -> Sequence[str]:
    statement = _planned(organisation).options(queries.with_its_pole())
    return [
        words.when_and_where(one, one.assignment.request.pole.place) for one in db.session.scalars(statement)
    ]


def _with_their_requests(_ending: Ending) -> None:
    """They are called off with the requests of whoever ends, or go on with the pole that takes these over."""


LEFT_OPEN = (
    LeftOpen(
        _l("Planned interventions"),
        {OrganisationKind.POLE, OrganisationKind.PARTNER},
        _days,
        _with_their_requests,
    ),
)

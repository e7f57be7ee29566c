"""What becomes of applications: they follow an organisation into another, and wait for no cell that ends."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.applications.models import Application, ApplicationEvent
from portal.applications.steps import State
from portal.db import db
from portal.organisations.handover import Ending, LeftOpen, Move
from portal.organisations.models import Organisation
from portal.organisations.rules import OrganisationKind
from portal.web.addresses import absolute_url
from portal.web.links import Link


def _waiting(organisation: Organisation) -> Sequence[Link]:
    """Those whose opinion the cell has to give."""
    statement = select(Application.reference).where(
        Application.region_code.in_(organisation.region_codes), Application.state == State.SUBMITTED
    )
    return [
        _link(application) for application in db.session.scalars(statement.order_by(Application.reference))
    ]


def _link(reference: str) -> Link:
    return Link(reference, absolute_url("applications.show", reference=reference))


def _pass_on(ending: Ending) -> None:
    """Cells are found by their regions: what waited for this one waits for the other, or the national one, at once."""


LEFT_OPEN = (
    LeftOpen(
        _l("Applications that wait for its opinion"), {OrganisationKind.REGIONAL_CELL}, _waiting, _pass_on
    ),
)

MOVES = (
    Move(_l("Applications"), Application.pole_id),
    Move(_l("Steps of applications"), ApplicationEvent.organisation_id),
)

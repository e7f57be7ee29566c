"""Which applications follow an organisation into another."""

from flask_babel import lazy_gettext as _l

from portal.applications.models import Application, ApplicationEvent
from portal.organisations.merge import Move

MOVES = (
    Move(_l("Applications"), Application.pole_id),
    Move(_l("Steps of applications"), ApplicationEvent.organisation_id),
)

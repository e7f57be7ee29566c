"""What was told of an organisation, and how its people want to hear of it, follow it into another."""

from flask_babel import lazy_gettext as _l

from portal.notifications.models import OutboxEmail
from portal.notifications.preferences.models import EmailChoice
from portal.organisations.handover import Move

MOVES = (
    Move(_l("E-mails"), OutboxEmail.organisation_id),
    Move(_l("Choices about e-mails"), EmailChoice.organisation_id, unique=("person_id", "topic")),
)

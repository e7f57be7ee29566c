"""How often somebody wants the e-mails of a topic."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from portal.notifications.words import RHYTHMS
from portal.web.forms import PortalForm, choices, required


class LessOftenForm(PortalForm):
    rhythm = RadioField(
        _l("How often?"),
        choices=choices(RHYTHMS.items()),
        validators=[required(_l("Choose one of the answers offered."))],
    )

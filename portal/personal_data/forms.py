"""Forms about one's own data."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from portal.web.forms import PortalForm, required


class CloseForm(PortalForm):
    """One last question before an account is closed for good."""

    understood = BooleanField(
        _l("I understand that this cannot be undone."),
        validators=[required(_l("Tick the box if you want to close your account."))],
    )

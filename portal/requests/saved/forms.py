"""The name under which a filter is kept."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField

from portal.requests.saved.rules import LONGEST_NAME
from portal.web.forms import PortalForm, at_most, required


class KeepForm(PortalForm):
    name = StringField(
        _l("Name of this filter"),
        validators=[required(_l("Give this filter a name.")), at_most(LONGEST_NAME)],
    )
    query = HiddenField()

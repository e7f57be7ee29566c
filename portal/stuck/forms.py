"""Until when something is put off, and why."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, StringField

from portal.stuck.rules import LONGEST_NOTE
from portal.web.forms import PortalForm, at_most, required


class SnoozeForm(PortalForm):
    until = DateField(_l("Until the end of"), validators=[required(_l("Choose until when."))])
    note = StringField(_l("Why"), validators=[at_most(LONGEST_NOTE)])

"""Which session a cell proposes to which requests, and which partner it asks for one."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.sessions.needs import words
from portal.web.forms import PortalForm, number_or_none, required


class AttachForm(PortalForm):
    """A session, and those of the requests that it suits."""

    session_id = RadioField(
        _l("Collective session"), coerce=number_or_none, validators=[required(words.CHOOSE_SESSION)]
    )
    references = SelectMultipleField(
        _l("Requests"),
        validators=[required(words.CHOOSE_REQUESTS)],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class AskForm(PortalForm):
    """Who could publish one."""

    partner_id = SelectField(
        _l("Partner"), coerce=number_or_none, validators=[required(words.CHOOSE_PARTNER)]
    )

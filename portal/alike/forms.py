"""How requests are brought together."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from portal.web.forms import LONG_TEXT, PortalForm, at_most, required


class SessionForm(PortalForm):
    """What a shared session is called."""

    title = StringField(
        _l("Title of the shared session"), validators=[required(_l("Type a title.")), at_most(160)]
    )
    note = TextAreaField(
        _l("Note for the cells"),
        description=_l("Poles and partners do not read it."),
        validators=[Optional(), at_most(LONG_TEXT)],
    )


class AttachForm(SessionForm):
    """Two requests, by their references, to bring together."""

    first = HiddenField()
    second = HiddenField()


class PairForm(PortalForm):
    """Two requests that are not the same."""

    first = HiddenField()
    second = HiddenField()

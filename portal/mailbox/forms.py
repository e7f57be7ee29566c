"""What somebody says of an answer that came from another address."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from portal.web.forms import PortalForm, choices


class DecisionForm(PortalForm):
    theirs = RadioField(
        _l("Is this you?"),
        choices=choices(
            [("yes", _l("Yes, send it in my name")), ("no", _l("No, forget it: it is not mine"))]
        ),
        validators=[InputRequired(_l("Say whether this answer is yours."))],
    )

"""What people type in a conversation."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from portal.conversation.rules import LONGEST
from portal.documents.forms import TakesDocuments
from portal.web.forms import OnceForm, at_most, required


class MessageForm(TakesDocuments, OnceForm):
    text = TextAreaField(
        _l("Your message"), validators=[required(_l("Write your message.")), at_most(LONGEST)]
    )
    to = RadioField(_l("Who reads it"), validators=[InputRequired(_l("Choose who reads your message."))])
    mentioned = SelectMultipleField(
        _l("Name people"),
        coerce=int,
        description=_l("They get an e-mail which says that you name them."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

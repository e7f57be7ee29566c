"""What is typed to invite a guest, and by a guest."""

from flask_babel import lazy_gettext as _l
from wtforms import DateField, EmailField, SelectField, StringField, TextAreaField

from portal.conversation.guests.rules import NAME, ROLE
from portal.conversation.rules import LONGEST
from portal.documents.forms import TakesDocuments
from portal.web.forms import OnceForm, PortalForm, an_email, at_most, choices, required
from portal.web.languages import LANGUAGES


class GuestForm(PortalForm):
    name = StringField(_l("Their name"), validators=[required(_l("Type their name.")), at_most(NAME)])
    role = StringField(
        _l("Who they are"),
        description=_l("For example: accountant, member of the pole."),
        validators=[required(_l("Say who they are.")), at_most(ROLE)],
    )
    email = EmailField(
        _l("Their e-mail address"), validators=[required(_l("Type their address.")), at_most(254), an_email]
    )
    until = DateField(
        _l("Until"),
        description=_l("90 days from today at most."),
        validators=[required(_l("Type a date."))],
    )
    language = SelectField(_l("Language of their e-mails"), choices=choices(LANGUAGES.items()), default="fr")


class GuestMessageForm(TakesDocuments, OnceForm):
    text = TextAreaField(
        _l("Your message"), validators=[required(_l("Write your message.")), at_most(LONGEST)]
    )

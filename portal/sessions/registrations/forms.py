"""Whom a pole registers."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.validators import Optional

from portal.sessions.registrations.rules import NAME, Asked
from portal.web.forms import OnceForm, an_email, at_most, choices, required
from portal.web.languages import LANGUAGES


class RegisterForm(OnceForm):
    """Somebody of one's own pole."""

    name = StringField(_l("Their name"), validators=[required(_l("Type their name.")), at_most(NAME)])
    email = EmailField(
        _l("Their e-mail address"),
        description=_l("With it, they hear of every change and can give up their seat themselves."),
        validators=[Optional(), at_most(254), an_email],
    )
    language = SelectField(_l("Language of their e-mails"), choices=choices(LANGUAGES.items()), default="fr")
    may_wait = BooleanField(_l("If no seat is left, put them on the waiting list"))

    @property
    def asked(self) -> Asked:
        return Asked(self.name.data, self.email.data or "", self.language.data)

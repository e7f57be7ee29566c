"""What is typed to do a step from an e-mail: a choice first, which no program that presses buttons makes."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField

from portal.documents.forms import TakesDocuments
from portal.web.doors import Door
from portal.web.forms import PortalForm, choices, required

YES, NO = "yes", "no"


class ByMail(PortalForm):
    """`choice`: asked of everybody; `name`: of whoever reads a shared mailbox."""

    choice = RadioField(
        _l("What would you like to do?"),
        choices=choices([(YES, _l("Do it now")), (NO, _l("Do nothing"))]),
        validators=[required(_l("Say whether you want to do this."))],
    )
    name = StringField(
        _l("Your name"),
        description=_l("As your team knows you here: it is done in your name."),
        validators=[required(_l("Type your name."))],
    )


def form_of(door: Door) -> type[PortalForm]:
    """The form of a door as it is sent from an e-mail: without documents, which need an account to be kept for."""
    without = (
        dict.fromkeys(("documents", "kept_document_ids")) if issubclass(door.form, TakesDocuments) else {}
    )
    return type("StepByMail", (ByMail, door.form), without)

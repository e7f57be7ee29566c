"""What is typed to do a step from an e-mail: a choice first, which no program that presses buttons makes."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField

from portal.requests import steps
from portal.requests.forms import AcceptForm, DeclineForm, TakeForm
from portal.web.forms import LONG_TEXT, PortalForm, at_most, choices, required

YES, NO = "yes", "no"
_CHOOSE = required(_l("Say whether you want to do this."))
_NAME = _l("Your name")


class _Answer(PortalForm):
    message = TextAreaField(
        _l("Your answer"),
        validators=[required(_l("Write your answer.")), at_most(LONG_TEXT)],
        render_kw={"rows": 4},
    )


class ByMail(PortalForm):
    """`choice`: asked of everybody; `name`: of whoever reads a shared mailbox."""

    choice = RadioField(
        _l("What would you like to do?"),
        choices=choices([(YES, _l("Do it now")), (NO, _l("Do nothing"))]),
        validators=[_CHOOSE],
    )
    name = StringField(
        _NAME,
        description=_l("As your team knows you here: it is done in your name."),
        validators=[required(_l("Type your name."))],
    )


class AcceptByMail(ByMail, AcceptForm):
    pass


class DeclineByMail(ByMail, DeclineForm):
    pass


class AnswerByMail(ByMail, _Answer):
    pass


class GoOnByMail(ByMail, TakeForm):
    pass


FORMS = {
    steps.ACCEPT: AcceptByMail,
    steps.DECLINE: DeclineByMail,
    steps.ANSWER: AnswerByMail,
    steps.GO_ON: GoOnByMail,
}

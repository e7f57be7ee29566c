"""An answer written from an e-mail."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from portal.conversation.rules import LONGEST
from portal.requests.by_mail.forms import ByMail
from portal.web.forms import at_most, required


class ReplyByMail(ByMail):
    text = TextAreaField(
        _l("Your answer"),
        validators=[required(_l("Write your answer.")), at_most(LONGEST)],
        render_kw={"rows": 6},
    )

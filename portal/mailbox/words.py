"""Why an answer is not taken, in words."""

from flask_babel import lazy_gettext as _l

from portal.mailbox.rules import Why

WHYS = {
    Why.NO_READER: _l(
        "This e-mail went to a mailbox that several people share, and the portal cannot tell who answers. Sign in to"
        " answer."
    ),
    Why.TOO_LONG: _l("Your answer is too long for the portal. Send a shorter one, or put it in a document."),
    Why.TOO_MANY: _l("Many answers came on this request within an hour. Go on in the portal."),
    Why.NOT_NOW: _l("This request takes no answer from you any more: it is closed, or it has changed hands."),
}

"""Sessions that cells propose to requests, in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.sessions.needs import steps
from portal.sessions.steps import SessionState
from portal.steps import Words

NEEDS_STEPS: Mapping[str, Words] = {
    steps.ATTACH.name: Words(
        happened=_l("Session proposed to the pole"),
        icon="calendar-plus",
        button=_l("Propose this session"),
        done=_l("The session is proposed. Each pole is told, and registers its people."),
    ),
    steps.DETACH.name: Words(
        happened=_l("Session no longer proposed to the pole"),
        icon="calendar-x",
        button=_l("Propose this session no more"),
        done=_l("The session is proposed no more. The pole is told; whoever is registered keeps their seat."),
    ),
}

TAKES_NOBODY = _l("This session takes nobody any more: choose another one.")
CHOOSE_SESSION = _l("Choose a session.")
CHOOSE_REQUESTS = _l("Choose at least one request of this list.")
CHOOSE_PARTNER = _l("Choose a partner of this list.")
OTHER_SERVICE = _l("This session is of another service than the requests: choose another one.")
ASKED = _l("The partner is asked. Its sessions stand here as soon as it has published them.")


UNPROPOSED = _l("a session is no longer proposed; whoever is registered keeps their seat")
LOST = _l("the session that was proposed is cancelled")
"""What poles that joined a request read of it."""


def closed(reference: str) -> str:
    """One of those that were chosen was ended meanwhile, or its pole was."""
    return _("%(reference)s was closed meanwhile: nothing was done. Choose again.", reference=reference)


def proposed(session: Any) -> str:
    """What was proposed to a request before."""
    if session.state is SessionState.CANCELLED:
        return _("“%(title)s” was proposed, and is cancelled", title=session.title)
    return _("“%(title)s” is proposed already", title=session.title)

"""Sessions in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_babel.speaklater import LazyString

from portal.interventions.words import PLACES, when
from portal.refusals import Conflict
from portal.requests.refused import words as refused_words
from portal.sessions import steps
from portal.sessions.needs import words as needs
from portal.sessions.rules import HasBegun, NotBegun, Wrong
from portal.sessions.steps import SessionState
from portal.steps import StepRefused, Words
from portal.web import durations
from portal.web.tags import Tag

STATES: Mapping[SessionState, Tag] = {
    SessionState.DRAFT: Tag(_l("Draft"), "neutral", "pencil"),
    SessionState.OPEN: Tag(_l("Open to registrations"), "success", "check-circle"),
    SessionState.CANCELLED: Tag(_l("Cancelled"), "danger", "calendar-x"),
    SessionState.HELD: Tag(_l("Took place"), "neutral", "calendar-check"),
}
_CLOSED = Tag(_l("Registrations closed"), "neutral", "slash-circle")
_OVER = Tag(_l("Over"), "neutral", "calendar-check")
_BEGUN = Tag(_l("Takes place now"), "info", "calendar-check")

STEPS: Mapping[str, Words] = {
    steps.PUBLISH.name: Words(
        happened=_l("Session published"),
        icon="calendar-plus",
        button=_l("Publish the session"),
        done=_l("The session is published: everybody can read its page."),
    ),
    steps.EDIT.name: Words(
        happened=_l("Session changed"),
        icon="pencil",
        button=_l("Change the session"),
        done=_l("The session is saved."),
    ),
    steps.CANCEL.name: Words(
        happened=_l("Session cancelled"),
        icon="calendar-x",
        button=_l("Cancel the session"),
        done=_l("The session is cancelled. Those registered and those waiting are told."),
    ),
    steps.CLOSE.name: Words(
        happened=_l("Session closed"),
        icon="calendar-check",
        button=_l("Close the session"),
        done=_l("The session is closed. What each pole received and what you gave are counted."),
    ),
    steps.RECTIFY.name: Words(
        happened=_l("Session corrected"),
        icon="pencil",
        button=_l("Correct who came"),
        done=_l("It is corrected, and so is what is counted."),
    ),
    steps.RECTIFY_LATER.name: Words(
        happened=_l("Session corrected by the cell"),
        icon="pencil",
        button=_l("Correct who came"),
        done=_l("It is corrected, and so is what is counted. Its partner is told."),
    ),
    **needs.NEEDS_STEPS,
}

WRONG: Mapping[Wrong, tuple[str, Any]] = {
    Wrong.PAST: ("on", _l("This moment is past: choose one to come.")),
    Wrong.TOO_FAR: ("on", _l("This day is more than two years away: check the year.")),
    Wrong.CLOSES_AFTER: ("closes_on", _l("Choose the day of the session, or one before.")),
    Wrong.NOWHERE: ("place", _l("Say where people must come.")),
}
"""The field each is about, and what is said there."""

_NOW: Mapping[SessionState, Any] = {
    SessionState.DRAFT: _l("This session is not published yet."),
    SessionState.OPEN: _l("This session is already published."),
    SessionState.CANCELLED: _l("This session is cancelled."),
    SessionState.HELD: _l("This session took place and is closed."),
}

DISCARDED = _l("The draft is deleted.")


def tag(session: Any) -> Tag:
    """Where a session stands, for whoever reads."""
    if session.state is not SessionState.OPEN or session.takes_people:
        return STATES[session.state]
    if session.is_over:
        return _OVER
    return _BEGUN if session.has_begun else _CLOSED


def moment(session: Any) -> str:
    """Its day and hour, and whose clocks show them."""
    return when(session.on, session.starts_at, session.department_code)


def where(session: Any) -> str:
    """Where everybody reads that it is: a link is for those who take part."""
    return ", ".join(filter(None, (str(PLACES[session.place_kind]), session.place)))


def when_and_where(session: Any) -> str:
    """Both, in one line."""
    return f"{moment(session)} – {where(session)}"


def givers(session: Any) -> str:
    """Who gives it, for its partner."""
    names = sorted(each.person.name for each in session.givers)
    return ", ".join(names) or _("Nobody yet")


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why something cannot be done now: where the session stands."""
    if isinstance(refusal, HasBegun):
        return _(
            "This session has begun: it is changed no more. Say who came, or that it did not take place."
        )
    if isinstance(refusal, NotBegun):
        return _("This session has not begun: say who came once it has.")
    if isinstance(refusal, StepRefused) and isinstance(refusal.state, SessionState):
        return str(_NOW[refusal.state])
    return refused_words.refusal_sentence(refusal)


def too_few(taken: int) -> str:
    """Seats that people have are not taken away."""
    return ngettext(
        "%(num)s person has a seat: keep at least as many.",
        "%(num)s people have a seat: keep at least as many.",
        taken,
    )


def why(reason: str) -> tuple[Any, Any]:
    """Why it does not take place, as its partner has published it."""
    return _l("Why"), LazyString(str, reason)


def changes(before: Any, after: Any) -> list[tuple[Any, Any]]:
    """What was planned otherwise of what people must know in order to come."""
    facts: list[tuple[Any, Any]] = []
    if _when(before) != _when(after):
        facts.append((_l("When it was before"), LazyString(moment, before)))
    if before.minutes != after.minutes:
        facts.append((_l("Length before"), LazyString(durations.length, before.minutes)))
    if (before.place_kind, before.place) != (after.place_kind, after.place):
        facts.append((_l("Where it was before"), LazyString(where, before)))
    if before.link != after.link:
        facts.append((_l("The link to take part remotely has changed"), _l("see the page")))
    return facts


def _when(facts: Any) -> tuple[Any, ...]:
    return facts.on, facts.starts_at, facts.department_code


def heading(session: Any | None) -> str:
    """Above its form."""
    return _("Change the session") if session else _("New session")

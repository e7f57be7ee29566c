"""The kinds of message shown on the next page."""

import flask
from flask_babel import gettext as _

from portal import acts, clock
from portal.web import templating


def success(message: str) -> None:
    """It is done."""
    flask.flash(message, "success")


def done(message: str, undo_url: str) -> None:
    """It is done, and a button there takes it back until the hour it says."""
    until = _("You can undo it until %(hour)s.", hour=templating.hour(clock.now() + acts.TIME))
    flask.flash((f"{message} {until}", undo_url), "undo")  # type: ignore[arg-type]  # what the session can hold


def notice(message: str) -> None:
    """Something to know."""
    flask.flash(message, "notice")


def problem(message: str) -> None:
    """It was not done."""
    flask.flash(message, "problem")

"""The kinds of message shown on the next page."""

import flask


def success(message: str) -> None:
    """It is done."""
    flask.flash(message, "success")


def done(message: str, undo_url: str) -> None:
    """It is done, and a button there takes it back."""
    flask.flash((str(message), undo_url), "undo")  # type: ignore[arg-type]  # what the session can hold


def notice(message: str) -> None:
    """Something to know."""
    flask.flash(message, "notice")


def problem(message: str) -> None:
    """It was not done."""
    flask.flash(message, "problem")

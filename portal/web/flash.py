"""The three kinds of message shown on the next page."""

import flask


def success(message: str) -> None:
    """It is done."""
    flask.flash(message, "success")


def notice(message: str) -> None:
    """Something to know."""
    flask.flash(message, "notice")


def problem(message: str) -> None:
    """It was not done."""
    flask.flash(message, "problem")

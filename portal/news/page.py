"""How much is new, in the header of every page."""

from flask import Flask

from portal.notifications.news import queries
from portal.web import current


def count() -> str:
    """In digits; empty where nothing is new, or nobody is there to whom it would be."""
    actor = current.actor_or_none()
    if actor is None or current.is_viewing():
        return ""
    number = queries.count_here(actor)
    return f"{queries.MOST}+" if number > queries.MOST else str(number or "")


def init_app(app: Flask) -> None:
    app.jinja_env.globals["news_count"] = count

"""Links that are their own key: signed for one purpose, so that nobody makes or changes one; nothing is stored."""

from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer


def signed(purpose: str, said: Any) -> str:
    """What a link says, as it stands in its address."""
    return str(_signer(purpose).dumps(said))


def read(purpose: str, token: str, lasts: timedelta | None = None) -> Any:
    """What a link says; None where it is not ours, of another purpose, or too old."""
    try:
        return _signer(purpose).loads(token, max_age=int(lasts.total_seconds()) if lasts else None)
    except BadData:
        return None


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"portal.link.{purpose}")

"""Absolute addresses of our pages, the same in a request, in the worker and behind any proxy."""

from typing import Any

from flask import current_app, has_request_context, url_for


def absolute_url(endpoint: str, **values: Any) -> str:
    """The public address of a page: PORTAL_URL and its path."""
    base: str = current_app.config["PORTAL_URL"]
    if has_request_context():
        return base + url_for(endpoint, _external=False, **values)
    with current_app.test_request_context(base_url=base):
        return base + url_for(endpoint, _external=False, **values)


def is_local_path(target: str) -> bool:
    """Is this the path of a page of ours? Browsers drop control characters and read a backslash as a slash."""
    plain = all(character.isprintable() for character in target)
    return plain and target.startswith("/") and not target.startswith("//") and "\\" not in target

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

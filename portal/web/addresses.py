"""Addresses: of our pages, the same in a request, in the worker and behind any proxy; of visitors; and of e-mail."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from email_validator import EmailNotValidError, validate_email
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


def is_email(text: str) -> bool:
    """Is this one e-mail address that can be written to, as far as its look tells?"""
    try:
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return False
    return True


def network(address: str | None) -> str:
    """What counts as one network address: an IPv4 address, or the /64 that one IPv6 subscriber holds."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((found.packed, 64), strict=False))
    return str(found)

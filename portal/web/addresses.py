"""Addresses: of our pages, the same in a request, in the worker and behind any proxy; of visitors; and of e-mail."""

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask import current_app, has_request_context, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the brackets


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


def email_flaw(address: str) -> LazyString | None:
    """What keeps an address from being written to, as far as its look tells; None: nothing.

    Give it a `plain_address`. Letters with accents before the @ are taken by few mail servers, and by none on the way
    there that does not say so (RFC 6531): they are refused. A domain with accents has a spelling without.
    """
    local, _at, _domain = address.rpartition("@")
    if strange := "".join(dict.fromkeys(one for one in local if not one.isascii() and one.isprintable())):
        return _l(
            "No mail server takes “%(letters)s” before the @: write the address without accents, as its owner does.",
            letters=strange[:20],
        )
    try:
        found = validate_email(
            address, check_deliverability=False, test_environment=True, strict=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        return _l("This is not an e-mail address. Write it like name@example.org.")
    if found.ascii_email != address or len(address) > LONGEST_EMAIL:
        return _l("This is not an e-mail address. Write it like name@example.org.")
    return None


def is_email(address: str) -> bool:
    """Can this address, as it stands, be written to?"""
    return email_flaw(address) is None


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

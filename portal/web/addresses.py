"""Addresses: of our pages, the same in a request, in the worker and behind any proxy; of visitors; and of e-mail."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import SplitResult, quote, urlencode, urlsplit

from email_validator import EmailNotValidError, validate_email
from flask import Flask, current_app, has_request_context, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

LONGEST_EMAIL = 254  # RFC 5321, 4.5.3.1.3, without the brackets
_PLAIN = "/:@!$&'()*+,;=~"  # what stands for itself in an address
_PLAIN_VALUES = (str, int, type(None))  # equal ones of which make the same address


class KeepsAddresses(Flask):
    """Works out the address of a page once: each page shows dozens, and nothing changes them but where the portal lies,
    and in which feature they are asked for."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept_address = lru_cache(maxsize=1024)(self._address)

    def url_for(self, /, endpoint: str, **values: Any) -> str:
        if not has_request_context() or any(type(value) not in _PLAIN_VALUES for value in values.values()):
            return super().url_for(endpoint, **values)
        here = request.blueprint if endpoint.startswith(".") else None
        return self._kept_address(request.script_root, here, endpoint, *values.items())

    def _address(self, _root: str, _here: str | None, endpoint: str, *values: tuple[str, Any]) -> str:
        return super().url_for(endpoint, **dict(values))


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


def parts_of(address: str) -> SplitResult:
    """The parts of an address that a browser, or anybody, sent; all empty where it is none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def email_flaw(address: str) -> LazyString | None:
    """What keeps an address from being written to, as far as its look tells; None: nothing.

    Give it a `plain_address`. Letters with accents before the @ are taken by few mail servers, and by none on the way
    there that does not say so (RFC 6531): they are refused. A domain with accents has a spelling without.
    """
    local, _at, _domain = address.rpartition("@")
    if strange := "".join(
        dict.fromkeys(letter for letter in local if not letter.isascii() and letter.isprintable())
    ):
        return _l(
            "No mail server takes “%(letters)s” before the @: write the address without accents, as its owner does.",
            letters=strange[:20],
        )
    try:
        validated_email = validate_email(
            address, check_deliverability=False, test_environment=True, strict=True, allow_smtputf8=False
        )
    except EmailNotValidError:
        return _l("This is not an e-mail address. Write it like name@example.org.")
    if validated_email.ascii_email != address or len(address) > LONGEST_EMAIL:
        return _l("This is not an e-mail address. Write it like name@example.org.")
    return None


def is_email(address: str) -> bool:
    """Can this address, as it stands, be written to?"""
    return email_flaw(address) is None


def network(address: str | None) -> str:
    """What counts as one network address: an IPv4 address, or the /64 that one IPv6 subscriber holds."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(ip_network((parsed.packed, 64), strict=False))
    return str(parsed)


def this_address() -> str:
    """The path of this request with its query, as a browser writes them."""
    path, query = quote(request.path, safe=_PLAIN), quote(request.query_string, safe=_PLAIN + "%?")
    return f"{path}?{query}" if query else path


def this_path_with(**changed: str | None) -> str:
    """The path of this request with its query, some parts of it said anew, or left out (None).

    Never `url_for(…, **request.args)`: the names in a query are whatever anybody writes there.
    """
    same = [(name, value) for name, value in request.args.items(multi=True) if name not in changed]
    anew = [(name, value) for name, value in changed.items() if value is not None]
    return _with_query(request.path, [*same, *anew])


def with_this_query(path: str, without: str = "") -> str:
    """Another of our paths, with the query of this request."""
    return _with_query(path, [pair for pair in request.args.items(multi=True) if pair[0] != without])


def _with_query(path: str, pairs: Sequence[tuple[str, str]]) -> str:
    plain = quote(path, safe=_PLAIN)
    return f"{plain}?{urlencode(pairs)}" if pairs else plain


def canonical() -> str | None:
    """The address of ours that this one means: without a final slash, in small letters. None: it is none."""
    asked = request.path.rstrip("/")
    parts = asked.split("/")
    rules = (rule.rule.split("/") for rule in current_app.url_map.iter_rules())
    meant = ["/".join(map(_part, rule, parts)) for rule in rules if len(rule) == len(parts)]
    for path in (asked, *meant):
        if path != request.path and path.lower() == asked.lower() and _has_a_page(path):
            return with_this_query(path)
    return None


def words_after(path: str) -> set[str]:
    """What the addresses of our pages have after this beginning: what is made there needs another word."""
    rules = (rule.rule for rule in current_app.url_map.iter_rules())
    return {rule.removeprefix(path).split("/")[0] for rule in rules if rule.startswith(path)}


def _part(rule: str, typed: str) -> str:
    """A part of an address as its rule writes it; names of things stay as they were typed."""
    closed = "<" not in rule or rule.startswith("<any(")
    return typed.lower() if closed else typed


def _has_a_page(path: str) -> bool:
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not is_local_path(path):
        return False
    try:
        adapter.match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return True

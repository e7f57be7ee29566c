"""The kinds of values that an operator may write: each is read, or NotUnderstood says what it must be."""

import os
import re
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from portal.web.addresses import is_email

YES = frozenset({"yes", "true", "1", "on", "oui", "vrai"})
NO = frozenset({"no", "false", "0", "off", "non", "faux"})
SHORTEST_SECRET = 32
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?", re.IGNORECASE
)
_SENDER = re.compile(r'(?:"(?P<quoted>[^"<>\\]+)"|(?P<bare>[^"<>\\]*?))\s*<(?P<address>[^<>]+)>')
_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})


class NotUnderstood(ValueError):
    """What a value must be instead, as the end of “it must be …”."""


def text(value: str) -> str:
    """Words of the operator's own."""
    return value


def flag(value: str) -> bool:
    """Yes or no, in one of the words people use."""
    word = value.casefold()
    if word not in YES | NO:
        raise NotUnderstood("yes or no")
    return word in YES


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number between two others."""

    def read(value: str) -> int:
        if value.isascii() and value.isdecimal() and len(value) < 10 and least <= int(value) <= most:
            return int(value)
        raise NotUnderstood(f"a whole number from {least} to {most}")

    return read


def one_of(*words: str) -> Callable[[str], str]:
    """A word of a closed list."""

    def read(value: str) -> str:
        if value.lower() not in words:
            raise NotUnderstood(f"one of {', '.join(words)}")
        return value.lower()

    return read


def long_secret(value: str) -> str:
    """A random text that nobody guesses."""
    if len(value) < SHORTEST_SECRET:
        raise NotUnderstood(f"a random text of at least {SHORTEST_SECRET} characters")
    return value


def is_here(host: str) -> bool:
    """Is this the machine itself, which nothing leaves?"""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_host(value: str) -> bool:
    try:
        ip_address(value.strip("[]"))
    except ValueError:
        return _HOST.fullmatch(value) is not None and not re.fullmatch(r"[\d.]+", value)
    return True


def host(value: str) -> str:
    """The name or the network address of a machine."""
    if not _is_host(value):
        raise NotUnderstood("the name of a machine, without scheme or port, as in mail.example.org")
    return value.strip("[]")


def hosts(value: str) -> list[str]:
    """Names or network addresses of machines, with commas between, or none."""
    return [host(name.strip()) for name in value.split(",")] if value else []


def url(*, path: bool) -> Callable[[str], str]:
    """A public address; without TLS only on this machine. `path`: it may go on after the name."""
    allowed = "an address that begins with https://, as in https://portail.example.org"
    allowed += "" if path else ", without anything after the name"

    def read(value: str) -> str:
        try:
            parts = urlsplit(value.rstrip("/"))
            name, port = parts.hostname or "", parts.port
        except ValueError:
            raise NotUnderstood(allowed) from None
        safe = parts.scheme == "https" or (parts.scheme == "http" and is_here(name))
        extra = parts.query or parts.fragment or "@" in parts.netloc or (parts.path and not path)
        if not safe or extra or port == 0 or not _is_host(name) or re.search(r"[\s?#\\]", value):
            raise NotUnderstood(allowed)
        return parts.geturl()

    return lambda value: read(value) if value else ""


def email(value: str) -> str:
    """An e-mail address, or nothing."""
    if value and not is_email(value):
        raise NotUnderstood("an e-mail address")
    return value


def key_file(value: str) -> str:
    """The full path of an RSA key that this user reads, or nothing."""
    path = Path(value)
    try:
        holds_one = not value or (path.is_absolute() and b"PRIVATE KEY-----" in path.read_bytes())
    except OSError:
        holds_one = False
    if not holds_one:
        raise NotUnderstood("the full path of a private RSA key (PEM) that the user of the portal may read")
    return value


def label(value: str) -> str:
    """One part of a name in the DNS."""
    if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", value):
        raise NotUnderstood("one part of a name in the DNS: small letters, digits and hyphens")
    return value


_LONGEST_INBOX = 27
"""Before the @: what the portal adds makes 64 of it, as long as mail servers take (RFC 5321, 4.5.3.1.1)."""


def inbox(value: str) -> str:
    """An address that takes mail under whatever is added to its name, or nothing."""
    local = value.partition("@")[0]
    if value and (not value.isascii() or not is_email(value) or "+" in local or len(local) > _LONGEST_INBOX):
        raise NotUnderstood(
            f"an e-mail address of at most {_LONGEST_INBOX} characters before the @, without +"
        )
    return value.lower()


def sender(value: str) -> tuple[str, str]:
    """Who e-mails come from: a name, where one is given, and an address that every mail server takes."""
    named = _SENDER.fullmatch(value)
    name = ((named["quoted"] or named["bare"] or "") if named else "").strip()
    address = (named["address"].strip() if named else value).lower()
    if not address.isascii() or not is_email(address) or "@" in name:
        raise NotUnderstood("an e-mail address, or a name and an address as in Portail <portail@example.org>")
    return name, address


def is_writable(path: Path) -> bool:
    """May this user write there, or make it where it is not yet?"""
    there = next((parent for parent in (path, *path.parents) if parent.exists()), path)
    return os.access(there, os.W_OK | (os.X_OK if there.is_dir() else 0)) and (
        there.is_dir() or there == path
    )


def folder(value: str) -> str:
    """A folder that this user may write in."""
    path = Path(value)
    if not path.is_absolute() or (path.exists() and not path.is_dir()) or not is_writable(path):
        raise NotUnderstood("the full path of a folder that the user of the portal may write in")
    return str(path)


def bucket(value: str) -> str:
    """The name of a bucket, or nothing: what every store takes in an address."""
    if value and not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", value):
        raise NotUnderstood("the name of a bucket: 3 to 63 small letters, digits, hyphens and dots")
    return value


def one_word(value: str) -> str:
    """A word without spaces, or nothing."""
    if not re.fullmatch(r"[\w./+=-]*", value, re.ASCII):
        raise NotUnderstood("one word, of letters, digits and . / + = - _")
    return value


def scanner(value: str) -> str:
    """Where clamd listens: a machine, with its port where it is not the usual one, or a socket in the file system."""
    name, colon, port = value.rpartition(":")
    if not value or value.startswith("unix:/"):
        return value
    if (
        "[" in value
        or not _is_host(name if colon else value)
        or (colon and not 0 < int(_digits(port)) < 65536)
    ):
        raise NotUnderstood(
            "a machine, or a machine and a port as in 127.0.0.1:3310, or unix:/run/clamav/clamd.ctl"
        )
    return value


def _digits(port: str) -> str:
    return port if port.isascii() and port.isdecimal() and len(port) < 6 else "0"


def log_file(value: str) -> str | None:
    """Where a log goes: `-` for the standard output, a file, or nowhere."""
    path = Path(value)
    if value in {"", "-"}:
        return value or None
    if not path.is_absolute() or path.is_dir() or not path.parent.is_dir() or not is_writable(path):
        raise NotUnderstood("-, empty, or the full path of a file that the user of the portal may write")
    return value


def listening(value: str) -> str:
    """Where to listen: a machine and a port, or a socket in the file system."""
    name, colon, port = value.rpartition(":")
    if value.startswith("unix:/") and Path(value.removeprefix("unix:")).parent.is_dir():
        return value
    if value and not (colon and _is_host(name) and port.isdecimal() and 0 < int(port[:6]) < 65536):
        raise NotUnderstood("an address and a port as in 127.0.0.1:8000, or unix:/run/portal/web.sock")
    return value


def database(value: str) -> str:
    """Where the tables are: PostgreSQL or SQLite, nothing else."""
    try:
        address = make_url(value)
    except (ArgumentError, ValueError):
        raise NotUnderstood(
            "postgresql+psycopg://user:password@host/name or sqlite:////folder/portal.sqlite, with the signs of"
            " a password written as in addresses (@ is %40, / is %2F)"
        ) from None
    if address.drivername == "sqlite":
        return _sqlite(address)
    if address.drivername in _POSTGRESQL:
        return _postgresql(address)
    raise NotUnderstood("an address that begins with postgresql+psycopg:// or sqlite:////")


def _sqlite(url: URL) -> str:
    path = Path(url.database or "")
    if not path.is_absolute() or path.is_dir():
        raise NotUnderstood(
            "the full path of a file, with four slashes, as in sqlite:////srv/portal/portal.sqlite"
        )
    if not path.parent.is_dir() or not is_writable(path.parent) or not is_writable(path):
        raise NotUnderstood(
            "a file that the user of the portal may write, in a folder where it may write too"
        )
    return url.render_as_string(hide_password=False)


def _postgresql(address: URL) -> str:
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        conninfo.conninfo_to_dict(plain)
    except psycopg.ProgrammingError:
        raise NotUnderstood(
            "an address whose options PostgreSQL knows, as in …/portal?sslmode=require"
        ) from None
    if not address.database or (address.host and not _is_host(address.host)):
        raise NotUnderstood(
            "postgresql+psycopg://user:password@host/name, with the signs of a password written as in addresses"
            " (@ is %40, / is %2F)"
        )
    return address.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)

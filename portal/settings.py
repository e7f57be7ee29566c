"""What an operator may set: every environment variable that the portal reads, each checked before anything starts.

A value that is not understood stops the start with one line: its name, what was found (no secret), what is allowed.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import conninfo
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from portal.web.addresses import is_email

ROOT = Path(__file__).resolve().parent.parent
YES = frozenset({"yes", "true", "1", "on", "oui", "vrai"})
NO = frozenset({"no", "false", "0", "off", "non", "faux"})
LEVELS = ("debug", "info", "warning", "error", "critical")
ENVIRONMENTS = ("production", "demonstration")
SHORTEST_SECRET = 32
_LONGEST_SHOWN = 80
_HOST = re.compile(
    r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?", re.IGNORECASE
)
_SENDER = re.compile(r'(?:"(?P<quoted>[^"<>\\]+)"|(?P<bare>[^"<>\\]*?))\s*<(?P<address>[^<>]+)>')
_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})


class MissingSetting(SystemExit):
    """A required environment variable is absent; the message names it."""

    def __init__(self, name: str, purpose: str) -> None:
        super().__init__(f"Missing setting {name}: {purpose}. See docs/operations.md.")


class WrongSetting(SystemExit):
    """A value that is not understood; the message is one line."""

    def __init__(self, name: str, found: str, allowed: str) -> None:
        super().__init__(f"Setting {name} is {found}: it must be {allowed}. See docs/operations.md.")


class NotUnderstood(ValueError):
    """What a value must be instead, as the end of “it must be …”."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. `read`: its value, or NotUnderstood. `default`: as one would write it; None: required,
    for the `purpose`. `secret`: never shown. `empty`: to be set and empty says something. `shown_only`: of a
    demonstration alone."""

    name: str
    read: Callable[[str], Any]
    default: str | None = ""
    purpose: str = ""
    secret: bool = False
    empty: bool = False
    shown_only: bool = False

    def shown(self, value: str) -> str:
        """A value as a message may repeat it: one short line, and nothing of a secret."""
        if self.secret or ("@" in value and "://" in value):
            return "set, but not usable"
        return repr(value if len(value) <= _LONGEST_SHOWN else value[:_LONGEST_SHOWN] + "…")


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
    there = next((one for one in (path, *path.parents) if one.exists()), path)
    return os.access(there, os.W_OK | (os.X_OK if there.is_dir() else 0)) and (
        there.is_dir() or there == path
    )


def folder(value: str) -> str:
    """A folder that this user may write in."""
    path = Path(value)
    if not path.is_absolute() or (path.exists() and not path.is_dir()) or not is_writable(path):
        raise NotUnderstood("the full path of a folder that the user of the portal may write in")
    return str(path)


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
        found = make_url(value)
    except (ArgumentError, ValueError):
        raise NotUnderstood(
            "postgresql+psycopg://user:password@host/name or sqlite:////folder/portal.sqlite, with the signs of"
            " a password written as in addresses (@ is %40, / is %2F)"
        ) from None
    if found.drivername == "sqlite":
        return _sqlite(found)
    if found.drivername in _POSTGRESQL:
        return _postgresql(found)
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


def _postgresql(found: URL) -> str:
    plain = found.set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        conninfo.conninfo_to_dict(plain)
    except psycopg.ProgrammingError:
        raise NotUnderstood(
            "an address whose options PostgreSQL knows, as in …/portal?sslmode=require"
        ) from None
    if not found.database or (found.host and not _is_host(found.host)):
        raise NotUnderstood(
            "postgresql+psycopg://user:password@host/name, with the signs of a password written as in addresses"
            " (@ is %40, / is %2F)"
        )
    return found.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


_PROCESSES = str(max(2, os.cpu_count() or 1))

SETTINGS: Mapping[str, Setting] = {
    one.name: one
    for one in (
        Setting("PORTAL_ENVIRONMENT", one_of(*ENVIRONMENTS), "production"),
        Setting("SECRET_KEY", long_secret, None, "a long random text that signs sessions", secret=True),
        Setting(
            "PASSWORD_SALT", long_secret, None, "a long random text that strengthens passwords", secret=True
        ),
        Setting(
            "CODES_KEY", long_secret, None, "a long random text that encrypts code applications", secret=True
        ),
        Setting("TWO_FACTORS_FOR_CELLS", flag, "yes"),
        Setting("DATABASE_URL", database, None, "postgresql+psycopg://… or sqlite:////…", secret=True),
        Setting("PORTAL_URL", url(path=False), None, "the public address, https://…"),
        Setting("SMTP_HOST", host, None, "the mail server that takes the portal's e-mails"),
        Setting("MAIL_FROM", sender, None, "the address the portal writes from"),
        Setting("SMTP_PORT", number(1, 65535), "587"),
        Setting("SMTP_USER", text),
        Setting("SMTP_PASSWORD", text, secret=True),
        Setting("SMTP_STARTTLS", flag, "yes"),
        Setting("SMTP_TLS", flag, "no"),
        Setting("FILES_FOLDER", folder, str(ROOT / "var" / "files")),
        Setting("LARGEST_FILE_MEGABYTES", number(1, 1000), "10"),
        Setting("LARGEST_IMPORT_MEGABYTES", number(1, 1000), "10"),
        Setting("COMPANY_REGISTER_URL", url(path=True)),
        Setting("TRUSTED_PROXIES", number(0, 10), "1"),
        Setting("PORT", number(1, 65535), "8000"),
        Setting("BIND", listening),
        Setting("WEB_PROCESSES", number(1, 256), _PROCESSES),
        Setting("WEB_GRACE_SECONDS", number(1, 3600), "20"),
        Setting("LOG_LEVEL", one_of(*LEVELS), "info"),
        Setting("ACCESS_LOG", log_file, "-", empty=True),
        Setting("PORTAL_PUBLISHER", text),
        Setting("PORTAL_PUBLICATION_DIRECTOR", text),
        Setting("PORTAL_HOSTING", text),
        Setting("PORTAL_CONTACT_EMAIL", email),
        Setting(
            "PORTAL_DATA",
            lambda value: folder(str(Path(value).absolute())),
            str(ROOT / "var" / "demo"),
            shown_only=True,
        ),
    )
}


def written(setting: Setting) -> str | None:
    """What the environment says, without the spaces around; None where it says nothing."""
    value = os.environ.get(setting.name)
    if value is None:
        return None
    value = value.strip()
    return value if value or setting.empty else None


def read(name: str, default: str | None = None) -> Any:
    """The value of a setting. `default`: another one than the table's, where it depends on something."""
    setting = SETTINGS[name]
    found = written(setting)
    if found is None:
        found = setting.default if default is None else default
        if found is None:
            raise MissingSetting(name, setting.purpose)
    try:
        return setting.read(_plain(found))
    except NotUnderstood as wrong:
        raise WrongSetting(name, setting.shown(found), str(wrong)) from None


def _plain(value: str) -> str:
    """Refuse what comes of a badly written file: signs that cannot be seen, quotes that were kept."""
    if not value.isprintable():
        raise NotUnderstood("one line, without signs that cannot be seen")
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        raise NotUnderstood("written without the quotes around it")
    return value


def check() -> None:
    """Stop with one line where a setting is missing, not understood, or at odds with another one."""
    for setting in SETTINGS.values():
        if not setting.shown_only or written(setting):
            read(setting.name)
    _check_mail()


def _check_mail() -> None:
    user, password = read("SMTP_USER"), read("SMTP_PASSWORD")
    if bool(user) != bool(password):
        given, lacking = ("SMTP_USER", "SMTP_PASSWORD") if user else ("SMTP_PASSWORD", "SMTP_USER")
        raise MissingSetting(lacking, f"{given} is set, and neither is of use without the other")
    tls, starttls = read("SMTP_TLS"), written(SETTINGS["SMTP_STARTTLS"]) and read("SMTP_STARTTLS")
    if tls and starttls:
        raise WrongSetting(
            "SMTP_STARTTLS", "'yes'", "no where SMTP_TLS is yes: TLS then begins with the first byte"
        )
    if user and not tls and starttls is False and not is_here(read("SMTP_HOST")):
        raise WrongSetting(
            "SMTP_STARTTLS", "'no'", "yes where there is a password, which would travel in clear"
        )


def understood() -> Iterator[tuple[str, str]]:
    """Each setting as it is understood; of secrets, only whether they are there."""
    for setting in SETTINGS.values():
        found = written(setting)
        if setting.shown_only and found is None:
            continue
        if found is None and setting.default is None:
            yield setting.name, "not set"
        elif setting.name == "DATABASE_URL":
            yield setting.name, make_url(read(setting.name)).render_as_string(hide_password=True)
        elif setting.secret:
            yield setting.name, f"set, {len(found)} characters, not shown" if found else "-"
        else:
            yield setting.name, _shown(read(setting.name)) + ("" if found else "  (default)")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return f"{value[0]} <{value[1]}>".strip()
    return str(value or "-")


def misspelt() -> Iterator[tuple[str, str]]:
    """Names in the environment that are no setting, and the setting that each nearly is."""
    for name in sorted(os.environ.keys() - SETTINGS.keys()):
        for near in get_close_matches(name, SETTINGS, 1, 0.85):
            yield name, near

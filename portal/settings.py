"""What an operator may set: every environment variable that the portal reads, each checked before anything starts.

A value that is not understood stops the start with one line: its name, what was found (no secret), what is allowed.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from portal.setting_kinds import (
    NotUnderstood,
    bucket,
    database,
    email,
    flag,
    folder,
    host,
    hosts,
    inbox,
    is_here,
    key_file,
    label,
    listening,
    log_file,
    long_secret,
    number,
    one_of,
    one_word,
    scanner,
    sender,
    text,
    url,
)

ROOT = Path(__file__).resolve().parent.parent
LEVELS = ("debug", "info", "warning", "error", "critical")
ENVIRONMENTS = ("production", "demonstration")
_LONGEST_SHOWN = 80


class MissingSetting(SystemExit):
    """A required environment variable is absent; the message names it."""

    def __init__(self, name: str, purpose: str) -> None:
        super().__init__(f"Missing setting {name}: {purpose}. See docs/operations.md.")


class WrongSetting(SystemExit):
    """A value that is not understood; the message is one line."""

    def __init__(self, name: str, written_as: str, allowed: str) -> None:
        super().__init__(f"Setting {name} is {written_as}: it must be {allowed}. See docs/operations.md.")


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


S3_PARTS = ("bucket", "endpoint", "region", "key_id", "secret")
_PROCESSES = str(max(2, os.cpu_count() or 1))

SETTINGS: Mapping[str, Setting] = {
    setting.name: setting
    for setting in (
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
        Setting("SMTP_OTHER_HOSTS", hosts),
        Setting("MAIL_FROM", sender, None, "the address the portal writes from"),
        Setting("MAIL_INBOX", inbox),
        Setting("MAIL_LISTEN", listening, "127.0.0.1:8024"),
        Setting("SMTP_PORT", number(1, 65535), "587"),
        Setting("SMTP_USER", text),
        Setting("SMTP_PASSWORD", text, secret=True),
        Setting("SMTP_STARTTLS", flag, "yes"),
        Setting("SMTP_TLS", flag, "no"),
        Setting("DKIM_KEY", key_file),
        Setting("DKIM_SELECTOR", label, "portal"),
        Setting("FILES_FOLDER", folder, str(ROOT / "var" / "files")),
        Setting("FILES_S3_BUCKET", bucket),
        Setting("FILES_S3_ENDPOINT", url(path=False)),
        Setting("FILES_S3_REGION", one_word),
        Setting("FILES_S3_KEY_ID", one_word, secret=True),
        Setting("FILES_S3_SECRET", text, secret=True),
        Setting("CLAMD_HOST", scanner),
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
    written_as = written(setting)
    if written_as is None:
        written_as = setting.default if default is None else default
        if written_as is None:
            raise MissingSetting(name, setting.purpose)
    try:
        return setting.read(_plain(written_as))
    except NotUnderstood as wrong:
        raise WrongSetting(name, setting.shown(written_as), str(wrong)) from None


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
    _check_files()


def _check_files() -> None:
    given = [part for part in S3_PARTS if read(f"FILES_S3_{part.upper()}")]
    lacking = [part for part in S3_PARTS if part not in given]
    if given and lacking:
        raise MissingSetting(
            f"FILES_S3_{lacking[0].upper()}", f"FILES_S3_{given[0].upper()} is set, and none is of use alone"
        )
    if given and not find_spec("boto3"):
        raise WrongSetting("FILES_S3_BUCKET", "set", "left out until requirements-extras.lock is installed")
    if read("CLAMD_HOST") and not find_spec("clamav_client"):
        raise WrongSetting("CLAMD_HOST", "set", "left out until requirements-extras.lock is installed")


def _check_mail() -> None:
    user, password = read("SMTP_USER"), read("SMTP_PASSWORD")
    if bool(user) != bool(password):
        given, lacking = ("SMTP_USER", "SMTP_PASSWORD") if user else ("SMTP_PASSWORD", "SMTP_USER")
        raise MissingSetting(lacking, f"{given} is set, and neither is of use without the other")
    if read("DKIM_KEY") and not find_spec("dkim"):
        raise WrongSetting("DKIM_KEY", "set", "left out until requirements-extras.lock is installed")
    tls, starttls = read("SMTP_TLS"), written(SETTINGS["SMTP_STARTTLS"]) and read("SMTP_STARTTLS")
    if tls and starttls:
        raise WrongSetting(
            "SMTP_STARTTLS", "'yes'", "no where SMTP_TLS is yes: TLS then begins with the first byte"
        )
    if user and not tls and starttls is False and not all(map(is_here, _mail_servers())):
        raise WrongSetting(
            "SMTP_STARTTLS", "'no'", "yes where there is a password, which would travel in clear"
        )


def _mail_servers() -> Sequence[str]:
    return (read("SMTP_HOST"), *read("SMTP_OTHER_HOSTS"))


def understood() -> Iterator[tuple[str, str]]:
    """Each setting as it is understood; of secrets, only whether they are there."""
    for setting in SETTINGS.values():
        written_as = written(setting)
        if setting.shown_only and written_as is None:
            continue
        if written_as is None and setting.default is None:
            yield setting.name, "not set"
        elif setting.name == "DATABASE_URL":
            yield setting.name, make_url(read(setting.name)).render_as_string(hide_password=True)
        elif setting.secret:
            yield setting.name, f"set, {len(written_as)} characters, not shown" if written_as else "-"
        else:
            yield setting.name, _shown(read(setting.name)) + ("" if written_as else "  (default)")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(value) or "-"
    if isinstance(value, tuple):
        return f"{value[0]} <{value[1]}>".strip()
    return str(value or "-")


def misspelt() -> Iterator[tuple[str, str]]:
    """Names in the environment that are no setting, and the setting that each nearly is."""
    for name in sorted(os.environ.keys() - SETTINGS.keys()):
        for near in get_close_matches(name, SETTINGS, 1, 0.85):
            yield name, near

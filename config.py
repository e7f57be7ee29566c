"""Settings, one class per environment, read from environment variables.

A default is right for production and may be published; a value that cannot be, such as a secret, has no default
and its absence stops the start with one line.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from portal import settings

_MEGABYTE = 1024 * 1024


class Config:
    """What every environment shares."""

    DEMONSTRATION = False
    EMAIL_PREVIEWS = False
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = True
    PERMANENT_SESSION_LIFETIME = (
        365 * 24 * 3600
    )  # the cookie knows a browser again; a session ends by its row
    SESSION_REFRESH_EACH_REQUEST = False  # what is kept in it changes every few minutes of use
    MAX_CONTENT_LENGTH = 2 * 1024 * 1024
    LARGEST_IMPORT = 10 * _MEGABYTE
    LARGEST_FILE = 10 * _MEGABYTE
    FILES_S3: dict[str, str] | None = None
    CLAMD_HOST = ""
    COMPANY_REGISTER_URL = ""
    TRUSTED_PROXIES = 0
    WTF_CSRF_TIME_LIMIT = None
    BABEL_DEFAULT_LOCALE = "fr"
    BABEL_DEFAULT_TIMEZONE = "Europe/Paris"
    COMPRESS_BR_LEVEL = 3
    COMPRESS_LEVEL = 4
    COMPRESS_ALGORITHM: ClassVar = ["br", "gzip"]
    TWO_FACTORS_FOR_CELLS = False
    MAIL_SENDER_NAME = "Portail d’appui PTCE"
    MAIL_TIMEOUT = 20
    MAIL_INBOX = ""
    DKIM_KEY = ""
    DKIM_SELECTOR = "portal"
    MAIL_OTHER_SERVERS: tuple[str, ...] = ()
    USAGE_REMEMBERED_SECONDS = 60
    HEALTH_REMEMBERED_SECONDS = 5
    LOG_LEVEL: str | None = None
    PUBLISHER = ""
    PUBLICATION_DIRECTOR = ""
    HOST_NAME_AND_ADDRESS = ""
    CONTACT_EMAIL = ""


class _Served(Config):
    """A portal with an operator, whatever it is for."""

    def __init__(self) -> None:
        self.LARGEST_IMPORT = settings.read("LARGEST_IMPORT_MEGABYTES") * _MEGABYTE
        self.CLAMD_HOST = settings.read("CLAMD_HOST")
        self.LARGEST_FILE = settings.read("LARGEST_FILE_MEGABYTES") * _MEGABYTE
        self.COMPANY_REGISTER_URL = settings.read("COMPANY_REGISTER_URL")
        self.LOG_LEVEL = settings.read("LOG_LEVEL")
        self.PUBLISHER = settings.read("PORTAL_PUBLISHER")
        self.PUBLICATION_DIRECTOR = settings.read("PORTAL_PUBLICATION_DIRECTOR")
        self.HOST_NAME_AND_ADDRESS = settings.read("PORTAL_HOSTING")
        self.CONTACT_EMAIL = settings.read("PORTAL_CONTACT_EMAIL")


class Production(_Served):
    """A real service: everything that matters comes from the environment."""

    def __init__(self) -> None:
        super().__init__()
        settings.check()
        self.SECRET_KEY = settings.read("SECRET_KEY")
        self.SECURITY_PASSWORD_SALT = settings.read("PASSWORD_SALT")
        self.TOTP_SECRETS = {"1": settings.read("CODES_KEY")}
        self.TWO_FACTORS_FOR_CELLS = settings.read("TWO_FACTORS_FOR_CELLS")
        self.SQLALCHEMY_DATABASE_URI = settings.read("DATABASE_URL")
        self.FILES_FOLDER = settings.read("FILES_FOLDER")
        if settings.read("FILES_S3_BUCKET"):
            self.FILES_S3 = {part: settings.read(f"FILES_S3_{part.upper()}") for part in settings.S3_PARTS}
        self.PORTAL_URL = settings.read("PORTAL_URL")
        self.TRUSTED_PROXIES = settings.read("TRUSTED_PROXIES")
        self.SESSION_COOKIE_SECURE = self.PORTAL_URL.startswith("https://")
        if self.SESSION_COOKIE_SECURE:
            # No neighbour under the same domain can set or read it.
            self.SESSION_COOKIE_NAME = "__Host-session"
        self._read_mail()

    def _read_mail(self) -> None:
        name, self.MAIL_SENDER = settings.read("MAIL_FROM")
        self.MAIL_SENDER_NAME = name or Config.MAIL_SENDER_NAME
        self.MAIL_INBOX = settings.read("MAIL_INBOX")
        self.DKIM_KEY = settings.read("DKIM_KEY")
        self.DKIM_SELECTOR = settings.read("DKIM_SELECTOR")
        self.MAIL_SERVER = settings.read("SMTP_HOST")
        self.MAIL_OTHER_SERVERS = settings.read("SMTP_OTHER_HOSTS")
        self.MAIL_USE_SSL = settings.read("SMTP_TLS")
        self.MAIL_USE_TLS = not self.MAIL_USE_SSL and settings.read("SMTP_STARTTLS")
        self.MAIL_PORT = settings.read("SMTP_PORT", default="465" if self.MAIL_USE_SSL else None)
        self.MAIL_USERNAME = settings.read("SMTP_USER") or None
        self.MAIL_PASSWORD = settings.read("SMTP_PASSWORD") or None


def _kept_secret(folder: Path, name: str) -> str:
    """A secret made at the first start and kept beside the demonstration's database."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text()


class Demonstration(_Served):
    """Everything on this machine: SQLite, a local mail sink, invented activity."""

    DEMONSTRATION = True
    EMAIL_PREVIEWS = True
    SESSION_COOKIE_SECURE = False

    @staticmethod
    def folder() -> Path:
        """Where it keeps everything."""
        return Path(settings.read("PORTAL_DATA"))

    def __init__(self) -> None:
        super().__init__()
        folder = self.folder()
        self.SECRET_KEY = _kept_secret(folder, "secret-key")
        self.SECURITY_PASSWORD_SALT = _kept_secret(folder, "password-salt")
        self.TOTP_SECRETS = {"1": _kept_secret(folder, "codes-key")}
        self.SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder / 'portal.sqlite'}"
        self.PORTAL_URL = f"http://127.0.0.1:{settings.read('PORT')}"
        self.MAIL_SERVER = "127.0.0.1"
        self.MAIL_PORT = settings.read("SMTP_PORT", default="8025")
        self.MAIL_SENDER = self.MAIL_INBOX = "portail@demo.example"
        self.MAIL_FOLDER = str(folder / "emails")
        self.FILES_FOLDER = str(folder / "files")


class Testing(Config):
    """Fast hashes and a fixed address; each test sets its own database."""

    TESTING = True
    EMAIL_PREVIEWS = True
    USAGE_REMEMBERED_SECONDS = 0
    HEALTH_REMEMBERED_SECONDS = 0
    SESSION_COOKIE_SECURE = False
    SECRET_KEY = "only for tests, as long as one in service"  # noqa: S105 (published on purpose)
    SECURITY_PASSWORD_SALT = "only for tests, as long as one in service"  # noqa: S105 (published on purpose)
    TOTP_SECRETS: ClassVar = {"1": "only for tests, as long as one in service"}
    SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS: ClassVar = {
        "argon2__rounds": 1,
        "argon2__memory_cost": 8,
        "argon2__parallelism": 1,
    }
    PORTAL_URL = "http://portal.test"
    MAIL_SERVER = "127.0.0.1"
    MAIL_PORT = 25
    MAIL_SUPPRESS_SEND = False
    MAIL_SENDER = "portail@portal.test"
    FILES_FOLDER = str(Path(tempfile.gettempdir()) / f"portal-files-{os.getpid()}")
    COMPANY_REGISTER_URL = ""

    def __init__(self, database_url: str) -> None:
        self.SQLALCHEMY_DATABASE_URI = database_url


ENVIRONMENTS: dict[str, Any] = {"production": Production, "demonstration": Demonstration}


def from_environment() -> Config:
    """The settings chosen by PORTAL_ENVIRONMENT (production when unset)."""
    chosen: Config = ENVIRONMENTS[settings.read("PORTAL_ENVIRONMENT")]()
    return chosen

"""Settings, one class per environment, read from environment variables.

A default is right for production and may be published; a value that cannot be, such as a secret, has no default
and its absence stops the start with one line.
"""

import os
import secrets
import tempfile
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent


class MissingSetting(SystemExit):
    """A required environment variable is absent; the message names it."""

    def __init__(self, name: str, purpose: str) -> None:
        super().__init__(f"Missing setting {name}: {purpose}. See docs/operations.md.")


def required(name: str, purpose: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise MissingSetting(name, purpose)
    return value


def flag(name: str, *, default: bool) -> bool:
    return os.environ.get(name, "yes" if default else "no").lower() in {"1", "true", "yes", "on"}


def number(name: str, default: int) -> int:
    """A whole number from the environment; anything else stops the start."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal():
        raise SystemExit(f"Setting {name} is {value!r}: it must be a whole number. See docs/operations.md.")
    return int(value)


class Config:
    """What every environment shares."""

    DEMONSTRATION = False
    EMAIL_PREVIEWS = False
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_SECURE = True
    PERMANENT_SESSION_LIFETIME = 12 * 3600
    MAX_CONTENT_LENGTH = 2 * 1024 * 1024
    LARGEST_IMPORT = number("LARGEST_IMPORT_MEGABYTES", 10) * 1024 * 1024
    LARGEST_FILE = number("LARGEST_FILE_MEGABYTES", 10) * 1024 * 1024
    FILES_FOLDER = os.environ.get("FILES_FOLDER") or str(ROOT / "var" / "files")
    COMPANY_REGISTER_URL = os.environ.get("COMPANY_REGISTER_URL", "").rstrip("/")
    TRUSTED_PROXIES = 0
    WTF_CSRF_TIME_LIMIT = None
    BABEL_DEFAULT_LOCALE = "fr"
    BABEL_DEFAULT_TIMEZONE = "Europe/Paris"
    COMPRESS_BR_LEVEL = 4
    COMPRESS_LEVEL = 4
    COMPRESS_ALGORITHM: ClassVar = ["br", "gzip"]
    TWO_FACTORS_FOR_CELLS = False
    MAIL_SENDER_NAME = "Portail d’appui PTCE"
    MAIL_TIMEOUT = 20
    USAGE_REMEMBERED_SECONDS = 60
    PUBLISHER = os.environ.get("PORTAL_PUBLISHER", "")
    PUBLICATION_DIRECTOR = os.environ.get("PORTAL_PUBLICATION_DIRECTOR", "")
    HOST_NAME_AND_ADDRESS = os.environ.get("PORTAL_HOSTING", "")
    CONTACT_EMAIL = os.environ.get("PORTAL_CONTACT_EMAIL", "")


class Production(Config):
    """A real service: everything that matters comes from the environment."""

    def __init__(self) -> None:
        self.SECRET_KEY = required("SECRET_KEY", "a long random text that signs sessions")
        self.SECURITY_PASSWORD_SALT = required(
            "PASSWORD_SALT", "a long random text that strengthens passwords"
        )
        self.TOTP_SECRETS = {"1": required("CODES_KEY", "a long random text that encrypts code applications")}
        self.TWO_FACTORS_FOR_CELLS = flag("TWO_FACTORS_FOR_CELLS", default=True)
        self.SQLALCHEMY_DATABASE_URI = required("DATABASE_URL", "postgresql+psycopg://… or sqlite:////…")
        self.PORTAL_URL = required("PORTAL_URL", "the public address, https://…").rstrip("/")
        self.MAIL_SERVER = required("SMTP_HOST", "the mail server that takes the portal's e-mails")
        self.MAIL_SENDER = required("MAIL_FROM", "the address the portal writes from")
        self.MAIL_PORT = number("SMTP_PORT", 587)
        self.MAIL_USERNAME = os.environ.get("SMTP_USER") or None
        self.MAIL_PASSWORD = os.environ.get("SMTP_PASSWORD") or None
        self.MAIL_USE_TLS = flag("SMTP_STARTTLS", default=True)
        self.MAIL_USE_SSL = flag("SMTP_TLS", default=False)
        self.TRUSTED_PROXIES = number("TRUSTED_PROXIES", 1)
        self.SESSION_COOKIE_SECURE = self.PORTAL_URL.startswith("https://")
        if self.SESSION_COOKIE_SECURE:
            # No neighbour under the same domain can set or read it.
            self.SESSION_COOKIE_NAME = "__Host-session"


def _kept_secret(folder: Path, name: str) -> str:
    """A secret made at the first start and kept beside the demonstration's database."""
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text()


class Demonstration(Config):
    """Everything on this machine: SQLite, a local mail sink, invented activity."""

    DEMONSTRATION = True
    EMAIL_PREVIEWS = True
    SESSION_COOKIE_SECURE = False

    @staticmethod
    def folder() -> Path:
        """Where it keeps everything."""
        return Path(os.environ.get("PORTAL_DATA") or ROOT / "var" / "demo").absolute()

    def __init__(self) -> None:
        folder = self.folder()
        port = os.environ.get("PORT", "8000")
        self.SECRET_KEY = _kept_secret(folder, "secret-key")
        self.SECURITY_PASSWORD_SALT = _kept_secret(folder, "password-salt")
        self.TOTP_SECRETS = {"1": _kept_secret(folder, "codes-key")}
        self.SQLALCHEMY_DATABASE_URI = f"sqlite:///{folder / 'portal.sqlite'}"
        self.PORTAL_URL = f"http://127.0.0.1:{port}"
        self.MAIL_SERVER = "127.0.0.1"
        self.MAIL_PORT = number("SMTP_PORT", 8025)
        self.MAIL_SENDER = "portail@demo.example"
        self.MAIL_FOLDER = str(folder / "emails")
        self.FILES_FOLDER = str(folder / "files")


class Testing(Config):
    """Fast hashes and a fixed address; each test sets its own database."""

    TESTING = True
    EMAIL_PREVIEWS = True
    USAGE_REMEMBERED_SECONDS = 0
    SESSION_COOKIE_SECURE = False
    SECRET_KEY = "only-for-tests"  # noqa: S105 (published on purpose)
    SECURITY_PASSWORD_SALT = "only-for-tests"  # noqa: S105 (published on purpose)
    TOTP_SECRETS: ClassVar = {"1": "only-for-tests"}
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


ENVIRONMENTS = {"production": Production, "demonstration": Demonstration}


def from_environment() -> Config:
    """The settings chosen by PORTAL_ENVIRONMENT (production when unset)."""
    name = os.environ.get("PORTAL_ENVIRONMENT", "production")
    if name not in ENVIRONMENTS:
        raise SystemExit(f"PORTAL_ENVIRONMENT is {name!r}: choose one of {', '.join(ENVIRONMENTS)}.")
    return ENVIRONMENTS[name]()

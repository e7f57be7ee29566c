"""The settings of an invented portal in service: what tests and measures start programs with."""

from pathlib import Path

REQUIRED = {
    "SECRET_KEY": "a long text that signs sessions in tests",
    "PASSWORD_SALT": "a long text that strengthens passwords in tests",
    "CODES_KEY": "a long text that encrypts codes of tests",
    "PORTAL_URL": "https://portal.test",
    "SMTP_HOST": "127.0.0.1",
    "MAIL_FROM": "portail@portal.test",
}
"""Without DATABASE_URL, which each test has its own of. A test holds this beside the table of settings."""


def production(folder: Path, **others: str) -> dict[str, str]:
    """Settings with which every program starts, on a database and with documents in the folder."""
    own = {"DATABASE_URL": f"sqlite:///{folder / 'portal.sqlite'}", "FILES_FOLDER": str(folder / "files")}
    return {**REQUIRED, **own, **others}

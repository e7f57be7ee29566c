"""How long sessions and links last, and what a browser says of itself, in a few words."""

import re
from datetime import timedelta

IDLE_SESSION = timedelta(hours=12)
LONGEST_SESSION = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=5)
SESSIONS_KEPT = timedelta(days=365)
CHALLENGE_LASTS = timedelta(minutes=10)
SECOND_STEP_LASTS = timedelta(minutes=10)
SET_UP_LASTS = timedelta(minutes=30)
CONFIRM_WITHIN = timedelta(hours=24)
STOP_WITHIN = timedelta(days=7)
RECOVERY_CODES = 10

# The first that is found counts: many browsers also name those they resemble.
_BROWSERS = (
    ("Edg/|EdgA/|EdgiOS/", "Edge"),
    ("OPR/|Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/|FxiOS/", "Firefox"),
    ("Chrome/|CriOS/|Chromium/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone|iPod", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh|Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux|X11", "Linux"),
)


def browser_and_system(user_agent: str) -> tuple[str, str]:
    """The names of a browser and of the system it runs on; empty where they are not known."""
    return _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in names if re.search(pattern, user_agent)), "")


def plain_code(typed: str) -> str:
    """A code as it is compared: letters and digits only, in lower case."""
    return "".join(character for character in typed.lower() if character.isalnum() and character.isascii())


def is_from_an_application(code: str) -> bool:
    """Is this the shape of the codes that applications show? Recovery codes are longer."""
    return len(code) == 6 and code.isdigit()

"""What a filter of the inbox is made of, as it stands in the address of the list. Pure."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

KEYS = ("dossier", "qui", "tri", "recherche", "service", "region", "partenaire")
LONGEST_NAME, LONGEST_QUERY = 60, 500
MOST_KEPT = 20


def tidy(query: str) -> str:
    """The parts of an address that say what is looked for, in one order, without those left empty."""
    typed = dict(parse_qsl(query))
    return urlencode({key: typed[key] for key in KEYS if typed.get(key)})


def parts(query: str) -> dict[str, Any]:
    """The same, one by one."""
    return dict(parse_qsl(query))

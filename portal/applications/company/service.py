"""The conversation with the public register of companies (`GET {address}/search?q=SIRET`, JSON): short, never needed.

Asked only where an operator set COMPANY_REGISTER_URL, and only when a cell presses the button.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from flask import current_app

from portal.applications.rules import Company
from portal.territories.reference import REGIONS
from portal.text import one_line

PATIENCE_SECONDS = 3.0
_MOST_BYTES = 1_000_000
_LONGEST_NAME = 200


class NoAnswer(Exception):
    """The register did not answer in time, or not in its own language."""


def is_asked() -> bool:
    """Has the operator chosen to ask the register?"""
    return bool(current_app.config["COMPANY_REGISTER_URL"])


def look_up(siret: str) -> Company:
    """What the register says of an establishment; NoAnswer where it says nothing we understand."""
    address = f"{current_app.config['COMPANY_REGISTER_URL']}/search?{urlencode({'q': siret, 'per_page': 1})}"
    asked = Request(address, headers={"Accept": "application/json"})  # noqa: S310 (the operator's own setting)
    try:
        with urlopen(asked, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 (the same)
            record = json.loads(answer.read(_MOST_BYTES))
        return _read(siret, record["results"])
    except (URLError, OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NoAnswer(str(error)) from error


def _read(siret: str, results: list[Mapping[str, Any]]) -> Company:
    for body in results:
        seat = body.get("siege") or {}
        for place in (seat, *(body.get("matching_etablissements") or ())):
            if place.get("siret") == siret:
                region = str(place.get("region") or "")
                return Company(
                    found=True,
                    name=one_line(str(body.get("nom_complet") or ""))[:_LONGEST_NAME] or None,
                    open=body.get("etat_administratif") == "A" and place.get("etat_administratif") == "A",
                    region_code=region if region in REGIONS else None,
                )
    return Company(found=False)

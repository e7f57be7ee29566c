"""What one may ask of the public register."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.fields.core import UnboundField

from portal.organisations import words
from portal.organisations.rules import RecognitionKind, Sector, Stage
from portal.register.rules import NOT_KNOWN, RegisterFilters
from portal.territories.reference import DEPARTMENTS, REGIONS
from portal.web.filters import FilterForm, choice_field, search_field, word_field


def _place_field(label: Any, places: Iterable[tuple[str, str]], everywhere: Any) -> UnboundField:
    return choice_field(label, [*places, (NOT_KNOWN, _l("Not known"))], everywhere)


class RegisterForm(FilterForm):
    q = search_field(_l("Words in the name"))
    region = _place_field(
        _l("Region"), [(region.code, region.name) for region in REGIONS.values()], _l("All regions")
    )
    departement = _place_field(
        _l("Department"),
        [(department.code, f"{department.code} – {department.name}") for department in DEPARTMENTS.values()],
        _l("All departments"),
    )
    secteur = word_field(_l("Sector"), words.SECTORS, _l("All sectors"))
    reconnaissance = word_field(_l("Recognition"), words.RECOGNITIONS, _l("All recognitions"))
    stade = word_field(_l("Stage of the pole"), words.STAGES, _l("All stages"))

    def filters(self) -> RegisterFilters:
        return RegisterFilters(
            text=self.text,
            region_code=self.code("region", {**REGIONS, NOT_KNOWN: None}),
            department_code=self.code("departement", {**DEPARTMENTS, NOT_KNOWN: None}),
            sector=self.chosen("secteur", Sector),
            recognition=self.chosen("reconnaissance", RecognitionKind),
            stage=self.chosen("stade", Stage),
        )

    def asked(self) -> dict[str, str]:
        """What is filled in, as it stands in the address."""
        return {field.name: field.data for field in self if field.data}

"""What one may ask of the catalogue, and which services a partner delivers."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import CheckboxInput, ListWidget

from portal.catalogue import words
from portal.catalogue.rules import Family, Format, ServiceFilters, ServiceKind
from portal.organisations.rules import Stage
from portal.organisations.words import STAGES
from portal.territories.reference import DEPARTMENTS, REGIONS
from portal.web.filters import FilterForm, choice_field, search_field, word_field
from portal.web.forms import SEEN_BY_ALL, PortalForm, choices


class CatalogueForm(FilterForm):
    q = search_field(_l("Words in the name"))
    famille = word_field(_l("Purpose"), words.FAMILIES, _l("All the families"))
    type = word_field(_l("Kind"), words.KINDS, _l("All kinds"))
    format = word_field(_l("Format"), words.FORMATS, _l("All formats"))
    stade = choice_field(
        _l("Stage of the pole"),
        [(stage.value, label) for stage, label in STAGES.items() if stage is not Stage.INACTIVE],
        _l("All stages"),
    )
    region = choice_field(
        _l("Region"), [(region.code, region.name) for region in REGIONS.values()], _l("All regions")
    )
    departement = choice_field(
        _l("Department"),
        [(department.code, f"{department.code} – {department.name}") for department in DEPARTMENTS.values()],
        _l("All departments"),
    )

    def keep_what_helps(self, count: Callable[[ServiceFilters], int]) -> None:
        """Each choice says how many services it leaves beside the others; what would change nothing is left out."""
        filters = self.filters()
        for name, column, vocabulary in _COUNTED:
            nothing: dict[str, Any] = {column: None}
            others = replace(filters, **nothing)
            if name == "region":
                others = replace(others, department_code=None)
            total = count(others)
            everything, *offered = self[name].choices
            left = {
                each.value: count(replace(others, **{column: vocabulary(each.value)})) for each in offered
            }
            chosen = self[name].data
            self[name].choices = choices(
                [
                    (everything.value, everything.label),
                    *(
                        (each.value, f"{each.label} ({left[each.value]})")
                        for each in offered
                        if left[each.value] or each.value == chosen
                    ),
                ]
            )
            if not chosen and not any(0 < each < total for each in left.values()):
                del self[name]
        if "region" not in self and not self.departement.data:
            del self.departement

    def filters(self) -> ServiceFilters:
        """A department says its region, whichever region was chosen beside it."""
        department_code = self.code("departement", DEPARTMENTS)
        region_code = self.code("region", REGIONS)
        if department_code:
            region_code = DEPARTMENTS[department_code].region_code
        return ServiceFilters(
            text=self.text,
            family=self.chosen("famille", Family),
            kind=self.chosen("type", ServiceKind),
            format=self.chosen("format", Format),
            stage=self.chosen("stade", Stage),
            region_code=region_code,
            department_code=department_code,
        )


_COUNTED: Sequence[tuple[str, str, Callable[[str], Any]]] = (
    ("famille", "family", Family),
    ("type", "kind", ServiceKind),
    ("format", "format", Format),
    ("stade", "stage", Stage),
    ("region", "region_code", str),
)
"""The filters whose choices are counted: field, name in `ServiceFilters`, type of the value."""


class DeliverForm(PortalForm):
    """The services of a partner."""

    service_ids = SelectMultipleField(
        _l("Services you deliver"),
        description=_l(
            "Where a cell chooses whom to ask, those who deliver the service come first. What another partner delivers"
            " already is shared by the national cell: ask it."
        ),
        coerce=int,
        validators=[Optional()],
        render_kw=dict(SEEN_BY_ALL),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

"""A form field where people type a town, or its postcode, and that finds the commune."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import ValidationError

from portal.territories import communes
from portal.territories.communes import LONGEST_TEXT, Commune


class CommuneField(StringField):
    """`data` is the text; `commune` is what it means once the form is validated, None when left empty.

    A stored commune code given as the field's value is shown as a text that finds it again.
    """

    commune: Commune | None = None

    def process_data(self, value: str | None) -> None:
        commune = communes.commune(value) if value else None
        self.data = commune.label if commune else value

    def pre_validate(self, form: Form) -> None:
        self.commune = None
        if not self.data:
            return
        candidates = communes.find(self.data)
        if isinstance(candidates, Commune):
            self.commune = candidates
        elif candidates:
            labels = " ; ".join(commune.described for commune in candidates)
            raise ValidationError(
                _("Which town is it? Type one of these as written here: %(towns)s.", towns=labels)
            )
        else:
            raise ValidationError(
                _(
                    "No town of France has this name or postcode. Type the name of the commune of today, as in Nantes,"
                    " or its postcode."
                )
            )


def commune_field(
    label: Any,
    *,
    description: Any = None,
    validators: Iterable[Any] = (),
    seen: Mapping[str, Any] = MappingProxyType({}),
) -> UnboundField:
    """A town to be typed; give `required()` among the validators where it is needed."""
    return CommuneField(
        label,
        description=description or _l("Its name or its postcode, for instance Pornic or 44210."),
        validators=[*validators],
        render_kw={"maxlength": LONGEST_TEXT, "autocomplete": "off", **seen},
    )

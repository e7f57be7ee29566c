"""A file to bring, and what to export."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import FileField, ValidationError

from portal.territories.reference import REGIONS
from portal.web.filters import FilterForm, choice_field
from portal.web.forms import PortalForm


class ImportForm(PortalForm):
    """The file, as a browser sends it."""

    file = FileField(_l("CSV file"), render_kw={"accept": ".csv,text/csv,text/plain", "required": True})

    def __init__(self, **options: Any) -> None:
        brought: Any = (
            CombinedMultiDict[Any, Any]([request.form, request.files]) if request.method == "POST" else None
        )
        super().__init__(formdata=brought, **options)

    def validate_file(self, field: FileField) -> None:
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError(_l("Choose a file."))


class ExportForm(FilterForm):
    """Of which region."""

    def __init__(self, asked: Any, id_prefix: str = "") -> None:
        super().__init__(asked)
        for field in self:
            field.id = f"{id_prefix}{field.id}"

    region = choice_field(_l("Region"), [(one.code, one.name) for one in REGIONS.values()], _l("All of them"))

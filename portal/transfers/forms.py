"""A file to bring, and what to export."""

from typing import Any

from flask import current_app, request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import FileField, SelectField

from portal.territories.reference import REGIONS
from portal.transfers import words
from portal.transfers.rules import TransferKind
from portal.web.filters import FilterForm, choice_field
from portal.web.forms import PortalForm, choices, required


class ImportForm(PortalForm):
    """The file, as a browser sends it."""

    file = FileField(
        _l("CSV file"), validators=[required(_l("Choose a file."))], render_kw={"accept": ".csv,text/csv"}
    )

    def __init__(self, **options: Any) -> None:
        brought: Any = None
        if request.method == "POST":
            brought = CombinedMultiDict[Any, Any]([request.form, request.files])
        super().__init__(formdata=brought, **options)
        if not isinstance(self.file.data, FileStorage):
            self.file.raw_data = []
        largest = current_app.config["LARGEST_IMPORT"] // 2**20
        self.file.description = _l("%(megabytes)s MB at most.", megabytes=largest)


class ExportForm(FilterForm):
    """What to take out, and of which region."""

    contenu = SelectField(
        _l("What to export"),
        choices=choices((path, words.KINDS[kind]) for kind, path in words.PATHS.items()),
        default=words.PATHS[TransferKind.POLES],
    )
    region = choice_field(
        _l("Region"), [(region.code, region.name) for region in REGIONS.values()], _l("All of them")
    )

    @property
    def kind(self) -> TransferKind:
        """The poles, where nothing that exists is asked for."""
        path = self.code("contenu", words.KINDS_BY_PATH)
        return words.KINDS_BY_PATH[path] if path else TransferKind.POLES

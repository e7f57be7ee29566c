"""What a form that takes documents inherits from."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import Field, MultipleFileField, SelectMultipleField
from wtforms.widgets import CheckboxInput, ListWidget

from portal.documents import rules
from portal.documents.rules import Sender
from portal.files import service as files
from portal.files.contents.rules import ENDINGS
from portal.web.forms import PortalForm

ACCEPTED = ",".join(f".{ending}" for ending in ENDINGS)


def _what_to_send() -> str:
    return _(
        "PDF, office documents or images: %(count)d at once, %(size)d MB each at most.",
        count=rules.MOST_AT_ONCE,
        size=files.largest_megabytes(),
    )


class TakesDocuments(PortalForm):
    """A form with documents; `page.receive` keeps what was sent with it, `page.attach` puts it where it belongs."""

    documents = MultipleFileField(
        _l("Documents"), description=LazyString(_what_to_send), render_kw={"accept": ACCEPTED}
    )
    kept_document_ids = SelectMultipleField(
        _l("Documents kept from your last try"),
        coerce=int,
        choices=(),
        validate_choice=False,
        description=_l("They are not sent yet. Leave out what you no longer want."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    sender = Sender()
    address = ""
    refused: Sequence[Any] = ()

    def validate_documents(self, field: Field) -> None:
        """Each file that is not taken, in a sentence of its own."""
        field.errors = [*field.errors, *self.refused]

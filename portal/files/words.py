"""Why a file is not taken, and what to do: said in the words of whoever chose it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.files.models import StoredFile
from portal.files.rules import FileKind, FileState, Flaw, Unfit
from portal.web.tags import Tag

_TAKEN = _l(
    "Send a PDF, a document, table or presentation of LibreOffice or Microsoft Office, or a PNG or JPEG image."
)
FLAWS: Mapping[Flaw, Any] = MappingProxyType(
    {
        Flaw.OTHER_KIND: _l("This kind of file cannot be taken. %(taken)s", taken=_TAKEN),
        Flaw.PHONE_PHOTO: _l(
            "This photograph is in the format of some telephones (HEIC), which many people cannot open. Send it as a"
            " JPEG: share it by e-mail to yourself, or choose “Most compatible” in the settings of the camera."
        ),
        Flaw.OTHER_IMAGE: _l("This kind of image cannot be taken. Save it as PNG or JPEG, then send that."),
        Flaw.OLD_OFFICE: _l(
            "This document is in the format of Microsoft Office before 2007. Open it, save it as PDF or in the present"
            " format (.docx, .xlsx, .pptx), then send that."
        ),
        Flaw.DAMAGED: _l(
            "This file cannot be read: it may be damaged, or not be there as a whole. Open it on your device; if it"
            " opens, save it as PDF and send that."
        ),
        Flaw.TOO_COMPLEX: _l("This file holds too much to be checked. Save it as PDF, or send an extract."),
        Flaw.PROTECTED: _l(
            "This file is protected by a password or against changes, so it cannot be checked. Remove the protection,"
            " or print it to a new PDF, then send that."
        ),
        Flaw.MACROS: _l(
            "This document holds macros or buttons that start a program. Save it as PDF, or without its macros, then"
            " send that."
        ),
        Flaw.SCRIPT: _l(
            "This PDF holds a script, a film or a button that opens another file, as some forms do. Print it to a new"
            " PDF, then send that."
        ),
        Flaw.REACHES_OUT: _l(
            "This PDF opens a web address before anybody clicks, sends what is typed in it to a web address, or fetches"
            " a part of itself from another place. Print it to a new PDF, then send that."
        ),
        Flaw.OTHER_FILE: _l(
            "This file holds another file or object in it. Send that one on its own, and this one without it, for"
            " instance saved or printed as PDF."
        ),
        Flaw.FROM_OUTSIDE: _l(
            "This document fetches a part of itself from another place (template, linked object or table). Break the"
            " link, or save it as PDF, then send that."
        ),
    }
)
STATES: Mapping[FileState, Tag] = MappingProxyType(
    {
        FileState.BEING_CHECKED: Tag(_l("Being checked"), "info", "hourglass-split"),
        FileState.INFECTED: Tag(_l("Removed: it held a virus"), "danger", "x-circle"),
    }
)
"""Why nobody gets a file; one that is ready needs no word."""
KINDS: Mapping[FileKind, str] = MappingProxyType(
    {
        FileKind.PDF: "PDF",
        FileKind.ODT: "OpenDocument (.odt)",
        FileKind.ODS: "OpenDocument (.ods)",
        FileKind.ODP: "OpenDocument (.odp)",
        FileKind.DOCX: "Word (.docx)",
        FileKind.XLSX: "Excel (.xlsx)",
        FileKind.PPTX: "PowerPoint (.pptx)",
        FileKind.PNG: "PNG",
        FileKind.JPEG: "JPEG",
    }
)


def state(stored: StoredFile) -> Tag | None:
    """Why nobody gets this file, where nobody does."""
    return STATES.get(stored.state)


def refusal(unfit: Unfit) -> Any:
    """Why this file is not taken, and what to do."""
    if unfit.actual is None:
        return FLAWS[unfit.flaw]
    return _l(
        "The name of this file says another kind than its content, which is %(kind)s. Rename it so that it ends in"
        " .%(ending)s, then send it.",
        kind=KINDS[unfit.actual],
        ending=unfit.actual.value,
    )

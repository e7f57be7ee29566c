"""What a kept version said, in words, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from portal.catalogue import words
from portal.catalogue.questions import words as question_words
from portal.catalogue.questions.rules import of_sheet
from portal.catalogue.rules import Language
from portal.catalogue.versions.rules import recognition_of, time_counted
from portal.organisations.rules import Stage
from portal.organisations.words import STAGES, recognition_label
from portal.web import languages

Sheet = Mapping[str, Any]


def text_of(sheet: Sheet, name: str) -> str:
    """One of its texts; French where there is no English."""
    english = sheet.get(f"{name}_en") if languages.current_code() == "en" else ""
    return english or sheet.get(name) or ""


def _recognition(kept: str) -> str:
    return recognition_label(*recognition_of(kept))


def asked(sheet: Sheet) -> Sequence[question_words.Line]:
    """Its questions, as they were."""
    return question_words.lines(of_sheet(sheet))


def lines(sheet: Sheet) -> Sequence[tuple[str, str]]:
    """Its facts beside its description: label and value, empty where it said nothing."""
    days = sheet["days_to_answer"]
    return [
        (_("Name of the service"), text_of(sheet, "name")),
        (
            _("Stages of the poles"),
            ", ".join(str(STAGES[stage]) for stage in Stage if stage in sheet["stages"]),
        ),
        (_("Recognitions of the poles"), ", ".join(map(_recognition, sheet["recognitions"]))),
        (_("Who may ask, in words"), text_of(sheet, "rules")),
        (_("Offered only in"), ", ".join(sheet["places"])),
        (_("Cost"), text_of(sheet, "cost")),
        (_("Accessibility of the venue"), text_of(sheet, "venue")),
        (
            _("Languages"),
            ", ".join(str(words.LANGUAGES[code]) for code in Language if code in sheet["languages"]),
        ),
        (_("Documents wanted"), text_of(sheet, "documents_wanted")),
        (
            _("Time counted beside sessions"),
            ", ".join(str(words.BESIDE[name]) for name in time_counted(sheet)),
        ),
        (_("Time to answer"), ngettext("%(num)s working day", "%(num)s working days", days)),
    ]

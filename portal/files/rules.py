"""The kinds of files that people may send, and why a file is not taken."""

from enum import StrEnum


class FileKind(StrEnum):
    """By the ending of the name; each can be recognised by its content."""

    PDF = "pdf"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    PNG = "png"
    JPEG = "jpeg"


class FileState(StrEnum):
    """Nobody gets a file before it is ready; of one that was infected only the name is left."""

    BEING_CHECKED = "being_checked"
    READY = "ready"
    INFECTED = "infected"


class Flaw(StrEnum):
    """Why a file is not taken: each has a sentence that says what to do, in `words`."""

    OTHER_KIND = "other_kind"
    OTHER_NAME = "other_name"
    PHONE_PHOTO = "phone_photo"
    OTHER_IMAGE = "other_image"
    OLD_OFFICE = "old_office"
    DAMAGED = "damaged"
    TOO_COMPLEX = "too_complex"
    PROTECTED = "protected"
    MACROS = "macros"
    SCRIPT = "script"
    REACHES_OUT = "reaches_out"
    OTHER_FILE = "other_file"
    FROM_OUTSIDE = "from_outside"


class Unfit(Exception):
    """This file cannot be taken; `actual`: the kind that its content is, where that is one we take."""

    def __init__(self, flaw: Flaw, actual: FileKind | None = None) -> None:
        super().__init__(flaw)
        self.flaw = flaw
        self.actual = actual

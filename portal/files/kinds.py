"""The kinds of files that people may send."""

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

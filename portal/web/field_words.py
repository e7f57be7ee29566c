"""What the fields of WTForms say of a text they cannot read, in the portal's words."""

from collections.abc import Mapping
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

_NOT_OFFERED = _l("Choose one of the answers offered.")
WORDS: Mapping[str, Any] = {
    "Not a valid date value.": _l("Type a date that exists, as 31/12/2026."),
    "Not a valid time value.": _l("Type a time that exists, such as 14:30."),
    "Not a valid integer value.": _l("Type a whole number."),
    "Not a valid choice.": _NOT_OFFERED,
    "Invalid Choice: could not coerce.": _NOT_OFFERED,
    "Invalid choice(s): one or more data inputs could not be coerced.": _NOT_OFFERED,
    "'%(value)s' is not a valid choice for this field.": _NOT_OFFERED,
    "'%(value)s' are not valid choices for this field.": _NOT_OFFERED,
    "This field is required.": _l("This field is needed."),
}


class Translations(Protocol):
    """What WTForms asks for its words."""

    def gettext(self, string: str) -> str: ...

    def ngettext(self, singular: str, plural: str, n: int) -> str: ...


class FieldWords:
    """Ours where we have them, else those of WTForms."""

    def __init__(self, otherwise: Translations) -> None:
        self.otherwise = otherwise

    def gettext(self, string: str) -> str:
        return str(WORDS[string]) if string in WORDS else self.otherwise.gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        string = singular if n == 1 else plural
        return str(WORDS[string]) if string in WORDS else self.otherwise.ngettext(singular, plural, n)

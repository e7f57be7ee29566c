"""What the fields of WTForms say of a text they cannot read, in the portal's words."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from babel.support import NullTranslations, Translations
from flask_babel import lazy_gettext as _l
from wtforms.i18n import messages_path

from portal.web.languages import current_code

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


@cache
def _theirs(language: str) -> NullTranslations:
    """The words of WTForms in a language, read once: Flask-WTF reads them for each page that holds a form."""
    return Translations.load(messages_path(), [language], domain="wtforms")


class FieldWords:
    """Ours where we have them, else those of WTForms."""

    def gettext(self, string: str) -> str:
        return str(WORDS[string]) if string in WORDS else _theirs(current_code()).gettext(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        string = singular if n == 1 else plural
        known = string in WORDS
        return str(WORDS[string]) if known else _theirs(current_code()).ngettext(singular, plural, n)

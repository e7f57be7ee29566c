"""What one may ask of the journal."""

from datetime import MAXYEAR, MINYEAR, date

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField

from portal.journal import words
from portal.journal.rules import Act, Filters, Subject
from portal.web.converters import key
from portal.web.filters import FilterForm, search_field, word_field


class JournalForm(FilterForm):
    """Read from the address; a day that does not exist is said on its field, and left out."""

    q = search_field(_l("Words in the name of who or what"))
    acte = word_field(_l("What happened"), words.ACTS, _l("All changes"))
    objet = word_field(_l("About"), words.SUBJECTS, _l("All subjects"))
    du = StringField(_l("From"), render_kw={"type": "date"})
    au = StringField(_l("To"), render_kw={"type": "date"})
    numero = HiddenField()
    par = HiddenField()

    @property
    def has_errors(self) -> bool:
        return any(field.errors for field in self)

    def filters(self) -> Filters:
        """What was asked for and can be understood."""
        first, last = _day(self.du), _day(self.au)
        if first and last and first > last:
            self.au.errors = [_l("This day is before the first one.")]
            last = None
        subject = self.chosen("objet", Subject)
        return Filters(
            text=self.text,
            act=self.chosen("acte", Act),
            subject=subject,
            subject_id=_key(self.numero) if subject else None,
            actor_id=_key(self.par),
            first=first,
            last=last,
        )


def _day(field: Field) -> date | None:
    if not (typed := (field.data or "").strip()):
        return None
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        day = None
    if day is None or not MINYEAR < day.year < MAXYEAR:  # its midnight, here or there, would be no date
        field.errors = [_l("Type a date that exists.")]
        return None
    return day


def _key(field: Field) -> int | None:
    try:
        return key(field.data or "")
    except ValueError:
        return None

"""The journal in words: what happened, to what, and each value before and after."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.feature import features
from portal.journal.rules import Act, Subject
from portal.web import templating

if TYPE_CHECKING:
    from portal.journal.models import JournalEntry

LONG = 140
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}:\d{2}(\.\d+)?\+00:00")

ACTS: Mapping[Act, Any] = {
    Act.CREATED: _l("Created"),
    Act.CHANGED: _l("Changed"),
    Act.MERGED: _l("Merged"),
    Act.CLOSED: _l("Closing"),
    Act.INVITED: _l("Invited"),
    Act.INVITATION_ACCEPTED: _l("Invitation accepted"),
    Act.INVITATION_REVOKED: _l("Invitation revoked"),
    Act.ROLE_CHANGED: _l("Role changed"),
    Act.JOINED: _l("Joined"),
    Act.LEFT: _l("Left"),
    Act.MEMBERS_REVIEWED: _l("List of people reviewed"),
    Act.EMAIL_CHANGED: _l("E-mail address changed"),
    Act.PASSWORD_CHANGED: _l("Password changed"),
    Act.SECOND_FACTOR_SET: _l("Second factor set up"),
    Act.SECOND_FACTOR_REMOVED: _l("Second factor removed"),
    Act.PASSKEY_ADDED: _l("Passkey added"),
    Act.PASSKEY_REMOVED: _l("Passkey removed"),
    Act.SIGNED_OUT_EVERYWHERE: _l("Signed out everywhere"),
    Act.VIEWED_AS: _l("Portal viewed as this person"),
    Act.VIEWING_ENDED: _l("End of viewing as this person"),
    Act.DECIDED: _l("Decided"),
    Act.IMPORTED: _l("Imported"),
    Act.EXPORTED: _l("Exported"),
    Act.ANONYMISED: _l("Anonymised"),
}

SUBJECTS: Mapping[Subject, Any] = {
    Subject.PERSON: _l("Person"),
    Subject.MEMBERSHIP: _l("Place in an organisation"),
    Subject.INVITATION: _l("Invitation"),
    Subject.ORGANISATION: _l("Organisation"),
    Subject.APPLICATION: _l("Application of a pole"),
    Subject.TRANSFER: _l("Import or export"),
    Subject.SETTING: _l("Setting"),
    Subject.SERVICE: _l("Service"),
}

FIELDS: Mapping[str, Any] = {
    "absences": _l("Absences"),
    "acte": _l("What happened"),
    "active": _l("Uses the portal"),
    "au": _l("To"),
    "change": _l("Changed lines"),
    "closed_at": _l("Closed on"),
    "commune_code": _l("Code of the commune"),
    "coverages": _l("Territory"),
    "create": _l("Created lines"),
    "days": _l("Days"),
    "department_code": _l("Department"),
    "dropped": _l("E-mails dropped"),
    "du": _l("From"),
    "email": _l("E-mail address"),
    "ended_at": _l("Ended on"),
    "ends_on": _l("Last day"),
    "family_name": _l("Family name"),
    "file_holds": _l("The file holds"),
    "given_name": _l("Given name"),
    "id": _l("Number"),
    "kind": _l("Kind"),
    "language": _l("Language"),
    "merged": _l("Merged with it"),
    "merged_into": _l("Merged into"),
    "minutes": _l("Duration in minutes"),
    "nothing": _l("Lines without a change"),
    "numero": _l("Number"),
    "objet": _l("About"),
    "organisation": _l("Organisation"),
    "organisation_id": _l("Number of the organisation"),
    "par": _l("Who"),
    "paused": _l("Paused"),
    "people": _l("People"),
    "phone": _l("Telephone"),
    "places": _l("Territory"),
    "q": _l("Words searched"),
    "reason": _l("Reason"),
    "recognitions": _l("Recognitions"),
    "region_code": _l("Region"),
    "role": _l("Role"),
    "rows": _l("Lines"),
    "services": _l("Services delivered"),
    "stage": _l("Stage"),
    "stage_since": _l("Since"),
    "stages": _l("Stages"),
    "starts_on": _l("First day"),
    "state": _l("State"),
    "viewer": _l("Viewed by"),
    "what": _l("Details"),
}
"""What stored fields are called, beside those that a feature declares as its `journal_fields`."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field with its value before and after, in words; empty where there was or is none."""

    label: str
    before: str
    after: str

    @property
    def is_long(self) -> bool:
        return len(self.before) + len(self.after) > LONG


def act_label(act: Act) -> str:
    """What was done: an act added since, or by a colleague's newer version, is said by its name."""
    return str(ACTS.get(act, act))


def name(entry: "JournalEntry") -> str:
    """What it was done to: as it was called then, or in the words of who reads."""
    known = (feature.journal_names for feature in features() if feature.journal_names)
    names = (worded(entry.subject, entry.subject_name) for worded in known)
    return next(filter(None, names), entry.subject_name)


def who(entry: "JournalEntry") -> str:
    """Who did it, by the name they had; else a visitor, or the portal itself."""
    if entry.actor_name:
        return entry.actor_name
    return _("Someone who was not signed in") if entry.address else _("The portal (daily job or command)")


def in_words(entry: "JournalEntry") -> Sequence[Change]:
    """What changed, in the order it was written."""
    labels = fields()
    return [
        Change(_field(name, labels), _value(name, before), _value(name, after))
        for name, (before, after) in entry.changes.items()
    ]


def as_text(change: Change) -> str:
    """A change on one line, for a spreadsheet."""
    before, after = change.before or _("(nothing)"), change.after or _("(nothing)")
    return _("%(field)s: %(before)s → %(after)s", field=change.label, before=before, after=after)


def fields() -> Mapping[str, Any]:
    """What each stored field is called."""
    declared = (feature.journal_fields.items() for feature in features())
    return {**FIELDS, **dict(chain.from_iterable(declared))}


def _field(name: str, labels: Mapping[str, Any]) -> str:
    return str(labels[name]) if name in labels else name.replace("_", " ").capitalize()


def _value(field: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(
            _parts(field, item) if isinstance(item, str) else _value(field, item) for item in value
        )
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if value is None:
        return ""
    if isinstance(value, float):
        return templating.number(value, digits=6)
    return _text(field, str(value))


def _parts(field: str, text: str) -> str:
    """A text of several facts, each in words: "2024-03-01 developing"."""
    return " ".join(_text(field, part) for part in text.split(" "))


def _vocabulary(field: str) -> Mapping[Any, Any]:
    words = (feature.journal_words for feature in features())
    return next((known[field] for known in words if field in known), {})


def _text(field: str, text: str) -> str:
    """A word of a vocabulary by its label, a date in words, any other text as it is."""
    known = _vocabulary(field)
    if text in known:
        return str(known[text])
    try:
        if _MOMENT.fullmatch(text):
            return templating.moment(datetime.fromisoformat(text))
        if _DAY.fullmatch(text):
            return templating.day(date.fromisoformat(text))
    except ValueError:
        pass
    return text

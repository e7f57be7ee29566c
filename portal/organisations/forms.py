"""What one may ask of the directory, and what is typed about an organisation beside its facts."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, HiddenField, IntegerField, RadioField, SelectField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional, ValidationError

from portal import clock
from portal.organisations import words
from portal.organisations.facts.forms import field_of
from portal.organisations.rules import FIRST_RECOGNITION, LONGEST_ABSENCE, NOBODY, OrganisationKind, Standing
from portal.web.filters import FilterForm, search_field, word_field
from portal.web.forms import (
    PICK,
    SEEN_BY_ALL,
    SEEN_BY_FEW,
    SHORT_TEXT,
    PortalForm,
    at_most,
    choices,
    required,
)


def text_field(
    label: Any, length: int, seen: Mapping[str, Any], hint: Any = "", **options: Any
) -> UnboundField:
    validators = [*options.pop("checks", ()), at_most(length)]
    return StringField(label, description=hint, validators=validators, render_kw=dict(seen), **options)


class DirectoryForm(FilterForm):
    q = search_field(_l("Words in the name"))
    type = word_field(_l("Kind of organisation"), words.KINDS, _l("All kinds"))
    etat = SelectField(_l("Records"), choices=choices(words.STANDINGS.items()), default=Standing.ACTIVE)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.etat.data = self.standing

    @property
    def kind(self) -> OrganisationKind | None:
        return self.chosen("type", OrganisationKind)

    @property
    def standing(self) -> Standing:
        return self.chosen("etat", Standing) or Standing.ACTIVE


class CreateForm(PortalForm):
    """A new record; its facts come on its own page."""

    kind = RadioField(
        _l("What is it?"),
        choices=choices(
            (kind.value, label)
            for kind, label in words.KINDS.items()
            if kind is not OrganisationKind.NATIONAL_CELL
        ),
        validators=[required(_l("Choose what it is."))],
    )
    name = field_of("name")


class StageForm(PortalForm):
    """A stage reached on a day."""

    stage = SelectField(
        _l("Stage"), choices=choices(words.STAGES.items()), validators=[required(_l("Choose a stage."))]
    )
    since = DateField(_l("Since"), validators=[required(_l("Type a date."))])


class RecognitionForm(PortalForm):
    """A recognition and what proves it."""

    kind = SelectField(
        _l("Recognition"),
        choices=choices(words.RECOGNITIONS.items()),
        validators=[required(_l("Choose a recognition."))],
    )
    year = IntegerField(_l("Year"), validators=[Optional()])
    proof = text_field(
        _l("Proof"), 300, SEEN_BY_ALL, _l("The address of a page, or the name of a document, that says so.")
    )

    def validate_year(self, field: Field) -> None:
        if field.data is not None and not FIRST_RECOGNITION <= field.data <= clock.today().year:
            raise ValidationError(_l("Type a year between 2009 and %(year)d.", year=clock.today().year))


class AbsenceForm(PortalForm):
    """Days without new requests, both included."""

    starts_on = DateField(_l("First day"), validators=[required(_l("Type a date."))])
    ends_on = DateField(_l("Last day"), validators=[required(_l("Type a date."))])
    reason = text_field(_l("Reason"), SHORT_TEXT, SEEN_BY_FEW, _l("For instance: summer closing."))

    def validate_ends_on(self, field: Field) -> None:
        first = self.starts_on.data
        if not field.data or not first:
            return
        if field.data < first:
            raise ValidationError(_l("The last day is before the first: check the two dates."))
        if field.data < clock.today():
            raise ValidationError(_l("This absence is already over: there is nothing left to say."))
        if field.data - first > LONGEST_ABSENCE:
            raise ValidationError(
                _l("This is more than a year: check the year, or make the organisation inactive.")
            )


class ComeBackForm(PortalForm):
    """Why an organisation comes back."""

    seen = HiddenField(default="ended")
    reason = text_field(
        _l("Reason"), SHORT_TEXT, {}, _l("Kept in the journal."), checks=(required(_l("Say why.")),)
    )


class EndForm(PortalForm):
    """Why an organisation stops, and what becomes of what it has open."""

    seen = HiddenField(default="active")
    reason = text_field(
        _l("Reason"),
        SHORT_TEXT,
        {},
        _l("Those concerned read it as it is; it is kept in the journal."),
        checks=(required(_l("Say why.")),),
    )
    successor_id = SelectField(_l("What becomes of the open work?"), validators=[Optional()])

    def offer(self, kind: OrganisationKind, successors: Iterable[tuple[int, str]], *, needed: bool) -> None:
        """Let one choose among the successors, or nobody; which of the two is for whoever ends it to say."""
        nobody = words.WITHOUT_SUCCESSOR.get(kind, words.NOTHING_OPEN)
        named = [(str(number), _l("%(name)s takes it over", name=name)) for number, name in successors]
        self.successor_id.flags.required = needed
        self.successor_id.choices = choices([PICK, (str(NOBODY), nobody), *named])

    def chosen(self) -> int | None:
        """The number of a successor, or NOBODY; None where nothing was chosen."""
        return int(self.successor_id.data) if self.successor_id.data else None


class MergeForm(PortalForm):
    """Which facts to take from the double; a field is added for each that differs (`merge_form`)."""

    from_double = HiddenField()


def merge_form(fields: Iterable[tuple[str, Any, list[tuple[str, Any]], str]]) -> MergeForm:
    """The form of two records: (name, label, choices, default) of each fact to choose."""
    offered = {
        name: RadioField(
            label,
            choices=choices(pairs),
            default=default,
            validators=[required(_l("Choose which one to keep."))],
        )
        for name, label, pairs, default in fields
    }
    form: MergeForm = type("TheseTwo", (MergeForm,), offered)()
    return form

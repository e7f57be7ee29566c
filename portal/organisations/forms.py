"""What one may ask of the directory, and what is typed about an organisation."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal import clock
from portal.organisations import words
from portal.organisations.rules import (
    FIRST_RECOGNITION,
    LIMITS,
    LONGEST_ABSENCE,
    MOST_A_MONTH,
    NOBODY,
    OrganisationKind,
    Sector,
    Standing,
    address_flaw,
    typed_rna,
    typed_siret,
    with_scheme,
)
from portal.organisations.words import ADDRESS_FLAWS
from portal.territories.forms import commune_field
from portal.territories.reference import DEPARTMENTS, REGIONS
from portal.text import one_line
from portal.web.filters import FilterForm, search_field, word_field
from portal.web.forms import (
    PICK,
    SEEN_BY_ALL,
    SEEN_BY_FEW,
    SHORT_TEXT,
    PortalForm,
    an_email,
    at_most,
    choices,
    required,
)


def _with_scheme(typed: str | None) -> str | None:
    return with_scheme(typed) if typed else typed


def _check_website(form: PortalForm, field: Field) -> None:
    if field.data and (flaw := address_flaw(field.data)):
        raise ValidationError(ADDRESS_FLAWS[flaw])


def text_field(
    label: Any, length: int, seen: Mapping[str, Any], hint: Any = "", **options: Any
) -> UnboundField:
    validators = [*options.pop("checks", ()), at_most(length)]
    return StringField(label, description=hint, validators=validators, render_kw=dict(seen), **options)


def boxes(label: Any, pairs: Iterable[tuple[str, Any]], hint: Any = "") -> UnboundField:
    return SelectMultipleField(
        label,
        choices=choices(pairs),
        description=hint,
        validators=[Optional()],
        render_kw=dict(SEEN_BY_ALL),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


def website_field() -> UnboundField:
    return text_field(
        _l("Website"),
        LIMITS["website"],
        SEEN_BY_ALL,
        checks=(Optional(), _check_website),
        filters=[_with_scheme],
    )


def mailbox_field() -> UnboundField:
    return EmailField(
        _l("Shared mailbox"),
        description=_l("An address that the whole team reads: what concerns the team is written there too."),
        validators=[Optional(), an_email, at_most(254)],
        render_kw=dict(SEEN_BY_FEW),
    )


def name_field() -> UnboundField:
    return text_field(_l("Name"), LIMITS["name"], SEEN_BY_ALL, checks=(required(_l("Type a name.")),))


def siret_field() -> UnboundField:
    return text_field(
        _l("SIRET of the lead organisation"),
        20,
        SEEN_BY_FEW,
        _l("14 digits."),
        checks=(Optional(), _check_siret),
    )


def rna_field() -> UnboundField:
    hint = _l("For an association without SIRET: W and nine characters.")
    return text_field(
        _l("RNA of the lead organisation"), 20, SEEN_BY_FEW, hint, checks=(Optional(), _check_rna)
    )


def _check_siret(form: PortalForm, field: Field) -> None:
    if not typed_siret(field.data):
        raise ValidationError(
            _l("This is not a SIRET: check its 14 digits, on an invoice or a company register.")
        )


def _check_rna(form: PortalForm, field: Field) -> None:
    if not typed_rna(field.data):
        raise ValidationError(_l("This is not an RNA number: it is W and nine characters, as in W123456789."))


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


class RecordForm(PortalForm):
    """The facts of a record that one may change; fields are named as `rules.facts_kept_by` names facts.

    `seen`: what the record was when it was shown, so that nobody writes over a colleague without knowing.
    """

    seen = HiddenField()

    def keep(self, facts: Collection[str]) -> None:
        """Leave out what somebody may not change."""
        for name in self.fact_names:
            if name not in facts:
                del self[name]

    @property
    def fact_names(self) -> list[str]:
        return [one.name for one in self if one.name not in {"seen", "csrf_token"}]

    def facts(self) -> dict[str, Any]:
        """What was typed, by fact."""
        return {name: self._fact(name) for name in self.fact_names}

    def _fact(self, name: str) -> Any:
        return self[name].data


class PoleForm(RecordForm):
    name = name_field()
    public_summary = TextAreaField(
        _l("The project in a few sentences"),
        description=_l("What you do together, for whom, with whom. No names of people."),
        validators=[Optional(), at_most(LIMITS["public_summary"])],
        render_kw=dict(SEEN_BY_ALL),
    )
    town = commune_field(_l("Town"), validators=[Optional()], seen=SEEN_BY_ALL)
    sectors = boxes(_l("Sectors"), [(one.value, label) for one, label in words.SECTORS.items()])
    sector = text_field(_l("Activity in a few words"), LIMITS["sector"], SEEN_BY_ALL)
    website = website_field()
    lead_organisation = text_field(
        _l("Lead organisation"),
        LIMITS["lead_organisation"],
        SEEN_BY_ALL,
        _l("The legal body that carries the project."),
    )
    members = TextAreaField(
        _l("Members"),
        description=_l(
            "One a line. Its SIRET, if you know it, after a semicolon: Coop du Lin ; 442 293 775 00031"
        ),
        validators=[Optional()],
        render_kw=dict(SEEN_BY_ALL),
    )
    peer_mentor = BooleanField(_l("Compagnon PTCE: welcomes other poles"), render_kw=dict(SEEN_BY_ALL))
    published = BooleanField(_l("Shown in the public register"), render_kw=dict(SEEN_BY_ALL))
    source = TextAreaField(
        _l("Public sources"),
        description=_l("Addresses of the pages that speak of this pole, one a line."),
        validators=[Optional()],
        render_kw=dict(SEEN_BY_ALL),
    )
    lead_siret = siret_field()
    lead_rna = rna_field()
    shared_mailbox = mailbox_field()

    def validate_members(self, field: Field) -> None:
        for name, number in _members_of(field.data):
            if len(name) > LIMITS["member"]:
                raise ValidationError(_l("This name is too long: %(name)s…", name=name[:40]))
            if number and not typed_siret(number):
                raise ValidationError(
                    _l("“%(number)s”, beside %(name)s, is not a SIRET.", number=number, name=name)
                )

    def validate_source(self, field: Field) -> None:
        for address in (field.data or "").split():
            if address_flaw(address):
                raise ValidationError(_l("“%(address)s” is not the address of a page.", address=address))

    def _fact(self, name: str) -> Any:
        data = self[name].data
        match name:
            case "town":
                return self.town.commune
            case "sectors":
                return [Sector(one) for one in data or ()]
            case "members":
                return {name: typed_siret(number) for name, number in _members_of(data)}
            case "lead_siret":
                return typed_siret(data or "")
            case "lead_rna":
                return typed_rna(data or "")
            case "source":
                return " ".join((data or "").split())
        return data


def _members_of(typed: str | None) -> list[tuple[str, str]]:
    """(name, SIRET as typed or "") of each line that says something."""
    lines = [line.partition(";") for line in (typed or "").splitlines()]
    return [(one_line(name), number.strip()) for name, _separator, number in lines if one_line(name)]


class TeamForm(RecordForm):
    """A partner, a cell or a funder."""

    name = name_field()
    website = website_field()
    everywhere = BooleanField(_l("Works in the whole of France"), render_kw=dict(SEEN_BY_ALL))
    regions = boxes(_l("Regions"), [(one.code, one.name) for one in REGIONS.values()])
    departments = boxes(
        _l("Departments"),
        [(one.code, f"{one.code} – {one.name}") for one in DEPARTMENTS.values()],
        _l("Those of a region that you ticked are included already."),
    )
    capacity_per_month = IntegerField(
        _l("New requests you can take in a month"),
        description=_l("Leave it empty if you do not want to say. Cells see it when they route."),
        validators=[Optional(), NumberRange(1, MOST_A_MONTH, _l("Type a number between 1 and 999."))],
        render_kw=dict(SEEN_BY_FEW),
    )
    shared_mailbox = mailbox_field()


class CreateForm(PortalForm):
    """A new record; its facts come on its own page."""

    kind = RadioField(
        _l("What is it?"),
        choices=choices(
            (one.value, label)
            for one, label in words.KINDS.items()
            if one is not OrganisationKind.NATIONAL_CELL
        ),
        validators=[required(_l("Choose what it is."))],
    )
    name = name_field()


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

    reason = text_field(
        _l("Reason"), SHORT_TEXT, {}, _l("Kept in the journal."), checks=(required(_l("Say why.")),)
    )


class EndForm(PortalForm):
    """Why an organisation stops, and what becomes of what it has open."""

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

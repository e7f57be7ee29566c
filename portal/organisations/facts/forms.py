"""How facts are typed, each by its kind of value, and what is then meant."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.core import UnboundField
from wtforms.validators import NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.organisations.facts.rules import FACT, FACTS, Fact, Readers, Value
from portal.organisations.facts.words import WORDS
from portal.organisations.rules import (
    OrganisationKind,
    Sector,
    address_flaw,
    typed_rna,
    typed_siret,
    with_scheme,
)
from portal.organisations.words import ADDRESS_FLAWS, SECTORS
from portal.territories.forms import CommuneField, commune_field
from portal.territories.reference import DEPARTMENTS, REGIONS
from portal.text import one_line
from portal.web.forms import (
    SEEN_BY_ALL,
    SEEN_BY_FEW,
    PortalForm,
    an_email,
    at_most,
    choices,
    required,
)

_SEEN: Mapping[Readers, Mapping[str, str]] = {Readers.ALL: SEEN_BY_ALL, Readers.FEW: SEEN_BY_FEW}


def _with_scheme(typed: str | None) -> str | None:
    return with_scheme(typed) if typed else typed


def _check_website(form: PortalForm, field: Field) -> None:
    if field.data and (flaw := address_flaw(field.data)):
        raise ValidationError(ADDRESS_FLAWS[flaw])


def _check_siret(form: PortalForm, field: Field) -> None:
    if not typed_siret(field.data):
        raise ValidationError(
            _l("This is not a SIRET: check its 14 digits, on an invoice or a company register.")
        )


def _check_rna(form: PortalForm, field: Field) -> None:
    if not typed_rna(field.data):
        raise ValidationError(_l("This is not an RNA number: it is W and nine characters, as in W123456789."))


def _check_sources(form: PortalForm, field: Field) -> None:
    for address in (field.data or "").split():
        if address_flaw(address):
            raise ValidationError(_l("“%(address)s” is not the address of a page.", address=address))


def _check_members(form: PortalForm, field: Field) -> None:
    for name, number in _members_of(field.data):
        if len(name) > FACT["members"].limit:
            raise ValidationError(_l("This name is too long: %(name)s…", name=name[:40]))
        if number and not typed_siret(number):
            raise ValidationError(
                _l("“%(number)s”, beside %(name)s, is not a SIRET.", number=number, name=name)
            )


def _members_of(typed: str | None) -> list[tuple[str, str]]:
    """(name, SIRET as typed or "") of each line that says something."""
    lines = [line.partition(";") for line in (typed or "").splitlines()]
    return [(one_line(name), number.strip()) for name, _separator, number in lines if one_line(name)]


class _Typed(NamedTuple):
    """How a kind of value is typed."""

    field: type[Field]
    checks: Sequence[Any] = ()
    options: Mapping[str, Any] = {}


def _boxes(pairs: Iterable[tuple[str, Any]]) -> _Typed:
    options = {
        "choices": choices(pairs),
        "widget": ListWidget(prefix_label=False),
        "option_widget": CheckboxInput(),
    }
    return _Typed(SelectMultipleField, [Optional()], options)


_NUMBER_AS_TYPED = at_most(20)
_TYPED: Mapping[Value, _Typed] = {
    Value.NAME: _Typed(StringField, [required(_l("Type a name."))]),
    Value.TEXT: _Typed(StringField),
    Value.PROSE: _Typed(TextAreaField, [Optional()]),
    Value.WEBSITE: _Typed(StringField, [Optional(), _check_website], {"filters": [_with_scheme]}),
    Value.EMAIL: _Typed(EmailField, [Optional(), an_email]),
    Value.SIRET: _Typed(StringField, [Optional(), _check_siret, _NUMBER_AS_TYPED]),
    Value.RNA: _Typed(StringField, [Optional(), _check_rna, _NUMBER_AS_TYPED]),
    Value.NUMBER: _Typed(IntegerField, [Optional()]),
    Value.YES_NO: _Typed(BooleanField),
    Value.SOURCES: _Typed(TextAreaField, [Optional(), _check_sources]),
    Value.SECTORS: _boxes((sector.value, label) for sector, label in SECTORS.items()),
    Value.MEMBERS: _Typed(TextAreaField, [Optional(), _check_members]),
    Value.EVERYWHERE: _Typed(BooleanField),
    Value.REGIONS: _boxes((region.code, region.name) for region in REGIONS.values()),
    Value.DEPARTMENTS: _boxes(
        (department.code, f"{department.code} – {department.name}") for department in DEPARTMENTS.values()
    ),
}


def field_of(name: str) -> UnboundField:
    """The field of a fact, on its page or on another form that asks for it."""
    fact, words, seen = FACT[name], WORDS[name], _SEEN[FACT[name].readers]
    if fact.value is Value.TOWN:
        return commune_field(words.asked, validators=[Optional()], seen=seen)
    typed = _TYPED[fact.value]
    checks = [*typed.checks, *_within(fact)]
    return typed.field(
        words.asked, description=words.hint, validators=checks, render_kw=dict(seen), **typed.options
    )


def _within(fact: Fact) -> list[Any]:
    """What keeps a text or a number within its limit; of members, each has its own."""
    if fact.value is Value.NUMBER:
        return [NumberRange(1, fact.limit, _l("Type a number between 1 and %(max)d."))]
    return [at_most(fact.limit)] if fact.limit and fact.value is not Value.MEMBERS else []


class RecordForm(PortalForm):
    """The facts of a record that one may change, by their names.

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
        return [field.name for field in self if field.name in FACT]

    def facts(self) -> dict[str, Any]:
        """What was typed, by fact."""
        return {name: self._fact(name) for name in self.fact_names}

    def _fact(self, name: str) -> Any:
        field, data = self[name], self[name].data
        match FACT[name].value:
            case Value.TOWN if isinstance(field, CommuneField):
                return field.commune
            case Value.SECTORS:
                return [Sector(sector) for sector in data or ()]
            case Value.MEMBERS:
                return {name: typed_siret(number) for name, number in _members_of(data)}
            case Value.SIRET:
                return typed_siret(data or "")
            case Value.RNA:
                return typed_rna(data or "")
            case Value.SOURCES:
                return " ".join((data or "").split())
        return data


def _record_form(name: str, facts: Iterable[Fact]) -> type[RecordForm]:
    fields = {fact.name: field_of(fact.name) for fact in facts if fact.value is not Value.REGION}
    return type(name, (RecordForm,), fields)


PoleForm = _record_form("PoleForm", [fact for fact in FACTS if OrganisationKind.POLE in fact.keepers])
TeamForm = _record_form("TeamForm", [fact for fact in FACTS if fact.keepers.keys() - {OrganisationKind.POLE}])
"""Of a partner, a cell or a funder."""

"""Fields that records and applications share: addresses, numbers of legal bodies, boxes to tick."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, SelectMultipleField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.organisations.rules import LIMITS, address_flaw, typed_rna, typed_siret, with_scheme
from portal.organisations.words import ADDRESS_FLAWS
from portal.web.forms import (
    SEEN_BY_ALL,
    SEEN_BY_FEW,
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

"""Fields that records and applications share: addresses, numbers of legal bodies, boxes to tick."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, SelectMultipleField, StringField
from wtforms.fields.core import UnboundField
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from portal.organisations.rules import typed_rna, typed_siret
from portal.web.forms import (
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
    """People type www.exemple.fr; browsers want https://."""
    return f"https://{typed}" if typed and "://" not in typed else typed


def is_address(typed: str) -> bool:
    try:
        parts = urlsplit(typed)
    except ValueError:  # a bracket that is not closed, as of a half-typed IPv6 address
        return False
    return (
        parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and not set(typed) & set(" <>\"'")
    )


def _check_website(form: PortalForm, field: Field) -> None:
    if field.data and not is_address(field.data):
        raise ValidationError(
            _l("This is not the address of a page. Type one such as https://www.exemple.fr.")
        )


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
        _l("Website"), 300, SEEN_BY_ALL, checks=(Optional(), _check_website), filters=[_with_scheme]
    )


def mailbox_field() -> UnboundField:
    return EmailField(
        _l("Shared mailbox"),
        description=_l("An address that the whole team reads: what concerns the team is written there too."),
        validators=[Optional(), an_email, at_most(254)],
        render_kw=dict(SEEN_BY_FEW),
    )


def name_field() -> UnboundField:
    return text_field(_l("Name"), SHORT_TEXT, SEEN_BY_ALL, checks=(required(_l("Type a name.")),))


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

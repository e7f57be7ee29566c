"""Fields that the forms of applications share."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, StringField, TextAreaField
from wtforms.validators import Optional

from portal.web.forms import (
    LONG_TEXT,
    SHORT_TEXT,
    PortalForm,
    an_email,
    at_most,
    required,
)


class NeededToSend:
    """Marks a field as needed; a draft may leave it empty, sending may not."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, form: PortalForm, field: Field) -> None:
        """Nothing to check before sending."""


def _checks(*, needed: bool, length: int) -> list[Any]:
    return [NeededToSend() if needed else Optional(), at_most(length)]


def text(
    label: Any,
    hint: Any = "",
    *,
    needed: bool = True,
    length: int = LONG_TEXT,
    seen: Mapping[str, Any] = MappingProxyType({}),
    **shown: Any,
) -> TextAreaField:
    return TextAreaField(
        label,
        description=hint,
        validators=_checks(needed=needed, length=length),
        render_kw={**seen, **shown} or None,
    )


def line(
    label: Any,
    hint: Any = "",
    *,
    needed: bool = True,
    length: int = SHORT_TEXT,
    seen: Mapping[str, Any] = MappingProxyType({}),
    **shown: Any,
) -> StringField:
    return StringField(
        label,
        description=hint,
        validators=_checks(needed=needed, length=length),
        render_kw={**seen, **shown} or None,
    )


def said(label: Any, needed: Any, hint: Any = "") -> TextAreaField:
    """A text without which the form is not sent."""
    return TextAreaField(label, description=hint, validators=[required(needed), at_most(LONG_TEXT)])


def project_name(
    label: Any, hint: Any = "", seen: Mapping[str, Any] = MappingProxyType({}), **shown: Any
) -> StringField:
    needed = required(_l("Give your project a name."))
    return StringField(
        label,
        description=hint,
        validators=[needed, at_most(SHORT_TEXT)],
        render_kw={**seen, **shown} or None,
    )


def email_field(label: Any, hint: Any = "", *, needed: bool = False) -> EmailField:
    need = required(_l("Type your e-mail address.")) if needed else NeededToSend()
    return EmailField(label, description=hint, validators=[need, at_most(254), an_email])

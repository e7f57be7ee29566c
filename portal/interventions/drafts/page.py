"""Drafts in forms: what differs from what a form began with is kept, and typed in again."""

from typing import Any, NamedTuple

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import Field

from portal.db import transaction
from portal.interventions.drafts import queries, service
from portal.interventions.drafts.models import LogDraft
from portal.interventions.drafts.service import Typed
from portal.web import current, flash
from portal.web.addresses import this_address
from portal.web.forms import PortalForm

_NOT_TYPED = frozenset({"csrf_token", "once", "documents", "kept_document_ids"})
_NOTHING: tuple[Any, ...] = (None, "", [])


class About(NamedTuple):
    """What a form is about; `intervention_id` None: one that is not there yet."""

    reference: str
    assignment_id: int
    intervention_id: int | None = None


def _typed(form: PortalForm) -> Typed:
    """What was typed in a form that was sent."""
    fields = [field for field in form if field.name not in _NOT_TYPED and _differs(field)]
    return {field.name: [*field.raw_data] for field in fields}


def _differs(field: Field) -> bool:
    is_half = field.process_errors and any(field.raw_data)
    return bool(is_half) or _plain(field.data) != _plain(field.object_data)


def _plain(value: Any) -> Any:
    if value in _NOTHING or value is False:
        return ""
    return sorted(value) if isinstance(value, list) else value


def fill(form: PortalForm, about: About) -> LogDraft | None:
    """Type in again what the reader began to write, in a form that is only shown."""
    if form.is_submitted():
        return None
    draft = queries.of(current.actor(), about.assignment_id, about.intervention_id)
    for name, values in draft.typed.items() if draft else ():
        if name in form:
            _type(form[name], values)
    return draft


def is_begun(assignment_id: int) -> bool:
    """Has the reader begun to write of one that is not there yet?"""
    return queries.of(current.actor(), assignment_id, None) is not None


def _type(field: Field, values: list[str]) -> None:
    field.raw_data = values
    try:
        field.process_formdata(values)
    except ValueError:  # half a date, which is shown as it was typed
        field.data = None


def set_aside(form: PortalForm, about: About) -> ResponseReturnValue | None:
    """What is done without sending: by the other buttons, and by the page itself while one types. None: it is sent."""
    intent = request.form.get("intent")
    if intent not in {"draft", "keep", "forget"}:
        return None
    if intent == "forget":
        with transaction():
            service.forget(current.actor(), *about[1:])
        flash.success(_("Your draft is forgotten."))
        return redirect(this_address())
    keep(about, form)
    if intent == "keep":
        return Response(status=204, mimetype="text/plain")
    flash.success(_("Your draft is kept: only you see it."))
    return redirect(url_for("requests.show", reference=about.reference))


def keep(about: About, form: PortalForm) -> None:
    """What was typed, for its author, also where it was refused."""
    asked = {field.name for field in form}
    with transaction():
        service.keep(current.actor(), *about, request.form.get("once", ""), _typed(form), asked)

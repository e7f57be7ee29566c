"""What the pages of sheets show: facts as they are typed, what can be done, how complete a sheet is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.catalogue import steps, words
from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceState
from portal.catalogue.sheets import queries, rules, service
from portal.catalogue.sheets.forms import CheckForm, NothingForm, SheetForm, SuspendForm
from portal.catalogue.sheets.rules import Completeness, Hanging
from portal.catalogue.versions.rules import recognition
from portal.feature import features
from portal.organisations.rules import RecognitionKind
from portal.organisations.words import recognition_label
from portal.steps import Step
from portal.web.doors import Part
from portal.web.forms import PortalForm, choices
from portal.web.links import Link
from portal.web.tags import Tag

FORMS: Mapping[Step[ServiceState], type[PortalForm]] = {steps.SUSPEND: SuspendForm, steps.CHECK: CheckForm}


def form_of(step: Step[ServiceState]) -> PortalForm:
    """What a step asks for."""
    return FORMS.get(step, NothingForm)()


def typed(sheet: Service) -> dict[str, Any]:
    """A sheet as its form holds it."""
    return {
        **{name: getattr(sheet, name) for name in rules.COLUMNS},
        "stages": [stage.stage.value for stage in sheet.stages],
        "recognitions": [recognition(each.kind, each.year) for each in sheet.recognitions],
        "regions": [place.region_code for place in sheet.places if place.region_code],
        "departments": [place.department_code for place in sheet.places if place.department_code],
    }


def form_for(actor: Actor, sheet: Service | None) -> SheetForm:
    """A sheet to write, with what the actor may say of it."""
    form = SheetForm(data=typed(sheet), seen=service.fingerprint(sheet)) if sheet else SheetForm()
    form.keep(all_of_it=allows(actor, steps.PUBLISH.right))
    known = {(each.kind, each.year) for each in sheet.recognitions} if sheet else set()
    known |= queries.recognitions_of_poles() | {(kind, None) for kind in RecognitionKind}
    ordered = sorted(known, key=lambda each: (list(RecognitionKind).index(each[0]), each[1] or 0))
    form.recognitions.choices = choices(
        (recognition(kind, year), _recognition_label(kind, year)) for kind, year in ordered
    )
    return form


def _recognition_label(kind: RecognitionKind, year: int | None) -> str:
    label = recognition_label(kind, year)
    return label if year else _("%(recognition)s, any year", recognition=label)


@dataclass(frozen=True, slots=True)
class Offered:
    """A step that can be done now, and its page."""

    step: Step[ServiceState]
    label: Any
    icon: str
    url: str


def offered(actor: Actor, sheet: Service) -> Sequence[Offered]:
    """What the actor can do with a sheet; who publishes does not ask."""
    return [
        Offered(
            step,
            words.STEPS[step.name].button,
            words.STEPS[step.name].icon,
            url_for("sheets.act", service_id=sheet.id, verb=step.verb),
        )
        for step in steps.OF_SERVICES
        if allows(actor, step.right)
        and service.why_not(actor, step, sheet) is None
        and not (step is steps.ASK and allows(actor, steps.PUBLISH.right))
    ]


@dataclass(frozen=True, slots=True)
class Line:
    """A sheet in the list of those one keeps."""

    sheet: Service
    tag: Tag
    completeness: Completeness
    is_check_due: bool
    partners: Sequence[str]


def lines(sheets: Sequence[Service]) -> Sequence[Line]:
    """What waits for a decision first, then by state."""
    order = [ServiceState.DRAFT, ServiceState.SUSPENDED, ServiceState.PUBLISHED, ServiceState.ARCHIVED]
    ordered = sorted(sheets, key=lambda sheet: (sheet.asked_at is None, order.index(sheet.state)))
    return [_line(sheet) for sheet in ordered]


def _line(sheet: Service) -> Line:
    today = clock.today()
    return Line(
        sheet,
        words.state_tag(sheet),
        rules.completeness(sheet, today),
        rules.is_check_due(sheet.check_due_on, today) and sheet.is_shown,
        partners(sheet),
    )


def partners(sheet: Service) -> Sequence[str]:
    """Who delivers it today, and so keeps its sheet with the national cell."""
    return sorted(delivery.partner.name for delivery in sheet.deliveries if delivery.partner.active)


def missing(form: SheetForm, completeness: Completeness) -> Sequence[Link]:
    """What a sheet lacks, each a link to its field."""
    return [
        Link(form[name].label.text, f"#{form[name].id}") if name in form else Link(words.NOT_CHECKED)
        for name in completeness.missing
    ]


def hanging(actor: Actor, sheet: Service) -> Sequence[Hanging]:
    """What the features above hold that stands on a service."""
    asked = (feature.hangs_on_service for feature in features())
    return [thing for ask in asked if ask for thing in ask(actor, sheet.id)]


def parts(service_id: int) -> Sequence[Part]:
    """What the features above add to the page of a service."""
    drawn = (feature.service_part(service_id) for feature in features() if feature.service_part)
    return [part for part in drawn if part]

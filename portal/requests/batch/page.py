"""What can be done to several requests of a list at once, and what came of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.permissions import allows
from portal.access.roles import PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.catalogue.eligibility import words as eligibility
from portal.refusals import Conflict, Invalid, Refusal
from portal.requests import forms, steps, words
from portal.requests import page as requests
from portal.requests.assignments import service as assignments
from portal.requests.inbox.queries import Folder
from portal.requests.refused import words as refused_words
from portal.requests.routing import queries as routing
from portal.requests.rows.rules import Assigned, Row
from portal.requests.rules import Details
from portal.requests.steps import LIVE_ASSIGNMENTS
from portal.web.doors import Door
from portal.web.forms import PortalForm, choices


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """What can be chosen under a list: a door of the page of a request, gone through by several.

    `do`: what is done to one of them; `of_parts`: to its assignments that stand where it can be done.
    """

    door: Door
    label: Any
    explains: Any
    do: Callable[..., Any]
    of_parts: bool = True


_DOORS = {door.path: door for door in requests.DOORS}


def _act(path: str, label: Any = "") -> Choice:
    door = _DOORS[path]
    return Choice(door, label or door.words.button, door.words.explains, door.do)


ACTS = (
    _act("prendre"),
    _act("confier"),
    _act("changer-de-referent", _l("Hand over to a colleague")),
    _act("accepter"),
    _act("refuser"),
    _act("insister", _l("Remind the partners")),
    _act("redemander"),
    _act("demander-des-nouvelles"),
    Choice(
        _DOORS["orienter"],
        _l("Ask another partner"),
        _l("It is taken back from whoever has not answered, and the partners you choose are asked."),
        assignments.reroute,
        of_parts=False,
    ),
)


def act_of(path: str) -> Choice:
    """The choice of a path."""
    return next(act for act in ACTS if act.door.path == path)


def offered(actor: Actor, folder: Folder | None) -> Sequence[Choice]:
    """What somebody may do to the requests of a folder (None: of all kinds)."""
    if folder and folder.closed:
        return []
    parts = set(folder.parts) if folder else set()
    return [
        act
        for act in ACTS
        if allows(actor, act.door.step.right) and (not parts or parts & set(act.door.step.sources))
    ]


def build_form(act: Choice, actor: Actor, rows: Sequence[Row]) -> PortalForm:
    """Its form, the choices filled in; those partners first that suit all of the requests."""
    form = act.door.form(id_prefix="lot-")
    if "referent_id" in form:
        people = accounts.people_of(actor.organisation_id)
        form["referent_id"].choices = choices(
            [(person.person_id, person.person.name) for person in people if person.role in PARTNER_ROLES]
        )
        if form["referent_id"].data is None:
            form["referent_id"].data = actor.person_id
    if isinstance(form, forms.RouteForm):
        several = len(rows) > 1
        form.offer(
            [
                (each.partner_id, each.name, words.candidate_reasons(each, several))
                for each in routing.candidates_for(rows)
            ]
        )
    return form


def rulings(form: PortalForm, rows: Sequence[Row]) -> Mapping[int, str]:
    """Whether their poles may ask for it, by number of the request, where other partners are to be asked."""
    if not isinstance(form, forms.RouteForm):
        return {}
    return {
        number: eligibility.in_short(ruling, own=False)
        for number, ruling in routing.rulings(rows).items()
        if ruling.reasons
    }


@dataclass(frozen=True, slots=True)
class Unit:
    """One thing that is done or not: to a request, or to the part of one partner."""

    reference: str
    name: str
    do: Callable[[], Any]


class NotDone(NamedTuple):
    """What was not done, of which request, and why."""

    reference: str
    name: str
    why: str


def units(act: Choice, actor: Actor, row: Row, details: Details) -> list[Unit]:
    """What an act does to one request, by the steps that its own page has."""
    name = f"{words.title(row)}, {row.reference}"
    if not act.of_parts:
        return [Unit(row.reference, name, partial(act.do, actor, row.reference, details))]
    return [
        Unit(
            row.reference,
            f"{name} ({part.partner.name})" if actor.is_cell else name,
            partial(act.do, actor, row.reference, part.id, details),
        )
        for part in _parts(act, row)
    ]


def _parts(act: Choice, row: Row) -> Sequence[Assigned]:
    """The assignments where it can be done; where there is none, the one that says why not."""
    can = [
        assignment
        for assignment in row.assignments
        if not steps.why_not(act.door.step, row.state, assignment.state)
    ]
    live = [assignment for assignment in row.assignments if assignment.state in LIVE_ASSIGNMENTS]
    return can or live[-1:] or row.assignments[-1:]


def why_not(refusal: Refusal) -> str:
    """A refusal in a line."""
    if isinstance(refusal, Invalid):
        return str(refusal.message)
    sentence = refused_words.refusal_sentence(refusal) if isinstance(refusal, Conflict) else None
    return sentence or _("It is not possible any more.")

"""The console: each basket, what to do about its rows, and the forms that do it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import Actor
from portal.alike import queries as alike
from portal.interventions.confirmation import queries as confirmations
from portal.requests import queries as request_queries
from portal.requests import service as requests
from portal.requests import steps, words
from portal.requests.batch import page as batch
from portal.requests.batch.page import Choice
from portal.requests.rows.rules import Assigned, Row
from portal.requests.steps import AssignmentState
from portal.stuck import queries
from portal.stuck.forms import SnoozeForm
from portal.stuck.rules import Basket
from portal.stuck.words import BASKETS
from portal.text import in_a_row
from portal.web import deadlines, templating
from portal.web.forms import PortalForm
from portal.web.pagination import Page

SHOWN = 5
_PROPOSED, _HELD, _ACCEPTED = AssignmentState.PROPOSED, AssignmentState.ON_HOLD, AssignmentState.ACCEPTED
_CONCERNED: Mapping[Basket, AssignmentState] = {
    Basket.UNANSWERED: _PROPOSED,
    Basket.DUE_SOON: _PROPOSED,
    Basket.ON_HOLD: _HELD,
    Basket.SILENT: _ACCEPTED,
}
_ACTS: Mapping[Basket, Sequence[str]] = {
    Basket.UNANSWERED: ("insister", "orienter"),
    Basket.REFUSED: ("orienter",),
    Basket.NOT_ROUTED: ("orienter",),
    Basket.ON_HOLD: ("redemander", "orienter"),
    Basket.SILENT: ("demander-des-nouvelles",),
    Basket.DUE_SOON: ("insister",),
}
"""What the row of a basket offers, by the paths of the doors of a request."""
_FIRST_ROUTED = _l("Ask this partner")


@dataclass(frozen=True, slots=True)
class Stuck:
    """A row. `since`: what is known of each partner concerned; `not_yet`: why nobody is chased today;
    `drop_url`: where it is dropped with a reason, if that is offered."""

    reference: str
    title: str
    url: str
    pole: str
    beneath: str
    since: Sequence[str]
    acts: Sequence[Choice]
    not_yet: str
    drop_url: str
    snooze: PortalForm


@dataclass(frozen=True, slots=True)
class Section:
    """A basket as it is drawn."""

    basket: Basket
    label: Any
    todo: Any
    count: str
    rows: Sequence[Stuck]
    url: str
    is_whole: bool


def sections(actor: Actor) -> tuple[list[Section], Sequence[int]]:
    """The baskets that hold something, the oldest rows of each; and how many interventions there are to decide on, and
    how many pairs of requests that resemble each other."""
    beside = confirmations.to_decide(actor.role), alike.how_many(actor.role)
    counted, others = queries.counts_beside(actor, [*Basket], *beside)
    held = [basket for basket in Basket if counted[basket]]
    rows = queries.firsts(actor, held, SHOWN)
    return [section(basket, counted[basket], rows[basket]) for basket in held], others


def section(basket: Basket, count: int, rows: Sequence[Row]) -> Section:
    """One of them."""
    label, todo = BASKETS[basket]
    most = queries.MOST_COUNTED
    return Section(
        basket,
        label,
        todo,
        f"{most}+" if count > most else str(count),
        [stuck(basket, row) for row in rows],
        url_for("stuck.index", panier=basket.value),
        count <= len(rows),
    )


def whole(actor: Actor, basket: Basket, page: Page) -> Section:
    """A page of one basket."""
    return section(basket, queries.counts(actor, [basket])[basket], page.rows)


def stuck(basket: Basket, row: Row) -> Stuck:
    """A row in words."""
    concerned = [assignment for assignment in row.assignments if assignment.state is _CONCERNED.get(basket)]
    too_early = [assignment for assignment in concerned if not _may_chase(assignment, row.pole.place)]
    acts = [_act(basket, path) for path in _ACTS[basket]]
    url = url_for("requests.show", reference=row.reference)
    if concerned and len(too_early) == len(concerned):
        acts = [act for act in acts if act.door.path == "orienter"]
    return Stuck(
        row.reference,
        words.title(row),
        url,
        row.pole.name,
        in_a_row((words.service_asked(row.service), row.reference)),
        [_since(assigned, row.pole.place) for assigned in concerned] or [_waits_since(row)],
        acts,
        _not_yet(too_early, row.pole.place) if len(too_early) == len(concerned) else "",
        f"{url}#action-{steps.DROP.verb}" if basket is Basket.REFUSED else "",
        SnoozeForm(formdata=None, id_prefix=f"{basket.value}-{row.reference}-"),
    )


def _act(basket: Basket, path: str) -> Choice:
    act = batch.act_of(path)
    return replace(act, label=_FIRST_ROUTED) if basket in (Basket.NOT_ROUTED, Basket.REFUSED) else act


def _may_chase(part: Assigned, place: str | None) -> bool:
    return steps.may_chase(requests.last_word(part, place), clock.today(place), place)


def _not_yet(parts: Sequence[Assigned], place: str | None) -> str:
    """From which day on somebody may be chased again."""
    if not parts:
        return ""
    last = min(requests.last_word(part, place) for part in parts)
    day = clock.add_working_days(last, steps.WORKING_DAYS_BEFORE_A_REMINDER, place)
    return _("Nobody is chased before %(day)s.", day=templating.day_and_month(day))


def _waits_since(row: Row) -> str:
    sent = clock.day_of(row.submitted_at, row.pole.place) if row.submitted_at else None
    said_no = ", ".join(assignment.partner.name for assignment in row.assignments)
    if said_no:
        return _("Asked before: %(partners)s", partners=said_no)
    return _("Sent on %(day)s", day=templating.day(sent))


def _since(part: Assigned, place: str | None) -> str:
    name = part.partner.name
    match part.state:
        case AssignmentState.PROPOSED:
            told = _("%(partner)s: %(due)s", partner=name, due=deadlines.until(part.due_on, place).label)
        case AssignmentState.ON_HOLD:
            told = _("%(partner)s asked the pole on %(day)s", partner=name, day=templating.day(part.held_on))
        case _:
            told = _("%(partner)s accepted on %(day)s", partner=name, day=templating.day(part.answered_on))
    who = part.referent.name if part.referent else ""
    chased = _("chased on %(day)s", day=templating.day(part.chased_on)) if part.chased_on else ""
    reminded = (
        _("reminded by the pole on %(day)s", day=templating.day(part.reminded_on)) if part.reminded_on else ""
    )
    return in_a_row((told, who, chased, reminded))


def partners() -> list[tuple[int, str]]:
    """Whom one may ask instead."""
    return [(partner.id, partner.name) for partner in request_queries.active_partners()]


@dataclass(frozen=True, slots=True)
class Quiet:
    """A request that a partner accepted and of which nothing is heard."""

    reference: str
    title: str
    url: str
    pole: str
    beneath: str
    go_on_url: str
    part: int


def quiet(rows: Sequence[Row]) -> list[Quiet]:
    """Those of a partner, with where it says what becomes of each."""
    return [
        Quiet(
            row.reference,
            words.title(row),
            url_for("requests.show", reference=row.reference),
            row.pole.name,
            in_a_row((words.service_asked(row.service), row.reference)),
            url_for("requests.go_on", reference=row.reference, assignment_id=part.id),
            part.id,
        )
        for row in rows
        for part in row.assignments
        if part.state is _ACCEPTED
    ]

"""What becomes of what was logged, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.interventions.confirmation import steps
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.confirmation.steps import (
    AdjustmentState,
    AlreadyProposed,
    ConfirmationState,
    NothingAsked,
)
from portal.refusals import Conflict
from portal.steps import StepRefused, Words
from portal.web import durations, templating
from portal.web.tags import Tag

STATES: Mapping[ConfirmationState, Tag] = {
    ConfirmationState.WAITING: Tag(_l("To be confirmed"), "warning", "hourglass-split"),
    ConfirmationState.CONFIRMED: Tag(_l("Confirmed"), "success", "check-circle"),
    ConfirmationState.SILENT: Tag(_l("Confirmed by silence"), "success", "check-circle"),
    ConfirmationState.CONTESTED: Tag(_l("Contested"), "danger", "exclamation-triangle"),
    ConfirmationState.SETTLED: Tag(_l("Settled by the cell"), "success", "check-circle"),
}

CONFIRMATION_STEPS: Mapping[str, Words] = {
    steps.CONFIRM.name: Words(
        happened=_l("Intervention of %(partner)s confirmed by the pole"),
        icon="check-circle",
        tone="success",
        button=_l("Confirm the intervention"),
        explains=_l("It counts as it is written, and is only adjusted from then on."),
        done=_l("The intervention is confirmed."),
    ),
    steps.CONTEST.name: Words(
        happened=_l("Intervention of %(partner)s contested by the pole"),
        icon="exclamation-triangle",
        tone="warning",
        button=_l("Contest the intervention"),
        explains=_l("The partner is told, and your cell decides between the two versions."),
        done=_l("The partner and your cell are told. Your cell decides."),
    ),
    steps.LET_PASS.name: Words(
        happened=_l("Intervention of %(partner)s confirmed by silence"), icon="check-circle", tone="success"
    ),
    steps.SETTLE.name: Words(
        happened=_l("The cell decided on an intervention of %(partner)s"),
        icon="check2-all",
        button=_l("Settle what the pole contests"),
        done=_l("It is decided. The pole and the partner are told."),
    ),
    steps.PROPOSE.name: Words(
        happened=_l("Adjustment of an intervention proposed by %(partner)s"),
        icon="pencil",
        button=_l("Propose an adjustment"),
        done=_l("Your cell is asked, and decides."),
    ),
    steps.ADJUST.name: Words(
        happened=_l("Intervention of %(partner)s adjusted by the cell"),
        icon="pencil",
        button=_l("Adjust the intervention"),
        done=_l("It is adjusted. The pole and the partner are told."),
    ),
    steps.REFUSE.name: Words(
        happened=_l("Adjustment proposed by %(partner)s refused by the cell"),
        icon="x-circle",
        button=_l("Refuse the adjustment"),
        done=_l("The adjustment is refused. The partner is told."),
    ),
}

RULINGS: Mapping[Ruling, Any] = {
    Ruling.KEPT: _l("It counts as the partner logged it"),
    Ruling.CORRECTED: _l("It counts with another length"),
    Ruling.STRUCK: _l("It does not count"),
}

DOES_NOT_COUNT = _l("it does not count")

_NOW: Mapping[ConfirmationState, Any] = {
    ConfirmationState.WAITING: _l(
        "The pole has not said yet whether it agrees: correct it as long as that lasts."
    ),
    ConfirmationState.CONFIRMED: _l(
        "The pole has confirmed this intervention: it is locked. From the page of the request, its partner may propose"
        " a dated adjustment to the cell."
    ),
    ConfirmationState.SILENT: _l(
        "This intervention is confirmed, since the pole was told and said nothing: it is locked. From the page of the"
        " request, its partner may propose a dated adjustment to the cell."
    ),
    ConfirmationState.CONTESTED: _l("The pole contests this intervention: the cell decides."),
    ConfirmationState.SETTLED: _l(
        "The cell has decided on this intervention: it is locked. From the page of the request, its partner may"
        " propose a dated adjustment to the cell."
    ),
}
_REFUSALS: Mapping[type[Conflict], Any] = {
    NothingAsked: _l(
        "There is nothing to say of this intervention now: somebody was faster, or it no longer counts."
    ),
    AlreadyProposed: _l(
        "An adjustment of this intervention already waits for the cell: it decides on that one first."
    ),
}


def refusal_sentence(refusal: Conflict) -> str | None:
    """Why it cannot be done now: where the word of the pole stands; None: it is about something else."""
    if isinstance(refusal, StepRefused) and isinstance(refusal.state, ConfirmationState):
        return str(_NOW[refusal.state])
    sentence = _REFUSALS.get(type(refusal))
    return str(sentence) if sentence else None


def is_locked(standing: Any) -> bool:
    """Does it change by an adjustment alone?"""
    return standing is not None and steps.locks(standing.confirmation.state)


def may_decide(adjustment: Any, reader: Actor) -> bool:
    """Does an adjustment wait for its reader?"""
    return adjustment.state is AdjustmentState.PROPOSED and allows(reader, steps.ADJUST.right)


def doors(standing: Any, reader: Actor) -> Sequence[tuple[Any, Words, str]]:
    """What a reader can do now with one: the step, its words, its address. What a partner proposed is decided first."""
    if standing is None:
        return []
    asked = standing.confirmation
    proposed = [each for each in standing.adjustments if each.state is AdjustmentState.PROPOSED]
    possible = [
        (step, {"intervention_id": asked.intervention_id})
        for step in (steps.CONFIRM, steps.CONTEST, steps.SETTLE, steps.ADJUST, steps.PROPOSE)
        if allows(reader, step.right) and not step.why_not(asked.state)
    ]
    return [
        (step, CONFIRMATION_STEPS[step.name], url_for(f"confirmation.{_PAGES[step]}", **about))
        for step, about in possible
        if not (proposed and step in (steps.ADJUST, steps.PROPOSE))
    ]


_PAGES = {
    steps.CONFIRM: "confirm",
    steps.CONTEST: "contest",
    steps.SETTLE: "settle",
    steps.ADJUST: "adjust",
    steps.PROPOSE: "propose",
}


def length_of_time(minutes: int) -> str:
    """How long it counts."""
    return durations.length(minutes) if minutes else str(DOES_NOT_COUNT)


def line(standing: Any, place: str | None) -> str:
    """Where an intervention stands: until when, or by whom and when."""
    asked = standing.confirmation
    if asked.state is ConfirmationState.WAITING:
        if standing.until is None:
            return _(
                "To be confirmed: no e-mail about it has been delivered yet, so that silence confirms nothing"
            )
        return _("To be confirmed until %(day)s", day=templating.weekday(standing.until))
    if asked.state is ConfirmationState.SETTLED:
        return _by(_l("Settled by the cell"), asked.settled_by, asked.settled_at, place)
    return _by(STATES[asked.state].label, asked.answered_by, asked.answered_at, place)


def _by(what: Any, person: Any, at: Any, place: str | None) -> str:
    day = templating.day(at, place)
    if person is None:
        return _("%(what)s on %(day)s", what=what, day=day)
    return _("%(what)s on %(day)s by %(name)s", what=what, day=day, name=person.name)


def adjusted(adjustment: Any, place: str | None) -> str:
    """What was adjusted, or proposed: when, by whom, from which length to which."""
    about = {
        "day": templating.day(adjustment.at, place),
        "before": length_of_time(adjustment.before),
        "after": length_of_time(adjustment.after),
        "name": adjustment.by.name if adjustment.by else _("somebody"),
    }
    match adjustment.state:
        case AdjustmentState.PROPOSED:
            return _("Adjustment proposed on %(day)s by %(name)s: %(before)s → %(after)s", **about)
        case AdjustmentState.REFUSED:
            return _("Adjustment refused: %(before)s → %(after)s, proposed on %(day)s by %(name)s", **about)
        case _:
            return _adjusted(adjustment, about, place)


def _adjusted(adjustment: Any, about: Mapping[str, str], place: str | None) -> str:
    """By the cell, which may have decided on what somebody else proposed."""
    if adjustment.decided_at is None:
        return _("Adjusted on %(day)s by %(name)s: %(before)s → %(after)s", **about)
    return _(
        "Adjusted on %(decided)s by %(decider)s: %(before)s → %(after)s, as proposed on %(day)s by %(name)s",
        **about,
        decided=templating.day(adjustment.decided_at, place),
        decider=adjustment.decided_by.name if adjustment.decided_by else _("somebody"),
    )

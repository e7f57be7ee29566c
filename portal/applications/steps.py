"""The life of an application: one table, and the pure functions that read it. No Flask, no database.

    draft ─submit▶ submitted ─advise▶ advised ─admit▶ admitted
                     │   ▲               │ ▲  └refuse▶ refused
                    ask  answer         ask answer
                     └▶ more_wanted ◀────┘
    submitted, advised or more_wanted ── withdraw ▶ withdrawn

The regional cell holds what is submitted, the national cell what is advised, the applicant what is more_wanted.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from portal.access.permissions import Permission
from portal.refusals import Conflict

WORKING_DAYS_FOR_OPINION = 15
WORKING_DAYS_FOR_DECISION = 10


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    ADVISED = "advised"
    MORE_WANTED = "more_wanted"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """Everything that can happen to an application; also the name of its event and of its e-mails."""

    SUBMIT = "submit"
    ADVISE = "advise"
    ASK = "ask"
    ANSWER = "answer"
    ADMIT = "admit"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class Audience(StrEnum):
    """Those an event concerns. `HOLDER`: the cell that must act now, or had to."""

    APPLICANT = "applicant"
    HOLDER = "holder"
    REGION = "region"


_FROM_WEAKEST = (None, Permission.APPLICATION_ADVISE, Permission.APPLICATION_DECIDE)
"""Whoever has a right has those before it: regional cells advise, the national one does both."""
_S, _ADVISE, _DECIDE = State, Permission.APPLICATION_ADVISE, Permission.APPLICATION_DECIDE


@dataclass(frozen=True, slots=True)
class Transition:
    """From where and by whose right, to where, told to whom.

    `sources`: the right asked for in each state it starts from; None: the applicant's link. `target` None: back to
    whoever asked.
    """

    sources: Mapping[State, Permission | None]
    target: State | None
    tells: frozenset[Audience]

    @property
    def door(self) -> Permission | None:
        """The right without which nobody may even try: the weakest of those of `sources`; None: the applicant's."""
        return min(self.sources.values(), key=_FROM_WEAKEST.index)


def _move(sources: Mapping[State, Permission | None], target: State | None, *tells: Audience) -> Transition:
    return Transition(MappingProxyType(dict(sources)), target, frozenset(tells))


_APPLICANT, _HOLDER, _REGION = Audience.APPLICANT, Audience.HOLDER, Audience.REGION

TRANSITIONS: Mapping[Action, Transition] = MappingProxyType(
    {
        Action.SUBMIT: _move({_S.DRAFT: None}, _S.SUBMITTED, _APPLICANT, _HOLDER),
        Action.ADVISE: _move({_S.SUBMITTED: _ADVISE}, _S.ADVISED, _APPLICANT, _HOLDER),
        Action.ASK: _move({_S.SUBMITTED: _ADVISE, _S.ADVISED: _DECIDE}, _S.MORE_WANTED, _APPLICANT),
        Action.ANSWER: _move({_S.MORE_WANTED: None}, None, _HOLDER),
        Action.ADMIT: _move({_S.ADVISED: _DECIDE}, _S.ADMITTED, _APPLICANT, _REGION),
        Action.REFUSE: _move({_S.ADVISED: _DECIDE}, _S.REFUSED, _APPLICANT, _REGION),
        Action.WITHDRAW: _move(
            {_S.SUBMITTED: None, _S.ADVISED: None, _S.MORE_WANTED: None}, _S.WITHDRAWN, _HOLDER
        ),
    }
)

WAITING_FOR_US = frozenset({State.SUBMITTED, State.ADVISED})
OPEN = frozenset({*WAITING_FOR_US, State.MORE_WANTED})
CLOSED = frozenset({State.ADMITTED, State.REFUSED, State.WITHDRAWN})
EDITABLE = frozenset({State.DRAFT, State.MORE_WANTED})
"""Where the applicant may write in the form."""


class TransitionRefused(Conflict):
    """The action is not possible from where the application now is, or no longer yours there."""

    def __init__(self, action: Action | None, state: State) -> None:
        super().__init__(f"{action or 'write'} refused: application {state}")
        self.action = action
        self.state = state


class OpinionIsRegional(Conflict):
    """The regional cell of the territory has the application, and still has time."""


def require_possible(action: Action, state: State, permissions: Collection[Permission] | None) -> None:
    """Raise TransitionRefused unless it can be done now by someone with these rights; None: by the applicant."""
    if action not in open_actions(permissions, state):
        raise TransitionRefused(action, state)


def require_editable(state: State) -> None:
    """Raise TransitionRefused unless the applicant may write in the form."""
    if state not in EDITABLE:
        raise TransitionRefused(None, state)


def after(action: Action, *, has_opinion: bool) -> State:
    """The state an action leads to; an answer goes back to the cell that asked."""
    target = TRANSITIONS[action].target
    return target or (State.ADVISED if has_opinion else State.SUBMITTED)


def require_opinion_due(*, national: bool, region_has_cell: bool, late: bool) -> None:
    """Raise OpinionIsRegional where the national cell would take the opinion from a regional one that has time."""
    if national and region_has_cell and not late:
        raise OpinionIsRegional


def open_actions(permissions: Collection[Permission] | None, state: State) -> list[Action]:
    """What someone with these rights can do now; None: the applicant."""
    rights: Collection[Permission | None] = {None} if permissions is None else permissions
    return [
        action
        for action, move in TRANSITIONS.items()
        if state in move.sources and move.sources[state] in rights
    ]

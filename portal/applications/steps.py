"""The life of an application: one table, and the pure functions that read it. No Flask, no database.

    draft ─submit▶ submitted ─advise▶ advised ─admit▶ admitted
                     │   ▲               │ ▲  └refuse▶ refused
                    ask  answer         ask answer
                     └▶ more_wanted ◀────┘
    submitted, advised or more_wanted ── withdraw ▶ withdrawn

The regional cell holds what is submitted, the national cell what is advised, the applicant what is more_wanted.
"""

from collections.abc import Collection
from enum import StrEnum

from portal.access.permissions import Permission
from portal.refusals import Conflict
from portal.steps import Audience, Step, StepRefused

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


WAITING_FOR_US = frozenset({State.SUBMITTED, State.ADVISED})
OPEN = frozenset({*WAITING_FOR_US, State.MORE_WANTED})
DECIDED = frozenset({State.ADMITTED, State.REFUSED})
CLOSED = frozenset({*DECIDED, State.WITHDRAWN})
EDITABLE = frozenset({State.DRAFT, State.MORE_WANTED})
"""Where the applicant may write in the form."""

_P, _S = Permission, State
_APPLICANT, _CELL = Audience.APPLICANT, Audience.CELL

_OUTSIDE = "whoever applies has no account, and is written to at once"
SUBMIT = Step(
    "application.submit", _P.APPLICATION_WRITE, {_S.DRAFT}, _S.SUBMITTED, {_APPLICANT, _CELL}, stays=_OUTSIDE
)
ADVISE = Step(
    "application.advise",
    _P.APPLICATION_ADVISE,
    {_S.SUBMITTED},
    _S.ADVISED,
    {_APPLICANT, _CELL},
    stays=_OUTSIDE,
)
ASK = Step(
    "application.ask", _P.APPLICATION_ADVISE, WAITING_FOR_US, _S.MORE_WANTED, {_APPLICANT}, stays=_OUTSIDE
)
ANSWER = Step("application.answer", _P.APPLICATION_WRITE, {_S.MORE_WANTED}, None, {_CELL}, stays=_OUTSIDE)
ADMIT = Step(
    "application.admit", _P.APPLICATION_DECIDE, {_S.ADVISED}, _S.ADMITTED, {_APPLICANT, _CELL}, stays=_OUTSIDE
)
REFUSE = Step(
    "application.refuse", _P.APPLICATION_DECIDE, {_S.ADVISED}, _S.REFUSED, {_APPLICANT, _CELL}, stays=_OUTSIDE
)
WITHDRAW = Step("application.withdraw", _P.APPLICATION_WRITE, OPEN, _S.WITHDRAWN, {_CELL}, stays=_OUTSIDE)
OF_APPLICATIONS = (SUBMIT, ADVISE, ASK, ANSWER, ADMIT, REFUSE, WITHDRAW)
"""What happens to an application; an answer goes back to the cell that asked."""
LEAVE_IT_TO_US = (SUBMIT, ANSWER, ADVISE)
"""After these, a cell has it."""

OF_THE_APPLICANT = frozenset({Permission.APPLICATION_WRITE})
"""The rights of whoever holds the link."""


class NotWritable(Conflict):
    """The applicant may not write in the form where the application now is."""

    def __init__(self, state: State) -> None:
        super().__init__(f"write refused: {state}")
        self.state = state


class OpinionIsRegional(Conflict):
    """The regional cell of the territory has the application, and still has time."""


def why_not(step: Step[State], state: State, rights: Collection[Permission]) -> StepRefused | None:
    """What refuses a step to someone with these rights: once the opinion is given, only who decides asks."""
    is_theirs = step.right in rights and (
        step is not ASK or state is not State.ADVISED or Permission.APPLICATION_DECIDE in rights
    )
    return step.why_not(state) if is_theirs else StepRefused(step, state)


def require_editable(state: State) -> None:
    """Raise NotWritable unless the applicant may write in the form."""
    if state not in EDITABLE:
        raise NotWritable(state)


def after(step: Step[State], *, has_opinion: bool) -> State:
    """The state a step leads to; an answer goes back to the cell that asked."""
    return step.target or (State.ADVISED if has_opinion else State.SUBMITTED)

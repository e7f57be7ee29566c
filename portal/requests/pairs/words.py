"""Partners who support a pole together, in words."""

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.requests.models import Assignment
from portal.requests.pairs import rules
from portal.requests.steps import AssignmentState


def lead(assignment: Assignment, assignments: Sequence[Assignment]) -> str | None:
    """Who leads, by name; None where it works alone."""
    if not rules.together(assignment, assignments):
        return None
    leading = rules.lead_of(assignment, assignments)
    return leading.partner.name if leading else _("nobody any more: the cell says who")


def others(assignment: Assignment, assignments: Sequence[Assignment]) -> list[str]:
    """Whom it works together with, and whom to talk to there once they accepted."""
    group = rules.together(assignment, assignments)
    return [_reached(part) for part in group if part is not assignment]


def _reached(part: Assignment) -> str:
    referent = part.referent
    if part.state is not AssignmentState.ACCEPTED or referent is None or not referent.active:
        return part.partner.name
    return _(
        "%(partner)s (%(name)s, %(email)s)",
        partner=part.partner.name,
        name=referent.name,
        email=referent.email,
    )

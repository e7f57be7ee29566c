"""What a cell is reminded of about applications: one function for each rung, and its example."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l

from portal.access.roles import CELL_ROLES
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.applications.models import Application
from portal.applications.steps import State
from portal.applications.waiting import queries
from portal.ladder import Following, explained
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope
from portal.notifications.previews.service import Example
from portal.teams import queries as teams
from portal.web.addresses import absolute_url

LATE, LATE_NATIONAL = "applications/late_cell", "applications/late_national"
WHY = _l("You receive this message because an application waits for your cell.")


def late(number: int) -> Sequence[Envelope]:
    """The cell that holds it: the national one once there is an opinion."""
    application = queries.application(number)
    return _to_cell(
        LATE, None if application.state is State.ADVISED else application.region_code, application
    )


def late_national(number: int) -> Sequence[Envelope]:
    """The national cell."""
    return _to_cell(LATE_NATIONAL, None, queries.application(number))


def _to_cell(kind: str, region_code: str | None, application: Application) -> Sequence[Envelope]:
    """Its people, or who stands in for them."""
    envelopes: dict[str, Envelope] = {}
    for cell in accounts.cells_of(region_code):
        people = [each for each in accounts.people_of(cell.id) if each.role in CELL_ROLES]
        for to in teams.addressees(cell.id, people, [each.person_id for each in people], CELL_ROLES):
            envelopes.setdefault(to.person.email, Envelope(kind, recipient(to.person), message(application)))
    return [*envelopes.values()]


def message(application: Application) -> Message:
    """Which, and since when it is late."""
    return Message(
        action_url=absolute_url("applications.show", reference=application.reference),
        facts=[
            (_l("Application"), application.reference),
            (_l("Pole"), application.name),
            (_l("To be done by"), application.due_on),
        ],
        thread=application.reference,
        context={
            "application": application,
            "name": application.name,
            "advised": application.state is State.ADVISED,
            "action_label": _l("Open the application"),
        },
    )


def _example(following: Following | None) -> Example:
    def example() -> tuple[Recipient, Message]:
        application = Application(
            reference="C4821-0075",
            name="Pôle des Trois Rivières",
            state=State.SUBMITTED,
            due_on=date(2026, 3, 25),
        )
        reader = Recipient("ines.delorme@exemple.test", "Inès Delorme")
        return reader, explained(message(application), WHY, following)

    return example


REMINDERS: Mapping[str, Example] = {
    LATE: _example(Following(_l("the national cell is told"), date(2026, 4, 2))),
    LATE_NATIONAL: _example(None),
}

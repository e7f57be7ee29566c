"""An e-mail about several requests says what is to be done of all of them, whichever comes last."""

import pytest
from sqlalchemy import select

from portal.db import db, transaction
from portal.notifications.models import OutboxEmail
from portal.requests import emails
from portal.requests.assignments import service as assignments
from portal.requests.rules import Details
from portal.requests.steps import DeclineReason
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of, mails

KEPT, LEFT = "a partner more has it", "nobody else has it"


def parts(make: Builder, world: World, which: tuple[str, ...]) -> list[tuple[str, int]]:
    """A request each, that the partner of the world was asked for: its reference, and the number of that part."""
    made = []
    for each in which:
        request = make.raw_request(world.coordinator, service=world.service)
        if each == KEPT:
            make.raw_assignment(request, make.partner())
        made.append((request.reference, make.raw_assignment(request, world.partner).id))
    return made


def told(world: World, kind: str) -> OutboxEmail:
    about = OutboxEmail.kind == kind, OutboxEmail.recipient == world.cell.person.email
    return db.session.scalars(select(OutboxEmail).where(*about)).one()


@pytest.mark.parametrize(
    ("which", "begins"),
    [
        ((KEPT, LEFT), "Réorientez"),
        ((LEFT, KEPT), "Réorientez"),
        ((KEPT, KEPT), "Pour information"),
        ((LEFT,), "Réorientez"),
        ((KEPT,), "Pour information"),
    ],
)
def test_a_cell_is_told_to_route_where_one_of_several_is_left_to_nobody(
    make: Builder, world: World, which: tuple[str, ...], begins: str
) -> None:
    declined, taken_back = parts(make, world, which), parts(make, world, which)
    mails()
    with transaction(), emails.together(actor_of(world.practitioner)):
        for reference, part_id in declined:
            said = Details(reason=DeclineReason.NO_CAPACITY, message="Voyez plus tard.")
            assignments.decline(actor_of(world.practitioner), reference, part_id, said)
    with transaction(), emails.together(actor_of(world.national)):
        for reference, part_id in taken_back:
            assignments.cancel(actor_of(world.national), reference, part_id, Details())
    for kind in ("requests/decline_cell", "requests/cancel_cell"):
        written = told(world, kind)
        assert written.subject.startswith(begins), kind
        kept = (
            "D’autres partenaires ont encore ces demandes" if len(which) > 1 else "ont encore cette demande"
        )
        assert (kept in written.text) is (begins == "Pour information"), kind

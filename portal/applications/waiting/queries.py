"""Applications that wait for a cell, as their ladder sees them."""

from collections.abc import Sequence

from sqlalchemy import select

from portal.applications import queries
from portal.applications.models import Application
from portal.applications.steps import WAITING_FOR_US
from portal.db import db
from portal.ladder import Ask, Thing, with_number
from portal.territories.reference import place_of


def waiting(ask: Ask) -> Sequence[Thing]:
    """Those whose last day passes; each state is a round of its own."""
    rows = (
        select(
            Application.id,
            Application.reference,
            Application.name,
            Application.state,
            Application.due_on,
            Application.region_code,
            Application.department_code,
        )
        .where(
            *with_number(ask, Application.id),
            Application.state.in_(sorted(WAITING_FOR_US)),
            Application.due_on <= ask.until,
            *([queries.is_visible_to(ask.actor)] if ask.actor else []),
        )
        .order_by(Application.id)
        .limit(ask.most)
    )
    return [
        Thing(
            row.id,
            row.due_on,
            row.name,
            ("applications.show", {"reference": row.reference}),
            place_of(row.department_code, row.region_code),
            round=str(row.state),
            region_code=row.region_code,
        )
        for row in db.session.execute(rows)
    ]


def lock(number: int) -> None:
    """It stays as it is until the transaction ends."""
    db.session.execute(select(Application.id).where(Application.id == number).with_for_update())


def application(number: int) -> Application:
    """One of them, read again."""
    return db.session.get_one(Application, number, populate_existing=True)

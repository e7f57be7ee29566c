"""What tests of records share."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select

from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.organisations import queries
from portal.organisations.models import Organisation
from tests.browser import Browser

Browse = Callable[[Membership | None], Browser]

POLE: dict[str, Any] = {
    "public_summary": "Nous réparons ensemble.",
    "town": "Rouen",
    "sectors": ["circular_economy", "culture"],
    "sector": "Réemploi",
    "website": "www.lilas.exemple.fr",
    "lead_organisation": "Coop du Lin",
    "lead_siret": "442 293 775 00031",
    "members": "Coop du Lin ; 442 293 775 00031\nÉcole du Fil\n\n",
    "shared_mailbox": "contact@lilas.exemple.fr",
}


def address(organisation: Organisation, page: str = "modifier") -> str:
    return f"/organisations/{organisation.id}/{page}"


def read(organisation: Organisation) -> Any:
    """The record as it is in the database, with all that goes with it."""
    with transaction():
        return queries.locked([organisation.id])[0]


def journal() -> Sequence[JournalEntry]:
    return db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)).all()


def places(organisation: Organisation) -> set[tuple[str | None, str | None]]:
    return {(one.region_code, one.department_code) for one in read(organisation).coverages}

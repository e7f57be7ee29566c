"""What a pole was refused is noted once its refusal has undone everything else."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select

from portal import clock
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility.rules import NotOpen
from portal.db import db, inserting, transaction
from portal.organisations.models import Pole
from portal.territories.reference import place_of


@contextmanager
def noted() -> Iterator[None]:
    """Note what is refused inside, around the transaction that it undoes."""
    try:
        yield
    except NotOpen as refused:
        with transaction():
            note(refused)
        raise


def note(refused: NotOpen) -> None:
    """Each rule in the way, once in a year however often the pole tries."""
    place = select(Pole.department_code, Pole.region_code).where(Pole.id == refused.pole_id)
    today = clock.today(place_of(*db.session.execute(place).one()))
    about = {"service_id": refused.service_id, "pole_id": refused.pole_id, "year": today.year, "on": today}
    rows = [{**about, "rule": rule} for rule in refused.rules]
    db.session.execute(inserting(BlockedDemand).values(rows).on_conflict_do_nothing())

"""The filters that somebody keeps."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Select, bindparam, func, select

from portal.access.roles import Actor
from portal.accounts.models import Membership
from portal.db import db, plain_rows, require_transaction
from portal.requests.saved.models import SavedFilter
from portal.requests.saved.rules import MOST_KEPT


def of_actor(actor: Actor) -> Sequence[tuple[int, str, str]]:
    """Number, name and address of each, by name."""
    read = plain_rows(_of_actor(), {"membership_id": actor.membership_id})
    return [(number, name, query) for number, name, query in read]


@cache
def _of_actor() -> Select[int, str, str]:
    """Built once."""
    return (
        select(SavedFilter.id, SavedFilter.name, SavedFilter.query)
        .where(SavedFilter.membership_id == bindparam("membership_id"))
        .order_by(func.lower(SavedFilter.name), SavedFilter.id)
        .limit(MOST_KEPT)
    )


def locked(actor: Actor) -> Sequence[SavedFilter]:
    """All of them; nobody adds one until the transaction ends."""
    require_transaction()
    db.session.execute(
        select(Membership.id).where(Membership.id == actor.membership_id).with_for_update(key_share=True)
    )
    return db.session.scalars(
        select(SavedFilter).where(SavedFilter.membership_id == actor.membership_id)
    ).all()

"""What is held of a person: the answers that came for them by e-mail."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, select, update

from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.mailbox import queries
from portal.mailbox.models import ReceivedEmail


def of_person(person: Person) -> dict[str, list[dict[str, Any]]]:
    """The answers that came for them: from where, when, and the words of those that wait."""
    statement = (
        select(ReceivedEmail.sender, ReceivedEmail.answers, ReceivedEmail.text, ReceivedEmail.at)
        .where(ReceivedEmail.person_id == person.id)
        .order_by(ReceivedEmail.id)
    )
    return {"answers_by_email": [dict(row) for row in db.session.execute(statement).mappings()]}


def forget(person: Person) -> None:
    """From where they wrote, and what waits for their word."""
    require_transaction()
    theirs = update(ReceivedEmail).where(ReceivedEmail.person_id == person.id).values(text=None, sender="")
    db.session.execute(theirs.execution_options(synchronize_session=False))


def blank(ids: Sequence[int]) -> int:
    """Forget what these say that waited for somebody's word in vain."""
    require_transaction()
    old = update(ReceivedEmail).where(ReceivedEmail.id.in_(ids), queries.is_held_for_long()).values(text=None)
    done = db.session.execute(old.execution_options(synchronize_session=False))
    return int(cast("CursorResult[Any]", done).rowcount)

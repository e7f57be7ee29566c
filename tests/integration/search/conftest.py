"""What tests of the search share."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from portal.access.roles import Actor
from portal.accounts.models import Membership, Person
from portal.db import db
from portal.organisations.models import Organisation


@pytest.fixture
def plan(database: None) -> Callable[[Any], str]:
    """How the database would look for a statement, had it many rows."""

    def explained(statement: Any) -> str:
        drawn = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
        with db.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {drawn}")
                return "\n".join(row[3] for row in rows)
            connection.execute(text("SET enable_seqscan = off"))
            found = "\n".join(
                row[0] for row in connection.exec_driver_sql(f"EXPLAIN {drawn}".replace("%", "%%"))
            )
            connection.execute(text("SET enable_seqscan = on"))
            return found

    return explained


def actor_of(membership: Membership | None) -> Actor | None:
    if membership is None:
        return None
    places = selectinload(Person.memberships).joinedload(Membership.organisation)
    who = select(Person).where(Person.id == membership.person_id)
    loaded = who.options(places.selectinload(Organisation.coverages)).execution_options(
        populate_existing=True
    )
    person = db.session.scalars(loaded).one()
    return person.acting_for(person.memberships[0])

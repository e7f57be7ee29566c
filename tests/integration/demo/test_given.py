"""The demonstration shows what services count of the time of partners, and work for the network."""

import pytest
from sqlalchemy import func, select

from portal.db import db
from portal.interventions.models import Contribution
from portal.interventions.network.models import NetworkAct
from portal.interventions.network.rules import NetworkKind

pytestmark = pytest.mark.usefixtures("demonstration")


def test_some_services_count_preparation_and_none_the_write_up() -> None:
    columns = (Contribution.preparation, Contribution.travel, Contribution.write_up)
    preparation, travel, write_up = db.session.execute(select(*map(func.sum, columns))).one()
    assert preparation > 0
    assert travel > 0
    assert write_up == 0
    alone = select(func.count()).where(Contribution.preparation == 0, Contribution.practitioners > 0)
    assert db.session.scalar(alone), "others count sessions alone"


def test_each_kind_of_network_work_was_noted() -> None:
    assert {*db.session.scalars(select(NetworkAct.kind))} == set(NetworkKind)


def test_partners_were_there_together() -> None:
    """Some acts are of two partners that support the pole together, each with its own people."""
    partners = func.count(Contribution.assignment_id)
    of_several = select(Contribution.intervention_id).group_by(Contribution.intervention_id)
    joint = of_several.having(partners > 1).subquery()
    assert db.session.scalar(select(func.count()).select_from(joint))

"""One rule says what may be asked for today, in SQL and in Python; what is suspended reopens by itself."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.catalogue import queries
from portal.catalogue.models import Service
from portal.catalogue.rules import ServiceState
from portal.db import db
from tests.builders import Builder

TODAY = date(2026, 3, 4)
REOPENS = (None, TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=1))


@pytest.fixture(autouse=True)
def _a_day(app: Flask):
    with clock.travelling_to(datetime(2026, 3, 4, 10, tzinfo=clock.PARIS)):
        yield


def _of_each(make: Builder) -> list[Service]:
    return [
        make.service(stored_state=state, reopens_on=day)
        for state in ServiceState
        for day in REOPENS
        if day or state is not ServiceState.SUSPENDED
    ]


def test_what_is_open_and_what_is_shown_are_one_rule_in_sql_and_python(make: Builder) -> None:
    services = _of_each(make)
    for condition, says in ((queries.is_open(), "is_open"), (queries.is_shown(), "is_shown")):
        found = set(db.session.scalars(select(Service.id).where(condition)))
        assert found == {service.id for service in services if getattr(service, says)}, says


def test_what_is_suspended_reopens_on_its_day_without_anybody(make: Builder) -> None:
    service = make.service(stored_state=ServiceState.SUSPENDED, reopens_on=TODAY + timedelta(days=1))
    assert service.state is ServiceState.SUSPENDED
    open_today = select(Service.id).where(queries.is_open())
    assert db.session.scalars(open_today).all() == []
    with clock.travelling_to(datetime(2026, 3, 5, 0, 1, tzinfo=clock.PARIS)):
        assert service.state is ServiceState.PUBLISHED
        assert db.session.scalars(open_today).all() == [service.id], "the same statement, another day"


def test_everybody_reads_what_is_published_or_suspended_and_nothing_else(make: Builder, browse) -> None:
    services = _of_each(make)
    visitor = browse()
    listed = visitor.get("/services").text
    for service in services:
        read = service.stored_state in {ServiceState.PUBLISHED, ServiceState.SUSPENDED}
        assert (f'/services/{service.slug}"' in listed) is read
        assert visitor.get(f"/services/{service.slug}").status_code == (200 if read else 404)

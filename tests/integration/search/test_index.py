"""The index stays true, whoever writes, and says so where it does not."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from portal.accounts import personal as accounts
from portal.db import db, kept_if, transaction
from portal.organisations.models import Pole, PoleMember
from portal.requests import personal as requests
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import ANSWER
from portal.search.index import service as index
from portal.search.index.queries import holding
from portal.search.models import SearchEntry
from portal.search.rules import asked
from tests.builders import Builder
from tests.plans import plan_of
from tests.races import together


def found(kind: str, words: str) -> list[int]:
    return sorted(db.session.scalars(holding(kind, asked(words).terms)))


def reached(words: str) -> list[int]:
    """Requests by what is kept apart."""
    return sorted(db.session.scalars(holding("request", [term.apart() for term in asked(words).terms])))


def astray() -> list[tuple[str, list[int]]]:
    return [(findable.kind, list(numbers)) for findable, numbers in index.astray()]


def said(request: SupportRequest, message: str | None) -> RequestEvent:
    return RequestEvent(
        request_id=request.id, action=ANSWER.name, from_state="accepted", to_state="accepted", message=message
    )


def test_what_is_written_is_found_and_what_is_changed_is_not_any_more(make: Builder) -> None:
    pole = make.pole(name="Filière Bois", town="Autun")
    assert found("pole", "bois autun") == [pole.id]
    with transaction():
        pole.name, pole.town = "Filière Lin", "Yvetot"
    assert (found("pole", "bois"), found("pole", "lin yvetot")) == ([], [pole.id])
    with transaction() as session:
        session.add(PoleMember(pole_id=pole.id, name="Scierie du Morvan"))
    assert len(found("pole_member", "scierie")) == 1
    with transaction() as session:
        session.delete(session.scalars(select(PoleMember)).one())
    assert found("pole_member", "scierie") == []
    assert astray() == []


def test_statements_over_many_rows_are_followed(make: Builder) -> None:
    request = make.raw_request(phone="06 12 34 56 78")
    with transaction() as session:
        session.add_all([said(request, "Parlons du chanvre."), said(request, None)])
    assert len(found("said", "chanvre")) == 1
    assert reached("0612345678") == [request.id]
    with transaction() as session:
        session.execute(update(SupportRequest).where(SupportRequest.phone.is_not(None)).values(phone=None))
    assert reached("0612345678") == []
    with transaction() as session:
        session.execute(update(RequestEvent).values(message="Parlons du lin."))
    assert (found("said", "chanvre"), len(found("said", "lin"))) == ([], 2)
    with transaction() as session:
        session.execute(update(SupportRequest), [{"id": request.id, "need": "Tisser"}])
        session.execute(delete(RequestEvent))
    assert (found("request", "tisser"), found("said", "lin")) == ([request.id], [])
    assert astray() == []


def test_a_bulk_insert_is_refused(make: Builder) -> None:
    pole = make.pole()
    with pytest.raises(index.NotIndexed), transaction() as session:
        session.execute(insert(PoleMember), [{"pole_id": pole.id, "name": "Scierie"}])


def test_what_is_undone_leaves_nothing(make: Builder) -> None:
    pole = make.pole(name="Filière Bois")

    def rename_and_fail() -> None:
        with transaction() as session:
            pole.name = "Filière Lin"
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rename_and_fail()
    assert (found("pole", "bois"), found("pole", "lin")) == ([pole.id], [])
    pole = db.session.scalars(select(Pole)).one()
    with transaction() as session:
        pole.town = "Yvetot"
        session.flush()
        for kept in (False, True):
            with kept_if(kept):
                session.add(PoleMember(pole_id=pole.id, name=f"Scierie {kept}"))
    assert (found("pole", "yvetot"), found("pole_member", "false"), len(found("pole_member", "true"))) == (
        [pole.id],
        [],
        1,
    )
    assert astray() == []


def test_what_is_blanked_is_forgotten_at_once(make: Builder) -> None:
    coordinator = make.coordinator()
    request = make.raw_request(coordinator, need="Une scierie mobile", phone="06 12 34 56 78")
    with transaction() as session:
        session.add(said(request, "Le chanvre aussi."))
    with transaction():
        requests.anonymise([request.id])
    assert found("request", request.reference) == [request.id]
    assert found("request", "scierie") == reached("0612") == found("said", "chanvre") == []
    with transaction():
        coordinator.person.given_name = "Philomène"
    assert found("person", "philomene") == [coordinator.person_id]
    with transaction():
        accounts.forget(coordinator.person)
    assert found("person", "philomene") == []
    assert astray() == []


def test_what_is_astray_is_said_and_mended(app: Flask, make: Builder) -> None:
    pole, gone = make.pole(name="Filière Bois"), make.pole(name="Filière Chanvre")
    make.raw_request()
    with db.engine.connect() as connection:
        connection.execute(
            update(Pole.__table__).where(Pole.__table__.c.id == pole.id).values(name="Filière Lin")
        )
        connection.execute(delete(Pole.__table__).where(Pole.__table__.c.id == gone.id))
        connection.execute(delete(SearchEntry.__table__).where(SearchEntry.__table__.c.kind == "request"))
        connection.execute(insert(SearchEntry.__table__).values(kind="former", item_id=1, key="=former mot"))
    run = app.test_cli_runner()
    checked = run.invoke(args=["check"])
    assert f"pole {pole.id} is not found by its own words." in checked.output
    assert checked.exit_code == 1
    assert "3 things" in run.invoke(args=["search", "rebuild"]).output
    assert (found("pole", "bois"), found("pole", "lin"), found("pole", "chanvre")) == ([], [pole.id], [])
    assert found("former", "mot") == []
    assert len(found("request", "gouvernance")) == 1
    assert "0 things" in run.invoke(args=["search", "rebuild"]).output
    assert run.invoke(args=["check"]).exit_code == 0


def test_writers_and_a_rebuild_at_the_same_moment(app: Flask, make: Builder) -> None:
    """Each row is read again under its lock: the words are those of who wrote last."""
    number = make.pole(name="Filière Bois").id

    def rename(name: str) -> Callable[[], None]:
        def act() -> None:
            with transaction() as session:
                session.scalars(select(Pole).where(Pole.id == number).with_for_update()).one().name = name

        return act

    for turn in range(5):
        with db.engine.connect() as connection:
            connection.execute(update(SearchEntry.__table__).values(key="=pole rien"))
        writers = [rename(f"Filière {name} {turn}") for name in ("Lin", "Chanvre", "Laine")]
        together(app, index.rebuild, *writers)
        assert astray() == []


def test_the_words_are_looked_up_by_an_index(make: Builder) -> None:
    make.pole()
    shown = plan_of(holding("pole", asked("filière bois").terms))
    assert "ix_search_entry_words" in shown or "search_word VIRTUAL TABLE INDEX" in shown

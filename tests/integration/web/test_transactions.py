"""What is written is written in a transaction opened at the edge, or not at all."""

import sqlite3

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from portal import clock
from portal.accounts.models import FailedAttempt, Person
from portal.db import (
    UnsavedChanges,
    WriteOutsideTransaction,
    db,
    plain_rows,
    refuse_unsaved_changes,
    require_transaction,
    transaction,
)
from portal.refusals import Conflict
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState
from tests.builders import Builder


def attempts() -> int:
    return len(db.session.scalars(select(FailedAttempt)).all())


def test_a_flush_outside_a_transaction_is_refused(make: Builder) -> None:
    person = make.person()
    person.family_name = "Autre"
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()
    db.session.rollback()


def test_adding_and_committing_by_hand_is_refused(database: None) -> None:
    db.session.add(FailedAttempt(key="x"))
    with pytest.raises(WriteOutsideTransaction):
        db.session.commit()
    db.session.rollback()
    assert attempts() == 0


@pytest.mark.parametrize(
    "statement",
    [
        insert(FailedAttempt).values(key="x"),
        update(FailedAttempt).values(key="x"),
        delete(FailedAttempt),
        insert(FailedAttempt.__table__).values(key="x"),
    ],
    ids=["insert", "update", "delete", "of a table"],
)
def test_a_bulk_statement_outside_a_transaction_is_refused(database: None, statement) -> None:
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(statement)


def test_transactions_do_not_nest(database: None) -> None:
    def nested() -> None:
        with transaction() as session:
            session.add(FailedAttempt(key="outer"))
            with transaction():
                pass

    with pytest.raises(RuntimeError, match="does not nest"):
        nested()
    assert attempts() == 0, "the outer one is rolled back too"
    with transaction() as session:
        session.add(FailedAttempt(key="afterwards"))
    assert attempts() == 1


def test_changes_made_before_the_transaction_are_refused(database: None) -> None:
    db.session.add(FailedAttempt(key="too early"))
    with pytest.raises(WriteOutsideTransaction), transaction():
        pass
    db.session.rollback()
    assert attempts() == 0


def test_an_error_rolls_everything_back(database: None) -> None:
    def fail() -> None:
        with transaction() as session:
            session.add(FailedAttempt(key="x"))
            session.flush()
            raise KeyError("something went wrong")

    with pytest.raises(KeyError):
        fail()
    assert attempts() == 0
    with pytest.raises(WriteOutsideTransaction):
        require_transaction()


def test_a_failed_commit_is_an_error_and_leaves_nothing(make: Builder) -> None:
    first = make.person()
    double = Person(email=first.email, given_name="A", family_name="B", fs_uniquifier="other")
    with pytest.raises(IntegrityError), transaction() as session:
        session.add_all([FailedAttempt(key="x"), double])
    assert attempts() == 0


def test_a_lock_outside_a_transaction_is_refused(database: None) -> None:
    with pytest.raises(WriteOutsideTransaction):
        require_transaction()
    with transaction():
        require_transaction()


def test_what_is_read_stays_readable_after_a_commit(make: Builder, queries: list[str]) -> None:
    person = make.person(given_name="Ana")
    queries.clear()
    assert person.given_name == "Ana"
    assert queries == []


def test_a_view_that_forgets_to_save_fails_aloud(app: Flask, make: Builder) -> None:
    person = make.person(given_name="Ana")
    person.given_name = "Forgotten"
    with app.test_request_context(), pytest.raises(UnsavedChanges):
        refuse_unsaved_changes(app.response_class())
    assert not db.session.dirty


def test_foreign_keys_hold(make: Builder) -> None:
    partner = make.partner()
    with pytest.raises(IntegrityError), transaction() as session:
        session.add(
            Assignment(
                request_id=987_654,
                partner_id=partner.id,
                state=AssignmentState.PROPOSED,
                due_on=clock.today(),
            )
        )


def test_words_outside_a_vocabulary_are_refused_by_the_database(make: Builder) -> None:
    partner = make.partner()
    with pytest.raises(IntegrityError), transaction() as session:
        session.execute(text("UPDATE organisation SET kind = 'sect' WHERE id = :id"), {"id": partner.id})


@pytest.mark.of_database("sqlite")
def test_sqlite_is_set_up_on_each_connection(database: None) -> None:
    with db.engine.connect() as first, db.engine.connect() as second:
        for connection in (first, second):
            settings = {
                name: connection.scalar(text(f"PRAGMA {name}"))
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            }
            assert settings == {
                "journal_mode": "wal",
                "foreign_keys": 1,
                "busy_timeout": 60_000,
                "synchronous": 1,
            }


@pytest.mark.of_database("sqlite")
def test_a_sqlite_transaction_takes_the_write_lock_at_once(database: None) -> None:
    other = sqlite3.connect(db.engine.url.database, timeout=0, isolation_level=None)
    with transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("ROLLBACK")
    other.close()


@pytest.mark.of_database("sqlite")
def test_a_sqlite_reader_holds_nothing(database: None) -> None:
    attempts()
    assert not db.session.connection().connection.dbapi_connection.in_transaction


@pytest.mark.of_database("postgresql")
def test_postgresql_reads_hold_no_transaction_and_writes_do(database: None) -> None:
    attempts()
    inside = text("SELECT now() = statement_timestamp(), pg_current_xact_id_if_assigned() IS NOT NULL")
    plain = db.session.connection().connection.dbapi_connection
    assert plain.autocommit, "reads run in autocommit"
    with transaction() as session:
        assert not session.connection().connection.dbapi_connection.autocommit
        session.add(FailedAttempt(key="x"))
        session.flush()
        started_before, writes = session.execute(inside).one()
        assert not started_before
        assert writes
    attempts()
    assert db.session.connection().connection.dbapi_connection.autocommit, "and in autocommit again"


def test_what_was_read_before_a_refusal_can_still_be_shown(make: Builder) -> None:
    """As the page that says no does: it shows who is signed in, with what they belong to."""
    member = make.coordinator()
    email = member.person.email
    with pytest.raises(Conflict), transaction():
        raise Conflict
    assert member.organisation.name
    assert member.person.email == email


def test_what_was_half_done_is_never_saved_later(make: Builder) -> None:
    person = make.person()
    id_, name = person.id, person.family_name

    def fail_half_way() -> None:
        with transaction() as session:
            person.family_name = "À moitié"
            session.flush()
            person.family_name = "À moitié et demi"
            raise Conflict

    with pytest.raises(Conflict):
        fail_half_way()
    make.pole()
    assert db.session.scalar(select(Person.family_name).where(Person.id == id_)) == name


def test_plain_rows_are_of_what_the_transaction_changed_and_write_nothing(make: Builder) -> None:
    person = make.person()
    name = select(Person.family_name).where(Person.id == person.id)
    with transaction():
        person.family_name = "Autre"
        assert plain_rows(name, {}).scalar_one() == "Autre"
    person.family_name = "Tiers"
    assert plain_rows(name, {}).scalar_one() == "Autre", "nothing is written by reading"
    db.session.rollback()
    with pytest.raises(TypeError):
        plain_rows(update(Person).values(family_name="Quart").returning(Person.id), {})
    assert db.session.scalar(name) == "Autre"

"""What the code compares with is written in statements: PostgreSQL plans them once."""

import pytest
from sqlalchemy import Column, String, select
from sqlalchemy.dialects import postgresql

from portal.db import Model, Words, written
from portal.organisations.models import Pole
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from portal.screens import FEATURES

assert FEATURES
VOCABULARIES: list[Column] = [
    column
    for table in Model.metadata.sorted_tables
    for column in table.columns
    if isinstance(column.type, Words)
]
STATE = SupportRequest.state
OPEN = (RequestState.TO_ROUTE, RequestState.PROPOSED, RequestState.ACCEPTED)


def sent(statement):
    compiled = statement.compile(dialect=postgresql.dialect())
    return str(compiled), compiled.params


@pytest.mark.parametrize(
    "condition",
    [
        STATE == RequestState.DRAFT,
        STATE != RequestState.DRAFT,
        STATE.in_({RequestState.DRAFT}),
        STATE.not_in([RequestState.DRAFT]),
    ],
)
def test_a_word_is_written_and_not_sent(condition) -> None:
    text, values = sent(select(SupportRequest.id).where(condition))
    assert "'draft'" in text
    assert values == {}


def test_a_set_is_written_in_one_order() -> None:
    texts = {sent(select(STATE.in_(order)))[0] for order in (OPEN, OPEN[::-1], {*OPEN}, frozenset(OPEN))}
    assert len(texts) == 1
    assert "IN ('accepted', 'proposed', 'to_route')" in texts.pop()


def test_so_is_the_kind_of_an_organisation() -> None:
    assert sent(select(Pole.id)) == (
        "SELECT organisation.id \nFROM organisation \nWHERE organisation.kind IN ('pole')",
        {},
    )


def test_an_empty_set_holds_nothing_and_a_column_is_compared_as_it_is() -> None:
    assert "NULL" in str(
        select(STATE.in_(set())).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    )
    assert sent(select(STATE == STATE))[1] == {}


@pytest.mark.parametrize("column", VOCABULARIES, ids=str)
def test_every_stored_word_can_be_written(column: Column) -> None:
    for word in column.type.enums:
        assert str(written(word, String)) == f"'{word}'"


@pytest.mark.parametrize("word", ["", "a b", "x' OR 1=1", "x'", "%(x)s", "a;b"])
def test_nothing_else_is(word: str) -> None:
    with pytest.raises(ValueError, match="not a word of the code"):
        written(word)

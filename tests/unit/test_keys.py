"""A name that may be kept has a key that its column can hold, however rare its letters."""

import pytest

from portal.accounts.models import Person
from portal.catalogue.models import Service
from portal.db import Model
from portal.organisations.models import Pole

# One sign of each is several letters in a key: ligatures, fractions, whole words of Arabic.
LONG = ("œ", "ß", "½", "\ufb04", "\ufdfa")
NAMED = {Pole: ("name", "town"), Service: ("name", "name_en"), Person: ("given_name", "family_name")}


def test_every_key_is_tried() -> None:
    keyed = {
        column.table.name
        for table in Model.metadata.tables.values()
        for column in table.columns
        if column.name in {"name_key", "names_key", "town_key"}
    }
    assert keyed == {kind.__mapper__.local_table.name for kind in NAMED}


@pytest.mark.parametrize("letter", LONG)
@pytest.mark.parametrize("kind", NAMED, ids=lambda one: one.__name__)
def test_the_key_of_the_longest_name_fits(kind: type[Model], letter: str) -> None:
    columns = kind.__mapper__.columns
    named = kind(**{name: letter * columns[name].type.length for name in NAMED[kind]})
    keys = [one.name for one in columns if one.name.endswith("_key") and getattr(named, one.name)]
    assert keys
    assert {name for name in keys if len(getattr(named, name)) > columns[name].type.length} == set()

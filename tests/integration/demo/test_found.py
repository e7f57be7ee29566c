"""The demonstration is found by its words, whoever looks."""

import pytest

from portal.demo import accounts
from portal.search import queries, rules
from portal.search.index import service as index
from tests.integration.demo.test_activity import actor

pytestmark = pytest.mark.usefixtures("demonstration")


def test_everything_invented_is_found_by_its_own_words() -> None:
    assert [findable.kind for findable, _ in index.astray()] == []
    found = {
        kind
        for account in accounts.ACCOUNTS
        for words in ("gouvernance", "rives communes", "rousselin", "commune")
        for kind in queries.firsts(actor(account), rules.asked(words), most=3)
    }
    assert {"request", "service", "pole", "person"} <= found

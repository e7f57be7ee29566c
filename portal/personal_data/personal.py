"""What the journal tells of a person: it stands below accounts, and does not know which numbers are theirs."""

from collections.abc import Mapping
from typing import Any

from portal.accounts import personal as accounts
from portal.accounts.models import Person
from portal.journal import personal as journal


def of_person(person: Person) -> Mapping[str, Any]:
    """The entries about them and by them."""
    return journal.of_person(person.id, accounts.numbers_of(person))

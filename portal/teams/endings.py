"""What an organisation that ends leaves open with people: invitations; and who is told that it ended."""

from collections.abc import Iterable, Sequence

from flask_babel import lazy_gettext as _l

from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.organisations.endings import Ending, LeftOpen
from portal.organisations.kinds import OrganisationKind
from portal.organisations.models import Organisation
from portal.teams import emails, invitations, queries


def _invited(organisation: Organisation) -> Sequence[str]:
    return [one.name for one in queries.waiting_invitations(organisation.id)]


def _withdraw(ending: Ending) -> None:
    for one in queries.waiting_invitations(ending.organisation.id):
        invitations.revoke(ending.organisation, one.id)


def tell(ending: Ending) -> None:
    """Its people, once; then whoever takes over what it had open."""
    told = {ending.actor.person_id}
    for member in accounts.people_of(ending.organisation.id):
        if member.person_id not in told:
            told.add(member.person_id)
            emails.organisation_ended(member.person, ending)
    for person in _who_take_over(ending):
        if person.id not in told:
            told.add(person.id)
            emails.open_work_taken_over(person, ending)


def _who_take_over(ending: Ending) -> Iterable[Person]:
    """Who answers for the successor; without one, the cells that answer for the regions of a cell from now on."""
    if not any(one.asks for one in ending.left):
        return
    if ending.successor is not None:
        yield from queries.heads_of(ending.successor.id)
    elif ending.organisation.kind is OrganisationKind.REGIONAL_CELL:
        for region_code in sorted(ending.organisation.region_codes):
            yield from accounts.cell_people(region_code)


LEFT_OPEN = (
    LeftOpen(
        _l("Invitations, which are withdrawn"), frozenset(OrganisationKind), _invited, _withdraw, asks=False
    ),
)

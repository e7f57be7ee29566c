"""Who comes instead, at dates that are proposed, when somebody of the partner's team leaves."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.proposals import queries, service, words
from portal.proposals.steps import ProposalState
from portal.requests import queries as requests
from portal.requests.emails import link
from portal.teams.service import Departure, OpenWork
from portal.web.links import Link


def _of_person(person_id: int, organisation_id: int) -> Sequence[Link]:
    return [
        link(
            proposal.assignment.request.reference,
            LazyString(words.first_line, proposal, proposal.assignment.request.pole.place),
        )
        for proposal in queries.open_of(person_id, organisation_id)
    ]


def _give(departure: Departure) -> None:
    """The pole hears who comes once it picks; the colleague gets one e-mail about everything."""
    leaving = departure.membership
    for seen in queries.open_of(leaving.person_id, leaving.organisation_id):
        request = requests.get_locked(None, seen.assignment.request.reference)
        proposal = queries.locked(seen.id)
        if request and proposal.state is ProposalState.OPEN:
            service.replace_person(proposal, leaving.person_id, departure.to.id if departure.to else None)


OPEN_WORK = (OpenWork(_l("Dates proposed"), _of_person, _give),)

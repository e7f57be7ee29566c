"""Who reads about a request."""

from collections.abc import Callable, Collection, Iterable, Sequence

from portal.access.roles import PARTNER_ROLES, Role
from portal.accounts import queries as accounts
from portal.organisations.models import Organisation
from portal.requests.models import Assignment, SupportRequest
from portal.steps import Audience
from portal.teams import queries as teams
from portal.teams.calling.queries import Cell, cells
from portal.teams.queries import Addressee, Teams

Readers = tuple[Sequence[Addressee], Sequence[Organisation]]


def readers(
    audience: Audience,
    request: SupportRequest,
    concerned: Sequence[Assignment],
    at_work: Callable[[], Sequence[Cell]] | None = None,
    bodies: Teams | None = None,
) -> Readers:
    """The only place that says who reads about a request: people, others for who is away today; and organisations as a
    whole, in their shared mailbox, but for a partner with a referent.
    `concerned`: the assignments of partners. `at_work`: its cells, where they are read for more than this;
    `bodies`: the people of the pole and of these partners, the same."""
    bodies = bodies or bodies_of(request, concerned)
    people: Iterable[Addressee] = ()
    told: Sequence[Organisation] = ()
    match audience:
        case Audience.POLE:
            people, told = _followers(request, bodies), [request.pole]
        case Audience.CELL:
            of_region = at_work() if at_work else cells(request.region_code)
            told = [cell.organisation for cell in of_region]
            people = [addressee for cell in of_region for addressee in cell.addressees(cell.people)]
        case Audience.PARTNER | Audience.PARTNERS:
            people = _staff(concerned, bodies)
            told = [assignment.partner for assignment in concerned if assignment.referent is None]
    return list(people), [organisation for organisation in told if organisation.active]


def bodies_of(
    request: SupportRequest, concerned: Iterable[Assignment], at_work: Iterable[Organisation] = ()
) -> Teams:
    """The people of a pole, of the partners that are told, who may have no number in what is not yet written, and of
    cells."""
    bodies = *(part.partner for part in concerned), *at_work
    return teams.teams_of({request.pole_id, *(body.id for body in bodies)})


def _followers(request: SupportRequest, bodies: Teams) -> Iterable[Addressee]:
    """The coordinators of the pole, and the contact while they are of the pole."""
    people = bodies.of(request.pole_id) if request.pole.active else []
    wanted = [
        member.person_id
        for member in people
        if member.role is Role.COORDINATOR or member.person_id == request.contact_id
    ]
    return bodies.addressees(request.pole_id, people, wanted, {Role.COORDINATOR})


def _staff(assignments: Sequence[Assignment], bodies: Teams) -> Iterable[Addressee]:
    """The referents; the whole team of a partner that has none, or whose referent has left."""
    for assignment in assignments:
        if not assignment.partner.active:
            continue
        partner_id = assignment.partner.id
        team = [member for member in bodies.of(partner_id) if member.role in PARTNER_ROLES]
        everybody = [member.person_id for member in team]
        referent = [membership.person_id for membership in team if membership.person is assignment.referent]
        yield from bodies.addressees(partner_id, team, referent or everybody, PARTNER_ROLES)


def practitioners(partner_id: int, person_ids: Collection[int]) -> list[Addressee]:
    """Some people of a partner, or who stands in for them."""
    team = [member for member in accounts.people_of(partner_id) if member.role in PARTNER_ROLES]
    here = [member.person_id for member in team if member.person_id in person_ids]
    return teams.addressees(partner_id, team, here, PARTNER_ROLES) if here else []


def heads(partner_id: int) -> list[Addressee]:
    """Who answers for a partner; its team where nobody does."""
    team = [member for member in accounts.people_of(partner_id) if member.role in PARTNER_ROLES]
    managers = [member.person_id for member in team if member.role is Role.MANAGER]
    wanted = managers or [membership.person_id for membership in team]
    return teams.addressees(partner_id, team, wanted, PARTNER_ROLES)

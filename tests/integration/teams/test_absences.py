"""Who is away, and who reads and sees their work meanwhile."""

from datetime import timedelta

import pytest
from sqlalchemy import delete

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Membership
from portal.db import transaction
from portal.notifications.models import OutboxEmail
from portal.requests import emails as request_emails
from portal.requests import queries, service, steps
from portal.requests.steps import AssignmentState, RequestState
from portal.teams.models import Absence
from tests.builders import Builder
from tests.integration.accounts.steps import emails, english
from tests.integration.teams.steps import Browse, page_of, team_of

DAY = timedelta(days=1)


def absent(membership: Membership, substitute: Membership | None = None, days: int = 5) -> Absence:
    """Away from yesterday on, for some days."""
    absence = Absence(
        membership_id=membership.id,
        starts_on=clock.today() - DAY,
        ends_on=clock.today() + days * DAY,
        substitute_id=substitute.person_id if substitute else None,
    )
    with transaction() as session:
        session.add(absence)
    return absence


def announce(membership: Membership, substitute_id: int = 0, start: int = 1, end: int = 9) -> dict[str, str]:
    today = clock.today()
    return {
        "starts_on": (today + start * DAY).isoformat(),
        "ends_on": (today + end * DAY).isoformat(),
        "substitute_id": str(substitute_id),
    }


@pytest.fixture
def head(make: Builder) -> Membership:
    return make.coordinator()


@pytest.fixture
def other(make: Builder, head: Membership) -> Membership:
    return make.member(head.organisation, Role.COORDINATOR)


def test_one_announces_ones_own_absence(head: Membership, other: Membership, browse: Browse) -> None:
    browser = english(browse(head))
    answer = browser.post(page_of(head, "absences"), announce(head, other.person_id))
    assert answer.status_code == 302, answer.text
    assert other.person.name in browser.get(page_of(head, "absences")).text
    assert [(one.kind, one.recipient) for one in emails()] == [("teams/standing_in", other.person.email)]


def test_a_head_announces_it_for_a_member(make: Builder, head: Membership, browse: Browse) -> None:
    member = make.member(head.organisation, Role.MEMBER)
    assert browse(head).post(page_of(member, "absences"), announce(member)).status_code == 302
    assert [(one.kind, one.recipient) for one in emails()] == [("teams/declared_absent", member.person.email)]


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [(5, 4, "comes before"), (-9, -2, "are over"), (0, 400, "A year at most")],
)
def test_wrong_days_are_refused(head: Membership, browse: Browse, start: int, end: int, said: str) -> None:
    answer = english(browse(head)).post(page_of(head, "absences"), announce(head, 0, start, end))
    assert answer.status_code == 422
    assert said in answer.text


def test_two_absences_do_not_overlap(head: Membership, browse: Browse) -> None:
    browser = english(browse(head))
    assert browser.post(page_of(head, "absences"), announce(head)).status_code == 302
    again = browser.post(page_of(head, "absences"), announce(head, 0, 9, 12))
    assert again.status_code == 422
    assert "already covers" in again.text


def test_a_substitute_can_do_the_work_and_is_of_the_team(
    make: Builder, head: Membership, browse: Browse
) -> None:
    member = make.member(head.organisation, Role.MEMBER)
    stranger = make.coordinator()
    gone = make.member(head.organisation, Role.COORDINATOR)
    with transaction():
        gone.ended_at = clock.now()
    for one in (member, stranger, gone, head):
        answer = browse(head).post(page_of(head, "absences"), announce(head, one.person_id))
        assert answer.status_code == 422, one.role


def test_an_absence_is_removed(head: Membership, other: Membership, browse: Browse) -> None:
    absence = absent(head, other)
    path = f"{page_of(head, 'absences')}/{absence.id}/supprimer"
    assert browse(head).post(path).status_code == 302
    assert browse(head).post(path).status_code == 404


SOMEBODY = Actor(0, "Inès Delorme", "ines@exemple.test", 0, Role.MANAGER, 0, "Ailleurs")


def told(make: Builder, coordinator: Membership, assignee: Membership) -> set[str]:
    """Who reads that a partner has a new referent for a request of the coordinator's pole."""
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    request = make.raw_request(coordinator)
    make.raw_assignment(
        request, assignee.organisation, AssignmentState.ACCEPTED, referent_id=assignee.person_id
    )
    with transaction():
        found = queries.get_locked(None, request.reference)
        assert found
        state = AssignmentState.ACCEPTED
        event = service.remember(None, found, steps.CHANGE_REFERENT, state, state, found.assignments[0])
        request_emails.tell(request_emails.news(steps.CHANGE_REFERENT, event, SOMEBODY), SOMEBODY)
    return {row.recipient for row in emails()}


def names(*memberships: Membership) -> set[str]:
    return {one.person.email for one in memberships}


def test_mail_goes_to_the_substitute_who_sees_for_whom(
    make: Builder, head: Membership, other: Membership
) -> None:
    practitioner = make.practitioner()
    stand_in = make.practitioner(practitioner.organisation)
    absent(practitioner, stand_in)
    assert told(make, head, practitioner) == names(head, other, stand_in)
    (sent,) = [one for one in emails() if one.recipient == stand_in.person.email]
    assert practitioner.person.name in sent.text
    assert "À la place de" in sent.text or "In place of" in sent.text


def test_who_is_told_anyway_is_told_once(make: Builder, head: Membership, other: Membership) -> None:
    practitioner = make.practitioner()
    absent(head, other)
    assert told(make, head, practitioner) == names(other, practitioner)


def test_without_a_substitute_the_team_reads_too(make: Builder, head: Membership) -> None:
    practitioner = make.practitioner()
    team = [make.practitioner(practitioner.organisation), make.manager(practitioner.organisation)]
    absent(practitioner)
    assert told(make, head, practitioner) == names(head, practitioner, *team)


def test_a_chain_is_followed_and_a_circle_ends(make: Builder, head: Membership) -> None:
    first = make.practitioner()
    second, third = (make.practitioner(first.organisation) for _ in range(2))
    absent(first, second)
    chain = absent(second, third)
    assert told(make, head, first) == names(head, third)
    with transaction():
        chain.substitute_id = first.person_id
    assert told(make, head, first) == names(head, first, third), "nobody stands in: the team reads"


def test_it_ends_by_itself_and_touches_one_organisation(make: Builder, head: Membership) -> None:
    first = make.practitioner()
    second = make.practitioner(first.organisation)
    elsewhere = make.member(make.partner(), Role.PRACTITIONER, first.person)
    absent(first, second, days=0)
    assert told(make, head, first) == names(head, second)
    assert told(make, head, elsewhere) == names(head, first)
    with clock.travelling_to(clock.now() + DAY):
        assert told(make, head, first) == names(head, first)


def test_a_cell_follows_absences_too(make: Builder, head: Membership, browse: Browse) -> None:
    cell = make.regional_admin("28")
    colleague = make.member(cell.organisation, Role.REGIONAL_ADMIN)
    absent(cell, colleague)
    draft = make.raw_request(head, state=RequestState.DRAFT)
    browse(head).post(f"/demandes/{draft.reference}/envoyer")
    assert {row.recipient for row in emails()} == names(colleague)


def test_the_substitutes_inbox_shows_the_open_work(make: Builder, head: Membership, browse: Browse) -> None:
    first = make.practitioner()
    second, third = (make.practitioner(first.organisation) for _ in range(2))
    mine, theirs = make.raw_request(head), make.raw_request(head)
    make.raw_assignment(mine, first.organisation, AssignmentState.ACCEPTED, referent_id=first.person_id)
    make.raw_assignment(theirs, first.organisation, AssignmentState.ACCEPTED, referent_id=third.person_id)
    absent(first, second)
    absent(second, third)
    for reader, shown in ((third, True), (second, True), (first, False)):
        page = english(browse(reader)).get("/demandes").text
        assert ("For absent colleagues" in page) is shown, reader.id
    page = browse(third).get("/demandes?dossier=collegues-absents").text
    assert mine.reference in page
    assert theirs.reference not in page
    assert "For absent colleagues" in english(browse(third)).get("/").text


def test_a_pole_sees_the_requests_of_an_absent_contact(
    make: Builder, head: Membership, other: Membership, browse: Browse
) -> None:
    request = make.raw_request(head)
    absent(head, other)
    assert request.reference in browse(other).get("/demandes?dossier=collegues-absents").text


def test_the_page_says_until_when_and_who(
    make: Builder, head: Membership, other: Membership, browse: Browse
) -> None:
    practitioner = make.practitioner()
    second = make.practitioner(practitioner.organisation)
    request = make.raw_request(head)
    make.raw_assignment(
        request, practitioner.organisation, AssignmentState.ACCEPTED, referent_id=practitioner.person_id
    )
    absent(practitioner, second)
    absent(head, other)
    page = english(browse(head)).get(f"/demandes/{request.reference}").text
    assert f"replaced by {second.person.name}" in page
    assert f"replaced by {other.person.name}" in page
    assert f"replaced by {other.person.name}" in english(browse(other)).get(team_of(head)).text


def test_who_has_left_is_not_said_to_stand_in(
    make: Builder, head: Membership, other: Membership, browse: Browse
) -> None:
    absent(head, other)
    with transaction() as session:
        session.get_one(Membership, other.id).ended_at = clock.now()
    page = english(browse(head)).get(team_of(head)).text
    assert "absent until" in page
    assert "replaced by" not in page

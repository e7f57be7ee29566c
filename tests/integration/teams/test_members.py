"""Who belongs to an organisation: roles, departures with their open work, the last one who answers for it."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts import service as accounts
from portal.accounts.models import Membership
from portal.accounts.rules import LastHead
from portal.db import db, transaction
from portal.interventions.models import Practice
from portal.interventions.steps import InterventionState
from portal.organisations.models import Organisation
from portal.requests import steps
from portal.requests.models import RequestEvent
from portal.requests.steps import AssignmentState, RequestState
from portal.teams import service
from tests.builders import Builder
from tests.integration.accounts.steps import emails, english
from tests.integration.teams.steps import Browse, actor_of, acts, page_of, team_of
from tests.races import at_once


@pytest.fixture
def head(make: Builder) -> Membership:
    return make.coordinator()


@pytest.fixture
def colleague(make: Builder, head: Membership) -> Membership:
    return make.member(head.organisation, Role.MEMBER)


def heads(organisation: Organisation) -> int:
    statement = select(Membership).where(
        Membership.organisation_id == organisation.id,
        Membership.role == Role.COORDINATOR,
        Membership.ended_at.is_(None),
    )
    return len(db.session.scalars(statement.execution_options(populate_existing=True)).all())


def test_a_head_changes_a_role(head: Membership, colleague: Membership, browse: Browse) -> None:
    answer = browse(head).post(page_of(colleague, "role"), {"role": "coordinator"})
    assert answer.location == team_of(head)
    assert colleague.role is Role.COORDINATOR
    (sent,) = emails()
    assert (sent.kind, sent.recipient) == ("teams/role_changed", colleague.person.email)
    assert acts() == ["role_changed"]


def test_ones_own_change_is_no_news(make: Builder, head: Membership, browse: Browse) -> None:
    make.member(head.organisation, Role.COORDINATOR)
    assert browse(head).post(page_of(head, "role"), {"role": "member"}).status_code == 302
    assert not emails()


def test_only_roles_of_the_kind_are_given(head: Membership, colleague: Membership, browse: Browse) -> None:
    assert browse(head).post(page_of(colleague, "role"), {"role": "manager"}).status_code == 422
    assert colleague.role is Role.MEMBER


@pytest.mark.parametrize("page", ["role", "depart"])
def test_the_last_head_stays(head: Membership, colleague: Membership, browse: Browse, page: str) -> None:
    answer = english(browse(head)).post(page_of(head, page), {"role": "member"})
    assert answer.status_code == 409
    assert "Nobody else answers for this organisation" in answer.text
    assert (head.role, head.ended_at) == (Role.COORDINATOR, None)


def test_a_cell_cannot_take_the_last_head_away_either(
    make: Builder, head: Membership, browse: Browse
) -> None:
    cell = browse(make.regional_admin("28"))
    assert cell.post(page_of(head, "depart")).status_code == 409
    assert cell.post(page_of(head, "role"), {"role": "member"}).status_code == 409


def test_nor_does_a_closed_account_count(make: Builder, head: Membership) -> None:
    other = make.member(head.organisation, Role.COORDINATOR)
    with transaction():
        other.person.active = False
    with pytest.raises(LastHead), transaction():
        accounts.end_membership(db.session.merge(head))


@pytest.mark.parametrize("way", ["leave", "demote", "close"])
def test_two_heads_go_at_once_and_one_stays(app: Flask, make: Builder, head: Membership, way: str) -> None:
    both = [head, make.member(head.organisation, Role.COORDINATOR)]
    organisation_id = head.organisation_id
    ids = [(one.id, one.person_id, actor_of(one)) for one in both]

    def go(membership_id: int, person_id: int, actor: object) -> None:
        organisation = db.session.get_one(Organisation, organisation_id)
        if way == "leave":
            service.end(actor, organisation, membership_id)
        elif way == "demote":
            service.change_role(actor, organisation, membership_id, Role.MEMBER)
        else:
            accounts.close_account(db.session.get_one(type(head.person), person_id), by=actor)

    answers = at_once(app, *[lambda one=one: go(*one) for one in ids])
    assert sum(isinstance(one, LastHead) for one in answers) == 1, answers
    assert heads(head.organisation) == 1


def test_a_member_leaves_by_themself(head: Membership, colleague: Membership, browse: Browse) -> None:
    assert browse(colleague).post(page_of(colleague, "depart")).location == "/"
    assert colleague.ended_at is not None
    assert [(one.kind, one.recipient) for one in emails()] == [("teams/colleague_left", head.person.email)]
    assert browse(colleague).get(team_of(head)).status_code == 403


def test_who_is_made_to_leave_is_told(head: Membership, colleague: Membership, browse: Browse) -> None:
    assert browse(head).post(page_of(colleague, "depart")).location == team_of(head)
    assert [(one.kind, one.recipient) for one in emails()] == [
        ("teams/membership_ended", colleague.person.email)
    ]
    assert acts() == ["left"]


def test_what_one_does_elsewhere_stays(make: Builder, head: Membership, browse: Browse) -> None:
    elsewhere = make.member(make.partner(), Role.MANAGER, make.coordinator(head.organisation).person)
    here = db.session.scalars(
        select(Membership).where(
            Membership.person_id == elsewhere.person_id, Membership.organisation_id == head.organisation_id
        )
    ).one()
    assert browse(head).post(page_of(here, "depart")).status_code == 302
    assert (elsewhere.role, elsewhere.ended_at) == (Role.MANAGER, None)
    assert browse(elsewhere).get("/demandes").status_code == 200


def test_a_person_of_two_leaves_the_one_they_do_not_act_for(make: Builder, browse: Browse) -> None:
    first = make.coordinator()
    second = make.member(make.partner(), Role.PRACTITIONER, first.person)
    assert browse(first).post(page_of(second, "depart")).status_code == 302
    assert (first.ended_at, second.ended_at is None) == (None, False)


def test_a_pole_hands_its_requests_over(make: Builder, head: Membership, browse: Browse) -> None:
    successor = make.member(head.organisation, Role.COORDINATOR)
    mine = [make.raw_request(head), make.raw_request(head, RequestState.DRAFT)]
    closed = make.raw_request(head, RequestState.WITHDRAWN)
    manager = english(browse(head))
    page = manager.get(page_of(head, "depart")).text
    assert all(one.reference in page for one in mine)
    assert closed.reference not in page
    refused = manager.post(page_of(head, "depart"), {"to_id": "0"})
    assert refused.status_code == 422
    assert head.ended_at is None
    assert manager.post(page_of(head, "depart"), {"to_id": successor.person_id}).status_code == 302
    for request in mine:
        db.session.refresh(request)
        assert request.contact_id == successor.person_id
    assert db.session.get(type(closed), closed.id).contact_id == head.person_id
    events = db.session.scalars(select(RequestEvent.action)).all()
    assert events == [steps.CHANGE_CONTACT.name], "of the request that was sent: a draft has no story yet"
    (handed,) = [one for one in emails() if one.kind == "teams/work_handed_over"]
    assert handed.recipient == successor.person.email
    assert all(one.reference in handed.text for one in mine)


def test_a_partner_hands_its_assignments_and_plans_over(make: Builder, browse: Browse) -> None:
    manager = make.manager()
    partner = manager.organisation
    leaving, successor = make.practitioner(partner), make.practitioner(partner)
    coordinator = make.coordinator()
    request = make.raw_request(coordinator)
    running = make.raw_assignment(request, partner, AssignmentState.ACCEPTED, referent_id=leaving.person_id)
    planned = make.raw_intervention(running, leaving.person, InterventionState.PLANNED, report="")
    done = make.raw_intervention(running, leaving.person)
    elsewhere = make.partner()
    other_hat = make.member(elsewhere, Role.PRACTITIONER, leaving.person)
    kept = make.raw_assignment(
        make.raw_request(coordinator), elsewhere, AssignmentState.ACCEPTED, referent_id=leaving.person_id
    )
    answer = browse(manager).post(page_of(leaving, "depart"), {"to_id": successor.person_id})
    assert answer.status_code == 302, answer.text
    for one in (running, kept):
        db.session.refresh(one)
    assert running.referent_id == successor.person_id
    assert kept.referent_id == leaving.person_id, "the other organisation keeps its referent"
    assert other_hat.ended_at is None
    who = {one.intervention_id: one.person_id for one in db.session.scalars(select(Practice))}
    assert who == {planned.id: successor.person_id, done.id: leaving.person_id}
    told = {(one.kind, one.recipient) for one in emails()}
    assert told == {
        ("requests/change_referent_pole", coordinator.person.email),
        ("teams/work_handed_over", successor.person.email),
        ("teams/membership_ended", leaving.person.email),
    }


def test_where_nobody_is_left_the_work_stays(make: Builder, browse: Browse) -> None:
    leaving = make.practitioner()
    request = make.raw_request(make.coordinator())
    make.raw_assignment(
        request, leaving.organisation, AssignmentState.ACCEPTED, referent_id=leaving.person_id
    )
    browser = english(browse(leaving))
    assert "Nobody else is there to take it" in browser.get(page_of(leaving, "depart")).text
    assert browser.post(page_of(leaving, "depart")).status_code == 302


def test_a_stranger_takes_over_nothing(make: Builder, head: Membership, browse: Browse) -> None:
    make.member(head.organisation, Role.COORDINATOR)
    make.raw_request(head)
    answer = browse(head).post(page_of(head, "depart"), {"to_id": make.coordinator().person_id})
    assert answer.status_code == 422
    assert head.ended_at is None


def test_a_closed_account_belongs_nowhere(make: Builder, head: Membership) -> None:
    make.member(head.organisation, Role.COORDINATOR)
    person, sessions = head.person, head.person.fs_uniquifier
    with transaction():
        assert accounts.close_account(db.session.merge(person), by=actor_of(head)) == []
    assert person.closed_at is not None
    assert not person.active
    assert person.fs_uniquifier != sessions
    assert [one.kind for one in emails()] == ["accounts/account_closed"]
    assert acts() == ["left", "closed"]


def test_the_page_costs_the_same_for_one_and_for_many(
    make: Builder, head: Membership, browse: Browse, queries: list[str]
) -> None:
    browser = browse(head)
    queries.clear()
    browser.get(team_of(head))
    one = len(queries)
    for _ in range(20):
        make.member(head.organisation, Role.MEMBER)
    queries.clear()
    page = browser.get(team_of(head))
    assert page.status_code == 200
    assert len(queries) == one <= 8


def test_members_see_and_do_not_touch(head: Membership, colleague: Membership, browse: Browse) -> None:
    page = english(browse(colleague)).get(team_of(head)).text
    assert head.person.email in page
    assert "Invite somebody" not in page
    assert "Last seen" not in page
    assert page_of(head, "depart") not in page
    assert page_of(colleague, "depart") in page


def test_last_seen_is_noted_once_a_day(make: Builder, browse: Browse) -> None:
    with clock.travelling_to(clock.now().replace(year=2025)):
        member = make.member(make.pole(), Role.MEMBER, make.person(last_seen_at=None))
    browser = browse(member)
    browser.get("/mon-compte")
    seen = member.person.last_seen_at
    db.session.refresh(member.person)
    seen = member.person.last_seen_at
    assert seen is not None
    browser.get("/mon-compte")
    db.session.refresh(member.person)
    assert member.person.last_seen_at == seen

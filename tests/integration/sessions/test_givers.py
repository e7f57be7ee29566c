"""Who gives a session: named among the team, told of what others do, replaced when they leave; whoever comes reads
who it is."""

from collections.abc import Collection
from typing import Any

import pytest
from sqlalchemy import delete, select

from portal.accounts.models import Membership
from portal.calendars import service as calendars
from portal.db import db, transaction
from portal.notifications.links import service as links
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox import service as outbox
from portal.organisations import handover
from portal.organisations.models import Organisation
from portal.organisations.rules import NOBODY
from portal.refusals import Invalid
from portal.sessions import service
from portal.sessions.models import CollectiveSession, SessionGiver
from portal.sessions.registrations.queries import LINK
from portal.teams import service as teams
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.integration.sessions.steps import letters, told
from tests.sessions import (
    ALL_DAY,
    facts_of,
    fields_of,
    in_days,
    raw_giver,
    raw_held,
    raw_registration,
    raw_session,
)

AT = "/sessions/les-notres"


@pytest.fixture
def colleague(make: Builder, world: World) -> Membership:
    return make.practitioner(world.partner)


@pytest.fixture
def given(make: Builder, world: World, colleague: Membership) -> CollectiveSession:
    """Published, by the practitioner and a colleague."""
    session = raw_session(make, world.practitioner, world.service)
    for each in (world.practitioner, colleague):
        raw_giver(make, session, each)
    return session


def givers(session: CollectiveSession) -> set[int]:
    statement = select(SessionGiver.person_id).where(SessionGiver.session_id == session.id)
    return set(db.session.scalars(statement))


def ids(*members: Membership) -> list[int]:
    return [member.person_id for member in members]


def edit(
    world: World, session: CollectiveSession, people: Collection[int] | None = None, **changes: Any
) -> None:
    with transaction():
        service.edit(actor_of(world.practitioner), session.id, facts_of(world.service, **changes), people)


def test_who_creates_it_is_chosen_at_first_and_the_team_is_offered(
    world: World, colleague: Membership, make: Builder, browse: Any
) -> None:
    stranger = make.practitioner()
    page = browse(world.practitioner).get(f"{AT}/nouvelle").get_data(as_text=True)
    assert f'value="{world.practitioner.person_id}" checked' in page.replace("checked ", "checked")
    assert colleague.person.name in page
    assert stranger.person.name not in page


def test_nobody_hears_of_a_draft_and_those_who_give_it_do_once_it_is_published(
    world: World, colleague: Membership, browse: Any
) -> None:
    browser = browse(world.practitioner)
    browser.post(
        f"{AT}/nouvelle", fields_of(world.service, practitioner_ids=ids(world.practitioner, colleague))
    )
    session = db.session.scalars(select(CollectiveSession)).one()
    assert givers(session) == {*ids(world.practitioner, colleague)}
    assert letters() == []
    browser.post(f"{AT}/{session.id}/publier")
    assert told("name_practitioner") == [colleague.person.email], "nobody is told of their own act"
    (letter,) = letters()
    assert f"/sessions/les-notres/{session.id}" in letter.text


def test_each_hears_what_changes_for_them(
    make: Builder, world: World, colleague: Membership, given: CollectiveSession
) -> None:
    other = make.practitioner(world.partner)
    edit(world, given, ids(world.practitioner, other))
    assert told("name_practitioner") == [other.person.email]
    assert told("free_practitioner") == [colleague.person.email]
    edit(world, given, on=in_days(21))
    assert told("change_practitioner") == [other.person.email]
    assert len(letters()) == 3
    edit(world, given, on=in_days(21), about="Autre chose.")
    assert len(letters()) == 3, "what nobody must know in order to come is told to nobody"


def test_a_cancelled_one_is_told_to_who_would_have_given_it(
    world: World, colleague: Membership, given: CollectiveSession
) -> None:
    with transaction():
        service.cancel(actor_of(world.practitioner), given.id, "Salle prise.")
    (letter,) = letters()
    assert (letter.recipient, letter.kind) == (colleague.person.email, "sessions/free_practitioner")
    assert "est annulée" in letter.subject
    assert "Salle prise." in letter.text


def test_only_people_of_the_team_give_it(make: Builder, world: World, browse: Any) -> None:
    stranger = make.practitioner()
    with pytest.raises(Invalid), transaction():
        service.create(actor_of(world.practitioner), "k", facts_of(world.service), ids(stranger))
    sent = fields_of(world.service, practitioner_ids=ids(stranger), title="Ce que j’ai tapé")
    answer = browse(world.practitioner).post(f"{AT}/nouvelle", sent)
    assert answer.status_code == 422
    assert "Ce que j’ai tapé" in answer.get_data(as_text=True)
    assert db.session.scalars(select(SessionGiver)).all() == []


def test_whoever_has_left_the_team_may_stay_named_but_not_come_back(
    world: World, colleague: Membership, given: CollectiveSession
) -> None:
    with transaction() as session:
        session.get_one(Membership, colleague.id).ended_at = given.created_at
    edit(world, given, ids(world.practitioner, colleague))
    edit(world, given, ids(world.practitioner))
    with pytest.raises(Invalid):
        edit(world, given, ids(colleague))


def test_the_same_form_sent_twice_with_others_is_not_the_same(world: World, colleague: Membership) -> None:
    actor, facts = actor_of(world.practitioner), facts_of(world.service)
    with transaction():
        first = service.create(actor, "k", facts, ids(colleague))
    with transaction():
        assert service.create(actor, "k", facts, ids(colleague)).id == first.id
    with pytest.raises(Invalid), transaction():
        service.create(actor, "k", facts, ids(world.practitioner))


def test_names_are_read_by_who_comes_the_partner_and_cells_alone(
    make: Builder, world: World, colleague: Membership, given: CollectiveSession, browse: Any
) -> None:
    name, page = colleague.person.name, f"/sessions/{given.id}"
    for reader in (None, world.coordinator, make.practitioner(), make.observer()):
        assert name not in browse(reader).get(page).get_data(as_text=True)
    assert name not in browse(world.coordinator).get(f"{page}/inscriptions").get_data(as_text=True)
    comes = raw_registration(make, given, world.coordinator)
    for reader, path in (
        (world.coordinator, page),
        (world.coordinator, f"{page}/inscriptions"),
        (world.national, page),
        (world.practitioner, f"{AT}/{given.id}"),
        (None, f"/sessions/mon-inscription/{links.signed(LINK, comes.id)}"),
    ):
        assert name in browse(reader).get(path).get_data(as_text=True), path


def test_once_held_the_names_are_of_those_who_gave_it(
    make: Builder, world: World, colleague: Membership, browse: Any
) -> None:
    session = raw_session(make, world.practitioner, world.service, state="held", on=in_days(-3))
    raw_giver(make, session, colleague)
    comes = raw_registration(make, session, world.coordinator)
    held = raw_held(make, session, world.practitioner, comes)
    for reader, path in ((world.coordinator, f"/sessions/{session.id}"), (world.practitioner, AT)):
        at = path if reader is world.coordinator else f"{AT}/{session.id}"
        page = browse(reader).get(at).get_data(as_text=True)
        assert held.given_by in page
        assert colleague.person.name not in page


def test_who_was_named_is_chosen_at_first_when_it_is_closed(
    make: Builder, world: World, colleague: Membership, browse: Any
) -> None:
    session = raw_session(make, world.practitioner, world.service, **ALL_DAY)
    raw_giver(make, session, colleague)
    page = browse(world.practitioner).get(f"{AT}/{session.id}/qui-est-venu").get_data(as_text=True)
    ticked = page.replace("checked ", "checked")
    assert (
        f'value="{colleague.person_id}" checked' in ticked or f'checked value="{colleague.person_id}"' in page
    )
    assert f'value="{world.practitioner.person_id}" checked' not in ticked


def test_who_leaves_holds_it_and_a_colleague_takes_it_over(
    make: Builder, world: World, colleague: Membership, given: CollectiveSession
) -> None:
    elsewhere = make.member(make.partner(), colleague.role, colleague.person)
    theirs = raw_session(make, elsewhere, world.service)
    raw_giver(make, theirs, elsewhere)
    with transaction(), outbox.silent():
        calendars.settle_sessions([given.id, theirs.id])
    left = teams.open_work(colleague)
    assert [str(each.label) for each in left] == ["Sessions à animer"]
    to = make.practitioner(world.partner)
    with transaction():
        here = db.session.get_one(Organisation, world.partner.id)
        teams.end(actor_of(world.manager), here, colleague.id, to.person_id)
    assert givers(given) == {*ids(world.practitioner, to)}
    assert givers(theirs) == {*ids(colleague)}
    told_to = list(db.session.scalars(select(OutboxEmail.recipient)))
    assert sorted(told_to) == sorted([to.person.email, colleague.person.email])


def test_it_is_handed_over_once_where_the_colleague_gives_it_already(
    world: World, colleague: Membership, given: CollectiveSession
) -> None:
    with transaction():
        here = db.session.get_one(Organisation, world.partner.id)
        teams.end(actor_of(world.manager), here, colleague.id, world.practitioner.person_id)
    assert givers(given) == {*ids(world.practitioner)}


@pytest.mark.parametrize("stays", [True, False])
def test_a_successor_has_it_given_by_those_who_are_of_its_team_too(
    make: Builder, world: World, colleague: Membership, given: CollectiveSession, stays: bool
) -> None:
    successor = make.partner()
    if stays:
        make.member(successor, colleague.role, colleague.person)
    with transaction():
        handover.end(actor_of(world.national), world.partner.id, "Fermeture", successor.id)
    assert givers(given) == ({*ids(colleague)} if stays else set())


def test_a_partner_that_ends_cancels_it_and_its_team_hears_once(
    world: World, given: CollectiveSession
) -> None:
    with transaction() as session:
        session.execute(delete(OutboxEmail))
    with transaction():
        handover.end(actor_of(world.national), world.partner.id, "Fermeture", NOBODY)
    assert told("free_practitioner") == []

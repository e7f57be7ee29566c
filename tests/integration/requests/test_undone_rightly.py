"""What is undone leaves nothing wrong behind: partners, several requests at once, drafts; and the pages say so."""

import pytest
from sqlalchemy import func, select, update

from portal import acts, clock
from portal.db import db, transaction
from portal.interventions.models import Intervention
from portal.notifications.claims import service as claims
from portal.notifications.models import OutboxEmail
from portal.organisations.models import Organisation
from portal.requests import queries, service, steps
from portal.requests.assignments import service as assignments
from portal.requests.closing import service as closing
from portal.requests.drafts import service as drafts
from portal.requests.inbox import queries as inbox
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.rules import Details, Wishes
from portal.requests.steps import RequestState
from portal.requests.undo import service as undo
from portal.requests.undo.models import Undo
from portal.requests.undo.rules import Why
from tests.builders import Builder
from tests.integration.requests.steps import PATHS, World, actor_of, ask, log_fields, page_of, request_fields
from tests.integration.requests.undoing import A, Stage, count, held, refused


def test_a_partner_asked_by_mistake_never_sees_it(make: Builder, world: World) -> None:
    stage = Stage(make, world, steps.ROUTE)
    partner = actor_of(world.practitioner)
    folders = inbox.folders(partner)
    before = inbox.counts(partner, folders)
    stage.act()
    assert queries.get(partner, stage.reference)
    stage.take_back()
    assert queries.get(partner, stage.reference) is None
    assert inbox.counts(partner, folders) == before
    found = queries.get(actor_of(world.cell), stage.reference)
    assert found.assignments == []
    assert [one.partner for one in queries.events(found)] == [world.partner.name] * 2, "the cell knows whom"


def test_another_partner_learns_nothing_of_it(make: Builder, world: World) -> None:
    other = make.practitioner()
    stage = Stage(make, world, steps.ROUTE)
    make.raw_assignment(stage.request, other.organisation, A.PROPOSED)
    stage.act()
    stage.take_back()
    found = queries.get(actor_of(other), stage.reference)
    assert queries.events(found, actor_of(other)) == []


def test_of_several_requests_at_once_all_are_undone_or_none(make: Builder, world: World) -> None:
    """One act, one e-mail to each reader: it could not be right of one of them."""
    stages = [Stage(make, world, steps.ROUTE) for _ in range(3)]
    before = held()

    def act() -> None:
        with transaction(), undo.act(stages[0].actor, steps.ROUTE):
            for stage in stages:
                stage.do()

    act()
    asked = select(func.count()).where(
        OutboxEmail.kind == "requests/route_partner", OutboxEmail.recipient == world.manager.person.email
    )
    assert db.session.scalar(asked) == 1
    stages[2].take_back()
    assert held() == before
    assert count(OutboxEmail) == 0
    act()
    theirs = queries.get(actor_of(world.practitioner), stages[1].reference).assignments[0]
    with transaction():
        assignments.ask(actor_of(world.practitioner), stages[1].reference, theirs.id, Details(message="Où ?"))
    assert refused(stages[0]) is Why.ACTED_SINCE


def test_two_acts_tell_apart_and_undoing_one_leaves_the_other(make: Builder, world: World) -> None:
    first, second = Stage(make, world, steps.ACCEPT), Stage(make, world, steps.ACCEPT)
    first.act()
    told = set(db.session.scalars(select(OutboxEmail.message_id)))
    second.act()
    second.take_back()
    assert set(db.session.scalars(select(OutboxEmail.message_id))) == told


def test_what_the_portal_and_commands_do_is_told_at_once(make: Builder, world: World) -> None:
    stage = Stage(make, world, steps.WITHDRAW)
    with transaction():
        closing.drop(None, stage.reference, Details(reason="dormant"))
    assert claims.something_is_due()
    assert count(Undo) == 0
    assert refused(stage) is Why.NOT_YOURS


@pytest.mark.parametrize("which", ["pole", "partner"])
def test_nobody_gets_back_a_request_after_they_left(make: Builder, world: World, which: str) -> None:
    stage = Stage(make, world, steps.WITHDRAW)
    stage.act()
    gone = world.coordinator.organisation_id if which == "pole" else world.partner.id
    with transaction():
        db.session.execute(update(Organisation).where(Organisation.id == gone).values(active=False))
    before = held()
    assert refused(stage) is Why.ENDED
    assert held() == before


def test_two_partners_that_became_one_are_not_asked_twice(make: Builder, world: World) -> None:
    stage = Stage(make, world, steps.CANCEL)
    other = make.raw_assignment(stage.request, make.partner(), A.PROPOSED)
    stage.act()
    with transaction():
        db.session.execute(
            update(Assignment).where(Assignment.id == other.id).values(partner_id=world.partner.id)
        )
    before = held()
    assert refused(stage) is Why.ENDED
    assert held() == before


def test_a_draft_that_was_sent_by_mistake_can_be_deleted(make: Builder, world: World) -> None:
    direct = make.service(world.partner, direct=True)
    actor = actor_of(world.coordinator)
    wishes = Wishes(service_id=direct.id, need="Nous cherchons.")
    with transaction():
        written = service.draft(actor, "a-key", wishes)
    with transaction(), undo.act(actor, steps.SUBMIT):
        sent = service.submit(actor, written.reference)
    assert sent.state is RequestState.PROPOSED
    with transaction():
        undo.take_back(actor, sent.reference)
    found = queries.get(actor, sent.reference)
    assert (found.state, found.submitted_at, found.need) == (RequestState.DRAFT, None, "Nous cherchons.")
    assert count(OutboxEmail) == 0
    with transaction():
        drafts.discard_draft(actor, sent.reference)
    assert (count(SupportRequest), count(Assignment), count(RequestEvent)) == (0, 0, 0)


def test_an_act_that_writes_what_nothing_puts_back_is_refused(make: Builder, world: World) -> None:
    actor, number = actor_of(world.practitioner), world.practitioner.person_id
    with pytest.raises(undo.NotRestored, match="Person"), transaction(), undo.act(actor, steps.ACCEPT):
        db.session.get(type(world.practitioner.person), number).phone = "0102030405"


def test_a_step_that_stays_is_told_at_once(make: Builder, world: World) -> None:
    stage = Stage(make, world, steps.WITHDRAW)
    with transaction(), undo.act(actor_of(world.national), steps.MOVE):
        stage.do()
    assert claims.something_is_due()
    assert count(Undo) == 0


# On the pages.


def test_the_button_is_there_while_it_lasts(make: Builder, world: World, browse) -> None:
    stage = Stage(make, world, steps.ACCEPT)
    page, path = page_of(stage.request), page_of(stage.request, stage.assignment, "accepter")
    partner, colleague = browse(world.practitioner), browse(world.manager)
    button = f'action="{page}/annuler"'
    assert button not in partner.get(page).text
    now = clock.now()
    with clock.travelling_to(now):
        partner.post(path, {"referent_id": str(world.practitioner.person_id)})
        after = partner.get(page).text
        assert after.count(button) == 1, "beside what was done"
        later = partner.get(page).text
        assert later.count(button) == 1, "and while it lasts"
        assert button not in colleague.get(page).text
        assert partner.get(f"{page}/annuler").status_code == 405, "a link does nothing"
    with clock.travelling_to(now + acts.TIME):
        assert button not in partner.get(page).text


def test_taking_back_says_so_in_the_history_and_no_longer_quotes(make: Builder, world: World, browse) -> None:
    stage = Stage(make, world, steps.ASK)
    page, path = page_of(stage.request), page_of(stage.request, stage.assignment, PATHS[steps.ASK])
    partner, pole = browse(world.practitioner), browse(world.coordinator)
    partner.post(path, {"message": "Un secret écrit par erreur"})
    assert "Un secret" in pole.get(page).text
    answer = partner.post(f"{page}/annuler", follow_redirects=True)
    assert "personne n’a reçu de courriel" in answer.text
    seen = pole.get(page).text
    assert "Un secret" not in seen
    assert f"Question posée par {world.partner.name} (annulé)" in seen
    assert f"Annulé : Question posée par {world.partner.name}" in seen.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("language", "sentence"), [("fr", "Seule la personne qui l’a fait"), ("en", "Only who did it")]
)
def test_a_refusal_says_why_in_both_languages(
    make: Builder, world: World, browse, language: str, sentence: str
) -> None:
    stage = Stage(make, world, steps.ACCEPT)
    stage.act()
    colleague = browse(world.manager)
    colleague.post("/langue", {"language": language})
    answer = colleague.post(f"{page_of(stage.request)}/annuler")
    assert answer.status_code == 409
    assert sentence in answer.text
    assert page_of(stage.request) in answer.text, "the way back"


def test_sending_and_intervening_can_be_undone_from_their_pages(make: Builder, world: World, browse) -> None:
    pole = browse(world.coordinator)
    sent = ask(pole, request_fields(world.service))
    page = sent.headers["Location"]
    assert pole.get(page).text.count(f'action="{page}/annuler"') == 1
    pole.post(f"{page}/annuler")
    assert "Brouillon" in pole.get(page).text
    request = make.raw_request(world.coordinator)
    assignment = make.raw_assignment(request, world.partner, A.ACCEPTED)
    partner = browse(world.practitioner)
    partner.post(page_of(request, assignment, "intervention"), log_fields(world.practitioner.person_id))
    assert count(Intervention) == 1
    partner.post(f"{page_of(request)}/annuler")
    assert count(Intervention) == 0

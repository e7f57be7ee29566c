"""A partner proposes dates; the pole picks one, or asks for others."""

import html
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.db import db, transaction
from portal.interventions.steps import InterventionState, Place
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.proposals import service, steps
from portal.proposals.models import DateProposal
from portal.proposals.steps import DatePassed, NobodyComes, ProposalState
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.requests.assignments import service as assignments
from portal.requests.rules import Details
from portal.requests.steps import DeclineReason
from portal.requests.undo import service as undo
from portal.steps import StepRefused
from tests.builders import Builder
from tests.integration.proposals.steps import (
    OTHERS,
    WORDS,
    Scene,
    acting,
    actions,
    again,
    build_scene,
    day,
    forget_mails,
    mails,
    offer,
    pick,
    planned,
    planned_whole,
    propose,
    state,
    texts,
)
from tests.integration.requests.steps import actor_of, check_refused

S = ProposalState
LINK = "https://visio.exemple.fr/salle"


def typed(scene: Scene, **values: Any) -> dict[str, Any]:
    return {
        "on_1": day(8).isoformat(),
        "starts_at_1": "09:30",
        "on_2": day(10).isoformat(),
        "starts_at_2": "14:00",
        "minutes": "210",
        "place_kind": Place.ON_SITE.value,
        "place": "12, rue de l’Église",
        "practitioner_ids": [str(scene.world.practitioner.person_id), str(scene.coming.person_id)],
        "message": WORDS,
        **values,
    }


def test_a_partner_proposes_and_the_pole_picks_in_one_act(scene: Scene, browse: Any) -> None:
    partner, pole = browse(scene.world.practitioner), browse(scene.world.coordinator)
    assert "Proposer des dates" in partner.get(scene.path).text
    assert "heure de Paris" in partner.get(scene.propose_path).text
    assert partner.post(scene.propose_path, typed(scene)).location == scene.path
    proposal = db.session.scalars(select(DateProposal)).one()
    shown = html.unescape(pole.get(scene.path).text)
    assert shown.count(WORDS) >= 2, "in the history, and where it is answered"
    assert "14\u00a0h\u00a000, heure de Paris" in shown
    assert f'href="#action-pick_date-{scene.assignment.id}"' in shown, "in reach of the thumb"
    assert "Choisir une date" in html.unescape(pole.get("/").text)
    picked = pole.post(f"/dates-proposees/{proposal.id}/choisir", {"number": "2"})
    assert picked.location == scene.path
    (intervention,) = planned()
    assert (intervention.on, intervention.starts_at) == (day(10), time(14))
    assert (intervention.state, intervention.minutes) == (InterventionState.PLANNED, 210)
    assert intervention.place == "12, rue de l’Église"
    assert state(proposal) is S.PICKED
    assert actions() == ["propose_dates", "plan", "pick_date"]
    assert "Choisir une date" not in html.unescape(pole.get("/").text)
    assert 'id="proposed-dates"' not in pole.get(scene.path).text


def test_who_is_told_what(scene: Scene) -> None:
    world = scene.world
    pole = sorted(each.person.email for each in (world.coordinator, scene.second))
    proposal = propose(scene)
    told = mails()
    assert [each for each in told["proposals/propose_dates_pole"] if each in pole] == pole
    assert told["proposals/propose_dates_practitioner"] == [scene.coming.person.email]
    text = texts("proposals/propose_dates_pole")[0]
    assert text.count("9\u00a0h\u00a030, heure de Paris") == 3
    assert WORDS in text
    forget_mails()
    pick(scene, proposal)
    told = mails()
    assert told["interventions/plan_practitioner"] == sorted(
        [world.practitioner.person.email, scene.coming.person.email]
    )
    assert scene.second.person.email in told["interventions/plan_pole"]
    assert world.coordinator.person.email not in told["interventions/plan_pole"]
    assert "proposals/pick_date_partner" not in told, "the referent comes, and gets the date itself"
    assert "les autres sont de nouveau libres" in " ".join(
        texts("interventions/plan_practitioner")[0].split()
    )


def test_a_referent_who_does_not_come_hears_of_it(scene: Scene) -> None:
    proposal = propose(scene, who=[scene.coming])
    forget_mails()
    pick(scene, proposal)
    told = mails()
    assert told["interventions/plan_practitioner"] == [scene.coming.person.email]
    assert told["proposals/pick_date_partner"] == [scene.world.practitioner.person.email]


def test_a_pole_asks_for_others_and_the_partner_has_it_to_do(scene: Scene, browse: Any) -> None:
    proposal = propose(scene)
    forget_mails()
    pole, partner = browse(scene.second), browse(scene.world.practitioner)
    path = f"/dates-proposees/{proposal.id}/autres"
    refused = pole.post(path, {"message": " "})
    assert refused.status_code == 422
    assert refused.text.count("Dites quels jours vous conviennent.") == 2, "on its field, and above the page"
    assert pole.post(path, {"message": OTHERS}).location == scene.path
    assert state(proposal) is S.OTHERS_ASKED
    told = mails()
    assert told["proposals/ask_other_dates_partner"] == [scene.world.practitioner.person.email]
    assert told["proposals/ask_other_dates_practitioner"] == [scene.coming.person.email]
    home = html.unescape(partner.get("/").text)
    assert "Proposer d’autres dates" in home
    shown = html.unescape(partner.get(scene.path).text)
    assert OTHERS.replace("<b>", "").split()[0] in shown
    assert "Le pôle demande d’autres dates" in shown
    later = propose(scene, 20, once="second")
    assert (state(proposal), state(later)) == (S.REPLACED, S.OPEN)
    assert "Proposer d’autres dates" not in html.unescape(partner.get("/").text)


def test_what_comes_next_is_said_to_each(scene: Scene, browse: Any) -> None:
    readers = [browse(who) for who in (scene.world.coordinator, scene.world.practitioner, scene.world.cell)]
    partner, pole = scene.world.partner.name, scene.request.pole.name

    def expected() -> list[str]:
        return [html.unescape(reader.get(scene.path).text) for reader in readers]

    proposal = propose(scene)
    ours, theirs, cells = expected()
    assert f"Vous choisissez une des dates proposées par {partner}" in ours
    assert f"Une relance vous est envoyée ; ensuite, {partner} est invité à vous appeler." in ours
    for shown in (theirs, cells):
        assert f"{pole} choisit une des dates proposées" in shown
        assert f"Le pôle est relancé une fois ; ensuite, {partner} est invité à l’appeler." in shown
    with acting(scene.pole, steps.ASK_OTHERS):
        service.ask_others(scene.pole, proposal.id, OTHERS)
    ours, theirs, cells = expected()
    assert "Vous proposez d’autres dates." in theirs
    for shown in (ours, cells):
        assert f"{partner} propose d’autres dates." in shown
    pole_again = readers[0]
    pole_again.post(f"{scene.path}/completer", {"message": "Nous serons six."})
    assert f"{partner} propose d’autres dates." in html.unescape(pole_again.get(scene.path).text)


def test_others_take_the_place_of_those_that_wait_and_who_no_longer_comes_is_freed(scene: Scene) -> None:
    first = propose(scene)
    forget_mails()
    propose(scene, 30, once="second", who=[scene.world.practitioner])
    told = mails()
    assert told["proposals/take_dates_back_practitioner"] == [scene.coming.person.email]
    assert "à la place des précédentes" in " ".join(texts("proposals/propose_dates_pole")[0].split())
    with pytest.raises(StepRefused):
        pick(scene, first)
    assert not planned()


def test_a_partner_takes_its_dates_back(scene: Scene, browse: Any) -> None:
    proposal = propose(scene)
    forget_mails()
    partner = browse(scene.world.practitioner)
    assert partner.post(f"/dates-proposees/{proposal.id}/reprendre").location == scene.path
    told = mails()
    assert scene.world.coordinator.person.email in told["proposals/take_dates_back_pole"]
    assert told["proposals/take_dates_back_practitioner"] == [scene.coming.person.email]
    answer = browse(scene.world.coordinator).post(f"/dates-proposees/{proposal.id}/choisir", {"number": "1"})
    assert answer.status_code == 409
    assert "a repris ces dates" in html.unescape(answer.text)


def test_who_comes_second_is_told_kindly_who_was_first(scene: Scene, browse: Any) -> None:
    proposal = propose(scene)
    pick(scene, proposal, 1, scene.second)
    other = browse(scene.world.coordinator)
    for path, fields in (("choisir", {"number": "2"}), ("autres", {"message": OTHERS})):
        answer = other.post(f"/dates-proposees/{proposal.id}/{path}", fields)
        assert answer.status_code == 409
        assert scene.second.person.name in html.unescape(answer.text)
        assert "9\u00a0h\u00a030, heure de Paris" in html.unescape(answer.text)
    assert len(planned()) == 1


def test_the_same_pick_twice_is_one(scene: Scene) -> None:
    proposal = propose(scene)
    pick(scene, proposal, 1)
    pick(scene, proposal, 1)
    assert len(planned()) == 1
    assert actions().count("pick_date") == 1


def test_the_same_form_twice_proposes_once(scene: Scene) -> None:
    assert propose(scene).id == propose(scene).id
    assert actions() == ["propose_dates"]
    with pytest.raises(Invalid):
        propose(scene, 40)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("on_1", {"on_1": ""}),
        ("starts_at_1", {"starts_at_1": ""}),
        ("on_2", {"on_2": ""}),
        ("starts_at_2", {"starts_at_2": ""}),
        ("on_2", {"on_2": "2020-01-01"}),
        ("on_2", {"on_2": "31/02/2027"}),
        ("minutes", {"minutes": "20"}),
        ("place", {"place_kind": "remote", "place": "voir courriel"}),
        ("place", {"place": "x" * 201}),
        ("practitioner_ids", {"practitioner_ids": []}),
        ("practitioner_ids", {"practitioner_ids": ["999999"]}),
        ("message", {"message": "x" * 1001}),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_on_its_field(
    scene: Scene, browse: Any, field: str, bad: dict[str, Any]
) -> None:
    check_refused(browse(scene.world.practitioner).post(scene.propose_path, typed(scene, **bad)), field)
    assert db.session.scalar(select(DateProposal)) is None


def test_the_same_date_twice_and_too_far_are_refused(scene: Scene, browse: Any) -> None:
    partner = browse(scene.world.practitioner)
    twice = typed(scene, on_2=day(8).isoformat(), starts_at_2="09:30")
    check_refused(partner.post(scene.propose_path, twice), "on_2")
    check_refused(partner.post(scene.propose_path, typed(scene, on_2=day(800).isoformat())), "on_2")


def test_a_date_before_the_request_was_sent_is_refused(make: Builder) -> None:
    scene = build_scene(make)
    with transaction():
        scene.request.submitted_at = clock.now() + timedelta(days=9)
    with pytest.raises(Invalid) as refused:
        propose(scene, 8)
    assert refused.value.field == "on_1"


def test_a_remote_date_has_a_link_that_opens_on_the_page_and_in_the_e_mail(scene: Scene, browse: Any) -> None:
    proposal = propose(scene, place_kind=Place.REMOTE, place=LINK)
    assert f'href="{LINK}"' in browse(scene.world.coordinator).get(scene.path).text
    assert LINK in texts("proposals/propose_dates_pole")[0]
    pick(scene, proposal)
    assert planned()[0].place == LINK


def test_hours_are_those_of_the_pole_and_say_so(make: Builder, browse: Any) -> None:
    """A pole of La Réunion that has no department, and a partner in Paris."""
    scene = build_scene(make, region_code="04", department_code=None)
    proposal = propose(scene)
    line = "9\u00a0h\u00a030, heure de La Réunion"
    for who in (scene.world.practitioner, scene.world.coordinator):
        assert line in html.unescape(browse(who).get(scene.path).text)
    assert line in texts("proposals/propose_dates_practitioner")[0]
    last = datetime.combine(proposal.dates[0].on, time(9, 31), clock.zone_of("974"))
    with clock.travelling_to(last), pytest.raises(DatePassed):
        pick(scene, proposal, 1)
    with clock.travelling_to(last - timedelta(minutes=2)):
        pick(scene, proposal, 1)


def test_a_date_that_has_passed_is_no_longer_offered_and_all_of_them_lapse(scene: Scene, browse: Any) -> None:
    proposal = propose(scene, 1, 3)
    with clock.travelling_to(clock.now() + timedelta(days=2)):
        pole = browse(scene.world.coordinator)
        shown = pole.get(scene.path).text
        assert 'value="2"' in shown
        assert 'value="1"' not in shown
        refused = pole.post(f"/dates-proposees/{proposal.id}/choisir", {"number": "1"})
        assert refused.status_code == 422
    with clock.travelling_to(clock.now() + timedelta(days=5)):
        pole, partner = browse(scene.world.coordinator), browse(scene.world.practitioner)
        assert "action-pick_date" not in pole.get(scene.path).text
        assert "Choisir une date" not in html.unescape(pole.get("/").text)
        assert "les dates sont passées" in html.unescape(partner.get(scene.path).text)
        assert "Proposer d’autres dates" in html.unescape(partner.get("/").text)
    assert state(proposal) is S.OPEN, "nothing is stored that can be read"


def test_it_ends_with_its_assignment(scene: Scene, browse: Any) -> None:
    proposal = propose(scene)
    with transaction():
        assignments.hand_back(
            scene.partner,
            scene.request.reference,
            scene.assignment.id,
            Details(reason=DeclineReason.OTHER, message="Nous n’avons plus le temps."),
        )
    pole = browse(scene.world.coordinator)
    assert "action-pick_date" not in pole.get(scene.path).text
    assert "Choisir une date" not in html.unescape(pole.get("/").text)
    answer = pole.post(f"/dates-proposees/{proposal.id}/choisir", {"number": "1"})
    assert answer.status_code == 409


def test_only_the_pole_that_asks_picks(make: Builder, scene: Scene, browse: Any) -> None:
    proposal = propose(scene)
    joined, member = make.coordinator(), make.member(scene.world.coordinator.organisation, Role.MEMBER)
    with transaction() as session:
        session.add(
            JointPole(
                request_id=scene.request.id,
                pole_id=joined.organisation_id,
                state=JointState.JOINED,
                due_on=clock.today(),
            )
        )
    shown = html.unescape(browse(joined).get(f"/demandes-communes/{scene.request.reference}").text)
    assert shown.count("proposée, le pôle qui demande choisit") == 3
    for who, refusal in ((joined, NotFound), (member, NotAllowed), (scene.world.cell, NotAllowed)):
        with pytest.raises(refusal):
            pick(scene, proposal, 1, who)
    assert "action-pick_date" not in browse(member).get(scene.path).text
    pick(scene, proposal)
    assert [each.pole_id for each in planned_whole().also_served] == [joined.organisation_id]


def test_another_partner_sees_nothing_of_it(make: Builder, scene: Scene, browse: Any) -> None:
    proposal = propose(scene)
    stranger = make.practitioner()
    for path in ("choisir", "autres", "reprendre"):
        answer = browse(stranger).post(f"/dates-proposees/{proposal.id}/{path}", {"number": "1"})
        assert answer.status_code in (403, 404)
    with pytest.raises(NotFound), transaction():
        service.take_back(actor_of(stranger), proposal.id)


def test_who_left_no_longer_comes_and_the_referent_stands_in(scene: Scene) -> None:
    proposal = propose(scene, who=[scene.coming])
    with transaction():
        scene.coming.ended_at = clock.now()
    pick(scene, proposal)
    assert [person.id for person in planned_whole().practitioners] == [scene.world.practitioner.person_id]


def test_where_nobody_is_left_the_pole_is_told_to_ask_for_others(scene: Scene, browse: Any) -> None:
    proposal = propose(scene, who=[scene.coming])
    with transaction():
        scene.coming.ended_at = clock.now()
        scene.assignment.referent_id = None
    with pytest.raises(NobodyComes):
        pick(scene, proposal)
    answer = browse(scene.world.coordinator).post(f"/dates-proposees/{proposal.id}/choisir", {"number": "1"})
    assert answer.status_code == 409
    assert "demandez d’autres dates" in html.unescape(answer.text)


def test_a_pick_is_undone_whole(scene: Scene) -> None:
    proposal = propose(scene)
    forget_mails()
    with acting(scene.pole, steps.PICK):
        service.pick(scene.pole, proposal.id, 2)
    assert len(planned()) == 1
    with transaction():
        undo.take_back(scene.pole, scene.request.reference)
    assert not planned()
    assert (state(proposal), again(proposal).picked) == (S.OPEN, None)
    assert not mails()
    pick(scene, proposal, 1)
    assert planned()[0].on == day(8)


def test_replacing_is_undone_whole(scene: Scene) -> None:
    first = propose(scene)
    with acting(scene.partner, steps.PROPOSE):
        at = scene.request.reference, scene.assignment.id
        service.propose(scene.partner, *at, "second", offer(30), [scene.world.practitioner.person_id])
    with transaction():
        undo.take_back(scene.partner, scene.request.reference)
    assert state(first) is S.OPEN
    assert db.session.scalars(select(DateProposal.id)).all() == [first.id]

"""Two coordinators answer at once; a pole joins while the request closes; two poles invite each other."""

from flask import Flask

from portal.joint import service
from portal.joint.rules import MOST_POLES
from portal.joint.steps import JointState
from portal.refusals import Refusal
from portal.requests.closing import service as closing
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import CloseReason, RequestState
from tests.builders import Builder
from tests.integration.joint.steps import Poles, events, invite, states
from tests.integration.requests.steps import actor_of
from tests.races import at_once


def test_two_coordinators_answer_at_once_and_one_answer_counts(
    app: Flask, make: Builder, poles: Poles
) -> None:
    invite(poles, poles.first)
    colleague = make.coordinator(poles.first.organisation)
    one, other = actor_of(poles.first), actor_of(colleague)
    answers = at_once(
        app,
        lambda: service.join(one, poles.reference, "Oui."),
        lambda: service.refuse(other, poles.reference, "Non."),
    )
    assert len([answer for answer in answers if isinstance(answer, Refusal)]) == 1
    answered = [event.action for event in events(poles) if event.action in ("join", "refuse")]
    assert len(answered) == 1
    assert states(poles)[poles.first.organisation_id] in (JointState.JOINED, JointState.REFUSED)


def test_nobody_joins_what_is_closed(app: Flask, poles: Poles) -> None:
    invite(poles, poles.first)
    joins, asks = actor_of(poles.first), actor_of(poles.world.coordinator)
    details = Details(reason=CloseReason.SOLVED, message="Merci.")
    answers = at_once(
        app,
        lambda: service.join(joins, poles.reference, "Oui."),
        lambda: closing.withdraw(asks, poles.reference, details),
    )
    assert isinstance(answers[1], SupportRequest)
    order = [event.action for event in events(poles) if event.action in ("join", "withdraw")]
    assert order == (["withdraw"] if isinstance(answers[0], Refusal) else ["join", "withdraw"])


def test_the_last_place_is_given_once(app: Flask, make: Builder, poles: Poles) -> None:
    for _number in range(MOST_POLES - 1):
        invite(poles, make.coordinator())
    asks = actor_of(poles.world.coordinator)
    answers = at_once(
        app,
        *(
            lambda pole_id=who.organisation_id: service.invite(asks, poles.reference, pole_id, "")
            for who in (poles.first, poles.second)
        ),
    )
    assert len([answer for answer in answers if isinstance(answer, Refusal)]) == 1
    assert len(states(poles)) == MOST_POLES


def test_two_poles_invite_each_other_at_once(app: Flask, make: Builder, poles: Poles) -> None:
    theirs = make.raw_request(poles.first, RequestState.TO_ROUTE)
    one, other = actor_of(poles.world.coordinator), actor_of(poles.first)
    answers = at_once(
        app,
        lambda: service.invite(one, poles.reference, poles.first.organisation_id, ""),
        lambda: service.invite(other, theirs.reference, poles.request.pole_id, ""),
    )
    assert not [answer for answer in answers if isinstance(answer, Refusal)]

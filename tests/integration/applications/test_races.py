"""Two cells decide at once: exactly one wins, the other is told kindly."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.access.roles import Actor
from portal.accounts.models import Membership
from portal.applications import service
from portal.applications.models import Application
from portal.applications.service import Details
from portal.applications.steps import ADMIT, REFUSE, State
from portal.db import db
from portal.organisations.models import Pole
from portal.steps import StepRefused
from tests.builders import Builder
from tests.integration.applications import steps
from tests.races import at_once

Act = Callable[[Actor, str, Details], Application]


def actor_of(member: Membership) -> Actor:
    regions = frozenset({"28"}) if member.role == "regional_admin" else frozenset()
    person = member.person
    return Actor(
        person.id,
        person.name,
        person.email,
        member.id,
        member.role,
        member.organisation_id,
        "Cellule",
        regions,
    )


@pytest.mark.parametrize(
    ("state", "acts"),
    [
        (State.ADVISED, (service.admit, service.refuse)),
        (State.ADVISED, (service.admit, service.admit)),
        (State.ADVISED, (service.refuse, service.ask)),
    ],
)
def test_of_two_decisions_one_counts(app: Flask, make: Builder, state: State, acts: tuple[Act, Act]) -> None:
    first, second = make.national_admin(), make.national_admin()
    application = make.raw_application(state)
    actors, reference = [actor_of(first), actor_of(second)], application.reference
    said = Details(reason="too_early", message="Revenez.", name="Filière Lin")
    results = at_once(
        app,
        *(
            lambda actor=actor, act=act: act(actor, reference, said)
            for actor, act in zip(actors, acts, strict=True)
        ),
    )
    lost = [one for one in results if isinstance(one, StepRefused)]
    assert len(lost) == 1, results
    assert len([one for one in results if isinstance(one, Application)]) == 1, results
    assert db.session.query(Pole).count() <= 1


def test_the_cell_asks_while_the_applicant_withdraws(app: Flask, make: Builder) -> None:
    actor, application = actor_of(make.national_admin()), make.raw_application()
    token, reference = make.link(application), application.reference
    results = at_once(
        app,
        lambda: service.ask(actor, reference, Details(message="Qui ?")),
        lambda: service.withdraw(token, service.NOTHING),
    )
    assert any(isinstance(one, Application) for one in results)
    assert steps.state_of(application) in {State.MORE_WANTED, State.WITHDRAWN}


def test_the_one_who_comes_second_is_told_where_it_stands(make: Builder, browse) -> None:
    first, second = make.national_admin(), make.national_admin()
    application = make.raw_application(State.ADVISED)
    assert steps.act(browse(first), application.reference, REFUSE).status_code == 302
    response = steps.act(browse(second), application.reference, ADMIT)
    assert response.status_code == 409
    assert "Il a été décidé de ne pas admettre ce pôle." in response.text
    assert f"/candidatures/{application.reference}" in response.text, "the way back"

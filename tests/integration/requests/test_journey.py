"""The main job through the pages: ask, route, accept, log, complete; and who is told."""

import pytest
from sqlalchemy import select

from portal import clock
from portal.db import db
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.requests import steps
from portal.requests.models import Assignment, RequestEvent
from portal.requests.steps import AssignmentState, Outcome, RequestState
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.requests.steps import World, ask, mails, request_fields, the_assignment, the_request
from tests.jobs import do


def test_the_whole_journey(world: World, browse) -> None:
    pole, cell, partner = browse(world.coordinator), browse(world.cell), browse(world.practitioner)

    sent = ask(pole, request_fields(world.service))
    assert sent.status_code == 302
    request = the_request()
    assert request.state is RequestState.TO_ROUTE
    assert request.region_code == "28"
    assert mails() == {
        ("requests/submit_pole", world.colleague.person.email),
        ("requests/submit_cell", world.cell.person.email),
    }

    page = f"/demandes/{request.reference}"
    assert partner.get(page).status_code == 404, "not yet theirs"
    routed = cell.post(f"{page}/orienter", {"partner_ids": [str(world.partner.id)], "message": "Pour vous ?"})
    assert routed.status_code == 302
    assert the_request().state is RequestState.PROPOSED
    assert mails() == {
        ("requests/route_pole", world.coordinator.person.email),
        ("requests/route_pole", world.colleague.person.email),
        ("requests/route_partner", world.practitioner.person.email),
        ("requests/route_partner", world.manager.person.email),
    }

    assignment = the_assignment()
    assert assignment.due_on == clock.add_working_days(clock.today(), 5, "76")
    at = f"{page}/affectations/{assignment.id}"
    shown = partner.get(page)
    assert "Pour vous ?" in shown.text

    asked = partner.post(f"{at}/demander-une-precision", {"message": "Combien de membres ?"})
    assert asked.status_code == 302
    assert the_assignment().state is AssignmentState.ON_HOLD
    assert {kind for kind, _ in mails()} == {"requests/ask_pole"}
    answered = pole.post(f"{at}/repondre", {"message": "Douze."})
    assert answered.status_code == 302
    assert {kind for kind, _ in mails()} == {"requests/answer_pole", "requests/answer_partner"}

    accepted = partner.post(f"{at}/accepter", {"referent_id": str(world.manager.person_id), "message": ""})
    assert accepted.status_code == 302
    assert the_request().state is RequestState.ACCEPTED
    assert the_assignment().referent_id == world.manager.person_id
    assert the_assignment().answer_days == 0
    assert mails() == {
        ("requests/accept_pole", world.coordinator.person.email),
        ("requests/accept_pole", world.colleague.person.email),
        ("requests/accept_partner", world.manager.person.email),
    }

    logged = partner.post(
        f"{at}/intervention",
        {
            "once": "log-1",
            "on": clock.today().isoformat(),
            "minutes": "420",
            "place_kind": "on_site",
            "place": "Rouen",
            "practitioner_ids": [str(world.practitioner.person_id)],
            "participants": "7",
            "report": "Nous avons posé le partage des locaux.",
            "next_step": "Écrire la convention.",
        },
    )
    assert logged.status_code == 302
    assert db.session.scalars(select(Intervention)).one().minutes == 420
    assert {kind for kind, _ in mails()} == {"interventions/log_pole"}
    assert "1" in pole.get(page).text
    assert "Nous avons posé le partage des locaux." in pole.get(page).text

    done = partner.post(f"{at}/terminer", {"reason": "helped", "message": "Convention signée."})
    assert done.status_code == 302
    request = the_request()
    assert request.state is RequestState.COMPLETED
    assert request.closed_at is not None
    assert the_assignment().outcome is Outcome.HELPED
    assert {kind for kind, _ in mails()} == {"requests/complete_pole", "requests/complete_cell"}

    reopened = pole.post(f"{at}/rouvrir", {"message": "Il reste la convention."})
    assert reopened.status_code == 302
    assert the_request().state is RequestState.ACCEPTED
    assert the_request().closed_at is None

    events = db.session.scalars(select(RequestEvent.action).order_by(RequestEvent.id)).all()
    assert events == [
        steps.SUBMIT.name,
        steps.ROUTE.name,
        steps.ASK.name,
        steps.ANSWER.name,
        steps.ACCEPT.name,
        visits.LOG.name,
        steps.COMPLETE.name,
        steps.REOPEN.name,
    ]
    assert cell.get(page).status_code == 200


def test_a_direct_service_goes_straight_to_its_only_partner(make: Builder, world: World, browse) -> None:
    direct = make.service(world.partner, direct=True)
    ask(browse(world.coordinator), request_fields(world.service, service_id=str(direct.id)))
    assert the_request().state is RequestState.PROPOSED
    kinds = {kind for kind, _ in mails()}
    assert kinds == {"requests/route_pole", "requests/route_partner"}, "the pole hears once"


@pytest.mark.parametrize("is_direct", [True, False])
def test_whoever_sends_reads_to_whom_it_went(make: Builder, world: World, browse, is_direct: bool) -> None:
    browser, service = browse(world.coordinator), make.service(world.partner, direct=is_direct)
    ask(browser, request_fields(service, intent="draft"))
    sent = browser.post(f"/demandes/{the_request().reference}/envoyer", follow_redirects=True)
    to = world.partner.name if is_direct else world.cell.organisation.name
    assert f"Votre demande est envoyée à : {to}." in sent.text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_direct_service_with_two_partners_is_routed(make: Builder, world: World, browse) -> None:
    direct = make.service(world.partner, make.partner(), direct=True)
    ask(browse(world.coordinator), request_fields(world.service, service_id=str(direct.id)))
    assert the_request().state is RequestState.TO_ROUTE


def test_when_everybody_says_no_the_cell_sees_why(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator, service=world.service)
    assignment = make.raw_assignment(request, world.partner)
    refused = browse(world.practitioner).post(
        f"/demandes/{request.reference}/affectations/{assignment.id}/refuser",
        {"reason": "no_capacity", "message": "Revenez en janvier, ou demandez à la coopérative voisine."},
    )
    assert refused.status_code == 302
    assert the_request().state is RequestState.TO_ROUTE
    page = browse(world.cell).get(f"/demandes/{request.reference}").text
    assert "Revenez en janvier" in page
    assert mails() == {
        ("requests/decline_pole", world.coordinator.person.email),
        ("requests/decline_pole", world.colleague.person.email),
        ("requests/decline_cell", world.cell.person.email),
    }


@pytest.mark.parametrize(("action", "who"), [("retirer", "coordinator"), ("classer-sans-suite", "cell")])
def test_closing_ends_every_assignment_and_tells_all(
    make: Builder, world: World, browse, action: str, who: str
) -> None:
    request = make.raw_request(world.coordinator)
    make.raw_assignment(request, world.partner)
    member = getattr(world, who)
    closed = browse(member).post(
        f"/demandes/{request.reference}/{action}",
        {"reason": "other", "message": "Le projet s’arrête.", "understood": "y"},
    )
    assert closed.status_code == 302
    assert the_assignment().state is AssignmentState.CANCELLED
    told = {email for _, email in mails()}
    assert member.person.email not in told, "nobody is told of their own act"
    assert world.practitioner.person.email in told


def test_one_accepts_while_the_other_still_waits(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    other = make.practitioner()
    browse(world.cell).post(
        f"/demandes/{request.reference}/orienter",
        {"partner_ids": [str(world.partner.id), str(other.organisation_id)], "message": ""},
    )
    ids = {one.partner_id: one.id for one in db.session.scalars(select(Assignment))}
    at = f"/demandes/{request.reference}/affectations/{ids[world.partner.id]}"
    browse(world.practitioner).post(f"{at}/accepter", {"referent_id": str(world.practitioner.person_id)})
    assert the_request().state is RequestState.ACCEPTED
    browse(world.practitioner).post(f"{at}/terminer", {"reason": "helped", "message": "Fini."})
    assert the_request().state is RequestState.PROPOSED, "the other partner has not answered yet"


def test_the_portal_closes_what_was_left_unanswered(make: Builder, world: World) -> None:
    request = make.raw_request(world.coordinator)
    long_ago = days_ago(40)
    make.raw_assignment(request, world.partner, proposed_at=long_ago, due_on=clock.local(long_ago).date())
    assert do("expire unanswered requests") == 1
    assert the_assignment().state is AssignmentState.EXPIRED
    assert the_request().state is RequestState.TO_ROUTE
    assert do("expire unanswered requests") == 0
    assert {kind for kind, _ in mails()} == {
        "requests/expire_pole",
        "requests/expire_cell",
        "requests/expire_partner",
    }


def test_a_partner_sees_of_the_others_only_that_they_were_asked(make: Builder, world: World, browse) -> None:
    request = make.raw_request(world.coordinator)
    other = make.practitioner(make.partner(name="Les Voisins"))
    theirs = make.raw_assignment(
        request,
        other.organisation,
        AssignmentState.ACCEPTED,
        referent_id=other.person_id,
        review="Entre nous.",
    )
    make.raw_intervention(theirs, other.person, report="Une réunion à huis clos.")
    make.raw_assignment(request, world.partner)
    page = f"/demandes/{request.reference}"
    seen = browse(world.practitioner).get(page).text
    assert "Les Voisins" in seen
    for hidden in (other.person.email, "Entre nous.", "Une réunion à huis clos."):
        assert hidden not in seen
        assert hidden in browse(world.coordinator).get(page).text

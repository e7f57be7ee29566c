"""From a mailed link to a pole with its first coordinator invited; every step dated, told and shown."""

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from portal.accounts.models import Invitation
from portal.applications.models import ApplicationEvent
from portal.applications.steps import ADMIT, ADVISE, ASK, REFUSE, SUBMIT, State
from portal.db import db
from portal.journal.models import JournalEntry
from portal.organisations.models import Pole
from portal.organisations.rules import Sector, Stage
from tests.builders import Builder
from tests.integration.applications import steps


def test_an_applicant_writes_in_several_visits_and_sends(make: Builder, browse) -> None:
    cell = make.regional_admin("28")
    applicant = browse(None)
    path = steps.begin(applicant)
    assert "À rédiger" in applicant.get(path).text or "To be written" in applicant.get(path).text
    steps.write_everything(browse(None), path)
    summary = applicant.get(f"{path}/envoyer").text
    for said in ("Filer le lin cultivé ici.", "Rouen", "Normandie", "44229377500031", "Atelier Trame"):
        assert said in summary
    assert applicant.post(f"{path}/envoyer", {"agreed": "y"}).status_code == 302
    application = steps.the_application()
    assert application.state is State.SUBMITTED
    assert application.members == "Coopérative du Lin\nAtelier Trame", "each member once"
    assert application.due_on is not None
    told = {one.recipient for one in steps.emails("applications/submit_cell")}
    assert told == {cell.person.email}


def test_a_pole_is_admitted_with_all_its_facts(make: Builder, browse) -> None:
    regional, national = make.regional_admin("28"), make.national_admin()
    path = steps.apply(browse(None))
    reference = steps.the_application().reference
    assert steps.act(browse(regional), reference, ADVISE).status_code == 302
    assert steps.act(browse(national), reference, ADMIT).status_code == 302
    application = steps.the_application()
    loaded = (selectinload(Pole.sectors), selectinload(Pole.members), selectinload(Pole.stage_changes))
    pole = db.session.scalars(select(Pole).where(Pole.id == application.pole_id).options(*loaded)).one()
    assert (pole.name, pole.town, pole.region_code, pole.commune_code) == (
        "Filière Lin",
        "Rouen",
        "28",
        "76540",
    )
    assert {one.sector for one in pole.sectors} == {Sector.INDUSTRY, Sector.FOOD}
    assert [one.name for one in pole.members] == ["Coopérative du Lin", "Atelier Trame"]
    assert [one.stage for one in pole.stage_changes] == [Stage.EMERGING] == [pole.stage]
    assert (pole.lead_siret, pole.published) == ("44229377500031", True)
    assert pole.longitude is not None
    invitation = db.session.scalars(select(Invitation)).one()
    assert (invitation.email, invitation.organisation_id) == ("lise@exemple.test", pole.id)
    followed = browse(None).get(path).text
    assert "Un projet déjà solide." in followed
    assert regional.person.name not in followed, "a cell speaks with one voice"
    assert "applications/admit_applicant" in [one.kind for one in steps.emails()]
    acts = [
        (one.act, one.subject) for one in db.session.scalars(select(JournalEntry).order_by(JournalEntry.id))
    ]
    assert ("decided", "application") in acts
    assert ("created", "organisation") in acts


def test_without_agreement_the_pole_stays_out_of_the_public_register(make: Builder, browse) -> None:
    national = make.national_admin()
    application = make.raw_application(State.ADVISED)
    assert steps.act(browse(national), application.reference, ADMIT, name="Lin").status_code == 302
    assert db.session.scalars(select(Pole.published)).one() is False


def test_a_question_stops_the_clock_and_the_answer_goes_back_to_who_asked(make: Builder, browse) -> None:
    national = make.national_admin()
    make.regional_admin("28")
    for state in (State.SUBMITTED, State.ADVISED):
        application = make.raw_application(state)
        assert steps.act(browse(national), application.reference, ASK).status_code == 302
        question = steps.emails("applications/ask_applicant")[-1]
        assert question.recipient == application.email
        path = steps.link_in(question)
        visitor = browse(None)
        followed = visitor.get(path).text
        assert "Qui porte l’emploi ?" in followed
        assert "une question attend votre réponse" in followed
        assert visitor.post(f"{path}/partie/contact", steps.CONTACT).status_code == 302, "it may be completed"
        assert visitor.post(f"{path}/repondre", {"message": "La coopérative."}).status_code == 302
        assert steps.state_of(application) is state


def test_a_refusal_says_why_and_what_next(make: Builder, browse) -> None:
    national, regional = make.national_admin(), make.regional_admin("28")
    application = make.raw_application(State.ADVISED)
    assert steps.act(browse(national), application.reference, REFUSE).status_code == 302
    told = {one.kind: one for one in steps.emails("applications/refuse")}
    assert told["applications/refuse_cell"].recipient == regional.person.email
    assert "Revenez au printemps." in told["applications/refuse_applicant"].text
    page = browse(None).get(steps.link_in(told["applications/refuse_applicant"])).text
    assert "Revenez au printemps." in page


def test_an_applicant_withdraws(make: Builder, browse) -> None:
    regional = make.regional_admin("28")
    application = make.raw_application()
    path = f"/candidater/suivi/{make.link(application)}"
    assert browse(None).post(f"{path}/retirer", {"message": "Nous rejoignons un voisin."}).status_code == 302
    assert steps.state_of(application) is State.WITHDRAWN
    assert [one.recipient for one in steps.emails("withdraw_cell")] == [regional.person.email]
    assert steps.act(browse(regional), application.reference, ADVISE).status_code == 409


def test_every_step_is_a_row(make: Builder, browse) -> None:
    regional, national = make.regional_admin("28"), make.national_admin()
    steps.apply(browse(None))
    reference = steps.the_application().reference
    steps.act(browse(regional), reference, ADVISE)
    steps.act(browse(national), reference, REFUSE)
    rows = db.session.scalars(select(ApplicationEvent).order_by(ApplicationEvent.id)).all()
    assert [(one.action, one.actor_id, one.to_state) for one in rows] == [
        (SUBMIT.name, None, State.SUBMITTED),
        (ADVISE.name, regional.person_id, State.ADVISED),
        (REFUSE.name, national.person_id, State.REFUSED),
    ]


def test_nobody_is_told_of_their_own_act(make: Builder, browse) -> None:
    regional, national = make.regional_admin("28"), make.national_admin()
    colleague = make.member(national.organisation, national.role)
    application = make.raw_application()
    steps.act(browse(regional), application.reference, ADVISE)
    assert {one.recipient for one in steps.emails("advise_cell")} == {
        national.person.email,
        colleague.person.email,
    }
    steps.act(browse(national), application.reference, ADMIT)
    assert {one.recipient for one in steps.emails("admit_cell")} == {regional.person.email}


def test_whoever_gives_the_opinion_for_the_national_cell_is_not_told_of_it(make: Builder, browse) -> None:
    national = make.national_admin()
    colleague = make.member(national.organisation, national.role)
    assert steps.act(browse(national), make.raw_application().reference, ADVISE).status_code == 302
    assert {one.recipient for one in steps.emails("advise_cell")} == {colleague.person.email}


def test_another_contact_is_told_once_and_oneself_is_not(make: Builder, browse) -> None:
    steps.apply(browse(None))
    told = steps.emails("applications/contact_named")
    assert [one.recipient for one in told] == ["lise@exemple.test"]
    steps.apply(browse(None), email="lise@exemple.test", name="Autre projet")
    assert len(steps.emails("applications/contact_named")) == 1

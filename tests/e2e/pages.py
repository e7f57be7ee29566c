"""Every page of the portal that a person can open, and who opens it; checked against the URL map."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Flask

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership
from portal.accounts.rules import new_token, token_hash
from portal.alike.models import AlikePair, SharedRequest, SharedSession
from portal.alike.rules import Near
from portal.applications.steps import State
from portal.catalogue.questions.rules import as_json
from portal.db import transaction
from portal.interventions.steps import InterventionState
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.notifications.links import service as links
from portal.notifications.preferences import service as preferences
from portal.organisations.models import OrganisationAbsence, Recognition, StageChange
from portal.organisations.rules import RecognitionKind, Stage
from portal.requests.saved.models import SavedFilter
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.writing.rules import FormStep
from portal.stuck.models import Snooze
from portal.teams.models import Absence
from tests import sessions
from tests.builders import Builder
from tests.days import days_ago
from tests.integration.dispatch import outbox
from tests.integration.requests import asking
from tests.shares import noted_by_another, raw_confirmations, raw_network_act, raw_proposal

NOT_PAGES = {
    *("writing.edit", "home.health", "home.robots"),
    *("usage.export", "usage.export_network", "network.export", "requests.export", "agenda.export"),
    *("transfers.template", "transfers.export", "transfers.download_report"),
    *("calendars.feed", "calendars.download"),
    "static",
    "applications.document",  # files
    "applications.own_document",
    "documents.download",
    "guest_pages.document",
    "notifications.preview",  # an e-mail, shown as mail programs show it
    "notifications.mailbox",  # the demonstration's alone
    "notifications.mailbox_email",
    "security.reset_password",  # opened by its own test, with a real link
    "safety.confirm_address",  # by links too
    "safety.stop_address",
    "safety.second_step",  # after a password
}


@dataclass(frozen=True)
class Page:
    """A page as somebody sees it: `who` is a key of the world's people, None a visitor."""

    endpoint: str
    path: str
    who: str | None


class World:
    """One of each, with something to see on every page."""

    def __init__(self, make: Builder) -> None:
        coordinator = make.coordinator()
        pole = coordinator.organisation
        partner = make.partner(
            regions=("28",),
            name="Coopérative Les Passerelles",
            absences=[OrganisationAbsence(starts_on=clock.today(), ends_on=clock.today(), reason="Congés")],
        )
        practitioner = make.practitioner(partner)
        optional = [as_json(question) for question in asking.ALL if not question.needed]
        service = make.service(
            partner, name="Appui à la gouvernance", slug="appui-gouvernance", questions=optional
        )
        self.people: dict[str, Membership] = {
            "coordinator": coordinator,
            "practitioner": practitioner,
            "manager": make.manager(partner),
            "regional": make.regional_admin("28"),
            "national": make.national_admin(),
            "observer": make.observer(),
        }
        make.member(make.pole(name="Pôle voisin"), Role.COORDINATOR, coordinator.person)
        published = make.pole(
            name="Pôle public",
            published=True,
            source="https://horizonalimentaire.test/pole",
            recognitions=[Recognition(kind=RecognitionKind.AMI_PHASE_2, year=2021)],
            stage_changes=[StageChange(stage=Stage.DEVELOPING, since=clock.today())],
        )
        line = published.stage_changes[0]
        asks = make.service(partner, questions=[as_json(question) for question in asking.ALL])
        draft = make.raw_request(coordinator, RequestState.DRAFT, asks)
        waiting = make.raw_request(coordinator, service=service)
        part = make.raw_assignment(waiting, partner, due_on=clock.add_working_days(clock.today(), 1, None))
        asked = make.raw_request(coordinator)
        make.raw_assignment(asked, partner, AssignmentState.ON_HOLD)
        make.raw_request(coordinator, service=service)
        accepted = make.raw_request(coordinator, service=service)
        running = make.raw_assignment(
            accepted, partner, AssignmentState.ACCEPTED, referent_id=practitioner.person_id
        )
        month, before = clock.today() - timedelta(days=45), days_ago(60)
        for state, values in (
            (AssignmentState.PROPOSED, {"due_on": month}),
            (AssignmentState.ACCEPTED, {"answered_on": month}),
        ):
            late = make.raw_request(coordinator, service=service, submitted_at=before)
            make.raw_assignment(late, partner, state, proposed_at=before, **values)
        beside = [make.raw_request(make.coordinator(), service=service) for _number in range(2)]
        pair = {"first_id": beside[0].id, "second_id": beside[1].id}
        make._save(AlikePair(**pair, near=Near.REGION, shared=["gouvernance", "statuts"]))
        common = make._save(SharedSession(title="Gouvernance à plusieurs"))
        make._save(SharedRequest(request_id=waiting.id, session_id=common.id))
        done = make.raw_intervention(running, practitioner.person)
        since = {"told_at": days_ago(40)}
        old = make.raw_intervention(running, practitioner.person, **since)
        planned = make.raw_intervention(running, practitioner.person, InterventionState.PLANNED, report="")
        dates = "pick_date", "", raw_proposal(make, running, practitioner.person).id
        logged, contested, confirmed, adjusted, change = raw_confirmations(make, running, practitioner)
        contest = "contest", "", logged.id
        reads = coordinator.person_id, coordinator.organisation_id
        to_contest, to_pick = links.to_act(*reads, contest), links.to_act(*reads, dates)
        met = raw_network_act(make, practitioner)
        together = noted_by_another(make, running, practitioner.person, make.practitioner())
        heads = "Nom;Commune;Site\n"
        ready = make.transfer(
            self.people["national"], f"{heads}Pôle public;Rouen (76);\nAutre;Évreux (27);".encode()
        )
        wrong = make.transfer(self.people["national"], f"{heads}Autre;Nullepart;?".encode())
        said = make.raw_message(accepted, coordinator, partners=(partner,), named=(practitioner.person,))
        told = outbox.sent()
        shared = make.raw_request(make.coordinator(), service=service)
        for state, request in ((JointState.JOINED, accepted), (JointState.INVITED, shared)):
            other = make.pole() if request is accepted else pole
            about = {"request_id": request.id, "pole_id": other.id, "state": state}
            make._save(JointPole(**about, answer="Nous aussi.", word="Venez.", due_on=clock.today()))
        _guest, guest_link = make.raw_guest(accepted, coordinator)
        make.raw_message(accepted, practitioner, "À voir entre nous.", note=True)
        at = f"/demandes/{accepted.reference}/affectations/{running.id}"
        reader = practitioner.person_id, partner.id
        to_accept = links.to_act(*reader, ("accept", waiting.reference, part.id))
        to_reply = links.to_act(*reader, ("reply", accepted.reference, said.id))
        held = make.raw_answer(practitioner)
        to_stop = preferences.stop_token("conversation/message", *reader)
        sent = make.raw_application(lead_siret="44229377500031", name="Filière Lin, un essai")
        written, asked_more = (
            make.raw_application(State.DRAFT, purpose=""),
            make.raw_application(State.MORE_WANTED),
        )
        whole = f"/candidater/suivi/{make.link(make.raw_application(State.DRAFT))}"
        drafting, answering = (f"/candidater/suivi/{make.link(one)}" for one in (written, asked_more))
        advised = make.raw_application(State.ADVISED)
        team, colleague = f"/organisations/{pole.id}/personnes", make.member(pole, Role.COORDINATOR)
        mate, token = f"{team}/{colleague.id}", new_token()
        with transaction() as session:
            session.add_all(
                [
                    Snooze(
                        request_id=asked.id,
                        by_id=self.people["regional"].person_id,
                        until=clock.today() + timedelta(days=5),
                        note="Congés du pôle",
                    ),
                    SavedFilter(
                        membership_id=self.people["practitioner"].id,
                        name="Mes suivis",
                        query="dossier=en-cours",
                    ),
                    Absence(
                        membership_id=colleague.id,
                        starts_on=clock.today(),
                        ends_on=clock.today() + timedelta(days=9),
                        substitute_id=coordinator.person_id,
                    ),
                    Invitation(
                        organisation_id=pole.id,
                        email="nadia@exemple.test",
                        given_name="Nadia",
                        family_name="Benali",
                        role=Role.MEMBER,
                        invited_by_id=coordinator.person_id,
                        token_hash=token_hash(token),
                        expires_at=clock.now() + timedelta(days=7),
                    ),
                ]
            )
        self.pages = [
            *(Page("home.index", "/", who) for who in (None, *self.people)),
            *(Page(*page) for page in sessions.pages(make, practitioner, service, coordinator)),
            Page("home.how_to_apply", "/candidater", None),
            Page("applications.begin", "/candidater/nouvelle", None),
            Page("applications.lost_link", "/candidater/lien-perdu", None),
            Page("applications.link_sent", "/candidater/lien-envoye", None),
            *(Page("applications.follow", path, None) for path in (drafting, whole, answering)),
            *(
                Page("applications.write", f"{drafting}/partie/{section}", None)
                for section in ("projet", "territoire", "organisations", "contact", "annuaire")
            ),
            Page("applications.documents", f"{drafting}/documents", None),
            *(Page("applications.send", f"{path}/envoyer", None) for path in (drafting, whole)),
            Page("applications.index", "/candidatures", "regional"),
            Page("applications.show", f"/candidatures/{sent.reference}", "regional"),
            Page("applications.show", f"/candidatures/{advised.reference}", "national"),
            Page("home.administration", "/administration", "national"),
            Page("home.legal", "/mentions-legales", None),
            Page("home.privacy", "/donnees-personnelles", None),
            Page("home.accessibility", "/accessibilite", None),
            Page("home.help_and_contact", "/aide", None),
            Page("home.help_and_contact", "/aide", "coordinator"),
            Page("home.site_map", "/plan-du-site", None),
            Page("home.site_map", "/plan-du-site", "national"),
            Page("home.style_guide", "/guide-de-style", None),
            Page("catalogue.index", "/services", None),
            Page("guide.index", "/services/guide", None),
            Page(
                "guide.index",
                "/services/guide?but=consolidation&stade=developing&aide=coaching",
                "coordinator",
            ),
            Page("catalogue.show", f"/services/{service.slug}", None),
            Page("catalogue.show", f"/services/{service.slug}", "coordinator"),
            Page("register.index", "/ptce", None),
            Page("register.chart", "/ptce/carte", None),
            Page("search.index", "/recherche?q=Normandie", None),
            Page("search.index", "/recherche?q=Normandie", "national"),
            Page("search.index", "/recherche?q=Normandie&genre=pole", "practitioner"),
            Page("search.index", "/recherche", "coordinator"),
            Page("register.show", f"/ptce/{published.id}", None),
            Page("organisations.index", "/organisations", "regional"),
            Page("organisations.detail", f"/organisations/{pole.id}", "regional"),
            Page("people.index", "/personnes", "national"),
            Page("people.show", f"/personnes/{coordinator.person_id}", "national"),
            Page("people.view_as", f"/personnes/voir-comme/{coordinator.id}", "national"),
            Page("journal.index", "/journal", "national"),
            Page("organisations.detail", f"/organisations/{partner.id}", "national"),
            Page("organisations.own", "/mon-organisation", "coordinator"),
            Page("records.edit", f"/organisations/{pole.id}/modifier", "coordinator"),
            Page("records.edit", f"/organisations/{pole.id}/modifier", "national"),
            Page("records.edit", f"/organisations/{partner.id}/modifier", "manager"),
            Page("records.stages", f"/organisations/{published.id}/stades", "regional"),
            Page(
                "records.correct_stage",
                f"/organisations/{published.id}/stades/{line.id}/corriger",
                "regional",
            ),
            Page("records.recognitions", f"/organisations/{published.id}/reconnaissances", "regional"),
            Page("records.absences", f"/organisations/{partner.id}/absences", "manager"),
            Page("records.create", "/organisations/nouvelle", "national"),
            Page("records.activity", f"/organisations/{published.id}/activite", "national"),
            Page("records.find_double", f"/organisations/{pole.id}/doublons?q=pole", "national"),
            Page("records.merge", f"/organisations/{published.id}/fusionner/{pole.id}", "national"),
            Page("catalogue.deliver", f"/services/partenaires/{partner.id}", "manager"),
            Page("sheets.index", "/services/fiches", "national"),
            Page("sheets.create", "/services/fiches/nouvelle", "manager"),
            Page("sheets.edit", f"/services/fiches/{service.id}", "national"),
            Page("sheets.history", f"/services/fiches/{service.id}/historique", "national"),
            Page("questions.index", f"/services/fiches/{service.id}/questions", "manager"),
            Page("questions.create", f"/services/fiches/{service.id}/questions/nouvelle", "national"),
            Page("questions.edit", f"/services/fiches/{service.id}/questions/bbbb", "national"),
            Page("questions.remove", f"/services/fiches/{service.id}/questions/bbbb/retirer", "manager"),
            Page("sheets.act", f"/services/fiches/{service.id}/suspend", "national"),
            Page("security.login", "/connexion", None),
            Page("security.forgot_password", "/mot-de-passe-oublie", None),
            Page("security.change_password", "/mon-compte/mot-de-passe", "coordinator"),
            Page("security.verify", "/mon-compte/verification", "coordinator"),
            Page("teams.index", team, "coordinator"),
            Page("teams.index", team, "regional"),
            Page("teams.invite", f"{team}/inviter", "coordinator"),
            Page("teams.change_role", f"{mate}/role", "coordinator"),
            Page("teams.leave", f"{team}/{coordinator.id}/depart", "coordinator"),
            Page("teams.leave", f"{mate}/depart", "coordinator"),
            Page("teams.absences", f"{mate}/absences", "coordinator"),
            Page("teams.review", f"{team}/revue", "coordinator"),
            Page("guests.accept", "/invitation/trop-vieux", None),
            Page("guests.accept", f"/invitation/{token}", None),
            Page("guests.accept", f"/invitation/{token}", "coordinator"),
            Page("accounts.profile", "/mon-compte", "coordinator"),
            Page("safety.overview", "/mon-compte/securite", "coordinator"),
            Page("safety.sessions", "/mon-compte/securite/connexions", "coordinator"),
            Page("safety.set_up_application", "/mon-compte/securite/application", "coordinator"),
            Page("safety.manage_passkeys", "/mon-compte/securite/cles-d-acces", "coordinator"),
            Page("safety.change_address", "/mon-compte/securite/adresse", "coordinator"),
            Page("personal_data.show", "/mon-compte/mes-donnees", "practitioner"),
            Page("personal_data.copy", "/mon-compte/mes-donnees/copie", "practitioner"),
            Page("personal_data.close", "/mon-compte/fermer", "coordinator"),
            Page("personal_data.close", "/mon-compte/fermer", "practitioner"),
            *(
                Page("requests.index", f"/demandes?dossier={folder}", who)
                for who, folder in (
                    ("coordinator", "en-cours"),
                    ("coordinator", "sans-suite"),
                    ("practitioner", "a-traiter"),
                    ("regional", "a-orienter"),
                    ("national", "toutes"),
                )
            ),
            *(
                Page("batch.act", f"/demandes/lot?acte={act}&demande={waiting.reference}", who)
                for act, who in (
                    ("refuser", "practitioner"),
                    ("confier", "manager"),
                    ("orienter", "regional"),
                )
            ),
            Page("stuck.index", "/suivi", "regional"),
            Page("alike.index", "/demandes/seances-communes", "regional"),
            Page("alike.show", f"/demandes/seances-communes/{common.id}", "national"),
            Page("needs.attach", f"/demandes/seances-communes/{common.id}/session", "national"),
            Page("stuck.index", "/suivi?panier=sans-reponse", "national"),
            Page("reminders.mine", "/rappels", "practitioner"),
            Page("news.index", "/mon-compte/quoi-de-neuf", "practitioner"),
            Page("news.preferences", "/mon-compte/courriels", "practitioner"),
            Page("calendars.index", "/mon-compte/calendrier", "practitioner"),
            Page("by_mail.show", f"/par-courriel/{to_accept}", None),
            Page("mailbox.held", f"/reponses-par-courriel/{held.id}", "practitioner"),
            Page("reply_by_mail.show", f"/repondre-par-courriel/{to_reply}", None),
            Page("notifications.less_often", f"/courriels/moins-souvent/{to_stop}", None),
            Page("reminders.region", "/rappels/territoire", "regional"),
            Page("reminder_days.index", "/rappels/delais", "national"),
            Page("reminder_days.show", "/rappels/delais/region/28", "regional"),
            Page("reminders.held", "/rappels/retenus", "national"),
            Page("stuck.quiet", "/suivi/sans-nouvelles", "practitioner"),
            Page("writing.new", "/demandes/nouvelle", "coordinator"),
            Page("writing.new", "/demandes/nouvelle?etape=besoin", "coordinator"),
            *(
                Page("writing.write", f"/demandes/{draft.reference}/modifier/{step.value}", "coordinator")
                for step in FormStep
            ),
            Page("joint.index", "/demandes-communes", "coordinator"),
            Page("joint.show", f"/demandes-communes/{shared.reference}", "coordinator"),
            Page("joint.invite", f"/demandes-communes/{accepted.reference}/inviter", "coordinator"),
            *(
                Page("requests.show", f"/demandes/{one.reference}", who)
                for one, who in (
                    (draft, "coordinator"),
                    (asked, "coordinator"),
                    (waiting, "practitioner"),
                    (accepted, "manager"),
                    (accepted, "regional"),
                )
            ),
            Page("guest_pages.show", f"/conversation/{guest_link}", None),
            Page("conversation.show", f"/demandes/{accepted.reference}/conversation", "manager"),
            Page("guest_pages.invite", f"/demandes/{accepted.reference}/conversation/invites", "coordinator"),
            Page("interventions.plan", f"{at}/planifier", "practitioner"),
            Page("proposals.propose", f"{at}/proposer-des-dates", "practitioner"),
            *(Page("agenda.index", f"/agenda?vue={v}", "regional") for v in ("mois", "semaine", "liste")),
            Page("interventions.log", f"{at}/intervention", "practitioner"),
            Page("interventions.log_planned", f"/interventions/{planned.id}/realisee", "practitioner"),
            Page("told.tell", f"/interventions/{planned.id}/a-t-elle-eu-lieu", "practitioner"),
            Page("interventions.correct", f"/interventions/{done.id}/corriger", "practitioner"),
            Page("interventions.correct_later", f"/interventions/{old.id}/rectifier", "regional"),
            Page("interventions.call_off", f"/interventions/{planned.id}/annuler", "practitioner"),
            Page("interventions.part", f"/interventions/{together.id}/notre-part", "practitioner"),
            Page("confirmation.index", "/interventions/a-trancher", "regional"),
            Page("confirmation.contest", f"/interventions/{logged.id}/contester", "coordinator"),
            Page("confirmation.settle", f"/interventions/{contested.id}/trancher", "regional"),
            Page("confirmation.adjust", f"/interventions/{confirmed.id}/ajuster", "regional"),
            Page(
                "confirmation.propose",
                f"/interventions/{confirmed.id}/proposer-un-ajustement",
                "practitioner",
            ),
            Page("confirmation.decide", f"/interventions/{adjusted.id}/ajustements/{change.id}", "regional"),
            Page("confirmation.by_mail", f"/interventions/par-courriel/{to_contest}", None),
            Page("dates_by_mail.show", f"/dates-proposees/par-courriel/{to_pick}", None),
            Page("network.index", "/travail-de-reseau", "practitioner"),
            Page("network.add", "/travail-de-reseau/ajouter", "regional"),
            Page("network.correct", f"/travail-de-reseau/{met.id}/corriger", "practitioner"),
            Page("network.delete", f"/travail-de-reseau/{met.id}/supprimer", "practitioner"),
            Page("usage.index", "/usage", "national"),
            Page("usage.index", "/usage", "observer"),
            Page("transfers.index", "/transferts", "national"),
            Page("transfers.bring", "/transferts/imports/poles", "national"),
            Page("transfers.bring", "/transferts/imports/personnes", "national"),
            Page("transfers.report", f"/transferts/{ready.id}", "national"),
            Page("transfers.report", f"/transferts/{wrong.id}", "national"),
            Page("room.index", f"/services/partenaires/{partner.id}/places", "manager"),
            Page("limits.index", "/regles-du-bouquet", "national"),
            Page("limits.partners", "/regles-du-bouquet/partenaires", "national"),
            Page("blocked.index", "/regles-du-bouquet/refus", "national"),
            Page("dispatch.index", "/emails", "national"),
            Page("dispatch.show", f"/emails/{told}", "national"),
            Page("dispatch.paused", "/emails/pauses", "national"),
            Page("dispatch.giving_up", "/emails/abandonner?liste=attente", "national"),
            Page("dispatch.figures", "/emails/chiffres", "national"),
            Page("notifications.preview_list", "/apercus-emails", None),
        ]


def pages_of(app: Flask) -> set[str]:
    """The endpoints that a person opens as pages."""
    return {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())} - NOT_PAGES

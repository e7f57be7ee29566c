"""What the matrix stands on: one person of each persona, the stages of a request, and what each form is filled with."""

import io
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import delete, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation, Membership, Person
from portal.accounts.rules import new_token, token_hash
from portal.catalogue.models import Service
from portal.db import db, transaction
from portal.interventions.steps import InterventionState
from portal.notifications.models import OutboxEmail
from portal.notifications.previews import service as previews
from portal.organisations.models import Partner
from portal.requests import steps
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.models import Assignment, SupportRequest
from portal.requests.saved.models import SavedFilter
from portal.requests.service import remember
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.writing.rules import FormStep
from portal.teams.models import Absence
from portal.transfers.models import Transfer
from tests.access import candidates, confirmed, desk, mails, records, safety, talked, told
from tests.builders import PASSPHRASE, Builder
from tests.days import days_ago

NEW_PASSPHRASE = "trois pommes et un vélo bleu"


@dataclass
class World:
    """`people` by persona: a membership, a person of no organisation, or None for a visitor."""

    make: Builder
    people: dict[str, Membership | Person | None]
    partner: Partner
    service: Service
    safe: dict[str, Any] | None = None

    @cached_property
    def _numbers(self) -> Iterator[int]:
        return itertools.count(1)

    def next_number(self) -> int:
        """Another one each time, where things may not be twice the same."""
        return next(self._numbers)

    @cached_property
    def reset_token(self) -> str:
        return generate_reset_password_token(self.coordinator.person)

    @property
    def coordinator(self) -> Membership:
        return self.member("coordinator")

    def member(self, persona: str) -> Membership:
        membership = self.people[persona]
        assert isinstance(membership, Membership)
        return membership

    def person(self, persona: str) -> Person:
        """Whoever signs in as this persona; the coordinator for a visitor, who has no account."""
        somebody = self.people[persona] or self.coordinator
        return somebody.person if isinstance(somebody, Membership) else somebody


def build(make: Builder) -> World:
    """One person of each persona, around one pole and one partner."""
    with make.at_once():
        coordinator = make.coordinator(make.pole(published=True))
        partner = make.partner(regions=("28",))
        other = make.partner()
        people: dict[str, Membership | Person | None] = {
            "visitor": None,
            "coordinator": coordinator,
            "member": make.member(coordinator.organisation, Role.MEMBER),
            "other_pole": make.coordinator(),
            "practitioner": make.practitioner(partner),
            "manager": make.manager(partner),
            "other_partner": make.practitioner(other),
            "regional": make.regional_admin("28"),
            "other_region": make.regional_admin("11"),
            "national": make.national_admin(),
            "observer": make.observer(),
            "nobody": make.person(),
        }
        service = make.service(partner, other)
    return World(make, people, partner, service)


Values = dict[str, Any]


def _nothing(world: World) -> Values:
    return {
        "pole_id": world.coordinator.organisation_id,
        "organisation_id": world.coordinator.organisation_id,
        "person_id": world.coordinator.person_id,
        "membership_id": world.coordinator.id,
        "slug": world.service.slug,
        "filename": "js/portal.js",
        "breakdown": "mois",
        "kind": previews.kinds()[0],
        "path": "poles",
    }


def _request(state: RequestState) -> Callable[[World], Values]:
    def build_it(world: World) -> Values:
        request = world.make.raw_request(world.coordinator, state, world.service)
        return {"reference": request.reference, "step": FormStep.NEED.value}

    return build_it


def _assigned(world: World, state: AssignmentState, **values: Any) -> tuple[Assignment, Values]:
    request = world.make.raw_request(world.coordinator, service=world.service)
    assignment = world.make.raw_assignment(request, world.partner, state, **values)
    return assignment, {"reference": request.reference, "assignment_id": assignment.id}


def _waiting(world: World) -> Values:
    """Asked long enough ago to be chased."""
    asked = {"proposed_at": days_ago(9)}
    return _assigned(world, AssignmentState.PROPOSED, **asked)[1]


def _forgotten(world: World) -> Values:
    """Accepted long enough ago to be asked about."""
    long_ago = {"proposed_at": days_ago(45), "answered_on": clock.today() - timedelta(40)}
    return _assigned(world, AssignmentState.ACCEPTED, **long_ago)[1]


def _held(world: World) -> Values:
    """A question that has waited long enough."""
    asked = {"proposed_at": days_ago(12), "held_on": clock.today() - timedelta(9)}
    return _assigned(world, AssignmentState.ON_HOLD, **asked)[1]


def _assignment(state: AssignmentState) -> Callable[[World], Values]:
    return lambda world: _assigned(world, state)[1]


def _overdue(world: World) -> Values:
    late = {"proposed_at": days_ago(12), "due_on": clock.today() - timedelta(days=2)}
    return _assigned(world, AssignmentState.PROPOSED, **late)[1]


def _intervention(state: InterventionState) -> Callable[[World], Values]:
    def build_it(world: World) -> Values:
        assignment, values = _assigned(world, AssignmentState.ACCEPTED)
        intervention = world.make.raw_intervention(assignment, world.person("practitioner"), state)
        return {**values, **_nothing(world), "intervention_id": intervention.id}

    return build_it


def _link(world: World) -> Values:
    """One link for all: it takes long to make on purpose."""
    return {"token": world.reset_token}


def _given_up(world: World) -> Values:
    email = OutboxEmail(
        kind="requests/accept_pole",
        recipient=world.coordinator.person.email,
        recipient_name="Zoé Martin",
        language="fr",
        subject="Lisez",
        text="Bonjour",
        html="<p>Bonjour</p>",
        message_id=f"<{clock.now().timestamp()}@portal.test>",
        next_attempt_at=None,
        given_up_at=clock.now(),
    )
    with transaction() as session:
        session.add(email)
    return {"email_id": email.id}


def _kept(world: World) -> Values:
    """A filter that the coordinator keeps."""
    kept = SavedFilter(
        membership_id=world.coordinator.id, name=f"Filtre {world.next_number()}", query="dossier=en-cours"
    )
    with transaction() as session:
        session.add(kept)
    return {"filter_id": kept.id}


def _partner(world: World) -> Values:
    return {**_nothing(world), "organisation_id": world.partner.id}


def _asked(world: World) -> Values:
    """The pole asked the practitioner's partner."""
    return {**_nothing(world), **_assigned(world, AssignmentState.PROPOSED)[1]}


def _mate(world: World) -> Values:
    """Somebody new in the coordinator's pole."""
    membership = world.make.member(world.coordinator.organisation, Role.MEMBER)
    return {"organisation_id": membership.organisation_id, "membership_id": membership.id}


def _hat(world: World) -> Values:
    """What the coordinator does in a second organisation, while they act for their pole."""
    membership = world.make.member(world.make.partner(), Role.PRACTITIONER, world.coordinator.person)
    world.make.manager(membership.organisation)
    return {"organisation_id": membership.organisation_id, "membership_id": membership.id}


def _away(world: World) -> Values:
    values = _mate(world)
    today = clock.today()
    absence = Absence(membership_id=values["membership_id"], starts_on=today, ends_on=today)
    with transaction() as session:
        session.add(absence)
    return {**values, "absence_id": absence.id}


def _invited(world: World) -> Values:
    """An invitation of `nobody` into the coordinator's pole; one at a time."""
    token, organisation_id = new_token(), world.coordinator.organisation_id
    invitation = Invitation(
        organisation_id=organisation_id,
        email=world.person("nobody").email,
        given_name="Zoé",
        family_name="Martin",
        role=Role.MEMBER,
        token_hash=token_hash(token),
        expires_at=clock.now() + timedelta(days=7),
    )
    with transaction() as session:
        session.execute(delete(Invitation))
        session.add(invitation)
    return {"organisation_id": organisation_id, "invitation_id": invitation.id, "token": token}


def _transfer(world: World) -> Values:
    return {"transfer_id": world.make.transfer(world.member("national")).id}


def _seen(_world: World, _persona: str) -> Values:
    return {"seen": db.session.scalar(select(Transfer.digest).order_by(Transfer.id.desc())) or ""}


def _of_candidates(build_it: Callable[[Builder], Values]) -> Callable[[World], Values]:
    return lambda world: build_it(world.make)


def _filled_by_candidates(fill: Callable[[], Values]) -> Callable[[World, str], Values]:
    return lambda _world, _persona: fill()


STAGES: dict[str, Callable[[World], Values]] = {
    "none": _nothing,
    "asked": _asked,
    "mate": _mate,
    "hat": _hat,
    "away": _away,
    "invited": _invited,
    "link": _link,
    **told.stages(_asked),
    **safety.STAGES,
    "draft": _request(RequestState.DRAFT),
    "doc_draft": talked.document(REQUEST, _request(RequestState.DRAFT)),
    "doc": talked.document(REQUEST, _assignment(AssignmentState.PROPOSED)),
    "doc_part": talked.document(ASSIGNMENT, _assignment(AssignmentState.DECLINED)),
    "to_route": _request(RequestState.TO_ROUTE),
    "proposed": _assignment(AssignmentState.PROPOSED),
    "overdue": _overdue,
    "together": desk.together,
    "waiting": _waiting,
    **talked.guests(_assignment(AssignmentState.PROPOSED)),
    "acted": talked.acted(_asked),
    "held": _held,
    "forgotten": _forgotten,
    "on_hold": _assignment(AssignmentState.ON_HOLD),
    "accepted": _assignment(AssignmentState.ACCEPTED),
    "completed": _assignment(AssignmentState.COMPLETED),
    "planned": _intervention(InterventionState.PLANNED),
    **talked.STAGES,
    "done": _intervention(InterventionState.DONE),
    **confirmed.stages(_intervention(InterventionState.DONE)),
    "given_up": _given_up,
    **mails.STAGES,
    "kept": _kept,
    "transfer": _transfer,
    **{stage: _of_candidates(build_it) for stage, build_it in candidates.STAGES.items()},
    "partner": _partner,
    **records.STAGES,
}


def withdraw(reference: str) -> None:
    """Whatever its stage, the request is withdrawn meanwhile."""
    with transaction() as session:
        request = session.scalars(select(SupportRequest).where(SupportRequest.reference == reference)).one()
        before, request.state, request.submitted_at = request.state, RequestState.WITHDRAWN, clock.now()
        remember(None, request, steps.WITHDRAW, before, request.state)


def _password(_world: World, _persona: str) -> Values:
    new = {"new_password": NEW_PASSPHRASE, "new_password_confirm": NEW_PASSPHRASE}
    return {"password": PASSPHRASE, **new}


def _begun(world: World, persona: str) -> Values:
    return {"once": f"once-{persona}", "service_id": world.service.id}


def _written(_world: World, persona: str) -> Values:
    return {"once": f"once-{persona}", "need": "Nous cherchons comment partager nos locaux."}


def _with(**fields: Any) -> Callable[[World, str], Values]:
    return lambda _world, _persona: fields


_REFUSED = _with(reason="no_capacity", message="Revenez en janvier.")


# What each POST is filled with, so that it succeeds for those who may.
FORMS: dict[str, Callable[[World, str], Values]] = {
    "home.set_language": _with(language="en", next="/services"),
    "security.login": lambda world, persona: {"email": world.person(persona).email, "password": PASSPHRASE},
    "security.logout": _with(),
    "security.forgot_password": lambda world, persona: {"email": world.person(persona).email},
    "security.reset_password": _with(password=NEW_PASSPHRASE, password_confirm=NEW_PASSPHRASE),
    "security.change_password": _password,
    "security.verify": _with(password=PASSPHRASE),
    **told.FORMS,
    **safety.FORMS,
    "accounts.profile": _with(given_name="Ana", family_name="Roy", phone="", language="fr"),
    "teams.invite": lambda world, persona: {
        "email": f"{persona}-{world.next_number()}@exemple.test".replace("_", "-"),
        "given_name": "Ana",
        "family_name": "Roy",
        "role": "member",
        "language": "fr",
    },
    "teams.send_again": _with(),
    "teams.revoke": _with(),
    "teams.change_role": _with(role="coordinator"),
    "teams.leave": _with(),
    "teams.absences": lambda _world, _: {
        "starts_on": clock.today().isoformat(),
        "ends_on": clock.today().isoformat(),
        "substitute_id": "0",
    },
    "teams.remove_absence": _with(),
    "teams.review": _with(),
    "guests.accept": _with(),
    "guests.ask_again": _with(),
    "accounts.switch_organisation": lambda world, _: {"membership_id": world.coordinator.id},
    "personal_data.download": _with(),
    "personal_data.close_now": _with(understood="y"),
    "people.view_as": _with(reason="Vos demandes ne s’affichent plus."),
    "people.stop_viewing": _with(),
    "journal.export": _with(),
    "transfers.bring": lambda _world, _persona: {"file": (io.BytesIO(b"Nom\nPole\n"), "poles.csv")},
    "transfers.apply": _seen,
    "transfers.download_report": _with(),
    "transfers.export": _with(contenu="poles"),
    "transfers.discard": _with(),
    **mails.FORMS,
    **records.FORMS,
    **desk.FORMS,
    **{endpoint: _filled_by_candidates(fill) for endpoint, fill in candidates.FORMS.items()},
    "writing.new": _begun,
    "writing.write": _written,
    "requests.discard": _with(),
    "requests.remove_document": _with(),
    "requests.submit": _with(),
    "requests.withdraw": _with(reason="solved", message="Merci.", understood="y"),
    "requests.route": lambda world, _: {"partner_ids": [world.partner.id]},
    "requests.drop": _with(reason="no_partner", message="Personne ne peut aider.", understood="y"),
    "requests.cancel": _with(message="Merci quand même."),
    "requests.accept": lambda world, _: {"referent_id": world.person("manager").id},
    "requests.decline": _REFUSED,
    "requests.ask": _with(message="Combien de membres ?"),
    "requests.answer": _with(message="Douze."),
    "requests.change_referent": lambda world, _: {"referent_id": world.person("manager").id},
    "requests.hand_back": _REFUSED,
    "requests.complete": _with(reason="helped", message="La convention est signée."),
    "requests.reopen": _with(message="Il reste la convention."),
    "requests.add_information": _with(message="Nous sommes douze."),
    **talked.FORMS,
}

"""What is said and done on requests: documents, guests, interventions, an undo. `world` is that of `world.py`."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.conversation.guests.models import MessageGuest
from portal.conversation.models import Message
from portal.conversation.rules import KIND, Side
from portal.db import db, transaction
from portal.requests import steps
from portal.requests.assignments import service as assignments
from portal.requests.documents.rules import ASSIGNMENT, REQUEST
from portal.requests.models import SupportRequest
from portal.requests.rules import Details
from portal.requests.steps import AssignmentState
from portal.requests.undo import service as undo
from tests.access import confirmed, dated, gathered, joined, proposed
from tests.integration.requests.steps import actor_of
from tests.shares import noted_by_another, raw_network_act, raw_proposal

Values = dict[str, Any]
Stage = Callable[[Any], Values]


def document(kind: str, stage: Stage) -> Stage:
    """One of the coordinator's, on the request of a stage or on the partner's part of it."""

    def build_it(world: Any) -> Values:
        values = stage(world)
        about = SupportRequest.reference == values["reference"]
        numbers = {
            REQUEST: db.session.scalar(select(SupportRequest.id).where(about)),
            ASSIGNMENT: values.get("assignment_id"),
        }
        sent_by = world.coordinator.person_id
        return {**values, "document_id": world.make.document(kind, numbers[kind], sent_by_id=sent_by).id}

    return build_it


def acted(stage: Stage) -> Stage:
    """The practitioner has just declined, which nobody of the pole or of the team has to be there for."""

    def build_it(world: Any) -> Values:
        values = stage(world)
        actor = actor_of(world.member("practitioner"))
        with transaction(), undo.act(actor, steps.DECLINE):
            said = Details("no_capacity", "Revenez en janvier.")
            assignments.decline(actor, values["reference"], values["assignment_id"], said)
        return values

    return build_it


def guested(stage: Stage) -> Stage:
    """The pole asked somebody without an account to join its conversation with the partner."""

    def build_it(world: Any) -> Values:
        values = stage(world)
        about = SupportRequest.reference == values["reference"]
        request = db.session.scalars(select(SupportRequest).where(about)).one()
        guest, token = world.make.raw_guest(request, world.coordinator)
        return {**values, "guest_id": guest.id, "token": token}

    return build_it


def _message(world: Any, persona: str) -> Values:
    """To the cell, and the partner where it is its own."""
    is_partner = persona in {"practitioner", "manager", "other_partner"}
    to = f"with-{world.partner.id}" if is_partner else "with"
    return {"once": f"message-{persona}", "text": "Nous en parlons jeudi.", "to": to}


def guests(stage: Stage) -> dict[str, Stage]:
    """A guest, one who was written to, and another pole."""
    return {"guest": guested(stage), "guest_doc": _written_to_guest(stage), **joined.stages(stage)}


def _written_to_guest(stage: Stage) -> Stage:
    """The pole wrote to its guest, with a document."""

    def build_it(world: Any) -> Values:
        values = guested(stage)(world)
        about = SupportRequest.reference == values["reference"]
        message = Message(
            request_id=db.session.scalars(select(SupportRequest.id).where(about)).one(),
            once=f"written-{values['guest_id']}",
            author_id=world.coordinator.person_id,
            organisation_id=world.coordinator.organisation_id,
            side=Side.POLE,
            note=False,
            text="Voici nos comptes.",
        )
        with transaction() as session:
            session.add(message)
            session.flush()
            session.add(MessageGuest(message_id=message.id, guest_id=values["guest_id"]))
        sent_by = world.coordinator.person_id
        return {**values, "document_id": world.make.document(KIND, message.id, sent_by_id=sent_by).id}

    return build_it


def _guest(world: Any, _persona: str) -> Values:
    return {
        "name": "Lise Marchand",
        "role": "expert-comptable",
        "email": f"invitee{world.next_number()}@exemple.test",
        "until": clock.today().isoformat(),
        "language": "fr",
    }


def _planned(world: Any, persona: str) -> Values:
    return {
        "once": f"once-{persona}",
        "on": (clock.today() + timedelta(days=3)).isoformat(),
        "minutes": "210",
        "place_kind": "on_site",
        "place": "Rouen",
        "practitioner_ids": [world.person("practitioner").id],
    }


def _logged(world: Any, persona: str) -> Values:
    return {**_planned(world, persona), "on": clock.today().isoformat(), "report": "Nous avons avancé."}


def _shared(world: Any) -> dict[str, Any]:
    """An intervention that another partner has noted."""
    request = world.make.raw_request(world.coordinator, service=world.service)
    own = world.make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    other = world.member("other_partner")
    return {"intervention_id": noted_by_another(world.make, own, world.person("practitioner"), other).id}


def _network(world: Any, persona: str) -> Values:
    return {
        "once": f"network-{persona}",
        "kind": "meeting",
        "on": clock.today().isoformat(),
        "minutes": "120",
        "practitioner_ids": [world.person(persona).id],
        "report": "Rencontre des têtes de réseau.",
    }


def _network_act(world: Any) -> Values:
    """Work for the network that the partner noted."""
    return {"act_id": raw_network_act(world.make, world.member("practitioner")).id}


def _dates(world: Any) -> Values:
    """Dates that the partner proposed for a request of the pole."""
    request = world.make.raw_request(world.coordinator, service=world.service)
    part = world.make.raw_assignment(request, world.partner, AssignmentState.ACCEPTED)
    return {"proposal_id": raw_proposal(world.make, part, world.person("practitioner")).id}


STAGES: dict[str, Stage] = {
    "shared": _shared,
    "network": _network_act,
    "dates_proposed": _dates,
    **proposed.stages(_dates),
    **gathered.STAGES,
    **dated.STAGES,
}

FORMS: dict[str, Callable[[Any, str], Values]] = {
    "requests.take_back": lambda _world, _persona: {},
    "conversation.say": _message,
    "conversation.keep": _message,
    "guest_pages.say": lambda _world, persona: {
        "once": f"guest-{persona}",
        "text": "Je regarde les comptes.",
    },
    "guest_pages.invite": _guest,
    **confirmed.FORMS,
    **joined.FORMS,
    **proposed.FORMS,
    **gathered.FORMS,
    **dated.FORMS,
    "guest_pages.end": lambda _world, _persona: {},
    "interventions.plan": _planned,
    "told.tell": lambda _world, _persona: {"outcome": "as_planned", "on": clock.today().isoformat()},
    "interventions.log": _logged,
    "interventions.log_planned": _logged,
    "interventions.correct": _logged,
    "interventions.correct_later": lambda world, _persona: {
        **_logged(world, "practitioner"),
        "why": "Relu.",
    },
    "network.add": _network,
    "network.correct": lambda world, _persona: _network(world, "practitioner"),
    "network.delete": lambda _world, _persona: {},
    "interventions.part": lambda world, _persona: {"practitioner_ids": [world.person("practitioner").id]},
    "interventions.call_off": lambda _world, _persona: {"message": "Reporté."},
}

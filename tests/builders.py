"""Plain builders: each makes one thing, valid by default, and commits it."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from portal import clock
from portal.access.roles import CELL_ROLES, Actor, Role
from portal.accounts.models import Membership, Person
from portal.accounts.rules import new_token, token_hash
from portal.applications.models import Application, ApplicationLink
from portal.applications.rules import LINK_LASTS, Opinion
from portal.applications.steps import CLOSED, WAITING_FOR_US, State
from portal.catalogue.models import Delivery, Service, ServiceStage
from portal.catalogue.rules import Family, Format, ServiceKind
from portal.conversation.guests.models import Guest, GuestLink
from portal.conversation.models import Message, MessageMention, MessagePartner
from portal.conversation.rules import Side
from portal.db import transaction
from portal.documents.models import Document
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.files.storage import service as storage
from portal.interventions.models import Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState, Place
from portal.mailbox.models import ReceivedEmail
from portal.organisations.models import (
    Coverage,
    Funder,
    NationalCell,
    Organisation,
    Partner,
    Pole,
    RegionalCell,
)
from portal.organisations.rules import Stage
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.rules import ReminderState
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import proposed_subject
from portal.requests.steps import AssignmentState, RequestState, derive_state
from portal.text import search_key
from portal.transfers import service as transfers
from portal.transfers.models import Transfer
from portal.transfers.rules import TransferKind

T = TypeVar("T")
PDF = b"%PDF-1.4\n%%EOF\n"
FORM_WITH_DOCUMENTS = "/demandes/1203-4078/modifier/documents"
PASSPHRASE = "quatre mots bien ordinaires"
_HASHED: list[str] = []


def _hashed() -> str:
    from flask_security import hash_password

    if not _HASHED:
        _HASHED.append(hash_password(PASSPHRASE))
    return _HASHED[0]


class Builder:
    """Makes things with increasing numbers in their names.

    What is `raw` is written as a row in any state, without the events and e-mails of how it came there.
    """

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._open: Session | None = None

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What the block makes is saved together, at its end: until then nothing has an id."""
        with transaction() as self._open:
            yield
        self._open = None

    @contextmanager
    def _saving(self) -> Iterator[Session]:
        if self._open:
            yield self._open
            return
        with transaction() as session:
            yield session

    def _save(self, thing: T) -> T:
        with self._saving() as session:
            session.add(thing)
        return thing

    def pole(self, **values: Any) -> Pole:
        """A pole of Normandie; of every second one no more is known, as of many real ones."""
        number = next(self._numbers)
        known = number % 2 == 0
        defaults: dict[str, Any] = {
            "name": f"Pôle des Érables {number}",
            "region_code": "28",
            "department_code": "76" if known else None,
            "town": "Rouen" if known else None,
            "stage": Stage.DEVELOPING if known else None,
        }
        return self._save(Pole(**{**defaults, **values}))

    def partner(
        self, regions: tuple[str, ...] = (), departments: tuple[str, ...] = (), **values: Any
    ) -> Partner:
        """A partner of some regions and departments; of the whole country where none is named."""
        places = [Coverage(region_code=code) for code in regions]
        places += [Coverage(department_code=code) for code in departments]
        name = values.pop("name", f"Agence Alliée {next(self._numbers)}")
        return self._save(Partner(name=name, coverages=places or [Coverage()], **values))

    def regional_cell(self, *regions: str) -> RegionalCell:
        name = f"Cellule régionale {next(self._numbers)}"
        return self._save(
            RegionalCell(name=name, coverages=[Coverage(region_code=code) for code in regions or ("28",)])
        )

    def document(self, parent: str | None = None, parent_id: int | None = None, **values: Any) -> Document:
        """A document on something; kept for a form where nothing is named. `content`: of its file."""
        content = values.pop("content", PDF)
        file = StoredFile(
            key=f"{next(self._numbers):048x}",
            name=values.pop("name", "devis.pdf"),
            media_type="application/pdf",
            size=len(content),
            sha256=sha256(content).hexdigest(),
            state=values.pop("state", FileState.READY),
        )
        storage.place().write(file.key, content)
        values.setdefault("form", None if parent else FORM_WITH_DOCUMENTS)
        if "sent_by_id" not in values:
            values["sent_by_id"] = self.person().id
        return self._save(Document(file=file, kind=parent, parent_id=parent_id, **values))

    def national_cell(self) -> NationalCell:
        return self._save(
            NationalCell(name=f"Cellule nationale {next(self._numbers)}", coverages=[Coverage()])
        )

    def funder(self) -> Funder:
        return self._save(Funder(name=f"Financeur {next(self._numbers)}", coverages=[]))

    def person(self, **values: Any) -> Person:
        number = next(self._numbers)
        defaults: dict[str, Any] = {
            "email": f"personne{number}@exemple.test",
            "given_name": "Zoé",
            "family_name": f"Martin {number}",
            "password": _hashed(),
            "fs_uniquifier": f"session-of-person-{number}",
            "last_seen_at": clock.now(),
        }
        return self._save(Person(**{**defaults, **values}))

    def member(self, organisation: Organisation, role: Role, person: Person | None = None) -> Membership:
        """A membership, of a new person where none is given."""
        person = person or self.person()
        with self._saving() as session:
            membership = Membership(person=person, organisation=organisation, role=role)
            session.add(membership)
        return membership

    def coordinator(self, pole: Pole | None = None) -> Membership:
        return self.member(pole or self.pole(), Role.COORDINATOR)

    def practitioner(self, partner: Partner | None = None) -> Membership:
        return self.member(partner or self.partner(), Role.PRACTITIONER)

    def manager(self, partner: Partner | None = None) -> Membership:
        return self.member(partner or self.partner(), Role.MANAGER)

    def regional_admin(self, *regions: str) -> Membership:
        return self.member(self.regional_cell(*regions), Role.REGIONAL_ADMIN)

    def national_admin(self) -> Membership:
        return self.member(self.national_cell(), Role.NATIONAL_ADMIN)

    def observer(self) -> Membership:
        return self.member(self.funder(), Role.OBSERVER)

    def service(self, *partners: Partner, stages: tuple[Stage, ...] = (), **values: Any) -> Service:
        number = next(self._numbers)
        defaults: dict[str, Any] = {
            "slug": f"service-{number}",
            "name": f"Appui numéro {number}",
            "name_en": f"Support number {number}",
            "family": Family.CONSOLIDATION,
            "kind": ServiceKind.COACHING,
            "format": Format.INDIVIDUAL,
            "summary": "Un appui pour avancer.",
            "summary_en": "Support to move forward.",
            "description": "Un appui pour avancer, pas à pas.",
            "description_en": "Support to move forward, step by step.",
        }
        return self._save(
            Service(
                **{**defaults, **values},
                stages=[ServiceStage(stage=stage) for stage in stages],
                deliveries=[Delivery(partner=partner) for partner in partners],
            )
        )

    def raw_request(
        self,
        coordinator: Membership | None = None,
        state: RequestState = RequestState.TO_ROUTE,
        service: Service | None = None,
        **values: Any,
    ) -> SupportRequest:
        """A request of a coordinator's pole, submitted unless its state is draft."""
        number = next(self._numbers)
        coordinator = coordinator or self.coordinator()
        pole = coordinator.organisation
        draft = state is RequestState.DRAFT
        defaults: dict[str, Any] = {
            "reference": f"{number:04d}-0000",
            "pole_id": pole.id,
            "contact_id": coordinator.person_id,
            "service_id": service.id if service else None,
            "region_code": getattr(pole, "region_code", None),
            "need": "Nous voulons structurer notre gouvernance à plusieurs.",
            "state": state,
            "submitted_at": None if draft else clock.now(),
        }
        merged = {**defaults, **values}
        merged.setdefault("subject", proposed_subject(merged["need"]))
        merged.setdefault("search_text", search_key(f"{merged['reference']} {merged['need']}"))
        return self._save(SupportRequest(**merged))

    def raw_assignment(
        self,
        request: SupportRequest,
        partner: Partner,
        state: AssignmentState = AssignmentState.PROPOSED,
        **values: Any,
    ) -> Assignment:
        """A partner's assignment; the request's state follows."""
        today = clock.today()
        defaults: dict[str, Any] = {"due_on": clock.add_working_days(today, 5, None)}
        if state is AssignmentState.ON_HOLD:
            defaults["held_on"] = today
        if state is AssignmentState.COMPLETED:
            defaults["completed_on"] = today
        assignment = Assignment(
            request_id=request.id, partner_id=partner.id, state=state, **{**defaults, **values}
        )
        with transaction() as session:
            session.add(assignment)
            request.state = derive_state(request.state, [state])
            session.add(request)
        return assignment

    def raw_message(
        self,
        request: SupportRequest,
        author: Membership,
        text: str = "Nous en parlons jeudi.",
        *,
        note: bool = False,
        partners: tuple[Partner, ...] = (),
        named: tuple[Person, ...] = (),
        at: datetime | None = None,
    ) -> Message:
        """What somebody said on a request; read by its pole, its cells and these partners, unless it is a note."""
        side = Side.CELL if author.role in CELL_ROLES else Side.PARTNER
        message = self._save(
            Message(
                request_id=request.id,
                once=f"raw-{next(self._numbers)}",
                author_id=author.person_id,
                organisation_id=author.organisation_id,
                side=Side.POLE if author.organisation_id == request.pole_id else side,
                note=note,
                text=text,
                at=at or clock.now(),
            )
        )
        with self._saving() as session:
            session.add_all(MessagePartner(message_id=message.id, partner_id=one.id) for one in partners)
            session.add_all(MessageMention(message_id=message.id, person_id=one.id) for one in named)
        return message

    def raw_reminder(self, state: ReminderState, recipient: str = "", **values: Any) -> None:
        """One noted today, with an e-mail to somebody."""
        thing = next(self._numbers)
        noted = Reminder(kind="k", thing=thing, rung="r", state=state, on=clock.today(), letters=1, **values)
        address = recipient or f"{thing}@exemple.test"
        self._save(ReminderLetter(reminder_id=self._save(noted).id, recipient=address))

    def raw_answer(self, reader: Membership) -> ReceivedEmail:
        """One that came for somebody from another address, and is held."""
        held = {"key": f"k{next(self._numbers)}", "answers": "part-0", "sender": "autre@exemple.test"}
        return self._save(ReceivedEmail(person_id=reader.person_id, text="Oui.", **held))

    def raw_guest(self, request: SupportRequest, host: Membership, **values: Any) -> tuple[Guest, str]:
        """Somebody whom a person asked to join a conversation, for a week, and the secret of their link."""
        token, number = new_token(), next(self._numbers)
        side = Side.CELL if host.role in CELL_ROLES else Side.PARTNER
        defaults: dict[str, Any] = {
            "request_id": request.id,
            "organisation_id": host.organisation_id,
            "invited_by_id": host.person_id,
            "email": f"invitee{number}@exemple.test",
            "name": f"Lise Marchand {number}",
            "role": "expert-comptable",
            "side": Side.POLE if host.organisation_id == request.pole_id else side,
            "expires_at": clock.now() + timedelta(days=7),
        }
        guest = self._save(Guest(**{**defaults, **values}))
        self._save(GuestLink(guest_id=guest.id, token_hash=token_hash(token)))
        return guest, token

    def raw_intervention(
        self,
        assignment: Assignment,
        person: Person,
        state: InterventionState = InterventionState.DONE,
        **values: Any,
    ) -> Intervention:
        defaults: dict[str, Any] = {
            "on": clock.today() - timedelta(days=1),
            "minutes": 210,
            "place_kind": Place.ON_SITE,
            "place": "Rouen",
            "participants": 8,
            "report": "Atelier sur la gouvernance : les rôles sont posés.",
        }
        came = {
            "practices": [Practice(person_id=person.id, assignment_id=assignment.id)],
            "contributions": [Contribution(assignment_id=assignment.id, practitioners=1)],
        }
        row = Intervention(assignment_id=assignment.id, state=state, **{**came, **defaults, **values})
        return self._save(row)

    def raw_application(self, state: State = State.SUBMITTED, **values: Any) -> Application:
        """An application that says all that sending needs; of Normandie, submitted unless its state is draft."""
        number = next(self._numbers)
        draft, held = state is State.DRAFT, state in WAITING_FOR_US
        defaults: dict[str, Any] = {
            "reference": f"C{number:04d}-0000",
            "email": f"porteuse{number}@exemple.test",
            "state": state,
            "name": f"Filière Lin {number}",
            "purpose": "Filer et tisser le lin cultivé ici, ensemble.",
            "audience": "Les fermes et les ateliers du pays de Caux.",
            "reason": "Aucune structure ne peut porter seule la filature.",
            "expectations": "De l’aide pour la gouvernance.",
            "stage": Stage.EMERGING,
            "region_code": "28",
            "department_code": "76",
            "commune_code": "76540",
            "town": "Rouen",
            "sectors": ["industry"],
            "members": "Coopérative du Lin\nAtelier Trame",
            "lead_organisation": "Coopérative du Lin",
            "given_name": "Lise",
            "family_name": "Marchand",
            "contact_email": f"contact{number}@exemple.test",
            "submitted_at": None if draft else clock.now(),
            "due_on": clock.add_working_days(clock.today(), 15, None) if held else None,
            "opinion": Opinion.FAVOURABLE
            if state in {State.ADVISED, State.ADMITTED, State.REFUSED}
            else None,
            "held_on": clock.today() if state is State.MORE_WANTED else None,
            "closed_at": clock.now() if state in CLOSED else None,
        }
        return self._save(Application(**{**defaults, **values}))

    def link(self, application: Application, lasts: timedelta = LINK_LASTS) -> str:
        """The secret of a link to an application."""
        token = new_token()
        self._save(
            ApplicationLink(
                application_id=application.id, token_hash=token_hash(token), expires_at=clock.now() + lasts
            )
        )
        return token

    def transfer(self, owner: Membership, content: bytes = b"Nom\nNouveau pole\n") -> Transfer:
        """A file of poles that was looked at and waits for its owner."""
        actor = Actor(
            person_id=owner.person_id,
            person_name=owner.person.name,
            email=owner.person.email,
            membership_id=owner.id,
            role=owner.role,
            organisation_id=owner.organisation_id,
            organisation_name=owner.organisation.name,
        )
        lines = transfers.look(TransferKind.POLES, content)
        with transaction():
            return transfers.keep(actor, TransferKind.POLES, "poles.csv", content, lines)

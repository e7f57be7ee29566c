"""The copy really holds all that the list of columns says it does."""

import json
from typing import Any

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts.attempts import service as attempts
from portal.accounts.models import FailedAttempt, Invitation, Membership, Person
from portal.applications.models import Application, ApplicationDocument, ApplicationEvent
from portal.applications.steps import SUBMIT, State
from portal.calendars.models import CalendarFeed, CalendarInvitation
from portal.calendars.rules import Scope
from portal.conversation.models import MessageDraft, Reading
from portal.db import transaction
from portal.files.models import StoredFile
from portal.interventions.confirmation.models import Adjustment, Confirmation
from portal.interventions.confirmation.steps import AdjustmentState, ConfirmationState
from portal.interventions.corrections.models import Correction
from portal.interventions.drafts.models import LogDraft
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.mailbox.models import ReceivedEmail
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.preferences.models import EmailChoice, EmailHours
from portal.personal_data import service
from portal.reminders.rules import ReminderState
from portal.requests import steps
from portal.requests.models import RequestEvent
from portal.requests.saved.models import SavedFilter
from portal.requests.steps import AssignmentState
from portal.safety.models import Authenticator, EmailChange, Passkey, RecoveryCode, SignInSession
from portal.stuck.models import Snooze
from portal.teams.models import Absence, MembersReview
from portal.transfers.models import Transfer
from portal.transfers.rules import TransferKind
from tests.architecture.about_people import EXPORTED
from tests.builders import Builder
from tests.sessions import given_on, held_on, raw_word
from tests.shares import raw_network_act, raw_proposal

EMAIL = "zenobie@exemple.test"


def somebody_everywhere(make: Builder) -> Person:
    """One person who did one of everything, a member of the partner that supports a pole."""
    partner = make.partner()
    me = make.member(partner, Role.MANAGER, make.person(email=EMAIL, phone="06 39 98 00 01"))
    request = make.raw_request(make.coordinator(), contact_id=me.person_id, phone="06 39 98 00 02")
    assignment = make.raw_assignment(
        request, partner, AssignmentState.COMPLETED, referent_id=me.person_id, review="Bien."
    )
    took_part = {"participant_names": "Anne, Bao", "participating_organisations": "Une scop"}
    act = make.raw_intervention(assignment, me.person, **took_part, next_step="Écrire")
    answered = {"answered_by_id": me.person_id, "answered_at": clock.now(), "message": "Non.", "minutes": 60}
    settled = {"settled_by_id": me.person_id, "settled_at": clock.now(), "ruling": "Si."}
    about = {"intervention_id": act.id, "pole_id": request.pole_id}
    make._save(Confirmation(**about, state=ConfirmationState.SETTLED, **answered, **settled))
    decided = {"decided_by_id": me.person_id, "decided_at": clock.now(), "answer": "Oui."}
    change = {"before": 210, "after": 60, "why": "Une heure.", "by_id": me.person_id}
    make._save(Adjustment(intervention_id=act.id, state=AdjustmentState.MADE, **change, **decided))
    make._save(LogDraft(person_id=me.person_id, assignment_id=assignment.id, typed={"report": ["Un début"]}))
    said = {"report": ["Avant.", "Après."]}
    make._save(
        Correction(intervention_id=act.id, assignment_id=assignment.id, by_id=me.person_id, changes=said)
    )
    mine = {"person_id": me.person_id, "organisation_id": partner.id}
    about = {"intervention_id": act.id, "address": EMAIL, "sequence": 0, "digest": "0" * 16}
    make._save(CalendarInvitation(**mine, **about))
    make._save(CalendarFeed(**mine, scope=Scope.MINE, token_hash="t"))
    raw_network_act(make, me, reached="Une scop")
    raw_proposal(make, assignment, me.person)
    given_on(make, clock.today(), me)
    held = held_on(make, clock.today(), me, email=EMAIL, registered_by_id=me.person_id)
    part = {"assignment_id": held.intervention.assignment_id, "by_id": me.person_id}
    raw_word(make, held, make.coordinator(), "settled", **answered, **settled)
    make._save(
        Correction(intervention_id=held.intervention_id, **part, changes={"why": ["", "Bao était là."]})
    )
    application = Application(reference="4321-0000", email=EMAIL, contact_email=EMAIL, name="Pôle")
    stored = StoredFile(key="k", name="statuts.pdf", media_type="application/pdf", size=1, sha256="s")
    make.document("request", request.id, sent_by_id=me.person_id)
    asked = {
        "pole_id": make.pole().id,
        "due_on": clock.today(),
        "invited_by_id": me.person_id,
        "word": "Venez.",
    }
    joined = {"state": JointState.JOINED, "answered_by_id": me.person_id, "answer": "Nous aussi."}
    make._save(JointPole(request_id=request.id, answered_at=clock.now(), **asked, **joined))
    with transaction() as session:
        session.add_all([application, stored])
        session.flush()
        session.add(ApplicationDocument(application_id=application.id, file_id=stored.id))
        session.add_all(_rows(me, request.id, application.id))
    make.raw_message(request, me, named=(me.person,))
    guest, _token = make.raw_guest(request, me, email=EMAIL)
    make.document("message", 1, sent_by_id=None, guest_id=guest.id)
    make.raw_reminder(ReminderState.CLEARED, EMAIL)
    who = {"person_id": me.person_id, "organisation_id": partner.id, "request_id": request.id}
    with transaction() as session:
        session.add(Reading(**who, read_until=1))
        session.add(MessageDraft(**who, reach="note", text="Et si"))
    return me.person


def _rows(me: Membership, request_id: int, application_id: int) -> list[Any]:
    mine = {"person_id": me.person_id}
    acted = {"actor_id": me.person_id, "organisation_id": me.organisation_id}
    acted_for = {**mine, "organisation_id": me.organisation_id}
    invited = {"given_name": "Zoé", "family_name": "M", "role": Role.MANAGER, "expires_at": clock.now()}
    email = {"recipient": EMAIL, "recipient_name": "Zoé", "language": "fr", "subject": "Lisez"}
    return [
        RequestEvent(
            request_id=request_id, action=steps.SUBMIT.name, from_state="draft", to_state="to_route", **acted
        ),
        ApplicationEvent(
            application_id=application_id,
            action=SUBMIT.name,
            from_state=State.DRAFT,
            to_state=State.DRAFT,
            **acted,
        ),
        Invitation(organisation_id=me.organisation_id, email=EMAIL, token_hash="a", **invited),
        Invitation(
            organisation_id=me.organisation_id,
            email="ana@exemple.test",
            token_hash="b",
            invited_by_id=me.person_id,
            **invited,
        ),
        FailedAttempt(key=attempts.keys_of(EMAIL)[0]),
        SignInSession(**mine, key_hash="k", browser="Firefox", system="Linux", address="192.0.2.1"),
        Passkey(**mine, name="Clé", credential_id="c", public_key=b"k", user_handle="h", sign_count=0),
        Authenticator(**mine, secret="x"),
        RecoveryCode(**mine, code_hash="x"),
        EmailChange(**mine, old_email=EMAIL, new_email="z@exemple.test", confirm_hash="1", stop_hash="2"),
        Snooze(request_id=request_id, by_id=me.person_id, until=clock.today(), note="Congés"),
        SavedFilter(membership_id=me.id, name="Lin", query="dossier=toutes"),
        Absence(membership_id=me.id, starts_on=clock.today(), ends_on=clock.today()),
        MembersReview(organisation_id=me.organisation_id, by_id=me.person_id),
        OutboxEmail(kind="requests/route_pole", text="Bonjour", html="h", message_id="<1@x>", **email),
        EmailChoice(**acted_for, topic="messages", rhythm="daily"),
        EmailHours(**mine, place="76"),
        ReceivedEmail(key="k", answers="part-1", person_id=me.person_id, sender=EMAIL, text="Oui."),
        MailFailure(address=EMAIL, message_id="<1@x>", error="550 5.1.1 Nobody", counts=True),
        Transfer(
            kind=next(iter(TransferKind)),
            owner_id=me.person_id,
            file_name="poles.csv",
            content=b"",
            digest="d",
            counts={},
            emptied=0,
        ),
        JournalEntry(
            act=Act.JOINED,
            subject=Subject.PERSON,
            subject_id=me.person_id,
            subject_name="Zoé",
            search_text="zoe",
            changes={},
        ),
    ]


@pytest.fixture
def copy(make) -> dict[str, Any]:
    person = somebody_everywhere(make)
    found: dict[str, Any] = json.loads(service.everything_about(person))
    return found


def test_every_column_said_to_be_there_is_there(copy: dict[str, Any]) -> None:
    missing = []
    for column, place in EXPORTED.items():
        part, _, key = place.partition(".")
        rows = copy[part] if isinstance(copy[part], list) else [copy[part]]
        if not rows or key not in rows[0]:
            missing.append(f"{column} → {place}")
    assert not missing, f"Listed in tests/architecture/about_people.py, and not in the copy: {missing}"


def test_it_is_about_one_person_only(make, copy: dict[str, Any]) -> None:
    nobody = make.person()
    other = json.loads(service.everything_about(nobody))
    empty = {part for part, rows in other.items() if rows == []}
    assert empty == set(copy) - {"made_at", "language_of_explanations", "what_each_part_holds", "identity"}


def test_dates_and_words_are_those_of_programs(copy: dict[str, Any]) -> None:
    assert copy["identity"]["created_at"].endswith("+00:00")
    assert copy["memberships"][0]["role"] == "manager"
    assert copy["requests"][0]["state"] == "completed"

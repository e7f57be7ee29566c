"""For each daily job: something that is due, and how somebody comes back to it."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import null, select, update

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.models import FailedAttempt, Invitation, Person
from portal.alike.models import ComparedRequest
from portal.applications.models import Application, ApplicationLink
from portal.applications.steps import State
from portal.catalogue.blocked.models import BlockedDemand
from portal.catalogue.eligibility.rules import Rule
from portal.catalogue.room.models import ServiceRoom, WaitingPlace
from portal.catalogue.room.rules import Unit
from portal.conversation.guests.models import Guest
from portal.db import db, transaction
from portal.documents.models import Document
from portal.files.rules import FileState
from portal.files.storage import service as storage
from portal.interventions.drafts.models import LogDraft
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.mailbox.models import ReceivedEmail
from portal.notifications.models import MailFailure, OutboxEmail
from portal.notifications.preferences import service as preferences
from portal.notifications.preferences.rules import Rhythm
from portal.organisations.models import Organisation
from portal.people.models import Viewing
from portal.reminders.rules import ReminderState
from portal.requests import service as requests
from portal.requests import steps
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Wishes
from portal.requests.steps import RequestState
from portal.requests.undo.models import Undo
from portal.safety.models import SignInSession
from portal.transfers.models import Transfer
from tests.builders import Builder
from tests.integration.operations import dates
from tests.integration.personal_data import old
from tests.integration.requests.steps import actor_of
from tests.sessions import BY_ITSELF, cancelled, given_by_who_left, seated_tomorrow

LONG = timedelta(days=1200)
Back = Callable[[Any], Any]


class Due(NamedTuple):
    """`make`: one thing that is due. `back`: in a transaction, somebody does something that spares it; None: nobody
    can. `tells`: how many e-mails are in the outbox once it is done; `writes`: does it write them?"""

    make: Callable[[Builder], Any]
    back: Back | None = None
    tells: int = 0
    writes: bool = True


def ago(**span: float) -> Any:
    return clock.now() - timedelta(**span)


def who_is(person_id: int | None) -> Actor:
    """A person, acting for their organisation."""
    found = accounts.by_email(db.session.get_one(Person, person_id).email)
    assert found is not None
    return actor_of(found.memberships[0])


def _unanswered(make: Builder) -> Any:
    coordinator, partner = make.coordinator(), make.partner()
    request = make.raw_request(coordinator, submitted_at=ago(days=60), created_at=ago(days=60))
    make.practitioner(partner)
    make.raw_assignment(request, partner, proposed_at=ago(days=60), due_on=date(2026, 1, 5))


def _answered(request_id: int) -> None:
    """Under the lock of its request, as everything that happens to an assignment."""
    db.session.get(SupportRequest, request_id, with_for_update=True)
    which = Assignment.request_id == request_id
    db.session.execute(update(Assignment).where(which).values(state="accepted"))


def _look(make: Builder) -> Any:
    viewer, viewed = make.national_admin(), make.coordinator()
    make._save(
        Viewing(
            viewer_id=viewer.person_id, membership_id=viewed.id, key="k", reason="r", started_at=ago(hours=1)
        )
    )


def _draft(make: Builder) -> Any:
    coordinator = make.coordinator()
    draft = make.raw_request(coordinator, RequestState.DRAFT, created_at=ago(days=1200))
    old.happened(draft, coordinator, steps.CHANGE_CONTACT, ago(days=1190))


def _written(request_id: int) -> None:
    """By the service that saves a draft."""
    draft = db.session.get(SupportRequest, request_id)
    wishes = Wishes(need="Encore.")
    requests.change_draft(who_is(draft.contact_id), draft.reference, wishes)


def _set(model: Any, **values: Callable[[], Any]) -> Back:
    def back(key: int) -> None:
        made = {name: value() for name, value in values.items()}
        db.session.execute(update(model).where(model.id == key).values(made))

    return back


def _warned(make: Builder) -> Any:
    return make.member(
        make.partner(),
        Role.PRACTITIONER,
        make.person(last_seen_at=ago(days=800), idle_warned_at=ago(days=40)),
    )


def _closed(make: Builder) -> Any:
    return make.person(active=False, closed_at=ago(days=1))


def _undo(make: Builder) -> Any:
    member = make.coordinator()
    key = str(next(make._numbers))
    make._save(
        Undo(key=key, membership_id=member.id, role=member.role, at=ago(minutes=3), letters=[], changes=[])
    )


def _gathered(make: Builder) -> Any:
    """Something a coordinator chose to get with the rest of the day, or the week."""
    request = make.raw_request(member := make.coordinator())
    make._save(
        OutboxEmail(
            kind="conversation/message",
            recipient=member.person.email,
            recipient_name="Zoé",
            language="fr",
            subject="Lisez",
            text="t",
            html="h",
            url="http://portal.test/",
            message_id=f"<{next(make._numbers)}@x>",
            thread=request.reference,
            person_id=member.person_id,
            organisation_id=member.organisation_id,
            next_attempt_at=null(),
            digest_at=ago(minutes=1),
        )
    )


def _no_longer_wanted(person_id: int) -> None:
    preferences.choose(person_id, who_is(person_id).organisation_id, {"messages": Rhythm.NEVER})


def _orphan(make: Builder) -> Any:
    key = f"{next(make._numbers):048x}"
    storage.place().write(key, b"x")
    os.utime(storage.place().path(key), (0, 0))


def _email(**values: Any) -> Callable[[Builder], Any]:
    def make_one(make: Builder) -> Any:
        number = next(make._numbers)
        make._save(
            OutboxEmail(
                kind="k",
                recipient=f"{number}@exemple.test",
                recipient_name="A",
                language="fr",
                subject="s",
                text="t",
                html="h",
                message_id=str(number),
                **{"next_attempt_at": None} | {name: value() for name, value in values.items()},
            )
        )

    return make_one


def _failure(make: Builder) -> Any:
    number = str(next(make._numbers))
    make._save(MailFailure(address="a@b.test", message_id=number, error="e", counts=True, at=ago(days=400)))


def _answer(days: int) -> Callable[[Builder], Any]:
    """One that was held so long ago."""

    def make_one(make: Builder) -> Any:
        key, person = str(next(make._numbers)), make.person()
        values = {"person_id": person.id, "sender": "a@b.test", "answers": "part-1", "text": "t"}
        make._save(ReceivedEmail(key=key, at=ago(days=days), **values))

    return make_one


def _invitation(make: Builder) -> Any:
    number, pole = next(make._numbers), make.pole()
    make._save(
        Invitation(
            organisation_id=pole.id,
            email=f"{number}@exemple.test",
            given_name="A",
            family_name="B",
            role=Role.MEMBER,
            token_hash=str(number),
            expires_at=ago(days=60),
        )
    )


def _entry(make: Builder) -> Any:
    make._save(
        JournalEntry(
            at=ago(days=400),
            act=Act.JOINED,
            subject=Subject.PERSON,
            subject_name="A",
            search_text="a",
            changes={},
        )
    )


def _session(make: Builder) -> Any:
    make._save(
        SignInSession(
            person_id=make.person().id,
            key_hash=str(next(make._numbers)),
            last_seen_at=ago(days=400),
            browser="",
            system="",
            address="",
        )
    )


def _file(make: Builder) -> Any:
    transfer = make.transfer(make.national_admin())
    with transaction():
        db.session.execute(update(Transfer).where(Transfer.id == transfer.id).values(created_at=ago(days=2)))


def _link(make: Builder) -> Any:
    make.link(make.raw_application(), lasts=timedelta(days=-1))


def _guest(make: Builder) -> Any:
    host = make.coordinator()
    make.raw_guest(make.raw_request(host), host, expires_at=ago(days=40))


def _waits(make: Builder) -> Any:
    partner, pole = make.partner(), make.coordinator().organisation
    about = {"service_id": make.service(partner).id}
    room = {"partner_id": partner.id, "unit": Unit.SUPPORT, "maximum": 1, "updated_on": clock.today()}
    with transaction() as session:
        session.add_all([ServiceRoom(**about, **room), WaitingPlace(**about, pole_id=pole.id)])


def _waits_in_vain(make: Builder) -> Any:
    partner, pole = make.partner(), make.pole()
    make.manager(partner)
    about = {"service_id": make.service(partner).id}
    room = {"partner_id": partner.id, "unit": Unit.SUPPORT, "maximum": 0, "updated_on": clock.today()}
    with transaction() as session:
        session.add_all([ServiceRoom(**about, **room), WaitingPlace(**about, pole_id=pole.id)])


def _invited_pole(make: Builder) -> Any:
    """A pole that did not answer in time; the one that asks is told."""
    about = {"request_id": make.raw_request().id, "pole_id": make.coordinator().organisation_id}
    make._save(JointPole(**about, state=JointState.INVITED, due_on=clock.today() - timedelta(days=2)))


def _blocked(make: Builder) -> Any:
    about = {"service_id": make.service().id, "pole_id": make.pole().id, "rule": Rule.STAGE}
    make._save(BlockedDemand(**about, year=2020, on=clock.today() - timedelta(days=4 * 365)))


def _compared(make: Builder) -> Any:
    request = make.raw_request(state=RequestState.WITHDRAWN, anonymised_at=ago(days=1))
    make._save(ComparedRequest(request_id=request.id, at=ago(days=900)))


def _to_remind(make: Builder) -> Any:
    coordinator, partner = make.coordinator(), make.partner()
    make.practitioner(partner)
    request = make.raw_request(coordinator, submitted_at=ago(days=9))
    make.raw_assignment(request, partner, proposed_at=ago(days=9), due_on=clock.today() - timedelta(days=2))


def _answered_after_all(key: tuple[int, int]) -> None:
    request_id = select(Assignment.request_id).where(Assignment.id == key[1])
    _answered(db.session.scalars(request_id).one())


def _reminder(state: ReminderState, **span: float) -> Callable[[Builder], Any]:
    return lambda make: make.raw_reminder(state, at=ago(**span))


_BACK_IN_DRAFT = _set(Application, changed_at=clock.now, warned_at=lambda: None)
_CAME = _set(Person, last_seen_at=clock.now, idle_warned_at=lambda: None)
DUE: dict[str, Due] = {
    "expire unanswered requests": Due(_unanswered, _answered, tells=2),
    "forget how acts are undone": Due(_undo),
    "let go of e-mails that a wrong clock held": Due(
        _email(created_at=lambda: ago(days=-7), next_attempt_at=lambda: ago(days=-7)),
        tells=1,
        writes=False,
    ),
    "send digests": Due(_gathered, _no_longer_wanted, tells=2),  # it stays, beside the digest
    "end forgotten looks": Due(_look, lambda key: db.session.delete(db.session.get(Viewing, key))),
    "close dormant requests": Due(lambda make: old.waiting(make, LONG), dates.touched, tells=2),
    "anonymise requests": Due(lambda make: old.finished(make, LONG), dates.touched),
    "forget drafts of logs": Due(
        lambda make: dates.begun_log(make, ago(days=100)), _set(LogDraft, written_at=clock.now)
    ),
    "end drafts of requests": Due(_draft, _written, tells=1),
    "anonymise applications": Due(
        lambda make: make.raw_application(changed_at=ago(days=1200)), _set(Application, changed_at=clock.now)
    ),
    "end drafts of applications": Due(
        lambda make: make.raw_application(
            State.DRAFT, changed_at=ago(days=80), email=f"{next(make._numbers)}@x.test"
        ),
        _BACK_IN_DRAFT,
        tells=1,
    ),
    "warn idle accounts": Due(lambda make: make.person(last_seen_at=ago(days=800)), _CAME, tells=1),
    "close idle accounts": Due(_warned, _CAME, tells=1),
    "forget closed accounts": Due(_closed, _set(Person, active=lambda: True, closed_at=lambda: None)),
    "forget invitations": Due(_invitation, _set(Invitation, expires_at=lambda: ago(days=-7))),
    "shorten the journal": Due(_entry),
    "forget sessions": Due(_session, _set(SignInSession, last_seen_at=clock.now)),
    "forget imported files": Due(_file),
    "forget documents of refused forms": Due(
        lambda make: make.document(sent_at=ago(days=3)),
        _set(Document, kind=lambda: "request", parent_id=lambda: 1, form=lambda: None),
    ),
    "check files for viruses": Due(lambda make: make.document(state=FileState.BEING_CHECKED)),
    "let e-mails leave that are paused no more": Due(
        _email(held_at=lambda: ago(hours=1)),
        _set(OutboxEmail, held_at=lambda: None),
        tells=1,
        writes=False,
    ),
    "blank e-mails": Due(_email(sent_at=lambda: ago(days=40))),
    "forget e-mails": Due(_email(sent_at=lambda: ago(days=400))),
    "blank answers by e-mail": Due(_answer(40)),
    "forget answers by e-mail": Due(_answer(400)),
    "forget e-mails that came back": Due(_failure),
    "forget attempts": Due(lambda make: make._save(FailedAttempt(key="k", at=ago(days=3)))),
    "forget addresses of guests": Due(_guest, _set(Guest, expires_at=lambda: ago(days=-1))),
    "forget links of applications": Due(_link, _set(ApplicationLink, expires_at=lambda: ago(days=-90))),
    "remove orphaned files": Due(_orphan),
    "note what people are reminded of": Due(_to_remind, _answered_after_all),
    "weigh the reminders of a run": Due(_reminder(ReminderState.DUE, minutes=5)),
    "send reminders": Due(_reminder(ReminderState.CLEARED, minutes=5)),
    "forget reminders": Due(_reminder(ReminderState.SENT, days=400)),
    "offer places to those who wait": Due(_waits, tells=1),
    "tell partners that poles wait": Due(_waits_in_vain, tells=1),
    "forget refused demand": Due(_blocked),
    "ask in the evening whether dates took place": Due(dates.planned_lately, dates.told_by_now, tells=1),
    "remind of sessions of the next day": Due(seated_tomorrow, cancelled, tells=1),
    "let calendars follow who comes and goes": Due(dates.left_to_a_colleague, dates.took_place, tells=1),
    "let calendars follow who gives sessions": Due(given_by_who_left, tells=1),
    "compare requests with those that are open": Due(
        lambda make: make.raw_request(service=make.service()),
        _set(SupportRequest, state=lambda: RequestState.WITHDRAWN),
    ),
    "forget what was alike": Due(_compared),
    **{name: Due(make_it) for name, make_it in BY_ITSELF.items()},
    "end invitations of poles": Due(_invited_pole, _set(JointPole, state=lambda: JointState.JOINED), tells=1),
    "confirm interventions by silence": Due(dates.logged, dates.contested),
    "confirm sessions by silence": Due(dates.received, dates.contested_there),
    "drop reminders that were held for long": Due(_reminder(ReminderState.HELD, days=20)),
    "ask for reviews": Due(
        lambda make: make.coordinator(make.pole(members_reviewed_at=ago(days=100))),
        _set(Organisation, members_reviewed_at=clock.now),
        tells=1,
    ),
}

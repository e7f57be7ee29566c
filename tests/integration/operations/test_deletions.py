"""What can be deleted is deleted whatever hangs on it: nothing written on it can keep it for ever."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select, update

from portal import clock
from portal.alike import service as alike
from portal.alike.models import AlikePair, ComparedRequest, SharedRequest, SharedSession
from portal.alike.rules import Near
from portal.applications import service as applications
from portal.applications.models import Application, ApplicationDocument, ApplicationEvent, ApplicationLink
from portal.applications.steps import SUBMIT, State
from portal.db import Model, db, transaction
from portal.files.models import StoredFile
from portal.interventions.network import service as network
from portal.interventions.network.models import NetworkAct, NetworkPractice
from portal.organisations.models import Partner
from portal.reminders.models import Reminder, ReminderLetter
from portal.reminders.rules import ReminderState
from portal.requests import steps
from portal.requests.drafts import service as drafts
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import RequestState
from portal.sessions import service as sessions
from portal.sessions.models import CollectiveSession, SessionGiver
from portal.sessions.needs.models import WantedSession
from portal.sessions.steps import SessionState
from portal.transfers import service as transfers
from portal.transfers.models import Transfer, TransferLine
from tests.builders import Builder
from tests.integration.operations.due import who_is
from tests.integration.personal_data import old
from tests.integration.requests.steps import actor_of
from tests.jobs import do
from tests.sessions import raw_giver, raw_session
from tests.shares import raw_network_act

# Tables to which others point, and whose rows stay for ever: people and organisations are closed, ended or merged.
STAY = {
    "organisation",
    "person",
    "membership",
    "service",
    "service_version",
    "assignment",
    "intervention",
    "date_proposal",
    "message",
    "guest",
    "registration",
}
# What cannot hang on something that is deleted, and why.
NEVER = {
    ("support_request", table): "a draft was sent to nobody: nobody talks about it, or puts it off"
    for table in ("assignment", "guest", "message", "message_draft", "reading", "snooze")
} | {
    ("collective_session", "registration"): "nobody is registered to a draft, which nobody else reads",
    ("collective_session", "attached_request"): "a draft is proposed to no request",
    ("collective_session", "held_session"): "a draft is not held",
    ("collective_session", "calendar_invitation"): "nobody is invited to a draft",
    ("collective_session", "attendance"): "nobody comes to a draft",
    ("support_request", "attached_request"): (
        "a session is proposed to what was sent, which is then taken back no more"
    ),
    ("support_request", "joint_pole"): "poles are invited to what was sent, which is then taken back no more",
}


class Deletable(NamedTuple):
    """`make`: one of them, with a row in each of `hangs`. `ways`: each way in which it is deleted."""

    model: Any
    make: Callable[[Builder], Any]
    hangs: tuple[Any, ...]
    ways: dict[str, Callable[[Any], object]]


def _draft(make: Builder) -> SupportRequest:
    """Of somebody who left: their colleague took it over. It was sent, compared, and taken back at once."""
    coordinator = make.coordinator()
    long_ago = clock.now() - old.LONG_AGO
    draft = make.raw_request(coordinator, RequestState.DRAFT, created_at=long_ago, warned_at=long_ago)
    old.happened(draft, coordinator, steps.CHANGE_CONTACT, clock.now() - old.LONG_AGO)
    other = make.raw_request()
    make._save(AlikePair(first_id=draft.id, second_id=other.id, near=Near.REGION, shared=["statuts"]))
    make._save(ComparedRequest(request_id=draft.id, at=long_ago))
    make._save(SharedRequest(request_id=draft.id, session_id=_shared(make).id))
    return draft


def _shared(make: Builder) -> SharedSession:
    return make._save(SharedSession(title="Une journée commune"))


def _discard_draft(draft: SupportRequest) -> None:
    drafts.discard_draft(who_is(draft.contact_id), draft.reference)


def _application(make: Builder) -> Application:
    long_ago = clock.now() - old.LONG_AGO
    application = make.raw_application(State.DRAFT, changed_at=long_ago, warned_at=long_ago)
    make.link(application)
    event = ApplicationEvent(
        application_id=application.id, action=SUBMIT.name, from_state=State.DRAFT, to_state=State.DRAFT
    )
    make._save(event)
    make._save(ApplicationDocument(application_id=application.id, file=_stored()))
    return application


def _stored() -> StoredFile:
    return StoredFile(key="k", name="n.pdf", media_type="application/pdf", size=1, sha256="s")


def _file(make: Builder) -> Transfer:
    transfer = make.transfer(make.national_admin())
    assert db.session.scalar(select(func.count()).select_from(TransferLine))
    return transfer


def _discard_file(transfer: Transfer) -> None:
    transfers.discard(who_is(transfer.owner_id), transfer.id)


def _session(make: Builder) -> SharedSession:
    session, request = _shared(make), make.raw_request()
    make._save(SharedRequest(request_id=request.id, session_id=session.id))
    make._save(ComparedRequest(request_id=request.id, at=clock.now()))
    make._save(WantedSession(shared_id=session.id, partner_id=make.partner().id))
    return session


def _take_out(session: SharedSession) -> None:
    of_session = SharedRequest.session_id == session.id
    about = select(SupportRequest.reference).join(
        SharedRequest, SharedRequest.request_id == SupportRequest.id
    )
    reference, cell = db.session.scalars(about.where(of_session)).one(), Builder().national_admin()
    with transaction():
        alike.take_out(who_is(cell.person_id), reference)


def _lose_its_request(_session: SharedSession) -> None:
    with transaction() as session:
        session.execute(update(SupportRequest).values(anonymised_at=clock.now()))
    assert do("forget what was alike") == 1


def _network_act(make: Builder) -> NetworkAct:
    return raw_network_act(make, make.practitioner(make.partner()))


def _delete_network_act(act: NetworkAct) -> None:
    author = db.session.scalars(select(NetworkPractice.person_id)).one()
    network.delete(who_is(author), act.id)


def _reminder(make: Builder) -> Reminder:
    make.raw_reminder(ReminderState.SENT)
    return db.session.scalars(select(Reminder)).one()


def _in_a_year(job: str) -> Callable[[Any], object]:
    def work(_thing: Any) -> None:
        with clock.travelling_to(clock.now() + old.LONG_AGO):
            assert do(job) == 1

    return work


def _in_transaction(act: Callable[[Any], object]) -> Callable[[Any], object]:
    def work(thing: Any) -> None:
        with transaction():
            act(thing)

    return work


def _draft_session(make: Builder) -> CollectiveSession:
    by = make.practitioner()
    draft = raw_session(make, by, make.service(by.organisation), state=SessionState.DRAFT)
    raw_giver(make, draft, by)
    return draft


def _discard_session(draft: CollectiveSession) -> None:
    partner = db.session.get_one(Partner, draft.partner_id)
    actor = actor_of(Builder().practitioner(partner))
    with transaction():
        sessions.discard(actor, draft.id)


def _token_of(application: Application) -> str:
    return Builder().link(application)


DELETABLE = (
    Deletable(
        SupportRequest,
        _draft,
        (RequestEvent, AlikePair, ComparedRequest, SharedRequest),
        {"job": _in_a_year("end drafts of requests"), "author": _in_transaction(_discard_draft)},
    ),
    Deletable(
        Application,
        _application,
        (ApplicationLink, ApplicationDocument, ApplicationEvent),
        {
            "job": _in_a_year("end drafts of applications"),
            "author": lambda one: _in_transaction(applications.discard)(_token_of(one)),
        },
    ),
    Deletable(
        Transfer,
        _file,
        (TransferLine,),
        {"job": _in_a_year("forget imported files"), "author": _in_transaction(_discard_file)},
    ),
    Deletable(
        SharedSession,
        _session,
        (SharedRequest, WantedSession),
        {"job": _lose_its_request, "cell": _take_out},
    ),
    Deletable(NetworkAct, _network_act, (NetworkPractice,), {"author": _in_transaction(_delete_network_act)}),
    Deletable(CollectiveSession, _draft_session, (SessionGiver,), {"author": _discard_session}),
    Deletable(Reminder, _reminder, (ReminderLetter,), {"job": _in_a_year("forget reminders")}),
)
WAYS = [
    pytest.param(one, way, id=f"{one.model.__tablename__}-{way}") for one in DELETABLE for way in one.ways
]
# Deleted by whoever deletes what points to it.
WITH_ITS_DOCUMENT = {"stored_file"}


def test_every_table_that_others_point_to_stays_or_is_deleted_here() -> None:
    pointed_at = {
        key.column.table.name for table in Model.metadata.tables.values() for key in table.foreign_keys
    }
    assert pointed_at == STAY | WITH_ITS_DOCUMENT | {one.model.__tablename__ for one in DELETABLE}


@pytest.mark.parametrize("one", DELETABLE, ids=lambda one: one.model.__tablename__)
def test_everything_that_can_hang_on_it_does_here(one: Deletable) -> None:
    name = one.model.__tablename__
    hanging = {
        table.name
        for table in Model.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == name and (name, table.name) not in NEVER
    }
    assert hanging == {model.__tablename__ for model in one.hangs}


@pytest.mark.parametrize(("one", "way"), WAYS)
def test_it_is_deleted_with_all_that_hangs_on_it(make: Builder, one: Deletable, way: str) -> None:
    thing = one.make(make)
    key = thing.id
    for model in one.hangs:
        assert db.session.scalar(select(func.count()).select_from(model)), model
    one.ways[way](thing)
    db.session.expunge_all()
    assert db.session.get(one.model, key) is None
    for model in one.hangs:
        assert not db.session.scalar(select(func.count()).select_from(model)), model

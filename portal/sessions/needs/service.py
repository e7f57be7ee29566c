"""A cell proposes a session to requests, takes one out, or asks a partner for one: lock, decide, change, remember,
tell. What becomes of a request is as before: it stays open until its partner ends it."""

from collections.abc import Collection, Sequence

from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.alike import queries as alike
from portal.alike.models import SharedSession
from portal.db import db, one_at_a_time, require_transaction
from portal.joint import queries as joint
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.requests import service as requests
from portal.requests.emails import tell, together
from portal.requests.models import SupportRequest
from portal.sessions.models import CollectiveSession
from portal.sessions.needs import emails, queries, steps, words
from portal.sessions.needs.models import AttachedRequest, WantedSession


def attach(actor: Actor, shared_id: int, session_id: int, references: Collection[str]) -> None:
    """Propose a session to some of the requests that were brought together. Twice is once; another session that was
    proposed before is proposed no more."""
    shared = _begin(actor, shared_id)
    session = queries.open_session(session_id)
    if session is None or not session.takes_people:
        raise Invalid("session_id", words.TAKES_NOBODY)
    known = {each.reference for each in _members(actor, shared)}
    if not references or not known.issuperset(references):
        raise Invalid("references", words.CHOOSE_REQUESTS)
    chosen = [requests.lock(actor, reference, steps.ATTACH.right) for reference in sorted(references)]
    for request in chosen:
        _check(request, session)
    with together(actor):
        for request in chosen:
            _attach(actor, request, session)


def _begin(actor: Actor, shared_id: int) -> SharedSession:
    require_transaction()
    if not allows(actor, steps.ATTACH.right):
        raise NotAllowed
    shared = alike.session(actor, shared_id)
    if shared is None:
        raise NotFound
    return shared


def _members(actor: Actor, shared: SharedSession) -> Sequence[SupportRequest]:
    return queries.members(actor, alike.members([shared.id])[shared.id])


def _check(request: SupportRequest, session: CollectiveSession) -> None:
    if steps.ATTACH.why_not(request.state) or not request.pole.active:
        raise Invalid("references", words.closed(request.reference))
    if request.service_id not in (None, session.service_id):
        raise Invalid("session_id", words.OTHER_SERVICE)


def _attach(actor: Actor, request: SupportRequest, session: CollectiveSession) -> None:
    row = queries.row_of(request.id)
    if row and row.session_id == session.id:
        return
    if row is None:
        row = AttachedRequest(request_id=request.id)
        db.session.add(row)
    row.session_id = session.id
    db.session.flush()
    event = requests.remember(actor, request, steps.ATTACH, request.state, request.state)
    tell(emails.news(steps.ATTACH, event, actor, session), actor)


def detach(actor: Actor, reference: str) -> None:
    """The session is proposed to a request no more; who is registered keeps their seat. Twice is once."""
    request = requests.begin(actor, reference, steps.DETACH)
    row, session = queries.row_of(request.id), queries.of_request(request.id)
    if row is None or session is None:
        return
    db.session.delete(row)
    db.session.flush()
    event = requests.remember(actor, request, steps.DETACH, request.state, request.state)
    tell(emails.news(steps.DETACH, event, actor, session), actor)


def ask(actor: Actor, shared_id: int, partner_id: int) -> WantedSession:
    """Ask a partner to publish a session for requests that were brought together; the same partner once."""
    shared = _begin(actor, shared_id)
    one_at_a_time("wanted sessions")
    before = next((each for each in queries.asked(shared.id) if each.partner_id == partner_id), None)
    if before:
        return before
    there = _members(actor, shared)
    services = {request.service.id: request.service for request in there if request.service}
    if partner_id not in {partner.id for partner in queries.delivering(services.keys())}:
        raise Invalid("partner_id", words.CHOOSE_PARTNER)
    wanted = WantedSession(shared_id=shared.id, partner_id=partner_id)
    db.session.add(wanted)
    db.session.flush()
    poles = {request.pole_id for request in there}
    for others in joint.joined([request.id for request in there]).values():
        poles |= {pole.id for pole in others}
    emails.ask(partner_id, next(iter(services.values())), len(poles), actor)
    return wanted

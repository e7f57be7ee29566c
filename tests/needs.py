"""Requests to which a cell proposes a session, or asks a partner for one."""

from portal.accounts.models import Membership
from portal.alike.models import SharedRequest, SharedSession
from portal.catalogue.models import Service
from portal.requests.models import SupportRequest
from portal.sessions.models import CollectiveSession
from portal.sessions.needs.models import AttachedRequest, WantedSession
from tests.builders import Builder
from tests.sessions import raw_session


def raw_shared(make: Builder, *requests: SupportRequest) -> SharedSession:
    """Requests that were brought together."""
    shared = make._save(SharedSession(title="Une journée commune"))
    for request in requests:
        make._save(SharedRequest(request_id=request.id, session_id=shared.id))
    return shared


def raw_attached(
    make: Builder, by: Membership, service: Service, request: SupportRequest
) -> CollectiveSession:
    """A session that is proposed to a request."""
    session = raw_session(make, by, service)
    make._save(AttachedRequest(request_id=request.id, session_id=session.id))
    return session


def raw_needs(
    make: Builder, by: Membership, service: Service, request: SupportRequest, shared: SharedSession
) -> None:
    """A row of each table."""
    raw_attached(make, by, service, request)
    make._save(WantedSession(shared_id=shared.id, partner_id=by.organisation_id))

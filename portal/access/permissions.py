"""The whole policy on one screen: which role may do what.

Whether a thing is *yours* is `queries.visible_to`; whether it can be done *now* is `steps`.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from portal.access.roles import Actor, Role


class Permission(StrEnum):
    """A right, named resource:action."""

    REQUEST_READ = "request:read"
    REQUEST_DRAFT = "request:draft"
    REQUEST_SUBMIT = "request:submit"
    REQUEST_ANSWER = "request:answer"
    REQUEST_WITHDRAW = "request:withdraw"
    REQUEST_ROUTE = "request:route"
    REQUEST_DROP = "request:drop"
    REQUEST_REOPEN = "request:reopen"
    MESSAGE_WRITE = "message:write"
    GUEST_INVITE = "guest:invite"
    ASSIGNMENT_DECIDE = "assignment:decide"
    TEAM_ASSIGN = "team:assign"
    INTERVENTION_LOG = "intervention:log"
    NETWORK_LOG = "network:log"
    SESSION_KEEP = "session:keep"
    SESSION_REGISTER = "session:register"
    ORGANISATION_READ = "organisation:read"
    ORGANISATION_EDIT = "organisation:edit"
    ORGANISATION_CREATE = "organisation:create"
    ORGANISATION_MERGE = "organisation:merge"
    RECOGNITION_EDIT = "recognition:edit"
    PEOPLE_READ = "people:read"
    PEOPLE_MANAGE = "people:manage"
    PERSON_READ = "person:read"
    PERSON_VIEW_AS = "person:view-as"
    APPLICATION_WRITE = "application:write"
    APPLICATION_READ = "application:read"
    APPLICATION_ADVISE = "application:advise"
    APPLICATION_DECIDE = "application:decide"
    TRANSFER_RUN = "transfer:run"
    JOURNAL_READ = "journal:read"
    USAGE_READ = "usage:read"
    BUNDLE_RULE = "bundle:rule"
    EMAIL_SUPERVISE = "email:supervise"
    SERVICE_KEEP = "service:keep"
    SERVICE_PUBLISH = "service:publish"
    SYSTEM_RUN = "system:run"


class Open(StrEnum):
    """Doors that ask for no permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"


Access = Permission | Open

_P = Permission
_HEAD = frozenset({_P.ORGANISATION_EDIT, _P.PEOPLE_MANAGE})
"""Whoever answers for an organisation keeps its page and its people."""
_PARTNER = frozenset(
    {
        _P.REQUEST_READ,
        _P.MESSAGE_WRITE,
        _P.GUEST_INVITE,
        _P.ASSIGNMENT_DECIDE,
        _P.INTERVENTION_LOG,
        _P.NETWORK_LOG,
        _P.SESSION_KEEP,
        _P.REQUEST_REOPEN,
        _P.PEOPLE_READ,
    }
)
_CELL = (
    frozenset(
        {
            _P.REQUEST_READ,
            _P.MESSAGE_WRITE,
            _P.GUEST_INVITE,
            _P.REQUEST_ROUTE,
            _P.REQUEST_DROP,
            _P.REQUEST_REOPEN,
            _P.ORGANISATION_READ,
            _P.RECOGNITION_EDIT,
            _P.NETWORK_LOG,
            _P.USAGE_READ,
            _P.PEOPLE_READ,
            _P.APPLICATION_READ,
            _P.APPLICATION_ADVISE,
        }
    )
    | _HEAD
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.MEMBER: frozenset({_P.REQUEST_READ, _P.MESSAGE_WRITE, _P.REQUEST_DRAFT, _P.PEOPLE_READ}),
        Role.COORDINATOR: frozenset(
            {
                _P.REQUEST_READ,
                _P.MESSAGE_WRITE,
                _P.GUEST_INVITE,
                _P.REQUEST_DRAFT,
                _P.REQUEST_SUBMIT,
                _P.REQUEST_ANSWER,
                _P.REQUEST_WITHDRAW,
                _P.SESSION_REGISTER,
                _P.REQUEST_REOPEN,
                _P.PEOPLE_READ,
            }
        )
        | _HEAD,
        Role.PRACTITIONER: _PARTNER,
        Role.MANAGER: _PARTNER | _HEAD | {_P.TEAM_ASSIGN, _P.SERVICE_KEEP},
        Role.REGIONAL_ADMIN: _CELL,
        Role.NATIONAL_ADMIN: _CELL
        | {
            _P.APPLICATION_DECIDE,
            _P.ORGANISATION_CREATE,
            _P.ORGANISATION_MERGE,
            _P.TRANSFER_RUN,
            _P.BUNDLE_RULE,
            _P.PERSON_READ,
            _P.PERSON_VIEW_AS,
            _P.JOURNAL_READ,
            _P.EMAIL_SUPERVISE,
            _P.SERVICE_KEEP,
            _P.SERVICE_PUBLISH,
        },
        Role.OBSERVER: frozenset({_P.USAGE_READ}),
    }
)


def permissions_of(actor: Actor | None) -> frozenset[Permission]:
    return ROLE_PERMISSIONS[actor.role] if actor else frozenset()


def allows(actor: Actor | None, access: Access) -> bool:
    """May someone like this actor pass? No role holds SYSTEM_RUN, the worker's, nor APPLICATION_WRITE, a link's."""
    match access:
        case Open.PUBLIC:
            return True
        case Open.SIGNED_IN:
            return actor is not None
        case Permission():
            return access in permissions_of(actor)

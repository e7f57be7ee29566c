"""The whole policy on one screen: which role may do what.

Whether a thing is *yours* is `queries.visible_to`; whether it can be done *now* is `workflow`.
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
    ASSIGNMENT_DECIDE = "assignment:decide"
    TEAM_ASSIGN = "team:assign"
    INTERVENTION_LOG = "intervention:log"
    ORGANISATION_READ = "organisation:read"
    USAGE_READ = "usage:read"
    EMAIL_SUPERVISE = "email:supervise"
    SYSTEM_RUN = "system:run"


class Open(StrEnum):
    """Doors that ask for no permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed-in"


Access = Permission | Open

_P = Permission
_PARTNER = frozenset({_P.REQUEST_READ, _P.ASSIGNMENT_DECIDE, _P.INTERVENTION_LOG, _P.REQUEST_REOPEN})
_CELL = frozenset(
    {
        _P.REQUEST_READ,
        _P.REQUEST_ROUTE,
        _P.REQUEST_DROP,
        _P.REQUEST_REOPEN,
        _P.ORGANISATION_READ,
        _P.USAGE_READ,
    }
)

ROLE_PERMISSIONS: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.MEMBER: frozenset({_P.REQUEST_READ, _P.REQUEST_DRAFT}),
        Role.COORDINATOR: frozenset(
            {
                _P.REQUEST_READ,
                _P.REQUEST_DRAFT,
                _P.REQUEST_SUBMIT,
                _P.REQUEST_ANSWER,
                _P.REQUEST_WITHDRAW,
                _P.REQUEST_REOPEN,
            }
        ),
        Role.PRACTITIONER: _PARTNER,
        Role.MANAGER: _PARTNER | {_P.TEAM_ASSIGN},
        Role.REGIONAL_ADMIN: _CELL,
        Role.NATIONAL_ADMIN: _CELL | {_P.EMAIL_SUPERVISE},
        Role.OBSERVER: frozenset({_P.USAGE_READ}),
    }
)


def permissions_of(actor: Actor | None) -> frozenset[Permission]:
    return ROLE_PERMISSIONS[actor.role] if actor else frozenset()


def allows(actor: Actor | None, access: Access) -> bool:
    """May someone like this actor pass? Nobody holds SYSTEM_RUN: it is for the worker alone."""
    match access:
        case Open.PUBLIC:
            return True
        case Open.SIGNED_IN:
            return actor is not None
        case Permission():
            return access in permissions_of(actor)

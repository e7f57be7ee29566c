"""Which roles an organisation of each kind gives."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from portal.access.roles import PARTNER_ROLES, POLE_ROLES, Role
from portal.organisations.kinds import OrganisationKind

ROLES_OF: Mapping[OrganisationKind, frozenset[Role]] = MappingProxyType(
    {
        OrganisationKind.POLE: POLE_ROLES,
        OrganisationKind.PARTNER: PARTNER_ROLES,
        OrganisationKind.REGIONAL_CELL: frozenset({Role.REGIONAL_ADMIN}),
        OrganisationKind.NATIONAL_CELL: frozenset({Role.NATIONAL_ADMIN}),
        OrganisationKind.FUNDER: frozenset({Role.OBSERVER}),
    }
)


class Held(StrEnum):
    """Whose attempts were too many."""

    ACCOUNT = "account"
    NETWORK = "network"

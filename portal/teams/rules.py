"""Who keeps the people of an organisation, and what stands in the way. Pure: no Flask, no database."""

from datetime import timedelta
from typing import Protocol

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor, Role
from portal.organisations.kinds import OrganisationKind
from portal.refusals import Conflict

MOST_INVITED_A_DAY = 50
INVITATIONS_KEPT = timedelta(days=30)


class TooOften(Conflict):
    """It was done often enough for today."""


class LinkSpent(Conflict):
    """The link of an invitation was used, withdrawn or grew too old meanwhile."""


class Kept(Protocol):
    """What decides who keeps the people of an organisation."""

    @property
    def id(self) -> int: ...

    @property
    def kind(self) -> OrganisationKind: ...


def manages(actor: Actor, organisation: Kept) -> bool:
    """May the actor change who belongs to it? Its heads may; a regional cell for the poles of its regions; the
    national cell for all, funders included."""
    if not allows(actor, Permission.PEOPLE_MANAGE):
        return False
    if organisation.id == actor.organisation_id or actor.role is Role.NATIONAL_ADMIN:
        return True
    in_region = getattr(organisation, "region_code", None) in actor.region_codes
    return actor.role is Role.REGIONAL_ADMIN and organisation.kind is OrganisationKind.POLE and in_region

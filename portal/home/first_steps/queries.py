"""What somebody who has just joined, or their organisation, has done already."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, exists, func, or_, select

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts.models import Invitation, Membership, Person
from portal.catalogue.models import Delivery
from portal.db import db
from portal.interventions.models import Practice
from portal.organisations.models import Pole
from portal.requests.models import Assignment, SupportRequest
from portal.safety.models import Authenticator, Passkey

NEW_FOR = timedelta(days=60)


def done(actor: Actor) -> Sequence[bool]:
    """Which of the steps of their role are done, in order; nothing for whoever joined long ago."""
    values = {
        "membership_id": actor.membership_id,
        "organisation_id": actor.organisation_id,
        "person_id": actor.person_id,
        "since": clock.now() - NEW_FOR,
    }
    row = db.session.execute(_done(actor.role), values).one_or_none()
    return row[1:] if row else ()


@cache
def _done(role: Role) -> Select[*tuple[Any, ...]]:
    """Built once."""
    here = Membership.id == bindparam("membership_id"), Membership.started_at > bindparam("since")
    return select(Membership.id, *SIGNS.get(role, ())).where(*here)


_OURS: BindParameter[int] = bindparam("organisation_id")
_ME: BindParameter[int] = bindparam("person_id")
_COLLEAGUES = (
    select(func.count())
    .where(Membership.organisation_id == _OURS, Membership.ended_at.is_(None))
    .correlate(None)
    .scalar_subquery()
)
_PAGE = exists().where(Pole.id == _OURS, Pole.public_summary != "")
_DELIVERS = exists().where(Delivery.partner_id == _OURS)
_COLLEAGUE = or_(_COLLEAGUES > 1, exists().where(Invitation.organisation_id == _OURS))
_ASKED = exists().where(SupportRequest.pole_id == _OURS, SupportRequest.submitted_at.is_not(None))
_ANSWERED = exists().where(Assignment.partner_id == _OURS, Assignment.answered_on.is_not(None))
_PHONE = exists().where(Person.id == _ME, Person.phone.is_not(None))
_PROTECTED = or_(exists().where(Authenticator.person_id == _ME), exists().where(Passkey.person_id == _ME))
_WROTE = exists().where(SupportRequest.pole_id == _OURS, SupportRequest.contact_id == _ME)
_TOOK_PART = exists().where(Practice.person_id == _ME)
SIGNS: Mapping[Role, tuple[ColumnElement[bool], ...]] = {
    Role.COORDINATOR: (_PAGE, _COLLEAGUE, _ASKED),
    Role.MEMBER: (_PHONE, _PROTECTED, _WROTE),
    Role.MANAGER: (_DELIVERS, _COLLEAGUE, _ANSWERED),
    Role.PRACTITIONER: (_PHONE, _PROTECTED, _TOOK_PART),
    Role.REGIONAL_ADMIN: (_PHONE, _PROTECTED, _COLLEAGUE),
    Role.NATIONAL_ADMIN: (_PHONE, _PROTECTED, _COLLEAGUE),
}
"""What shows that each step of a role is done."""

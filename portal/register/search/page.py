"""What the search finds of poles: those of the register for everyone, the others for who reads their record."""

from collections.abc import Iterable, Mapping, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import selectinload

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.db import db
from portal.feature import Findable, Match, Word
from portal.organisations.models import Pole, PoleMember
from portal.organisations.queries import readable_numbers
from portal.organisations.words import whereabouts
from portal.register.queries import is_public
from portal.territories.reference import named_like


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None or not allows(actor, Permission.PEOPLE_READ):
        return is_public()
    return or_(is_public(), and_(Pole.merged_into_id.is_(None), Pole.id.in_(readable_numbers(actor))))


def _beside(actor: Actor | None, word: Word) -> Iterable[Select[int]]:
    """Poles of a place, and those that a body of this name takes part in."""
    regions, departments = named_like(word.text)
    here = or_(Pole.region_code.in_(regions), Pole.department_code.in_(departments))
    return (
        select(Pole.id).where(here),
        select(PoleMember.pole_id).where(PoleMember.id.in_(word.named("pole_member"))),
    )


def _shown(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    poles = select(Pole).where(Pole.id.in_(numbers)).options(selectinload(Pole.members))
    public = set(db.session.scalars(select(Pole.id).where(Pole.id.in_(numbers), is_public())))
    return {pole.id: _match(pole, public=pole.id in public) for pole in db.session.scalars(poles)}


def _match(pole: Pole, *, public: bool) -> Match:
    texts = (
        pole.sector,
        pole.public_summary,
        pole.lead_organisation,
        *(member.name for member in pole.members),
    )
    return Match(
        pole.name,
        url_for("register.show", pole_id=pole.id)
        if public
        else url_for("organisations.detail", organisation_id=pole.id),
        facts=[whereabouts(pole)],
        texts=[text for text in texts if text],
    )


FINDABLES = (
    Findable(
        "pole",
        Pole.id,
        titles=(Pole.name,),
        texts=(Pole.town, Pole.sector, Pole.lead_organisation, Pole.public_summary),
        label=_l("Poles"),
        visible=_visible,
        shown=_shown,
        beside=_beside,
        order=(Pole.name_key, Pole.id),
    ),
    Findable("pole_member", PoleMember.id, titles=(PoleMember.name,)),
)

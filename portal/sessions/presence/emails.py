"""What the partner of a session hears of its correction by a cell."""

from collections.abc import Mapping
from datetime import date, time

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import PARTNER_ROLES, Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.interventions.steps import Place
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner
from portal.organisations.queries import place_of
from portal.sessions import words
from portal.sessions.models import CollectiveSession
from portal.sessions.steps import SessionState
from portal.web.addresses import absolute_url

CORRECTED = "sessions/rectify_later_partner"


def tell_corrected(session: CollectiveSession, actor: Actor, why: str) -> None:
    """Those who answer for the partner, or its team where nobody does."""
    partner_id = session.partner_id
    people = accounts.members([partner_id], {Role.MANAGER}) or accounts.members([partner_id], PARTNER_ROLES)
    told, place = _corrected(session, actor, why), place_of(partner_id)
    letters = [Envelope(CORRECTED, recipient(each, place, partner_id), told) for each in people]
    enqueue_all([letter for letter in letters if letter.recipient.email != actor.email])


def _corrected(session: CollectiveSession, actor: Actor, why: str) -> Message:
    return Message(
        action_url=absolute_url("sessions.manage", session_id=session.id),
        facts=[
            (_l("Collective session"), session.title),
            (_l("When"), LazyString(words.moment, session)),
            (_l("Corrected by"), actor.signature),
        ],
        quote=why,
        quoted_by=actor.signature,
        reply_to=(actor.person_name, actor.email),
        context={
            "session": session.title,
            "action_label": _l("Read what was corrected"),
            "why": _l("You receive this message because your organisation held this session."),
        },
    )


def _example() -> tuple[Recipient, Message]:
    session = CollectiveSession(
        id=7,
        title="Tenir une gouvernance partagée",
        on=date(2026, 1, 15),
        starts_at=time(9, 30),
        place_kind=Place.ON_SITE,
        state=SessionState.HELD,
        partner=Partner(name="Agence Alliée"),
    )
    cell = Actor(1, "Inès Delorme", "ines@exemple.test", 1, Role.REGIONAL_ADMIN, 1, "Cellule régionale")
    told = _corrected(
        session, cell, "Deux personnes du pôle de la Vallée étaient là, et manquaient à la liste."
    )
    return Recipient("bertrand@exemple.test", "Bertrand Noël"), told


PRESENCE_EXAMPLES: Mapping[str, Example] = {CORRECTED: _example}

"""What poles hear of what a session counts for them, and what its partner and the cell hear of what they say."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import select

from portal.access.roles import Actor, Role
from portal.db import db
from portal.interventions.confirmation import steps
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.rules import WORKING_DAYS_TO_CONFIRM
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.confirmation.words import length_of_time
from portal.interventions.gathered.queries import names
from portal.interventions.models import Intervention
from portal.interventions.steps import Place
from portal.notifications.emails import MailAct, Message, Recipient
from portal.notifications.links.service import stand_in
from portal.notifications.outbox.service import Envelope, enqueue_all, is_silent, one_act
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.requests import emails as requests
from portal.requests.telling.queries import heads
from portal.sessions import words as session_words
from portal.sessions.models import CollectiveSession
from portal.sessions.presence.models import HeldSession
from portal.sessions.received import queries, rules, words
from portal.sessions.received.queries import Received
from portal.sessions.steps import SessionState
from portal.teams import queries as teams
from portal.teams.calling.emails import EXAMPLE, contact
from portal.teams.calling.queries import cells
from portal.web.addresses import absolute_url

CLOSED, CORRECTED = "sessions/close_pole", "sessions/rectify_pole"
CONTESTED_PARTNER, CONTESTED_CELL = "sessions/contest_partner", "sessions/contest_cell"
SETTLED_PARTNER, SETTLED_POLE = "sessions/settle_partner", "sessions/settle_pole"
Facts = Sequence[tuple[Any, Any]]
_WHY_POLE = _l("You receive this message because people of your pole came to this session.")
_WHY_PARTNER = _l("You receive this message because your organisation held this session.")
_WHY_CELL = _l("You receive this message because your cell follows this session.")


def tell_poles(
    session: CollectiveSession, act: Intervention, before: Mapping[int, int], actor: Actor, why: str
) -> None:
    """To the coordinators of each pole for which it counts now, no longer, or otherwise than `before`, in minutes by
    number. `why`: what a cell corrects it for."""
    after = queries.counts(act)
    changed = rules.changed(before, after)
    if not changed or is_silent():
        return
    bodies, given_by = teams.teams_of(changed), names(act)
    with one_act():
        for pole in db.session.scalars(
            select(Pole).where(Pole.id.in_(changed), Pole.active).order_by(Pole.id)
        ):
            came = queries.who_came(session.id, pole.id)
            noted = _noted(session, before.get(pole.id), after.get(pole.id), came, given_by)
            told = _to_pole(session, pole.name, noted, counts=pole.id in after)
            if pole.id in after:
                told = replace(told, acts=acts(session.id), waiting=[act.id])
            if why:
                told = replace(told, quote=why, quoted_by=actor.signature)
            kind = CORRECTED if pole.id in before else CLOSED
            enqueue_all([*_of_pole(kind, pole, bodies, _from(told, actor), actor)])


def acts(session_id: int) -> Sequence[MailAct]:
    """What the pole can do at once with what it received."""
    return [
        MailAct(
            words.WORDS[step].button,
            absolute_url("received.by_mail", token=stand_in(number)),
            (words.BY_MAIL[step], "", session_id),
        )
        for number, step in enumerate((steps.CONFIRM, steps.CONTEST))
    ]


def _noted(
    session: CollectiveSession, before: int | None, after: int | None, came: Sequence[str], given_by: str
) -> Facts:
    facts: list[tuple[Any, Any]] = [(_l("Who came"), ", ".join(came))] if came else []
    facts.append((_l("Given by"), ", ".join(filter(None, (given_by, session.partner.name)))))
    if before is not None:
        facts.append((_l("Length until now"), _length(before)))
    label = _l("Length that counts") if before is None else _l("Length that counts from now on")
    return [*facts, (label, _length(after or 0))]


def _length(minutes: int) -> LazyString:
    return LazyString(length_of_time, minutes)


def _about(session: CollectiveSession, pole: str) -> Facts:
    return [
        (_l("Collective session"), session.title),
        (_l("When"), LazyString(session_words.moment, session)),
        (_l("Pole"), pole),
    ]


def _to_pole(session: CollectiveSession, pole: str, facts: Facts, *, counts: bool = True) -> Message:
    """`counts`: it is for the pole still."""
    return Message(
        action_url=absolute_url("received.show", session_id=session.id),
        facts=[*_about(session, pole), *facts],
        about=session.title,
        context={
            "on": session.on,
            "organisation": session.partner.name,
            "counts": counts,
            "days": WORKING_DAYS_TO_CONFIRM,
            "action_label": _l("Open what is counted"),
            "why": _WHY_POLE,
        },
    )


def _from(message: Message, actor: Actor) -> Message:
    return replace(message, reply_to=(actor.person_name, actor.email))


def _of_pole(
    kind: str, pole: Pole, bodies: teams.Teams, message: Message, actor: Actor
) -> Iterator[Envelope]:
    """The coordinators, or who stands in for them; the shared mailbox reads it, and does nothing by it."""
    members = bodies.of(pole.id)
    wanted = [member.person_id for member in members if member.role is Role.COORDINATOR]
    readers = bodies.addressees(pole.id, members, wanted, {Role.COORDINATOR})
    told = replace(message, facts=[*message.facts, *contact(cells(pole.region_code))])
    for letter in requests.letters(kind, (readers, [pole]), told):
        if letter.recipient.email != actor.email:
            of_person = letter.recipient.person_id is not None
            to = replace(letter.recipient, organisation_id=pole.id) if of_person else letter.recipient
            yield letter._replace(recipient=to)


def tell_contested(received: Received, actor: Actor) -> None:
    """Both versions: to who answers for the partner, and to the cells that follow the session."""
    session, of_region = received.session, cells(received.region_code)
    partner = heads(session.partner_id)
    cell = [addressee for each in of_region for addressee in each.addressees(each.people)]
    mailboxes = [each.organisation for each in of_region]
    with one_act():
        to_partner = requests.letters(
            CONTESTED_PARTNER, (partner, []), _contested(received, actor, is_cell=False)
        )
        to_cell = requests.letters(
            CONTESTED_CELL, (cell, mailboxes), _contested(received, actor, is_cell=True)
        )
        enqueue_all([each for each in (*to_partner, *to_cell) if each.recipient.email != actor.email])


def _contested(received: Received, actor: Actor, *, is_cell: bool) -> Message:
    asked, session = received.confirmation, received.session
    facts: list[tuple[Any, Any]] = [(_l("Partner"), session.partner.name)] if is_cell else []
    facts += [(_l("Length logged by the partner"), _length(received.minutes))]
    if asked.minutes is not None:
        facts.append((_l("Length according to the pole"), _length(asked.minutes)))
    page = "received.settle" if is_cell else "sessions.manage"
    about = {"session_id": session.id, **({"pole_id": asked.pole_id} if is_cell else {})}
    message = Message(
        action_url=absolute_url(page, **about),
        facts=[*_about(session, received.pole.name), *facts],
        quote=asked.message,
        quoted_by=actor.signature,
        about=session.title,
        context={
            "on": session.on,
            "organisation": session.partner.name,
            "pole": received.pole.name,
            "action_label": _l("Decide") if is_cell else _l("Open the session"),
            "why": _WHY_CELL if is_cell else _WHY_PARTNER,
        },
    )
    return _from(message, actor)


def tell_settled(received: Received, before: int, actor: Actor) -> None:
    """What the cell decided: to the pole, and to who answers for the partner."""
    pole, partner = received.pole, heads(received.session.partner_id)
    to_pole, to_partner = (_settled(received, before, actor, is_pole=is_pole) for is_pole in (True, False))
    with one_act():
        if pole.active:
            enqueue_all([*_of_pole(SETTLED_POLE, pole, teams.teams_of([pole.id]), to_pole, actor)])
        letters = requests.letters(SETTLED_PARTNER, (partner, []), to_partner)
        enqueue_all([each for each in letters if each.recipient.email != actor.email])


def _settled(received: Received, before: int, actor: Actor, *, is_pole: bool) -> Message:
    session, after = received.session, received.minutes
    facts: list[tuple[Any, Any]] = [(_l("Length until now"), _length(before))] if before != after else []
    label = _l("Length that counts from now on") if before != after else _l("Length that counts")
    told = _to_pole(session, received.pole.name, [*facts, (label, _length(after))])
    told = replace(told, quote=received.confirmation.ruling, quoted_by=actor.signature)
    context = {**told.context, "pole": received.pole.name}
    if not is_pole:
        page = absolute_url("sessions.manage", session_id=session.id)
        told = replace(told, action_url=page)
        context |= {"action_label": _l("Open the session"), "why": _WHY_PARTNER}
    return _from(replace(told, context=context), actor)


def _received() -> Received:
    session = CollectiveSession(
        id=7,
        title="Tenir une gouvernance partagée",
        on=date(2026, 1, 15),
        starts_at=time(9, 30),
        place_kind=Place.ON_SITE,
        state=SessionState.HELD,
        partner=Partner(name="Agence Alliée"),
    )
    asked = Confirmation(
        intervention_id=12,
        pole_id=3,
        pole=Pole(name="Pôle des Trois Rivières"),
        state=ConfirmationState.CONTESTED,
        message="Nos deux personnes sont parties à la pause.",
        minutes=90,
        ruling="La feuille d’émargement dit 11 h pour ces deux personnes.",
    )
    return Received(asked, session, HeldSession(session_id=7), 180, 90, "28")


_POLE = Actor(1, "Anaïs Le Goff", "anais@exemple.test", 1, Role.COORDINATOR, 3, "Pôle des Trois Rivières")
_PARTNER = Actor(2, "Bertrand Noël", "bertrand@exemple.test", 2, Role.MANAGER, 2, "Agence Alliée")
_CELL = Actor(3, "Inès Delorme", "ines@exemple.test", 3, Role.REGIONAL_ADMIN, 1, "Cellule régionale")
_READER = Recipient("lecture@exemple.test", "Lou Martin", organisation_id=3)


def _noted_example(before: int | None) -> tuple[Recipient, Message]:
    received = _received()
    came = ["Awa Diallo", "Bertille Morvan"]
    facts = _noted(received.session, before, 180, came, "Bertrand Noël")
    told = _to_pole(received.session, received.pole.name, [*facts, EXAMPLE])
    return _READER, _from(replace(told, acts=acts(7), waiting=[12]), _PARTNER)


def _contested_example(*, is_cell: bool) -> tuple[Recipient, Message]:
    return _READER, _contested(replace(_received(), minutes=180), _POLE, is_cell=is_cell)


def _settled_example(*, is_pole: bool) -> tuple[Recipient, Message]:
    told = _settled(_received(), 180, _CELL, is_pole=is_pole)
    return _READER, replace(told, facts=[*told.facts, *([EXAMPLE] if is_pole else [])])


RECEIVED_EXAMPLES: Mapping[str, Example] = {
    CLOSED: partial(_noted_example, None),
    CORRECTED: partial(_noted_example, 210),
    CONTESTED_PARTNER: partial(_contested_example, is_cell=False),
    CONTESTED_CELL: partial(_contested_example, is_cell=True),
    SETTLED_PARTNER: partial(_settled_example, is_pole=False),
    SETTLED_POLE: partial(_settled_example, is_pole=True),
}

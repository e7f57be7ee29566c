"""What people hear of their registration, and poles of theirs; none who else comes.

The address was typed by a pole: nothing that it typed is repeated. What a session is called, and where it takes place,
its partner has published.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from itertools import groupby
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Role
from portal.catalogue.models import Service
from portal.interventions.steps import Place
from portal.notifications.emails import Message, Recipient
from portal.notifications.links import service as links
from portal.notifications.outbox.service import Envelope, Letter, enqueue_all, post
from portal.notifications.previews.service import Example
from portal.organisations.models import Partner, Pole
from portal.requests import emails as requests
from portal.requests.examples import emails as examples
from portal.sessions import words
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import queries, rules
from portal.sessions.registrations import words as standings
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.queries import LINK
from portal.sessions.registrations.rules import Standing
from portal.sessions.steps import SessionState
from portal.teams import queries as teams
from portal.teams.calling.emails import contact
from portal.teams.calling.queries import cells
from portal.web import templating
from portal.web.addresses import absolute_url

SEAT, WAIT = "sessions/seat_participant", "sessions/wait_participant"
OFFER, OFFER_POLE = "sessions/offer_participant", "sessions/offer_pole"
WITHDRAW = "sessions/withdraw_participant"
CHANGE, CHANGE_POLE = "sessions/change_participant", "sessions/change_pole"
CANCEL, CANCEL_POLE = "sessions/cancel_participant", "sessions/cancel_pole"
_STAND_IN = "registration-of-whoever-reads-this"
Facts = Sequence[tuple[Any, Any]]


def tell(kind: str, session: CollectiveSession, people: Iterable[Registration], more: Facts = ()) -> None:
    """To each who has an address, with the link by which they act for themselves; drawn once for those who read the
    same."""
    reached = sorted((each for each in people if each.email), key=_reads)
    rows = []
    for _same, readers in groupby(reached, key=_reads):
        first, *others = readers
        message = _to_participant(session, first, more)
        letter = Letter.written(kind, Recipient("", "", first.language), message, _STAND_IN)
        rows += [letter.to(each.email, links.signed(LINK, each.id)) for each in (first, *others)]
    post(rows)


def _reads(registration: Registration) -> tuple[str, str, str]:
    """Who reads the same words."""
    until = registration.offered_until
    return registration.language, registration.standing, until.isoformat() if until else ""


def tell_poles(
    kind: str, session: CollectiveSession, people: Sequence[Registration], more: Facts = ()
) -> None:
    """To the coordinators of each pole that registered some people: of these alone."""
    if not people:
        return
    poles = {each.pole_id: each.pole for each in people}
    bodies = teams.teams_of(poles.keys())
    envelopes: list[Envelope] = []
    for pole_id, pole in poles.items():
        members = bodies.of(pole_id)
        wanted = [member.person_id for member in members if member.role is Role.COORDINATOR]
        readers = bodies.addressees(pole_id, members, wanted, {Role.COORDINATOR})
        own = [each for each in people if each.pole_id == pole_id]
        message = _to_pole(session, own, more, contact(cells(pole.region_code)))
        envelopes += requests.letters(kind, (readers, [pole]), message)
    enqueue_all(envelopes)


def _to_participant(session: CollectiveSession, reader: Registration, more: Facts) -> Message:
    facts: list[tuple[Any, Any]] = [*_of(session), *more]
    if session.link and reader.standing is Standing.SEATED:
        facts.append((_l("Link to take part remotely"), LazyString(str, session.link)))
    until = _seat_kept(session, [reader])
    facts += [(_l("Seat kept until"), until)] if until else []
    return Message(
        action_url=absolute_url("registrations.own", token=_STAND_IN),
        facts=[*facts, (_l("Organised by"), session.partner.name)],
        about=session.title,
        to_stranger=True,
        context={
            "organisation": session.partner.name,
            "until": until,
            "action_label": _l("Open my registration"),
            "why": _l(
                "You receive this message because a PTCE registered you to this session. Your address is deleted a"
                " month after it."
            ),
        },
    )


def _to_pole(session: CollectiveSession, people: Sequence[Registration], more: Facts, call: Facts) -> Message:
    names = ", ".join(each.name for each in people)
    facts: list[tuple[Any, Any]] = [*_of(session), *more, (_l("People of your pole"), names)]
    until = _seat_kept(session, people)
    facts += [(_l("Seat kept until"), until)] if until else []
    return Message(
        action_url=absolute_url("registrations.of_pole", session_id=session.id),
        facts=[*facts, (_l("Organised by"), session.partner.name), *call],
        about=session.title,
        context={
            "organisation": session.partner.name,
            "until": until,
            "action_label": _l("Open the registrations of your pole"),
            "why": _l("You receive this message because your pole registered people to this session."),
        },
    )


def _of(session: CollectiveSession) -> Facts:
    return [
        (_l("When"), LazyString(words.moment, session)),
        (_l("Where"), LazyString(words.where, session)),
    ]


def _seat_kept(session: CollectiveSession, people: Iterable[Registration]) -> Any:
    """Until when a seat is offered; all that reader act offers, it offers for the same time."""
    until = max((each.offered_until for each in people if each.offered_until), default=None)
    return LazyString(_until, until, session.department_code) if until else None


def place_in_line(registration: Registration) -> tuple[Any, Any]:
    """How many come before."""
    place = rules.place_in_line(registration.id, queries.waiting(registration.session_id))
    return _l("Your place"), LazyString(standings.in_line, place)


def _until(until: datetime, place: str | None) -> str:
    return templating.moment_there(until, place)


_SESSION = CollectiveSession(
    id=7,
    title="Tenir une gouvernance partagée",
    on=date(2026, 4, 2),
    starts_at=time(9, 30),
    minutes=180,
    place_kind=Place.ON_SITE,
    place="Halle aux Toiles, Rouen",
    seats=12,
    closes_on=date(2026, 4, 1),
    state=SessionState.OPEN,
    partner=Partner(name="Agence Alliée"),
    service=Service(name="Formation", name_en="Training"),
)


def _example(standing: Standing, more: Facts = ()) -> tuple[Recipient, Message]:
    until = datetime(2026, 3, 6, 8, 30, tzinfo=UTC) if standing is Standing.OFFERED else None
    reader = Registration(standing=standing, email="anne.le-goff@exemple.test", offered_until=until)
    return Recipient("anne.le-goff@exemple.test", "", "fr"), _to_participant(_SESSION, reader, more)


def _example_of_pole(standing: Standing, more: Facts = ()) -> tuple[Recipient, Message]:
    until = datetime(2026, 3, 6, 8, 30, tzinfo=UTC) if standing is Standing.OFFERED else None
    reader = Registration(name="Anne Le Goff", standing=standing, offered_until=until, pole=Pole(name="Pôle"))
    return examples.READER, _to_pole(_SESSION, [reader], more, [examples.CELL])


_BEFORE = [
    (
        _l("When it was before"),
        LazyString(words.moment, CollectiveSession(on=date(2026, 3, 31), starts_at=time(9, 30))),
    )
]
_WHY = [(_l("Why"), LazyString(str, "La salle n’est plus libre."))]
EMAILS: Mapping[str, Example] = {
    SEAT: partial(_example, Standing.SEATED),
    WAIT: partial(_example, Standing.WAITING, [(_l("Your place"), LazyString(standings.in_line, 3))]),
    OFFER: partial(_example, Standing.OFFERED),
    WITHDRAW: partial(_example, Standing.WITHDRAWN),
    CHANGE: partial(_example, Standing.SEATED, _BEFORE),
    CANCEL: partial(_example, Standing.SEATED, _WHY),
    OFFER_POLE: partial(_example_of_pole, Standing.OFFERED),
    CHANGE_POLE: partial(_example_of_pole, Standing.SEATED, _BEFORE),
    CANCEL_POLE: partial(_example_of_pole, Standing.SEATED, _WHY),
}

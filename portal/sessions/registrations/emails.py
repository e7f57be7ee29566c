"""What people hear of their registration, and poles of theirs; none who else comes.

The address was typed by a pole: nothing that it typed is repeated. What a session is called, and where it takes place,
its partner has published.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache, partial
from itertools import groupby
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal import clock
from portal.access.roles import Role
from portal.accounts.rules import canonical_email
from portal.catalogue.models import Service
from portal.feature import features
from portal.interventions.steps import Place
from portal.interventions.words import when
from portal.notifications.emails import Message, Recipient
from portal.notifications.links import service as links
from portal.notifications.outbox.service import OF_READER, Envelope, enqueue_all, one_act
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
from portal.teams.queries import Addressee
from portal.web.addresses import absolute_url
from portal.web.links import Link

SEAT, WAIT = "sessions/seat_participant", "sessions/wait_participant"
OFFER, OFFER_POLE = "sessions/offer_participant", "sessions/offer_pole"
WITHDRAW = "sessions/withdraw_participant"
CHANGE = CHANGE_POLE, CHANGE_PARTICIPANT = "sessions/change_pole", "sessions/change_participant"
CANCEL = CANCEL_POLE, CANCEL_PARTICIPANT = "sessions/cancel_pole", "sessions/cancel_participant"
Facts = Sequence[tuple[Any, Any]]
WHY_PARTICIPANT = _l(
    "You receive this message because a PTCE registered you to this session. Your address is deleted a month after it."
)
WHY_POLE = _l("You receive this message because your pole registered people to this session.")


def tell(kind: str, session: CollectiveSession, people: Iterable[Registration], more: Facts = ()) -> None:
    """To each who has an address, with a link of their own; drawn once for those who read the same."""
    reached = sorted((each for each in people if each.email), key=_reads)
    letters = []
    for _same, readers in groupby(reached, key=_reads):
        first, *others = readers
        message = _to_participant(session, first, more)
        letters += [
            Envelope(kind, _reader(each, session), message, secret=links.signed(LINK, each.id))
            for each in (first, *others)
        ]
    enqueue_all(letters)


def _reader(registration: Registration, session: CollectiveSession) -> Recipient:
    return Recipient(registration.email, "", registration.language, place=session.department_code)


def tell_calendars(numbers: Collection[int], letters: Sequence[Envelope] = ()) -> None:
    """Write e-mails about some sessions, with what the calendars of all who come to them are told."""
    for feature in features():
        if feature.invites_to_sessions:
            letters = feature.invites_to_sessions(numbers, letters)
    enqueue_all(letters)


def _reads(registration: Registration) -> tuple[str, str, str]:
    """Who reads the same words."""
    until = registration.offered_until
    return registration.language, registration.standing, until.isoformat() if until else ""


class _Told(NamedTuple):
    """A pole, some of its people, and who is written to for it."""

    pole: Pole
    people: Sequence[Registration]
    readers: Sequence[Addressee]

    @property
    def addresses(self) -> set[str]:
        mailbox = self.pole.shared_mailbox
        return {each.person.email for each in self.readers} | (
            {canonical_email(mailbox)} if mailbox else set()
        )

    def letters(self, kind: str, session: CollectiveSession, more: Facts = ()) -> list[Envelope]:
        call = contact(cells(self.pole.region_code))
        return requests.letters(kind, (self.readers, [self.pole]), _to_pole(session, self.people, more, call))


def _poles(people: Sequence[Registration]) -> Iterator[_Told]:
    """The poles that registered some people, each with these, and with its coordinators."""
    poles = {each.pole_id: each.pole for each in people}
    bodies = teams.teams_of(poles.keys())
    for pole_id, pole in poles.items():
        members = bodies.of(pole_id)
        wanted = [member.person_id for member in members if member.role is Role.COORDINATOR]
        readers = bodies.addressees(pole_id, members, wanted, {Role.COORDINATOR})
        yield _Told(pole, [each for each in people if each.pole_id == pole_id], readers)


def offer(called: Sequence[Registration]) -> None:
    """A seat, of one session or of several at once: to who waited, or to their pole where that is who reads their
    e-mails; one e-mail to an address."""
    with_pole: list[Registration] = []
    with one_act():
        for told in _poles(called):
            through = [each for each in told.people if not each.email or each.email in told.addresses]
            enqueue_all(_offers_to_pole(told._replace(people=through)) if through else ())
            with_pole += through
    by_address: dict[str, list[Registration]] = {}
    for each in called:
        if each not in with_pole:
            by_address.setdefault(each.email, []).append(each)
    alone = [seats[0] for seats in by_address.values() if len(seats) == 1]
    for session in dict.fromkeys(each.session for each in alone):
        tell(OFFER, session, [each for each in alone if each.session is session])
    for seats in by_address.values():
        if len(seats) > 1:
            to = _reader(seats[0], seats[0].session)
            enqueue_all([Envelope(OFFER, to, _until_each(of_several(seats), seats), secret="")])


def _offers_to_pole(told: _Told) -> list[Envelope]:
    sessions = {each.session_id: each.session for each in told.people}
    if len(sessions) == 1:
        [session] = sessions.values()
        return told.letters(OFFER_POLE, session)
    message = of_several_to_pole(told.people, contact(cells(told.pole.region_code)))
    readers = told.readers, [told.pole]
    return requests.letters(OFFER_POLE, readers, _until_each(message, told.people))


def _until_each(message: Message, seats: Sequence[Registration]) -> Message:
    """Until when the first of several is kept, and until when each."""
    kept = {each.session_id: each for each in sorted(seats, key=lambda each: each.id)}.values()
    lines = [(LazyString(_kept_of, each.session), _seat_kept(each.session, [each])) for each in kept]
    first = min(kept, key=lambda each: each.offered_until or clock.now())
    until = _seat_kept(first.session, [first])
    return replace(message, facts=[*message.facts, *lines], context={**message.context, "until": until})


def _kept_of(session: CollectiveSession) -> str:
    return _("Seat kept until, for “%(title)s”", title=session.title)


def announce(
    kinds: tuple[str, str],
    session: CollectiveSession,
    people: Sequence[Registration],
    more: Facts,
    without: Collection[str],
) -> None:
    """To the poles that registered people, and to these: one e-mail to an address. `without`: addresses of those who
    know, such as who does it."""
    if not people:
        return
    to_pole, to_participant = kinds
    letters = [
        letter
        for told in _poles(people)
        for letter in told.letters(to_pole, session, more)
        if letter.recipient.email not in without
    ]
    enqueue_all(letters)
    known = {*without} | {canonical_email(letter.recipient.email) for letter in letters}
    seated_last = sorted(people, key=lambda each: each.standing is Standing.SEATED)
    rest = {each.email: each for each in seated_last if each.email not in known}
    tell(to_participant, session, rest.values(), more)


def announce_end(people: Sequence[Registration], more: Facts, without: Collection[str]) -> None:
    """That several sessions are cancelled at once, to the same: one e-mail to an address about all of them."""
    letters = [
        letter
        for told in _poles(people)
        for letter in requests.letters(
            CANCEL_POLE,
            (told.readers, [told.pole]),
            of_several_to_pole(told.people, contact(cells(told.pole.region_code)), more),
        )
        if letter.recipient.email not in without
    ]
    enqueue_all(letters)
    known = {*without} | {canonical_email(letter.recipient.email) for letter in letters}
    tell_together(CANCEL_PARTICIPANT, [each for each in people if each.email not in known], more)


def tell_together(kind: str, people: Iterable[Registration], more: Facts = ()) -> None:
    """To each who has an address, once, whatever the sessions."""
    by_address: dict[str, dict[int, Registration]] = {}
    for each in people:
        if each.email:
            by_address.setdefault(each.email, {})[each.session_id] = each
    for seats in by_address.values():
        first, *others = seats.values()
        if others:
            message = of_several([first, *others], more)
            enqueue_all([Envelope(kind, _reader(first, first.session), message, secret="")])
        else:
            tell(kind, first.session, [first], more)


def _to_participant(session: CollectiveSession, reader: Registration, more: Facts) -> Message:
    facts: list[tuple[Any, Any]] = [*_of(session), *more]
    until = _seat_kept(session, [reader])
    facts += _for_seats(session, [reader], until)
    return Message(
        action_url=absolute_url("registrations.own", token=OF_READER),
        facts=[*facts, (_l("Organised by"), session.partner.name)],
        about=session.title,
        to_stranger=True,
        context={
            **_about(session, until),
            "action_label": _l("Open my registration"),
            "why": WHY_PARTICIPANT,
        },
    )


def _to_pole(session: CollectiveSession, people: Sequence[Registration], more: Facts, call: Facts) -> Message:
    until = _seat_kept(session, people)
    is_offer = {each.standing for each in people} == {Standing.OFFERED}
    label = _l("Who is offered a seat") if is_offer else _l("People of your pole")
    names = ", ".join(each.name for each in people)
    facts: list[tuple[Any, Any]] = [*_of(session), *more, (label, names)]
    facts += _for_seats(session, people, until)
    return Message(
        action_url=absolute_url("registrations.of_pole", session_id=session.id),
        facts=[*facts, (_l("Organised by"), session.partner.name), *call],
        about=session.title,
        context={
            **_about(session, until),
            "action_label": _l("Open the registrations of your pole"),
            "why": WHY_POLE,
        },
    )


def _about(session: CollectiveSession, until: Any, sessions: int = 1) -> dict[str, Any]:
    """What the words of an e-mail say of a session, the first of so many."""
    about = {"organisation": session.partner.name, "on": session.on, "past": session.has_begun}
    return {**about, "until": until, "sessions": sessions}


def of_one(registration: Registration) -> Message:
    """To one address about one session, with the link of that registration."""
    return replace(_to_participant(registration.session, registration, ()), action_url=_own(registration))


def of_several(seats: Sequence[Registration], more: Facts = ()) -> Message:
    """To one address about several sessions: each with the page of its registration."""
    first = seats[0].session
    return Message(
        action_url=_own(seats[0]),
        facts=[*(_line(each.session, _own(each)) for each in seats), *more],
        to_stranger=True,
        context={
            **_about(first, None, len(seats)),
            "action_label": _l("Open my registration"),
            "why": WHY_PARTICIPANT,
        },
    )


def _own(registration: Registration) -> str:
    return absolute_url("registrations.own", token=links.signed(LINK, registration.id))


def _line(session: CollectiveSession, page: str) -> tuple[Any, Any]:
    return session.title, (Link(LazyString(words.when_and_where, session), page),)


def of_several_to_pole(people: Iterable[Registration], call: Facts, more: Facts = ()) -> Message:
    """To who answers for a pole: each session with whom of it that is about."""
    sessions: dict[int, list[Registration]] = {}
    for each in people:
        sessions.setdefault(each.session_id, []).append(each)
    facts: list[tuple[Any, Any]] = []
    for number, theirs in sessions.items():
        page = absolute_url("registrations.of_pole", session_id=number)
        names = ", ".join(each.name for each in theirs)
        facts += [_line(theirs[0].session, page), (_l("People of your pole"), names)]
    first = next(iter(sessions.values()))[0].session
    return Message(
        action_url=absolute_url("registrations.of_pole", session_id=first.id),
        facts=[*facts, *more, *call],
        about=first.title if len(sessions) == 1 else "",
        context={
            **_about(first, None, len(sessions)),
            "action_label": _l("Open the registrations of your pole"),
            "why": WHY_POLE,
        },
    )


def _of(session: CollectiveSession) -> Facts:
    return [
        (_l("When"), LazyString(words.moment, session)),
        (_l("Where"), LazyString(words.where, session)),
    ]


def _for_seats(session: CollectiveSession, people: Iterable[Registration], until: Any) -> Facts:
    """Until when a seat is kept; the way in, for who has one."""
    seated = any(each.standing is Standing.SEATED for each in people)
    link = [(_l("Link to take part remotely"), LazyString(str, session.link))]
    return [*(link if session.link and seated else ()), *([(_l("Seat kept until"), until)] if until else ())]


def _seat_kept(session: CollectiveSession, people: Iterable[Registration]) -> Any:
    """Until when a seat is offered, of a session that takes place; all that one act offers, for the same time."""
    offers = [
        each for each in people if each.standing is Standing.OFFERED and session.state is SessionState.OPEN
    ]
    until = max((each.offered_until for each in offers if each.offered_until), default=None)
    return LazyString(_until, until, session.department_code) if until else None


def place_in_line(registration: Registration) -> tuple[Any, Any]:
    """How many come before."""
    place = rules.place_in_line(registration.id, queries.waiting(registration.session_id))
    return _l("Your place"), LazyString(standings.in_line, place)


def _until(until: datetime, place: str | None) -> str:
    there = clock.local(until, place)
    return when(there.date(), there.time(), place)


@cache
def session_of_example() -> CollectiveSession:
    return CollectiveSession(
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


def example(standing: Standing, more: Facts = ()) -> tuple[Recipient, Message]:
    until = datetime(2026, 3, 6, 8, 30, tzinfo=UTC) if standing is Standing.OFFERED else None
    reader = Registration(standing=standing, email="anne.le-goff@exemple.test", offered_until=until)
    return Recipient("anne.le-goff@exemple.test", "", "fr"), _to_participant(
        session_of_example(), reader, more
    )


def _example_of_pole(standing: Standing, more: Facts = ()) -> tuple[Recipient, Message]:
    until = datetime(2026, 3, 6, 8, 30, tzinfo=UTC) if standing is Standing.OFFERED else None
    reader = Registration(name="Anne Le Goff", standing=standing, offered_until=until, pole=Pole(name="Pôle"))
    return examples.READER, _to_pole(session_of_example(), [reader], more, [examples.CELL])


def _moment_before() -> str:
    return words.moment(CollectiveSession(on=date(2026, 3, 31), starts_at=time(9, 30)))


BEFORE = [(_l("When it was before"), LazyString(_moment_before))]
_WHY = [(_l("Why"), LazyString(str, "La salle n’est plus libre."))]
EMAILS: Mapping[str, Example] = {
    SEAT: partial(example, Standing.SEATED),
    WAIT: partial(example, Standing.WAITING, [(_l("Your place"), LazyString(standings.in_line, 3))]),
    OFFER: partial(example, Standing.OFFERED),
    WITHDRAW: partial(example, Standing.WITHDRAWN),
    CHANGE_PARTICIPANT: partial(example, Standing.SEATED, BEFORE),
    CANCEL_PARTICIPANT: partial(example, Standing.SEATED, _WHY),
    OFFER_POLE: partial(_example_of_pole, Standing.OFFERED),
    CHANGE_POLE: partial(_example_of_pole, Standing.SEATED, BEFORE),
    CANCEL_POLE: partial(_example_of_pole, Standing.SEATED, _WHY),
}

"""Sessions of the demonstration: one with seats left, a full one with people who wait, one that was cancelled, one that
is proposed to poles that need the same; two that took place, of which one is closed, and
contested by a pole; one of long ago that the national cell corrected."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from portal import clock
from portal.access.roles import Actor
from portal.alike import queries as alike
from portal.demo import together
from portal.demo.accounts import COORDINATION, INTERVENTION, PARTNERSHIP
from portal.demo.desk import actor_of
from portal.demo.people import People, signed_by
from portal.demo.present import last_evening
from portal.interventions.steps import Place
from portal.joint import service as joint
from portal.notifications.outbox import service as outbox
from portal.requests.models import SupportRequest
from portal.sessions import queries, service
from portal.sessions.needs import queries as needs_queries
from portal.sessions.needs import service as needs
from portal.sessions.presence import queries as people
from portal.sessions.presence import service as presence
from portal.sessions.presence.rules import Ticks, Told
from portal.sessions.received import service as received
from portal.sessions.registrations import service as seats
from portal.sessions.registrations.rules import Asked
from portal.sessions.rules import SessionFacts

_HELD = {"over": 6, "closed": 10}
_SEATS = {"corrected": 10, "open": 12, "full": 3, "cancelled": 8, "needed": 16}
_GIVEN_BY_A_COLLEAGUE = {"open", "full", "cancelled", "over"}
_ANSWERS = "ecole-du-commun"
_TITLES = {
    "open": "Animer un collectif sans s’épuiser",
    "full": "Visite : un tiers-lieu nourricier et ses comptes",
    "cancelled": "Lire un plan de financement à plusieurs",
    "over": "Accueillir de nouvelles personnes dans la gouvernance",
    "closed": "Raconter son pôle en cinq minutes",
    "corrected": "Partager les mêmes outils sans tout centraliser",
    "needed": "Écrire sa charte de gouvernance, avec des pôles voisins",
}
_ABOUT = (
    "Une matinée en petit groupe, à partir de situations apportées par chacun et chacune.\n\n"
    "Apportez une question qui vous occupe. Café dès 9 h."
)
_FOR = "Coordination et membres élus des PTCE"
_CORRECTED = (
    "La feuille d’émargement, retrouvée depuis, dit qu’une personne de plus était là, et la fin à midi."
)
_LEFT_EARLY = "Notre collègue a dû partir à la pause : une heure et demie, pour nous."
_ROUEN = "Maison des associations, 12 rue des Lilas, Rouen", None
_WHERE = {"closed": ("Maison des solidarités, 215 rue Vendôme, Lyon", "69"), "open": (None, None)}
_REASON = "La salle n’est plus libre ce jour-là. Une autre date sera proposée."
_LIKE_US = "Vous cherchiez aussi qui animerait cette journée : voulez-vous en être ?"
_LINK = "https://visio.demo.example/collectif"
_NAMES = (
    *("Awa Diallo", "Bertille Morvan", "Cyril Estève", "Danièle Pons", "Enzo Lacaze"),
    *("Fatou Sow", "Gaëtan Le Bihan"),
)


def gather(everybody: People, now: datetime) -> None:
    """The manager whom one signs in for offers them; poles register people, one of whom gives up a seat."""
    holds = actor_of(PARTNERSHIP)
    offered = [each.id for each in queries.offered_by(holds)]
    ours, others = _ours(everybody)
    today = clock.local(now).date()
    with clock.travelling_to(last_evening(now)), signed_by(holds):
        made = {
            kind: _publish(
                holds,
                offered[number % len(offered)],
                kind,
                clock.add_working_days(today, 12 + 6 * number, None),
            )
            for number, kind in enumerate(("open", "full", "cancelled"))
        }
        _register(made["open"], [ours, *others[:2]], _NAMES[:4])
        first, *_rest = _register(made["full"], [*others[:3], ours, others[3]], _NAMES)
        _register(made["cancelled"], [ours, others[0]], _NAMES[:2])
        seats.withdraw(others[0], made["full"], first)
        service.cancel(holds, made["cancelled"], _REASON)
        _propose(everybody, clock.add_working_days(today, 15, None))
    _look_back(everybody, now)


def _look_back(everybody: People, now: datetime) -> None:
    """Two took place: of one it is still to be said who came, the other is closed, with somebody who had no seat. What
    that counts the pole that one signs in for has not confirmed yet, and another contests."""
    holds = actor_of(PARTNERSHIP)
    service_id = queries.offered_by(holds)[0].id
    ours, others = _ours(everybody)
    poles = [ours, *others[:3]]
    made = {}
    long_ago = last_evening(now) - timedelta(days=20)
    with clock.travelling_to(long_ago), signed_by(holds), outbox.silent():
        for number, kind in enumerate(_HELD):
            on = _working_day(clock.local(now).date() - timedelta(days=2 + 7 * number))
            made[kind] = _publish(holds, service_id, kind, on)
            _register(made[kind], poles[:3], _NAMES[:5])
    with clock.travelling_to(last_evening(now)), signed_by(holds):
        _close(holds, made["closed"], poles[3].organisation_id)
    with clock.travelling_to(last_evening(now) + timedelta(hours=1)):
        _say(made["closed"], *poles[1:])
    _correct_later(everybody, now)


def _working_day(day: date) -> date:
    """The last one up to that day: nobody holds a session on a Sunday."""
    while not clock.is_working_day(day, None):
        day -= timedelta(days=1)
    return day


def _correct_later(everybody: People, now: datetime) -> None:
    """One of long ago, of which the national cell corrects who came."""
    holds = actor_of(PARTNERSHIP)
    poles = [home.coordinator for home in everybody.homes][:3]
    with clock.travelling_to(last_evening(now) - timedelta(days=70)), signed_by(holds), outbox.silent():
        on = _working_day(clock.local(now).date() - timedelta(days=50))
        number = _publish(holds, queries.offered_by(holds)[0].id, "corrected", on)
        _register(number, poles, _NAMES[:4])
    with clock.travelling_to(last_evening(now) - timedelta(days=45)), signed_by(holds), outbox.silent():
        [_absent, *came] = [each.id for each in people.on_the_list(number)]
        presence.close(holds, number, Told(Ticks(came, []), 180, [holds.person_id], {}))
    with clock.travelling_to(last_evening(now)), signed_by(everybody.national):
        every = [each.id for each in people.on_the_list(number)]
        told = Told(Ticks(every, []), 150, [holds.person_id], {})
        presence.rectify_later(everybody.national, number, told, _CORRECTED)


def _close(holds: Actor, session_id: int, pole_id: int) -> None:
    presence.walk_in(holds, session_id, "demonstration-walked-in", "Hélène Marty", pole_id)
    _absent, excused, *came = [each.id for each in people.on_the_list(session_id)]
    told = Told(Ticks(came, [excused]), 180, [holds.person_id], {})
    presence.close(holds, session_id, told)


def _say(session_id: int, contests: Actor, *confirm: Actor) -> None:
    with signed_by(contests):
        received.contest(contests, session_id, _LEFT_EARLY, 90)
    for each in confirm:
        with signed_by(each):
            received.confirm(each, session_id)


def _propose(everybody: People, on: date) -> None:
    """What several poles need alike: a partner publishes a session, and the national cell proposes it to them; the pole
    that one signs in for and another joined the request of one of them."""
    partner = everybody.teams[_ANSWERS].manager
    with signed_by(partner):
        number = _publish(partner, everybody.services[together.SERVICE], "needed", on)
    shared = alike.sessions(everybody.national, 1)[0]
    members = needs_queries.members(everybody.national, alike.members([shared.id])[shared.id])
    _join(everybody, members)
    with signed_by(everybody.national):
        needs.attach(everybody.national, shared.id, number, [each.reference for each in members])


def _join(everybody: People, asked: Sequence[SupportRequest]) -> None:
    ours, others = _ours(everybody)
    request = next(each for each in asked if each.pole_id != ours.organisation_id)
    asking = {each.pole_id for each in asked}
    asks = next(other for other in others if other.organisation_id == request.pole_id)
    only_joins = next(other for other in others if other.organisation_id not in asking)
    for each in (ours, only_joins):
        joint.invite(asks, request.reference, each.organisation_id, _LIKE_US)
        joint.join(each, request.reference, "")


def _ours(everybody: People) -> tuple[Actor, list[Actor]]:
    """Who coordinates the pole that one signs in for, and those of all others."""
    coordinators = [home.coordinator for home in everybody.homes]
    ours = next(each for each in coordinators if each.email == COORDINATION.email)
    return ours, [each for each in coordinators if each is not ours]


def _publish(holds: Actor, service_id: int, kind: str, on: date) -> int:
    """Given by whoever publishes it, or by the practitioner whom one signs in for where that is their colleague."""
    place, department_code = _WHERE.get(kind, _ROUEN)
    remote = place is None
    facts = SessionFacts(
        title=_TITLES[kind],
        service_id=service_id,
        on=on,
        starts_at=time(9, 30),
        minutes=180,
        place_kind=Place.REMOTE if remote else Place.ON_SITE,
        place=place,
        department_code=department_code,
        link=_LINK if remote else None,
        seats={**_SEATS, **_HELD}[kind],
        closes_on=on - timedelta(days=2),
        audience=_FOR,
        about=_ABOUT,
    )
    gives = actor_of(INTERVENTION)
    is_theirs = kind in _GIVEN_BY_A_COLLEAGUE and gives.organisation_id == holds.organisation_id
    people = [gives.person_id] if is_theirs else [holds.person_id]
    session = service.create(holds, f"demonstration-session-{kind}", facts, people)
    return service.publish(holds, session.id).id


def _register(session_id: int, poles: Sequence[Actor], names: Sequence[str]) -> list[int]:
    """Each pole in turn; the numbers of the registrations."""
    numbers = []
    for number, name in enumerate(names):
        actor = poles[number % len(poles)]
        email = f"{name.split()[0].lower()}.{session_id}@demo.example".replace("ë", "e").replace("è", "e")
        with signed_by(actor):
            asked = Asked(name, email if number % 3 else "", "fr")
            once = f"demonstration-{session_id}-{number}"
            numbers.append(seats.register(actor, session_id, once, asked, may_wait=True).id)
    return numbers

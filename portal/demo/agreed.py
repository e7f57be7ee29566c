"""Dates of the demonstration, and what became of them: proposed, planned and answered by calendars, told, begun to be
told; logged, corrected, beyond a limit, contested, adjusted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.calendars import service as calendars
from portal.catalogue.limits import service as limits
from portal.catalogue.limits.rules import Measure, year_of
from portal.catalogue.rules import Beside
from portal.db import db
from portal.demo import papers
from portal.demo.accounts import COORDINATION, INTERVENTION, REGIONAL
from portal.demo.desk import actor_of
from portal.demo.people import FEATURED_REGION, Home, People, signed_by
from portal.demo.present import last_evening
from portal.documents.rules import Sender
from portal.interventions import queries as interventions
from portal.interventions import service
from portal.interventions import steps as visits
from portal.interventions.confirmation import service as confirmation
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.drafts import service as drafts
from portal.interventions.measures.queries import spent_in
from portal.interventions.models import Intervention
from portal.interventions.queries import LOGGED
from portal.interventions.rules import CORRECTED_WITHIN
from portal.interventions.service import Facts
from portal.interventions.steps import Moves, Outcome, Place
from portal.mailbox.letters.rules import CalendarReply
from portal.notifications.outbox import service as outbox
from portal.proposals import service as proposals
from portal.proposals.service import Offer
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import AssignmentState

_LATER = timedelta(minutes=8)
"""After whatever else was done that evening."""
_ROOM = "Maison des associations, salle du premier étage"
_PROPOSED = "Trois créneaux qui conviennent à notre équipe. La salle est réservée pour chacun."
_OTHERS = "Nos bénévoles ne sont libres qu’en fin de journée : pourriez-vous venir après 17 h ?"
_CHANGED = "Nous avons commencé plus tard et prolongé : la répartition des charges a pris tout le temps."
_BEGUN = "Nous avons repris les statuts article par article, et"
_ABSENT = "Personne à l’heure dite ; le pôle, joint par téléphone, avait noté la semaine suivante."
_LOGGED = "Relecture du budget prévisionnel et des trois scénarios. Le troisième est retenu."
_CORRECTED = f"{_LOGGED} Puis le plan de trésorerie, oublié dans ce compte rendu."
_PAPER = "Budget prévisionnel, troisième scénario.pdf"
_NOT_SO_LONG = "Nous étions ensemble une heure et demie : l’atelier de l’après-midi n’a pas eu lieu."
_SETTLED = "Les deux versions concordent avec le compte rendu : une heure et demie comptée."
_ADJUSTED = "Le temps de la visite du site, fait le même jour, n’avait pas été compté."
_CORRECTED_LATER = "Le pôle, joint par téléphone, nous a donné l’heure de fin : une demi-heure de plus."
_TO_ADJUST = "Une demi-heure de trop : la pause a été comptée."


@dataclass(frozen=True, slots=True)
class _Part:
    """A part that a partner has accepted, and whose it is."""

    id: int
    reference: str
    pole: Actor
    partner: Actor


def agree(everybody: People, now: datetime) -> None:
    """The account of the partner meets the pole that one signs in for, and others of its region."""
    partner, cell = actor_of(INTERVENTION), actor_of(REGIONAL)
    evening, today = last_evening(now), clock.local(now).date()
    before = last_evening(datetime.combine(evening, time(0), clock.PARIS))
    ours, theirs = _parts(everybody, partner)
    quiet = _quiet(theirs, before)
    with outbox.silent(), clock.travelling_to(before):
        dates = [
            _note(quiet[number % len(quiet)], visits.PLAN, f"told-{number}", evening.date(), 9 + 2 * number)
            for number in range(4)
        ]
    with clock.travelling_to(evening + _LATER):
        _tell(partner, dates[2:], evening.date())
        _begin_to_tell(partner, dates[0], quiet[0].reference)
        _propose(ours[-1], theirs[0], today)
        _log(ours, theirs, cell, before.date())
        _go_beyond(everybody.national, ours[0], before.date())
        _adjust(cell, partner)
        _correct_later(cell)
        _answer_from_calendars(ours[0], today)


def _parts(everybody: People, partner: Actor) -> tuple[list[_Part], list[_Part]]:
    """What the partner works on in the region: for the pole that one signs in for, for others."""
    statement = (
        select(Assignment.id, SupportRequest.reference, SupportRequest.pole_id)
        .join(Assignment.request)
        .where(
            Assignment.partner_id == partner.organisation_id,
            Assignment.state == AssignmentState.ACCEPTED,
            Assignment.id.in_(select(Intervention.assignment_id)),
        )
        .order_by(Assignment.id)
    )
    homes: Mapping[int, Home] = {
        home.coordinator.organisation_id: home
        for home in everybody.homes
        if home.region_code == FEATURED_REGION
    }
    parts = [
        _Part(number, reference, homes[pole_id].coordinator, partner)
        for number, reference, pole_id in db.session.execute(statement)
        if pole_id in homes
    ]
    ours = [part for part in parts if part.pole.email == COORDINATION.email]
    return ours, [part for part in parts if part not in ours]


def _quiet(parts: Sequence[_Part], since: datetime) -> list[_Part]:
    """Those where nothing was done since."""
    lately = (
        select(SupportRequest.reference)
        .join(RequestEvent, RequestEvent.request_id == SupportRequest.id)
        .where(RequestEvent.at >= since)
    )
    busy = set(db.session.scalars(lately))
    return [part for part in parts if part.reference not in busy]


def _facts(on: date, hour: int, minutes: int = 120, report: str = "") -> Facts:
    return Facts(on, time(hour), minutes, Place.ON_SITE, _ROOM, report=report)


def _note(part: _Part, step: Moves, name: str, on: date, hour: int, minutes: int = 120) -> Intervention:
    report = _LOGGED if step is visits.LOG else ""
    with signed_by(part.partner):
        return service.add(
            part.partner,
            part.reference,
            part.id,
            step,
            f"demonstration-{name}",
            _facts(on, hour, minutes, report),
            [part.partner.person_id],
            another=True,
        )


def _tell(partner: Actor, dates: Sequence[Intervention], on: date) -> None:
    """Of what was planned for that day, one took longer, and at another nobody was there; the others wait."""
    changed, missed = (each.id for each in dates)
    longer = replace(_facts(on, 14, 210), report=_CHANGED)
    with signed_by(partner):
        people = [partner.person_id]
        service.change(partner, changed, visits.LOG, longer, people, another=True, as_planned=False)
        service.change(partner, missed, visits.MISS, message=_ABSENT)


def _begin_to_tell(partner: Actor, waiting: Intervention, reference: str) -> None:
    """Of one that waits, something is written and not sent."""
    typed = {"outcome": [Outcome.WITH_CHANGES.value], "report": [_BEGUN]}
    drafts.keep(partner, reference, waiting.assignment_id, waiting.id, "", typed, typed)


def _attach(logged: Intervention, partner: Actor) -> None:
    """What was worked on goes with it."""
    papers.add(_PAPER, LOGGED, logged.id, Sender(partner.person_id), clock.now())


def _propose(ours: _Part, theirs: _Part, today: date) -> None:
    """The pole that one signs in for has three dates to choose from; another has asked for others."""
    for part, ahead in ((ours, 6), (theirs, 5)):
        days = {number: clock.add_working_days(today, ahead + 2 * number, None) for number in (1, 2, 3)}
        offer = Offer(
            {number: (day, time(8 + 2 * number)) for number, day in days.items()}, 120, Place.ON_SITE, _ROOM
        )
        once = f"demonstration-dates-{part.id}"
        with signed_by(part.partner):
            proposal = proposals.propose(
                part.partner, part.reference, part.id, once, offer, [part.partner.person_id], _PROPOSED
            )
    with signed_by(theirs.pole):
        proposals.ask_others(theirs.pole, proposal.id, _OTHERS)


def _log(ours: Sequence[_Part], theirs: Sequence[_Part], cell: Actor, on: date) -> None:
    """The first was corrected and waits for the pole, the second is contested, the cell has decided on the third."""
    first = _note(ours[0], visits.LOG, "to-confirm", on, 10)
    with signed_by(ours[0].partner):
        people, longer = [ours[0].partner.person_id], _facts(on, 10, 150, _CORRECTED)
        service.change(ours[0].partner, first.id, visits.CORRECT, longer, people)
    _attach(first, ours[0].partner)
    contested = _note(ours[-1], visits.LOG, "contested", on, 14)
    settled = _note(theirs[-1], visits.LOG, "settled", on, 16)
    for part, logged in ((ours[-1], contested), (theirs[-1], settled)):
        with signed_by(part.pole):
            confirmation.contest(part.pole, logged.id, _NOT_SO_LONG, 90)
    with signed_by(cell):
        confirmation.settle(cell, settled.id, Ruling.CORRECTED, 90, _SETTLED)


def _go_beyond(national: Actor, part: _Part, on: date) -> None:
    """The partner logs more than it may give that year; since then the national cell has lifted its limit."""
    year = year_of(on, None)
    given = spent_in(year.first, year.after, Assignment.partner_id == part.partner.organisation_id)
    days = max((db.session.scalar(select(given)) or 0) // clock.MINUTES_PER_DAY, 1)
    with signed_by(national):
        limits.limit_partner(part.partner.organisation_id, Measure.DAYS, None, days)
    for name, hour in (("beyond", 8), ("far-beyond", 17)):
        _note(part, visits.LOG, name, on, hour, 240)
    with signed_by(national):
        limits.limit_partner(part.partner.organisation_id, Measure.DAYS, None, None)


def _adjust(cell: Actor, partner: Actor) -> None:
    """The cell adjusts what was confirmed last; the partner proposes to adjust what was before."""
    pole_id = actor_of(COORDINATION).organisation_id
    statement = (
        select(Intervention.id, Intervention.minutes)
        .join(Confirmation, Confirmation.intervention_id == Intervention.id)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Confirmation.state == ConfirmationState.CONFIRMED,
            SupportRequest.region_code == FEATURED_REGION,
            Assignment.partner_id == partner.organisation_id,
        )
        .order_by(SupportRequest.pole_id != pole_id, Confirmation.answered_at.desc(), Intervention.id)
        .limit(2)
    )
    (last, long), (before, shorter) = db.session.execute(statement).all()
    with signed_by(cell):
        confirmation.adjust(cell, last, long + 60, _ADJUSTED)
    with signed_by(partner):
        confirmation.propose(partner, before, shorter - 30, _TO_ADJUST)


def _correct_later(cell: Actor) -> None:
    """The cell corrects what was logged long ago, and never came to its pole."""
    lately = clock.days_ago(CORRECTED_WITHIN)
    statement = (
        select(Intervention)
        .join(Confirmation, Confirmation.intervention_id == Intervention.id)
        .where(Confirmation.state == ConfirmationState.WAITING, Intervention.told_at < lately)
        .options(*interventions.whole())
    )
    seen = db.session.scalars(statement).one()
    own = next(share for share in seen.contributions if share.assignment_id == seen.assignment_id)
    facts = {each.name: getattr(seen, each.name) for each in fields(Facts)}
    with signed_by(cell):
        service.change(
            cell,
            seen.id,
            visits.CORRECT_LATER,
            Facts(**{**facts, "minutes": seen.minutes + 30}),
            [practice.person_id for practice in seen.practices],
            _CORRECTED_LATER,
            beside={name: getattr(own, name) for name in Beside},
            another=True,
        )


def _answer_from_calendars(part: _Part, today: date) -> None:
    """The pole's calendar accepts one date and declines the next; the partner's accepts both."""
    for ahead, answer in ((4, "ACCEPTED"), (9, "DECLINED")):
        on = clock.add_working_days(today, ahead, None)
        planned = _note(part, visits.PLAN, f"calendar-{ahead}", on, 10)
        for who, says in ((part.partner, "ACCEPTED"), (part.pole, answer)):
            calendars.take(CalendarReply(planned.uid, who.email, says, planned.sequence))

"""How people of the demonstration have arranged their work: filters they keep, what they took, what they put off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload

from portal import clock
from portal.access.roles import Actor
from portal.accounts.models import Membership, Person
from portal.catalogue.rules import DAYS_TO_ANSWER
from portal.db import db
from portal.demo.accounts import COORDINATION, INTERVENTION, NATIONAL, PARTNERSHIP, REGIONAL, DemoAccount
from portal.demo.people import signed_by
from portal.demo.present import last_evening
from portal.interventions import service as interventions
from portal.interventions import steps as visits
from portal.interventions.models import Intervention
from portal.interventions.service import Facts
from portal.interventions.steps import InterventionState
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Organisation
from portal.requests import queries, steps
from portal.requests import service as requests
from portal.requests.assignments import service as assignments
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.pairs import service as pairs
from portal.requests.routing import queries as routing
from portal.requests.rules import Details, Wishes
from portal.requests.saved import service as saved
from portal.requests.steps import AssignmentState
from portal.requests.undo import service as undo
from portal.stuck import queries as stuck
from portal.stuck import service as console
from portal.stuck.rules import WORKING_DAYS_BEFORE_DUE, Basket

KEPT = {
    COORDINATION: (("Mes demandes en cours", "dossier=en-cours&qui=moi"),),
    INTERVENTION: (("Ce que je suis", "dossier=en-cours&qui=moi"),),
    PARTNERSHIP: (
        ("À répondre, échéance d’abord", "dossier=a-traiter&tri=echeance"),
        ("En cours, par pôle", "dossier=en-cours&tri=pole"),
    ),
    REGIONAL: (("Qui doit répondre bientôt", "dossier=proposees&tri=echeance"),),
}
_FEW = 5
_A_MOMENT = timedelta(minutes=5)
_PUT_OFF_FOR = timedelta(days=6)
_LONG_AGO = timedelta(days=52)
_LATELY = timedelta(days=1)
_WHY = "La coordinatrice du pôle est en congés : je la rappelle à son retour."


_FORGOTTEN = (
    (
        "Écrire la charte de nos achats groupés",
        "Nos huit structures achètent ensemble depuis le printemps. Nous voulons une charte simple : qui commande, qui "
        "paie, que faire quand une livraison manque.",
    ),
    (
        "Accueillir une troisième structure dans nos locaux",
        "Une ressourcerie voudrait nous rejoindre. Nous cherchons comment partager les loyers et les salles sans "
        "perdre l’esprit du lieu.",
    ),
)


@dataclass(frozen=True, slots=True)
class _Everybody:
    """The accounts that act here."""

    pole: Actor
    partner: Actor
    manager: Actor
    region: Actor
    national: Actor


def lay_out(now: datetime) -> None:
    """Bring the desks of the accounts that everybody may use to the present."""
    for account, filters in KEPT.items():
        actor = actor_of(account)
        for name, query in filters:
            saved.keep(actor, name, query)
    everybody = _Everybody(
        *(
            actor_of(demo_account)
            for demo_account in (COORDINATION, INTERVENTION, PARTNERSHIP, REGIONAL, NATIONAL)
        )
    )
    with outbox.silent():
        _accept_and_forget(everybody, now)
        _ask_who_answers_soon(everybody, now)
        with clock.travelling_to(_morning(now, _LATELY)):
            _share_out(everybody)
            _chase(everybody)
            _put_one_off(everybody.region)
        with clock.travelling_to(last_evening(now) + _A_MOMENT):
            _move_a_date(everybody, now)


def actor_of(account: DemoAccount) -> Actor:
    """Who acts with the first of their organisations."""
    statement = (
        select(Membership)
        .join(Membership.person)
        .where(Person.email == account.email)
        .options(
            joinedload(Membership.person),
            joinedload(Membership.organisation).options(selectinload(Organisation.coverages)),
        )
        .order_by(Membership.id)
    )
    membership = db.session.scalars(statement.limit(1)).unique().one()
    return membership.person.acting_for(membership)


def _morning(now: datetime, ago: timedelta) -> datetime:
    """Of the last working day that was so long ago."""
    day = clock.local(now - ago).date()
    while not clock.is_working_day(day, None):
        day -= timedelta(days=1)
    return datetime.combine(day, time(10), clock.PARIS)


def _working_morning(now: datetime, count: int) -> datetime:
    """Of the working day that was so many before."""
    today = day = clock.local(now).date()
    while clock.working_days_between(day, today, None) < count:
        day -= timedelta(days=1)
    return _morning(datetime.combine(day, time(12), clock.PARIS), timedelta(0))


def _accept_and_forget(who: _Everybody, now: datetime) -> None:
    """Two requests were accepted long ago, and nothing was logged since; of one, the partner says that it goes on."""
    for number, (subject, need) in enumerate(_FORGOTTEN):
        wishes = Wishes(service_id=None, subject=subject, need=need)
        with clock.travelling_to(_morning(now, _LONG_AGO)), signed_by(who.pole):
            written = requests.draft(who.pole, f"demonstration-oubli-{number}", wishes)
            db.session.flush()
            request = requests.submit(who.pole, written.reference)
        with clock.travelling_to(_morning(now, _LONG_AGO - timedelta(days=3))), signed_by(who.region):
            requests.route(who.region, request.reference, Details(partner_ids=(who.partner.organisation_id,)))
        part = request.assignments[0].id
        with clock.travelling_to(_morning(now, _LONG_AGO - timedelta(days=6))), signed_by(who.partner):
            assignments.accept(
                who.partner, request.reference, part, Details(referent_id=who.partner.person_id)
            )
    with clock.travelling_to(_morning(now, timedelta(days=8))), signed_by(who.region):
        assignments.ask_news(who.region, request.reference, part)
    with clock.travelling_to(_morning(now, timedelta(days=4))), signed_by(who.partner):
        assignments.go_on(who.partner, request.reference, part)


def _ask_who_answers_soon(who: _Everybody, now: datetime) -> None:
    """Of what waited to be routed, the oldest was: its answer is due within two working days.

    Two partners are asked to support the pole together: one was to lead and reads a word of its own, then the other
    one leads.
    """
    cell = who.region
    with clock.travelling_to(now):
        waiting = stuck.firsts(cell, [Basket.NOT_ROUTED], _FEW)[Basket.NOT_ROUTED]
    ago = DAYS_TO_ANSWER - WORKING_DAYS_BEFORE_DUE
    with clock.travelling_to(_working_morning(now, ago)), signed_by(cell):
        quiet = set(db.session.scalars(select(SupportRequest.reference).where(_is_quiet())))
        for reference in [row.reference for row in waiting if row.reference in quiet][:1]:
            request = queries.get(cell, reference)
            best = [each.partner_id for each in routing.advice(request).candidates] if request else []
            _ask_together(cell, reference, who.partner.organisation_id, best)


def _ask_together(cell: Actor, reference: str, own_id: int, best: Sequence[int]) -> None:
    other_id = next(partner_id for partner_id in best if partner_id != own_id)
    details = Details(
        message="Vous vous complétez sur ce sujet : convenez ensemble du premier rendez-vous.",
        partner_ids=(other_id, own_id),
        notes={other_id: "Le pôle aimerait surtout votre avis sur les statuts."},
        lead_id=other_id,
    )
    request = requests.route(cell, reference, details)
    pairs.lead(cell, reference, request.assignments[-1].id)


def _is_quiet() -> ColumnElement[bool]:
    """Has nothing happened yet on a request after the moment that is played?"""
    later = select(RequestEvent.request_id).where(RequestEvent.at >= clock.now())
    return SupportRequest.id.not_in(later)


def _share_out(who: _Everybody) -> None:
    """Of what waits for an answer, somebody took the oldest, and the next one was given to them; another one was
    accepted by mistake."""
    statement = (
        select(SupportRequest.reference, Assignment.id)
        .join(Assignment.request)
        .where(
            Assignment.partner_id == who.partner.organisation_id,
            Assignment.state == AssignmentState.PROPOSED,
            _is_quiet(),
        )
        .order_by(Assignment.id)
    )
    (taken, first), (given, second), (mistaken, third) = db.session.execute(statement.limit(3)).all()
    with signed_by(who.partner):
        assignments.take(who.partner, taken, first)
    with signed_by(who.manager):
        assignments.assign(who.manager, given, second, Details(referent_id=who.partner.person_id))
        with undo.act(who.manager, steps.ACCEPT):
            assignments.accept(who.manager, mistaken, third, Details(referent_id=who.manager.person_id))
        undo.take_back(who.manager, mistaken)


def _move_a_date(who: _Everybody, now: datetime) -> None:
    """The next visit to the pole is moved to the second working day to come."""
    statement = (
        select(Intervention)
        .join(Intervention.assignment)
        .join(Assignment.request)
        .where(
            Intervention.state == InterventionState.PLANNED,
            Intervention.on > clock.local(now).date(),
            SupportRequest.pole_id == who.pole.organisation_id,
            Assignment.partner_id == who.partner.organisation_id,
        )
        .options(selectinload(Intervention.practices))
        .order_by(Intervention.on, Intervention.id)
        .limit(1)
    )
    for intervention in db.session.scalars(statement):
        facts = Facts(
            on=clock.add_working_days(clock.local(now).date(), 2, None),
            **{name: getattr(intervention, name) for name in ("starts_at", "minutes", "place_kind", "place")},
        )
        practitioners = [practice.person_id for practice in intervention.practices]
        with signed_by(who.partner):
            interventions.change(who.partner, intervention.id, visits.CORRECT, facts, practitioners)


def _chase(who: _Everybody) -> None:
    """One late partner was asked for its answer, and one pole."""
    for actor, basket, chase in (
        (who.region, Basket.UNANSWERED, assignments.chase),
        (who.national, Basket.ON_HOLD, assignments.chase_answer),
    ):
        state = AssignmentState.PROPOSED if basket is Basket.UNANSWERED else AssignmentState.ON_HOLD
        for row in stuck.firsts(actor, [basket], 1)[basket]:
            part = next(assignment for assignment in row.assignments if assignment.state is state)
            with signed_by(actor):
                chase(actor, row.reference, part.id)


def _put_one_off(actor: Actor) -> None:
    """The last of the fullest basket: the others stay to be tried."""
    held = stuck.firsts(actor, [*Basket], 5)
    rows = max(held.values(), key=len)
    if len(rows) > 1:
        console.put_off(actor, rows[-1].reference, clock.today() + _PUT_OFF_FOR, _WHY)

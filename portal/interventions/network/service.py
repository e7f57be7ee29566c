"""Note an act for the network, correct it, delete it."""

from collections.abc import Collection
from dataclasses import asdict

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import CELL_ROLES, PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.db import db, one_at_a_time, require_transaction
from portal.interventions.network import queries, words
from portal.interventions.network.models import NetworkAct, NetworkPractice
from portal.interventions.network.rules import NetworkFacts
from portal.interventions.rules import FURTHEST, is_open
from portal.refusals import AlreadySent, Invalid, NotAllowed, NotFound


def add(actor: Actor, once: str, facts: NetworkFacts, people: Collection[int]) -> NetworkAct:
    """The same form sent twice finds the same act."""
    _begin(actor)
    one_at_a_time("network acts")
    existing = queries.by_once(once)
    if existing is not None:
        if existing.organisation_id != actor.organisation_id or facts != _facts_of(existing):
            raise AlreadySent("on")
        return existing
    act = NetworkAct(organisation_id=actor.organisation_id, once=once, practices=[])
    _write(actor, act, facts, people)
    db.session.add(act)
    db.session.flush()
    return act


def correct(actor: Actor, act_id: int, facts: NetworkFacts, people: Collection[int]) -> None:
    _write(actor, _open(actor, act_id), facts, people)


def delete(actor: Actor, act_id: int) -> None:
    db.session.delete(_open(actor, act_id))


def _begin(actor: Actor) -> None:
    require_transaction()
    if not allows(actor, Permission.NETWORK_LOG):
        raise NotAllowed


def _open(actor: Actor, act_id: int) -> NetworkAct:
    _begin(actor)
    act = queries.locked(actor, act_id)
    if act is None:
        raise NotFound
    if not is_open(clock.day_of(act.created_at), clock.today()):
        raise Invalid("on", words.CLOSED)
    return act


def _facts_of(act: NetworkAct) -> NetworkFacts:
    return NetworkFacts(act.kind, act.on, act.minutes, act.participants, act.reached, act.report)


def _write(actor: Actor, act: NetworkAct, facts: NetworkFacts, people: Collection[int]) -> None:
    today = clock.today()
    if not today - FURTHEST <= facts.on <= today:
        raise Invalid("on", _l("Type the day on which it took place: today, or one of the last two years."))
    known = {practice.person_id: practice for practice in act.practices}
    team = {person.id for person in accounts.members([actor.organisation_id], PARTNER_ROLES | CELL_ROLES)}
    if not people or not set(people) <= team | known.keys():
        raise Invalid("practitioner_ids", _l("Choose people from your team."))
    for name, value in asdict(facts).items():
        setattr(act, name, value)
    act.practices = [known.get(id_) or NetworkPractice(person_id=id_) for id_ in dict.fromkeys(people)]
    act.practitioners = len(act.practices)

"""Say who gives a session, of the team of its partner."""

from collections.abc import Collection

from portal.accounts.models import Person
from portal.db import db
from portal.interventions.words import NOT_OF_THE_TEAM
from portal.refusals import Invalid
from portal.sessions.givers import queries
from portal.sessions.models import CollectiveSession, SessionGiver


def name(session: CollectiveSession, person_ids: Collection[int]) -> set[int]:
    """These give a session that is locked, or new; who gave it before. Whoever has left the team and was named may
    stay."""
    known = {each.person_id: each for each in queries.of_session(session.id)}
    team = {person.id for person in queries.team(session.partner_id)}
    if not set(person_ids) <= team | known.keys():
        raise Invalid("practitioner_ids", NOT_OF_THE_TEAM)
    set_to(session, person_ids)
    return set(known)


def set_to(session: CollectiveSession, person_ids: Collection[int]) -> None:
    """The same of people who are known to be of the team."""
    known = {each.person_id: each for each in queries.of_session(session.id)}
    for number in known.keys() - set(person_ids):
        db.session.delete(known[number])
    for number in sorted(set(person_ids) - known.keys()):
        db.session.add(SessionGiver(session_id=session.id, person_id=number))
    db.session.flush()


def replace(session: CollectiveSession, leaving_id: int, to: Person | None) -> None:
    """Somebody no longer gives one that is locked; a colleague does, where there is one."""
    stays = {each.person_id for each in queries.of_session(session.id)} - {leaving_id}
    set_to(session, stays | ({to.id} if to else set()))

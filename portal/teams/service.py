"""What is done to memberships: roles, endings, absences, reviews; and to accounts that nobody uses."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts_queries
from portal.accounts import service as accounts
from portal.accounts.models import Membership, Person
from portal.accounts.rules import ROLES_OF
from portal.db import db, require_transaction
from portal.feature import features
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Organisation
from portal.organisations.rules import LONGEST_ABSENCE, Left
from portal.refusals import Invalid, NotAllowed, NotFound
from portal.teams import emails, queries, rules
from portal.teams.models import Absence, MembersReview
from portal.web.links import Link


@dataclass(frozen=True, slots=True)
class Departure:
    """Somebody leaves; `actor` says so (None: the portal), `to` takes over (None: the team, nobody in particular)."""

    actor: Actor | None
    membership: Membership
    to: Person | None


@dataclass(frozen=True, slots=True)
class OpenWork:
    """One kind of open work. `of`: what a person (first) holds in an organisation (second), in order;
    `hand_over`: gives all of it to the colleague."""

    label: Any
    of: Callable[[int, int], Sequence[Link]]
    hand_over: Callable[[Departure], None]


def open_work(membership: Membership) -> list[Left]:
    """What the person holds in that organisation; kinds without any are left out."""
    kinds = [Left(kind.label, kind.of(membership.person_id, membership.organisation_id)) for kind in _kinds()]
    return [kind for kind in kinds if kind.links]


def hand_over(departure: Departure) -> None:
    """Give everything to the colleague, or to the team, in the transaction of the departure."""
    for kind in _kinds():
        kind.hand_over(departure)


def _kinds() -> Sequence[OpenWork]:
    return [kind for feature in features() for kind in feature.open_work]


def _locked(organisation: Organisation, membership_id: int) -> Membership:
    """A current membership, while nobody else changes who belongs there."""
    accounts_queries.lock_people_of([organisation.id])
    membership = queries.membership(organisation.id, membership_id, fresh=True)
    if membership is None:
        raise NotFound
    return membership


def _require_manager(actor: Actor, organisation: Organisation) -> None:
    if not rules.manages(actor, organisation):
        raise NotAllowed


def change_role(actor: Actor, organisation: Organisation, membership_id: int, role: Role) -> Membership:
    """Give a member another role there. LastHead: nobody else would answer for the organisation."""
    require_transaction()
    _require_manager(actor, organisation)
    membership = _locked(organisation, membership_id)
    if role not in ROLES_OF[organisation.kind]:
        raise Invalid("role", _l("Choose a role from the list."))
    if role is membership.role:
        return membership
    accounts.join(membership.person, organisation, role)
    if membership.person_id != actor.person_id:
        emails.role_changed(membership.person, actor, organisation, role)
    return membership


def end(actor: Actor, organisation: Organisation, membership_id: int, to_id: int | None = None) -> Membership:
    """The person leaves, or is made to; their open work there goes to a colleague, where there is any.

    Invalid: choose who takes over. LastHead: nobody else answers for the organisation.
    """
    require_transaction()
    membership = _locked(organisation, membership_id)
    if membership.person_id != actor.person_id:
        _require_manager(actor, organisation)
    accounts.end_membership(membership)
    left = open_work(membership)
    colleague = _colleague(membership, to_id) if left else None
    with outbox.one_act():
        if colleague is not None:
            hand_over(Departure(actor, membership, colleague))
            if colleague.id != actor.person_id:
                emails.work_handed_over(colleague, actor, membership, left)
        _tell_of_departure(actor, membership, left, colleague)
    return membership


def _colleague(membership: Membership, to_id: int | None) -> Person | None:
    """Who takes over; None where nobody is left to."""
    others = {colleague.person_id: colleague.person for colleague in queries.colleagues(membership)}
    if not others:
        return None
    if to_id not in others:
        raise Invalid("to_id", _l("Choose who takes over the open work."))
    return others[to_id]


def _tell_of_departure(
    actor: Actor, membership: Membership, left: Sequence[Left], colleague: Person | None
) -> None:
    if membership.person_id != actor.person_id:
        emails.membership_ended(membership, actor)
        return
    heads = [head for head in queries.heads_of(membership.organisation_id) if head.id != actor.person_id]
    emails.colleague_left(heads, membership, colleague if left else None)


@dataclass(frozen=True, slots=True)
class Days:
    """An absence as it is typed: both days included; `substitute_id` None: nobody in particular."""

    starts_on: date
    ends_on: date
    substitute_id: int | None


def add_absence(actor: Actor, organisation: Organisation, membership_id: int, days: Days) -> Absence:
    """A person will be away from this organisation; they say so, or a manager does."""
    require_transaction()
    membership = _locked(organisation, membership_id)
    if membership.person_id != actor.person_id:
        _require_manager(actor, organisation)
    _check_days(membership, days)
    substitute = _substitute(membership, days.substitute_id)
    absence = Absence(
        membership=membership, starts_on=days.starts_on, ends_on=days.ends_on, substitute=substitute
    )
    db.session.add(absence)
    _record_absence(absence, before=None, after=absence)
    if substitute is not None and substitute.id != actor.person_id:
        emails.standing_in(substitute, actor, absence)
    if membership.person_id != actor.person_id:
        emails.declared_absent(actor, absence)
    return absence


def _check_days(membership: Membership, days: Days) -> None:
    if days.ends_on < days.starts_on:
        raise Invalid("ends_on", _l("The last day comes before the first one."))
    if days.ends_on < clock.today():
        raise Invalid("ends_on", _l("These days are over: only days to come can be announced."))
    if days.ends_on - days.starts_on > LONGEST_ABSENCE:
        raise Invalid("ends_on", _l("A year at most. For longer, hand the work over and leave."))
    for other in queries.absences_of(membership.id):
        if other.starts_on <= days.ends_on and days.starts_on <= other.ends_on:
            raise Invalid(
                "starts_on", _l("Another absence already covers some of these days: remove it first.")
            )


def _substitute(membership: Membership, person_id: int | None) -> Person | None:
    if person_id is None:
        return None
    others = {substitute.person_id: substitute.person for substitute in queries.substitutes(membership)}
    if person_id not in others:
        raise Invalid("substitute_id", _l("Choose a colleague from the list."))
    return others[person_id]


def remove_absence(actor: Actor, organisation: Organisation, membership_id: int, absence_id: int) -> Absence:
    """The person will be there after all, or is back early."""
    require_transaction()
    membership = _locked(organisation, membership_id)
    if membership.person_id != actor.person_id:
        _require_manager(actor, organisation)
    absence = next(
        (absence for absence in queries.absences_of(membership.id) if absence.id == absence_id), None
    )
    if absence is None:
        raise NotFound
    _record_absence(absence, before=absence, after=None)
    db.session.delete(absence)
    return absence


def _record_absence(absence: Absence, *, before: Absence | None, after: Absence | None) -> None:
    def dates(absence: Absence | None) -> dict[str, object]:
        return {"starts_on": absence.starts_on, "ends_on": absence.ends_on} if absence else {}

    membership = absence.membership
    name = f"{membership.person.name}, {membership.organisation.name}"
    journal.record(
        Act.CHANGED, Subject.MEMBERSHIP, membership.id, name, before=dates(before), after=dates(after)
    )


def review(actor: Actor, organisation: Organisation, ended_ids: Collection[int]) -> MembersReview:
    """Confirm who belongs to an organisation, ending what no longer holds; the same twice on a day is once. Invalid:
    open work needs a colleague."""
    require_transaction()
    _require_manager(actor, organisation)
    accounts_queries.lock_people_of([organisation.id])
    if not ended_ids and (known := _reviewed_today(actor, organisation)):
        return known
    for membership_id in ended_ids:
        membership = _locked(organisation, membership_id)
        if open_work(membership) and queries.colleagues(membership):
            raise Invalid(
                "ended_ids",
                _l(
                    "%(name)s has open work: end their membership on the page of your people, where you choose"
                    " who takes over.",
                    name=membership.person.name,
                ),
            )
        end(actor, organisation, membership_id)
    done = MembersReview(organisation_id=organisation.id, by_id=actor.person_id)
    db.session.add(done)
    organisation.members_reviewed_at = clock.now()
    journal.record(
        Act.MEMBERS_REVIEWED,
        Subject.ORGANISATION,
        organisation.id,
        organisation.name,
        after={"people": queries.count_members(organisation.id)},
    )
    return done


def _reviewed_today(actor: Actor, organisation: Organisation) -> MembersReview | None:
    """What the same person confirmed last, where nobody did since."""
    last, place = queries.last_review(organisation.id), organisation.place
    if last is None or last.by_id != actor.person_id:
        return None
    return last if clock.day_of(last.at, place) == clock.today(place) else None


def ask_for_review(organisation_id: int, day: date) -> bool:
    """Ask heads to go through their members, once for each time it is due. False: somebody did meanwhile."""
    accounts_queries.lock_people_of([organisation_id])
    organisation = db.session.get(Organisation, organisation_id, populate_existing=True)
    if organisation is None or not organisation.active:
        return False
    if not rules.is_review_due(organisation.members_reviewed_at, day):
        return False
    emails.review_due(queries.heads_of(organisation.id), organisation)
    return True


def warn_idle(person_id: int, day: date) -> bool:
    """Tell who has not come for two years that their account will close. False: they came back meanwhile."""
    person = accounts_queries.person_who(person_id, accounts_queries.is_idle(day))
    if person is None:
        return False
    person.idle_warned_at = clock.now()
    emails.account_idle(person, day)
    return True


def leave_to_teams(person: Person) -> None:
    """Nobody is there to say who takes over what a person has open: it is their teams' from now on, who are told."""
    memberships = accounts_queries.memberships_of(person.id)
    accounts_queries.lock_people_of([membership.organisation_id for membership in memberships])
    for membership in memberships:
        left = open_work(membership)
        if not left:
            continue
        hand_over(Departure(None, membership, None))
        colleagues = [colleague.person for colleague in queries.colleagues(membership)]
        emails.work_left(colleagues, membership, left)


def close_idle(person_id: int, day: date) -> bool:
    """Close an account warned thirty days ago and not used since; its teams take over what it had open.

    The national cell hears where nobody is left. False: its owner came back meanwhile.
    """
    person = accounts_queries.person_who(person_id, accounts_queries.is_to_close(day))
    if person is None:
        return False
    with outbox.one_act():
        leave_to_teams(person)
        for organisation in accounts.close_account(person, by=None):
            for reader in accounts_queries.cell_people(None):
                emails.nobody_left(reader, organisation, person)
    return True

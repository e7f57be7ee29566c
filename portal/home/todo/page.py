"""What waits for whoever acts, most urgent first, each row beginning with its verb; and what comes this week."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor, Role
from portal.applications import queries as applications
from portal.home.todo import queries
from portal.home.todo.queries import Day
from portal.interventions.confirmation import queries as confirmations
from portal.interventions.confirmation.queries import ToConfirm
from portal.interventions.confirmation.steps import CONFIRM
from portal.interventions.rules import has_begun, has_passed
from portal.interventions.words import when
from portal.joint import queries as joint
from portal.joint.steps import JOIN
from portal.proposals.steps import PICK, PROPOSE
from portal.requests import page as requests
from portal.requests.holders import page as holders
from portal.requests.inbox import queries as inbox
from portal.requests.rows.queries import rows
from portal.requests.rows.rules import Row
from portal.requests.words import title
from portal.sessions.received import queries as received
from portal.sessions.steps import CLOSE
from portal.stuck import queries as stuck
from portal.stuck.rules import Basket
from portal.teams.rules import is_review_due
from portal.text import in_a_row
from portal.web import templating
from portal.web.durations import length

SHOWN = 5
"""So many of each kind."""
MOST_DAYS = 15
WEEK = timedelta(days=6)
LONGEST_UNLOGGED = timedelta(days=730)
VERBS: Mapping[str, Any] = {
    "a-repondre": _l("Answer"),
    "brouillons": _l("Finish"),
    "collegues-absents": _l("Follow"),
    "a-traiter": _l("Answer"),
    "a-orienter": _l("Route"),
    "en-retard": _l("Unblock"),
}
"""What there is to do with a request of each folder that waits for whoever acts."""
READ = _l("Read")


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do: its verb, about what, where; until when, by whose clocks; what of it is new to its reader.
    `apart`: what tells it from another that reads the same."""

    verb: Any
    title: str
    url: str
    about: str = ""
    due_on: date | None = None
    place: str | None = None
    news: str = ""
    apart: str = ""

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and clock.is_over(self.due_on, self.place)


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes on a day. `pole`: whose request it is, where its reader has those of several."""

    when: str
    title: str
    url: str
    about: str
    pole: str = ""


def tasks(actor: Actor, folders: Sequence[inbox.Folder], days: Sequence[Day]) -> Sequence[Task]:
    """What is late first, then what is due first; `days`: dates that may have passed without a report, or are to agree
    on, whether something that was logged waits, and how much of what is counted alone."""
    every = [*_requests(actor, folders), *_unlogged(actor, days), *_silent(actor)]
    every += [*_to_close(actor, days), *_to_confirm(actor, days), *_received(actor, days)]
    every += [
        *_counted(days),
        *_proposed(actor, days),
        *_shared(actor),
        *_applications(actor),
        *_review(actor),
    ]
    first_of_each = {task.url: task for task in reversed(every)}
    return _told_apart(sorted(first_of_each.values(), key=lambda task: _urgency(task, every)))


def _told_apart(shown: Sequence[Task]) -> Sequence[Task]:
    """Where several would read the same, each says what it is that the others are not."""
    reads = [(str(task.verb), task.title, task.about, task.due_on) for task in shown]
    twice = {each for each, count in Counter(reads).items() if count > 1}
    return [
        replace(task, about=in_a_row((task.about, task.apart))) if read in twice else task
        for task, read in zip(shown, reads, strict=True)
    ]


def _requests(actor: Actor, folders: Sequence[inbox.Folder]) -> Iterable[Task]:
    """Those that wait for whoever acts, then those on which something is said to them."""
    if not allows(actor, Permission.REQUEST_READ):
        return
    waiting = [folder for folder in folders if folder.waits_for_us]
    put_off = stuck.put_off_now() if actor.is_cell else None
    verbs = {
        number: VERBS[slug]
        for slug, numbers in inbox.firsts(actor, waiting, SHOWN, but=put_off).items()
        for number in numbers
    }
    news = requests.news_for(actor, verbs.keys(), SHOWN)
    for row in rows(actor, [*dict.fromkeys([*verbs, *news])]):
        yield _of_request(actor, verbs.get(row.id, READ), row, news.get(row.id, ""))


def _urgency(task: Task, every: Sequence[Task]) -> tuple[bool, bool, date, int]:
    return not task.is_late, task.due_on is None, task.due_on or date.max, every.index(task)


def _of_request(actor: Actor, verb: Any, request: Row, news: str) -> Task:
    holder = holders.holder(actor, request)
    url = url_for("requests.show", reference=request.reference)
    about = "" if actor.is_pole else request.pole.name
    due_on = None if verb is READ else holder.due_on
    return Task(verb, title(request), url, about, due_on, holder.department_code, news, request.reference)


def _unlogged(actor: Actor, days: Iterable[Day]) -> Iterable[Task]:
    """Dates of a partner that are over: what took place is written down, by whoever planned it."""
    own = [day for day in days if actor.is_partner and day.intervention_id and not day.is_helping]
    over = [day for day in own if has_passed(day.on, day.starts_at, day.place)]
    for day in over[:SHOWN]:
        url = url_for("told.tell", intervention_id=day.intervention_id)
        yield Task(
            _("Log"),
            day.subject,
            url,
            day.pole,
            day.on,
            day.place,
            apart=in_a_row((_hour(day), day.reference)),
        )


def _to_close(actor: Actor, days: Iterable[Day]) -> Iterable[Task]:
    """The sessions of a partner that have begun: it says who came."""
    if not allows(actor, CLOSE.right):
        return
    for day in [day for day in days if day.to_close and _has_begun(day)][:SHOWN]:
        url = url_for("presence.close", session_id=day.to_close)
        yield Task(_("Note who came"), day.subject, url, "", day.on, day.place, apart=_hour(day))


def _to_confirm(actor: Actor, days: Iterable[Day]) -> Iterable[Task]:
    """What partners logged for a pole, and it has not confirmed."""
    if not (allows(actor, CONFIRM.right) and any(day.is_logged for day in days)):
        return
    for each in confirmations.to_confirm(actor, SHOWN):
        url = url_for(
            "requests.show", reference=each.reference, _anchor=f"intervention-{each.intervention_id}"
        )
        what = _("%(subject)s: intervention of %(day)s", subject=each.subject, day=templating.day(each.on))
        apart = in_a_row((_hour(each), length(each.minutes), each.reference))
        yield Task(_("Confirm or contest"), what, url, each.partner, each.until, each.place, apart=apart)


def _received(actor: Actor, days: Iterable[Day]) -> Iterable[Task]:
    """What a pole received at sessions, and has not confirmed."""
    if not (allows(actor, CONFIRM.right) and any(day.to_confirm for day in days)):
        return
    for each in received.to_confirm(actor, SHOWN):
        session = each.session
        what = _("%(subject)s: session of %(day)s", subject=session.title, day=templating.day(session.on))
        url = url_for("received.show", session_id=session.id)
        apart = templating.time_of_day(session.starts_at, each.pole.place)
        yield Task(
            _("Confirm or contest"), what, url, session.partner.name, each.until, each.pole.place, apart=apart
        )


def _counted(days: Iterable[Day]) -> Iterable[Task]:
    """What poles contest, and partners propose, waits for their cell; so do requests that resemble each other."""
    for day in days:
        if day.to_decide:
            what = ngettext(
                "%(num)s intervention that is contested or to be adjusted",
                "%(num)s interventions that are contested or to be adjusted",
                day.to_decide,
            )
            yield Task(_("Settle"), what, url_for("confirmation.index"))
        if day.alike:
            what = ngettext(
                "%(num)s pair of requests that resemble each other",
                "%(num)s pairs of requests that resemble each other",
                day.alike,
            )
            yield Task(_("Bring together or tell apart"), what, url_for("alike.index"))


def _silent(actor: Actor) -> Iterable[Task]:
    """What a partner accepted and has left without a word."""
    if not allows(actor, Permission.ASSIGNMENT_DECIDE):
        return
    count = stuck.counts(actor, [Basket.SILENT])[Basket.SILENT]
    if count:
        what = ngettext(
            "%(num)d request accepted, and nothing for thirty days",
            "%(num)d requests accepted, and nothing for thirty days",
            count,
        )
        yield Task(_("Give news"), what, url_for("stuck.quiet"))


def _proposed(actor: Actor, days: Iterable[Day]) -> Iterable[Task]:
    """Dates of which a pole picks one; those instead of which a partner proposes others."""
    step = PROPOSE if actor.is_partner else PICK
    if not allows(actor, step.right):
        return
    of_each = {day.to_agree_on: day for day in reversed([*days]) if _is_to_do(actor, day)}
    for number, first in [*of_each.items()][:SHOWN]:
        if actor.is_partner:
            url = url_for("proposals.propose", reference=first.reference, assignment_id=number)
            yield Task(_("Propose other dates"), first.subject, url, first.pole, apart=first.reference)
        else:
            url = url_for("requests.show", reference=first.reference, _anchor=f"action-{step.verb}-{number}")
            about = first.partner, first.on, first.place
            yield Task(_("Choose a date"), first.subject, url, *about, apart=first.reference)


def _is_to_do(actor: Actor, day: Day) -> bool:
    """A pole picks among the dates that are to come."""
    if day.to_agree_on is None or day.starts_at is None:
        return False
    return actor.is_partner or not _has_begun(day)


def _hour(day: Day | ToConfirm) -> str:
    return templating.time_of_day(day.starts_at, day.place)


def _has_begun(day: Day) -> bool:
    return day.starts_at is not None and has_begun(day.on, day.starts_at, day.place)


def _shared(actor: Actor) -> Iterable[Task]:
    """The requests of other poles that one's own is asked to join."""
    if not (actor.is_pole and allows(actor, JOIN.right)):
        return
    for invited in joint.waiting(actor, SHOWN):
        request = invited.request
        url = url_for("joint.show", reference=request.reference)
        about = request.pole.name, invited.due_on, invited.pole.place
        yield Task(_("Join or refuse"), title(request), url, *about, apart=request.reference)


def _applications(actor: Actor) -> Iterable[Task]:
    if not allows(actor, Permission.APPLICATION_READ):
        return
    count = applications.waiting_for(actor).count
    if count:
        verb = _("Decide") if actor.role is Role.NATIONAL_ADMIN else _("Give an opinion")
        what = ngettext("%(num)d application waits for you", "%(num)d applications wait for you", count)
        yield Task(verb, what, url_for("applications.index"))


def _review(actor: Actor) -> Iterable[Task]:
    """It is time for somebody who answers for an organisation to go through its people."""
    if allows(actor, Permission.PEOPLE_MANAGE) and is_review_due(actor.members_reviewed_at, clock.today()):
        url = url_for("teams.review", organisation_id=actor.organisation_id)
        yield Task(_("Check the team"), actor.organisation_name, url)


def days(actor: Actor) -> Sequence[Day]:
    """The dates of today and the six days after, and those of a partner that wait for their report; those to agree on
    with their pole, whenever they are."""
    today = clock.today(actor.place)
    if not allows(actor, Permission.REQUEST_READ):
        return ()
    if actor.is_cell:
        return queries.answers_due(actor, today, today + WEEK, MOST_DAYS)
    since = today - LONGEST_UNLOGGED if actor.is_partner else today
    return queries.planned(actor, since, today + WEEK, MOST_DAYS)


def this_week(actor: Actor, days: Iterable[Day]) -> Sequence[Coming]:
    """First to last; of one request on one day, once."""
    by_thing: dict[tuple[str, str], Coming] = {}
    dates = (day for day in days if not (day.to_agree_on or day.is_logged or day.to_close))
    dates = (day for day in dates if not (day.to_decide or day.alike))
    agreed = (day for day in dates if not clock.is_over(day.on, day.place))
    for coming in (_coming(actor, day) for day in agreed):
        same = by_thing.get((coming.when, coming.url))
        by_thing[coming.when, coming.url] = (
            replace(same, about=f"{same.about}, {coming.about}") if same else coming
        )
    return [*by_thing.values()]


def _coming(actor: Actor, day: Day) -> Coming:
    url = url_for("joint.show" if day.is_joined else "requests.show", reference=day.reference)
    if day.intervention_id is None:
        return Coming(
            templating.weekday(day.on),
            day.subject,
            url,
            _("%(partner)s answers", partner=day.partner),
            day.pole,
        )
    about = day.partner if actor.is_pole else day.pole
    whose = day.pole if day.is_joined else ""
    return Coming(when(day.on, day.starts_at, day.place), day.subject, url, about, whose)

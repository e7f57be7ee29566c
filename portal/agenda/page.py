"""An agenda as its page and its file show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal import clock
from portal.access.roles import Actor
from portal.agenda import queries, rules, words
from portal.agenda.forms import AgendaForm
from portal.agenda.queries import Occasion
from portal.agenda.rules import Days, View
from portal.catalogue.words import service_name
from portal.interventions import words as interventions
from portal.interventions.measures import words as measures
from portal.interventions.models import Intervention
from portal.interventions.network import rules as network
from portal.interventions.network import words as network_words
from portal.interventions.network.models import NetworkAct
from portal.interventions.steps import InterventionState
from portal.requests import words as requests
from portal.sessions import words as sessions
from portal.territories.reference import DEPARTMENTS, region_name
from portal.web import durations, templating
from portal.web.tags import Tag

Thing = Intervention | Occasion | NetworkAct


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of a day. `hour`: empty where it is not agreed, or not noted; `about`: with whom; `flags`: what
    those who read it should know."""

    on: date
    hour: str
    title: str
    url: str
    about: Sequence[str]
    tag: Tag
    flags: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for. `day`: one of those of a week or a month."""

    view: View
    day: date
    days: Days
    form: AgendaForm


def asked(actor: Actor) -> Asked:
    """What is not understood asks for the month of today."""
    today = clock.today(actor.place)
    view = next((each for each in View if each.value == request.args.get("vue")), View.MONTH)
    day = request.args.get("jour", today, type=date.fromisoformat)
    day = day if rules.in_reach(day, today) else today
    form = AgendaForm(request.args, view, actor, today)
    return Asked(view, day, form.days if view is View.LIST else rules.around(view, day), form)


def shown(actor: Actor) -> dict[str, Any]:
    """What the page draws."""
    what = asked(actor)
    every = _things(actor, what)
    some = every[: queries.MOST]
    lines = {
        day: [*group] for day, group in groupby((_line(actor, each) for each in some), lambda line: line.on)
    }
    is_list = what.view is View.LIST
    return {
        "what": what,
        "heading": words.heading(what.view, what.days),
        "views": [
            (label, _address(what, vue=view.value), view is what.view) for view, label in words.VIEWS.items()
        ],
        "lines": lines,
        "today": clock.today(actor.place),
        "most": templating.number(queries.MOST) if len(every) > queries.MOST else None,
        "facts": _totals(actor, some),
        "is_empty": not some,
        "before": None
        if is_list
        else (words.BEFORE[what.view], _address(what, jour=what.days.before.isoformat())),
        "after": None
        if is_list
        else (words.AFTER[what.view], _address(what, jour=what.days.after.isoformat())),
        "export_url": url_for("agenda.export", **_query(what)),
        "filtered": what.form.limits != queries.EVERYTHING,
        "names": [(name, "") for name in words.days_of_the_week()],
    }


def _things(actor: Actor, what: Asked) -> Sequence[Thing]:
    """First to last, as their clocks show them; what has no hour first."""
    limits = what.days, what.form.limits
    every: list[Thing] = [
        *queries.dates(actor, *limits),
        *queries.sessions(actor, *limits),
        *queries.network_acts(actor, *limits),
    ]
    return sorted(every, key=_moment)


def _moment(thing: Thing) -> tuple[date, time]:
    dated = thing.session if isinstance(thing, Occasion) else thing
    return dated.on, getattr(dated, "starts_at", None) or time.min


def _totals(actor: Actor, things: Sequence[Thing]) -> Sequence[tuple[Any, str]]:
    """Support in both measures; apart from it, as figures of use have them, sessions and work for the network."""
    dates = [each for each in things if isinstance(each, Intervention)]
    acts = [each for each in things if isinstance(each, NetworkAct)]
    occasions = [each for each in things if isinstance(each, Occasion)]
    facts = [(_("Interventions"), templating.number(len(dates))), *interventions.so_far(dates, actor)]
    if occasions:
        facts.append((_("Collective sessions"), templating.number(len(occasions))))
    if received := sum(each.received for each in occasions):
        facts.append((_("Support received in sessions"), durations.days(received)))
    if spent := sum(each.spent for each in occasions):
        facts.append((_("Time spent on sessions"), durations.days(spent)))
    if acts:
        for_the_network = sum(network.spent(act.minutes, act.practitioners) for act in acts)
        facts.append((_("Time spent for the network"), durations.days(for_the_network)))
    return facts


def _query(what: Asked) -> Mapping[str, Any]:
    """What the address says, as it was understood."""
    limits = {name: request.args.get(name, "") for name in ("qui", "etat", "signalees")}
    query = {"vue": what.view.value, "jour": what.day.isoformat(), **limits}
    if what.view is View.LIST:
        query |= {"de": what.days.first.isoformat(), "a": what.days.last.isoformat()}
    return {name: value for name, value in query.items() if value}


def _address(what: Asked, **other: Any) -> str:
    return url_for("agenda.index", **{**_query(what), **other})


def _line(actor: Actor, thing: Thing) -> Line:
    if isinstance(thing, Occasion):
        return _line_of_session(actor, thing)
    if isinstance(thing, NetworkAct):
        return _line_of_act(thing)
    return _line_of_date(actor, thing)


def _line_of_date(actor: Actor, intervention: Intervention) -> Line:
    asked_for = intervention.assignment.request
    is_joined = actor.is_pole and asked_for.pole_id != actor.organisation_id
    url = url_for("joint.show" if is_joined else "requests.show", reference=asked_for.reference)
    pole = [] if actor.is_pole and not is_joined else [asked_for.pole.name]
    partner = [] if actor.is_partner else [intervention.assignment.partner.name]
    return Line(
        intervention.on,
        templating.time_of_day(intervention.starts_at, asked_for.pole.place),
        requests.title(asked_for),
        url if is_joined else f"{url}#intervention-{intervention.id}",
        [*pole, *partner, durations.length(intervention.minutes)],
        interventions.STATES[intervention.state],
        _flags(actor, intervention),
    )


def _flags(actor: Actor, intervention: Intervention) -> Sequence[str]:
    """As on the page of its request: nothing that a pole reads."""
    return (
        [] if actor.is_pole else interventions.flags(intervention, intervention.assignment.request.pole.place)
    )


def _line_of_session(actor: Actor, occasion: Occasion) -> Line:
    session = occasion.session
    is_ours = session.partner_id == actor.organisation_id
    partner = [] if is_ours else [session.partner.name]
    return Line(
        session.on,
        templating.time_of_day(session.starts_at, session.department_code),
        session.title,
        url_for("sessions.manage" if is_ours else "sessions.show", session_id=session.id),
        [*partner, durations.length(occasion.minutes), *words.seats(occasion, of_pole=actor.is_pole)],
        sessions.tag(session),
    )


def _line_of_act(act: NetworkAct) -> Line:
    url = url_for("network.index")
    length = network_words.time_spent(act)
    return Line(act.on, "", str(network_words.KINDS[act.kind]), url, [length], words.FOR_THE_NETWORK)


def exported(actor: Actor) -> Iterator[list[str]]:
    """A heading, then what the address asks for; people are not named. Minutes, to be added up."""
    yield [
        *(_("Date"), _("Start time"), _("Reference"), _("Subject"), _("Service"), _("Pole"), _("Region")),
        *(_("Partner"), _("State"), _("Length (minutes)"), _("Support received (minutes)")),
        *([] if actor.is_pole else [_("Time spent (minutes)"), _("Time spent for the network (minutes)")]),
        _("What it is"),
        *([] if actor.is_pole else [_("Flags")]),
    ]
    for thing in _things(actor, asked(actor))[: queries.MOST]:
        facts = _facts(actor, thing)
        flags = [] if actor.is_pole else [", ".join(facts.flags)]
        yield [*facts.about, *map(str, facts.minutes[: 2 if actor.is_pole else 4]), facts.sort, *flags]


@dataclass(frozen=True, slots=True)
class _Row:
    """`minutes`: how long it lasts, then what it counts for: support received, time spent, for the network."""

    about: Sequence[str]
    minutes: tuple[int, int, int, int]
    sort: str
    flags: Sequence[str] = ()


def _facts(actor: Actor, thing: Thing) -> _Row:
    if isinstance(thing, Occasion):
        return _facts_of_session(actor, thing)
    if isinstance(thing, NetworkAct):
        return _facts_of_act(actor, thing)
    return _facts_of_date(actor, thing)


def _facts_of_date(actor: Actor, intervention: Intervention) -> _Row:
    asked_for = intervention.assignment.request
    about = [
        intervention.on.isoformat(),
        intervention.starts_at.isoformat("minutes") if intervention.starts_at else "",
        asked_for.reference,
        asked_for.subject,
        requests.service_asked(asked_for.service),
        asked_for.pole.name,
        region_name(asked_for.region_code),
        intervention.assignment.partner.name,
        str(interventions.STATES[intervention.state].label),
    ]
    received, spent = measures.minutes_of(intervention, actor)
    minutes = intervention.minutes, received, spent, 0
    return _Row(about, minutes, _("Intervention"), _flags(actor, intervention))


def _facts_of_session(actor: Actor, occasion: Occasion) -> _Row:
    session = occasion.session
    department = DEPARTMENTS.get(session.department_code or "")
    about = [
        session.on.isoformat(),
        session.starts_at.isoformat("minutes"),
        "",
        session.title,
        service_name(session.service),
        actor.organisation_name if actor.is_pole else "",
        region_name(department.region_code if department else None),
        session.partner.name,
        str(sessions.tag(session).label),
    ]
    minutes = occasion.minutes, occasion.received, occasion.spent, 0
    return _Row(about, minutes, _("Collective session"))


def _facts_of_act(actor: Actor, act: NetworkAct) -> _Row:
    """Of one's own organisation alone."""
    kind, done = network_words.KINDS[act.kind], interventions.STATES[InterventionState.DONE]
    about = [act.on.isoformat(), "", "", str(kind), "", "", "", actor.organisation_name, str(done.label)]
    spent = network.spent(act.minutes, act.practitioners)
    return _Row(about, (act.minutes, 0, 0, spent), str(words.FOR_THE_NETWORK.label))

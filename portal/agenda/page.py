"""An agenda as its page and its file show it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from portal import clock
from portal.access.roles import Actor
from portal.agenda import queries, rules, words
from portal.agenda.forms import AgendaForm
from portal.agenda.rules import Days, View
from portal.calendars.rules import Scope
from portal.interventions import words as interventions
from portal.interventions.measures import words as measures
from portal.interventions.models import Intervention
from portal.requests import words as requests
from portal.territories.reference import REGIONS
from portal.web import durations, templating
from portal.web.tags import Tag


@dataclass(frozen=True, slots=True)
class Line:
    """One intervention. `hour`: empty where it is not agreed; `about`: with whom."""

    on: date
    hour: str
    title: str
    url: str
    about: Sequence[str]
    tag: Tag


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
    every = _dates(actor, what)
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
        "is_cut": len(every) > queries.MOST,
        "facts": [(_("Interventions"), templating.number(len(some))), *interventions.so_far(some, actor)],
        "is_empty": not some,
        "before": None
        if is_list
        else (words.BEFORE[what.view], _address(what, jour=what.days.before.isoformat())),
        "after": None
        if is_list
        else (words.AFTER[what.view], _address(what, jour=what.days.after.isoformat())),
        "export_url": url_for("agenda.export", **_query(what)),
        "filtered": what.form.state is not None or what.form.scope is Scope.MINE,
        "names": [(name, "") for name in words.days_of_the_week()],
    }


def _dates(actor: Actor, what: Asked) -> Sequence[Intervention]:
    return queries.dates(actor, what.days, what.form.scope, what.form.state)


def _query(what: Asked) -> Mapping[str, Any]:
    """What the address says, as it was understood."""
    limits = {name: request.args.get(name, "") for name in ("qui", "etat")}
    query = {"vue": what.view.value, "jour": what.day.isoformat(), **limits}
    if what.view is View.LIST:
        query |= {"de": what.days.first.isoformat(), "a": what.days.last.isoformat()}
    return {name: value for name, value in query.items() if value}


def _address(what: Asked, **other: Any) -> str:
    return url_for("agenda.index", **{**_query(what), **other})


def _line(actor: Actor, intervention: Intervention) -> Line:
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
    )


def exported(actor: Actor) -> Iterator[list[str]]:
    """A heading, then the interventions that the address asks for; people are not named. Minutes, to be added up."""
    yield [
        *(_("Date"), _("Start time"), _("Reference"), _("Subject"), _("Service"), _("Pole"), _("Region")),
        *(_("Partner"), _("State"), _("Length (minutes)"), _("Support received (minutes)")),
        *([] if actor.is_pole else [_("Time spent (minutes)")]),
    ]
    for intervention in _dates(actor, asked(actor))[: queries.MOST]:
        yield [*_about(intervention), *_counted(actor, intervention)]


def _about(intervention: Intervention) -> list[str]:
    asked_for = intervention.assignment.request
    region = REGIONS.get(asked_for.region_code or "")
    return [
        intervention.on.isoformat(),
        intervention.starts_at.isoformat("minutes") if intervention.starts_at else "",
        asked_for.reference,
        asked_for.subject,
        requests.service_asked(asked_for.service),
        asked_for.pole.name,
        region.name if region else "",
        intervention.assignment.partner.name,
        str(interventions.STATES[intervention.state].label),
    ]


def _counted(actor: Actor, intervention: Intervention) -> list[str]:
    """Both measures of what is done, as the page adds them up."""
    received, spent = measures.minutes_of(intervention, actor)
    figures = [intervention.minutes, received, *([] if actor.is_pole else [spent])]
    return [str(figure) for figure in figures]

"""Calendars in words."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.access.roles import PARTNER_ROLES, Actor
from portal.calendars.rules import Answer, Scope
from portal.interventions.words import PLACES
from portal.web.tags import Tag

ANSWERS: Mapping[Answer, Tag] = {
    Answer.ACCEPTED: Tag(_l("Date confirmed"), "success", "check-circle"),
    Answer.TENTATIVE: Tag(_l("Not sure yet"), "warning", "question-circle"),
    Answer.DECLINED: Tag(_l("Date declined"), "danger", "x-circle"),
}


def title(intervention: Any) -> str:
    """What a calendar calls a date: whose it is, and no word that somebody typed."""
    return _(
        "Intervention of %(partner)s for %(pole)s",
        partner=intervention.assignment.partner.name,
        pole=intervention.assignment.request.pole.name,
    )


def where(intervention: Any) -> str:
    """Where it takes place, with the place or link where there is one."""
    return ", ".join(filter(None, (str(PLACES[intervention.place_kind]), intervention.place)))


def scope_label(scope: Scope, actor: Actor) -> str:
    """Which dates a feed holds, as its reader calls them."""
    if scope is Scope.MINE:
        return _("My dates")
    return _("The dates of my team") if actor.role in PARTNER_ROLES else _("The dates of my pole")


def feed_name(scope: Scope, actor: Actor) -> str:
    """What a calendar program calls a feed."""
    return f"{scope_label(scope, actor)} – {actor.organisation_name}"

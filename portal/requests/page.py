"""A request's page: what it is, who holds it until when, what I can do now, what happened."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.access.permissions import permissions_of
from portal.access.roles import PARTNER_ROLES, Actor
from portal.accounts import queries as accounts
from portal.accounts.models import Person
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility import words as eligibility_words
from portal.feature import features, words_of
from portal.organisations import words as organisation_words
from portal.requests import forms, queries, service, steps, words
from portal.requests.assignments import service as assignments
from portal.requests.closing import service as closing
from portal.requests.documents import page as attached
from portal.requests.following import service as following
from portal.requests.models import Assignment, SupportRequest
from portal.requests.pairs import rules as paired
from portal.requests.pairs import service as pairs
from portal.requests.routing import page as routed
from portal.requests.routing import queries as routing
from portal.requests.rows.rules import Row
from portal.requests.rules import Happened
from portal.requests.steps import AssignmentState, RequestState
from portal.steps import Step, Words
from portal.teams import queries as teams
from portal.teams.words import absence_note
from portal.text import search_key
from portal.web import templating
from portal.web.doors import Door, Line, Panel, Part
from portal.web.forms import PortalForm, choices

Dates = Mapping[int, Sequence[str]]
"""The days still planned of each assignment, by number."""


def _door(
    step: Step[Any], path: str, form: type[PortalForm], do: Callable[..., SupportRequest], leads: bool = False
) -> Door:
    return Door(step, words.STEPS[step.name], path, form, do, leads)


DOORS = (
    _door(steps.SUBMIT, "envoyer", forms.SubmitForm, service.submit, leads=True),
    _door(steps.ANSWER, "repondre", forms.AnswerForm, assignments.answer, leads=True),
    _door(steps.ACCEPT, "accepter", forms.AcceptForm, assignments.accept, leads=True),
    _door(steps.TAKE, "prendre", forms.TakeForm, assignments.take),
    _door(steps.ASSIGN, "confier", forms.AssignForm, assignments.assign),
    _door(steps.CHASE, "insister", forms.ChaseForm, assignments.chase),
    _door(steps.CHASE_ANSWER, "redemander", forms.ChaseForm, assignments.chase_answer),
    _door(steps.ASK_NEWS, "demander-des-nouvelles", forms.ChaseForm, assignments.ask_news),
    _door(steps.ROUTE, "orienter", forms.RouteForm, service.route, leads=True),
    _door(steps.REMIND, "relancer", forms.RemindForm, following.remind, leads=True),
    _door(steps.ADD_INFORMATION, "completer", forms.AddInformationForm, following.add_information),
    _door(steps.THANK, "remercier", forms.ThankForm, following.thank),
    _door(steps.WITHDRAW, "retirer", forms.WithdrawForm, closing.withdraw),
    _door(steps.DROP, "classer-sans-suite", forms.DropForm, closing.drop),
    _door(steps.DECLINE, "refuser", forms.DeclineForm, assignments.decline),
    _door(steps.ASK, "demander-une-precision", forms.AskForm, assignments.ask),
    _door(
        steps.CHANGE_REFERENT, "changer-de-referent", forms.ChangeReferentForm, assignments.change_referent
    ),
    _door(steps.HAND_BACK, "rendre", forms.HandBackForm, assignments.hand_back),
    _door(steps.GO_ON, "continuer", forms.TakeForm, assignments.go_on),
    _door(steps.COMPLETE, "terminer", forms.CompleteForm, assignments.complete),
    _door(steps.REOPEN, "rouvrir", forms.ReopenForm, assignments.reopen),
    _door(steps.LEAD, "confier-le-pilotage", forms.LeadForm, pairs.lead),
    _door(steps.CANCEL, "reprendre", forms.CancelForm, assignments.cancel),
)
"""What people do to requests, what a page offers first before the rest."""


def of_assignments(door: Door) -> bool:
    """Is it about one assignment, or the whole request?"""
    return door.step in steps.OF_ASSIGNMENTS


def build_form(
    door: Door,
    request: SupportRequest,
    assignment: Assignment | None,
    actor: Actor,
    planned: Dates,
    *,
    posted: bool,
    team: Callable[[], Sequence[tuple[int, str]]] | None = None,
    advise: routed.Advise | None = None,
) -> PortalForm:
    """The form of a door, its choices filled in. `posted`: it is the one that was sent; the others stay empty.
    `team`, `advise`: asked once where a page needs them several times."""
    name = door.step.verb
    prefix = f"{name}-{assignment.id}-" if assignment else f"{name}-"
    form = door.form(id_prefix=prefix, **({} if posted else {"formdata": None}))
    if "referent_id" in form:
        form["referent_id"].choices = choices(team() if team else _team(actor))
        if not posted and isinstance(form, forms.AcceptForm):
            taken = assignment.referent_id if assignment else None
            form["referent_id"].data = taken or actor.person_id
    if "planned" in form and not (assignment and planned.get(assignment.id)):
        del form.planned
    if isinstance(form, forms.RouteForm):
        routed.offer(form, advise() if advise else routing.advice(request))
    return form


def _team(actor: Actor) -> Sequence[tuple[int, str]]:
    """Who can have a request, by name."""
    people = accounts.people_of(actor.organisation_id)
    return [(person.person_id, person.person.name) for person in people if person.role in PARTNER_ROLES]


def panels(
    actor: Actor,
    request: SupportRequest,
    planned: Dates,
    happened: Sequence[Happened],
    advise: routed.Advise,
    refused: Panel | None = None,
    parts: Sequence[Part] = (),
) -> list[Panel]:
    """What I can do now, the most useful first, what `parts` let do before; a refused form keeps what was typed."""
    team = cache(partial(_team, actor))
    drawn = [
        refused
        if refused and (refused.door, refused.about) == (door, about)
        else panel(
            door,
            request,
            about,
            build_form(door, request, about, actor, planned, posted=False, team=team, advise=advise),
            planned,
            primary=index == 0 and door.leads,
        )
        for index, (door, about) in enumerate(_open_doors(actor, request))
    ]
    shown = [panel for panel in drawn if panel is refused or not _asks_nobody(panel)]
    beside = (panel for part in parts for panel in part.panels)
    return [*beside, *(_with_what_helps(panel, happened, advise) for panel in shown)]


def _with_what_helps(panel: Panel, happened: Sequence[Happened], advise: routed.Advise) -> Panel:
    """The question stands where it is answered, and what is said to the pole where its request is routed."""
    if panel.door.step is steps.ROUTE:
        return replace(panel, told=routed.told(advise()))
    if panel.door.step is not steps.ANSWER:
        return panel
    questions = (
        event.message
        for event in reversed(happened)
        if (event.action, event.assignment_id) == (steps.ASK.name, panel.about.id)
    )
    return replace(panel, quote=next(questions, None))


def _open_doors(actor: Actor, request: SupportRequest) -> list[tuple[Door, Assignment | None]]:
    """What somebody can do now: to the request, then to each of their assignments; what leads comes first."""
    mine = [door for door in DOORS if door.step.right in permissions_of(actor)]
    possible: list[tuple[Door, Assignment | None]] = [
        (door, about)
        for about in (None, *queries.own_assignments(actor, request))
        for door in mine
        if of_assignments(door) == (about is not None) and not service.why_not(door.step, request, about)
    ]
    return sorted(possible, key=lambda pair: DOORS.index(pair[0]) if pair[0].leads else len(DOORS))


def _asks_nobody(panel: Panel) -> bool:
    """Every partner has been asked already: there is nobody left to route to."""
    return "partner_ids" in panel.form and not panel.form["partner_ids"].choices


def panel(
    door: Door,
    request: SupportRequest,
    assignment: Assignment | None,
    form: PortalForm,
    planned: Dates,
    *,
    primary: bool = True,
    is_open: bool = False,
) -> Panel:
    """A door as it is shown."""
    about: dict[str, Any] = {"assignment_id": assignment.id} if assignment else {}
    url = url_for(f"requests.{door.step.verb}", reference=request.reference, **about)
    attached.offer(form, url, request)
    ends = _ended_by(door.step, request, assignment)
    dates = [day for assignment in ends for day in planned.get(assignment.id, ())]
    return Panel(door, url, form, assignment, is_open, primary, dates)


def _ended_by(
    step: Step[Any], request: SupportRequest, assignment: Assignment | None
) -> Sequence[Assignment]:
    """The assignments that a step would end."""
    if assignment is not None:
        return [assignment] if step.target in steps.ENDED_ASSIGNMENTS else []
    return request.assignments if step.target in steps.SET_REQUESTS else []


def sent(request: SupportRequest) -> str:
    """To whom a request has just gone, and what comes next."""
    if request.assignments:
        names = ", ".join(assignment.partner.name for assignment in request.assignments)
        return _(
            "Your request is sent to: %(names)s. You will get an e-mail as soon as it is answered.",
            names=names,
        )
    names = ", ".join(cell.name for cell in accounts.cells_of(request.region_code))
    return _(
        "Your request is sent to: %(names)s. You will get an e-mail as soon as a partner is asked.",
        names=names,
    )


def also_asked(actor: Actor, request: SupportRequest) -> str:
    """The other partners, of which a partner learns that they were asked and no more."""
    own = queries.own_assignments(actor, request)
    known = {part.id for assignment in own for part in paired.together(assignment, request.assignments)}
    names = {
        assignment.partner.name
        for assignment in request.assignments
        if assignment not in own and assignment.id not in known
    }
    return ", ".join(sorted(names, key=search_key))


def news(actor: Actor, requests: Collection[SupportRequest | Row]) -> Mapping[int, str]:
    """What is new to a reader on some requests, as features above say it; those without anything are left out."""
    ids = [request.id for request in requests]
    told = (feature.request_news(actor, ids) for feature in features() if feature.request_news)
    return {number: text for each in told for number, text in each.items()}


def news_for(actor: Actor, request_ids: Collection[int], most: int) -> Mapping[int, str]:
    """The same of these requests, and of so many others where it is said to them, the newest first."""
    told = (feature.news_for(actor, request_ids, most) for feature in features() if feature.news_for)
    return {number: text for each in told for number, text in each.items()}


def parts(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], refused: Mapping[str, PortalForm]
) -> list[Part]:
    """The sections that features above add here. `refused`: their forms to correct, by feature."""
    told = (
        feature.request_part(actor, request, happened, refused.get(feature.name))
        for feature in features()
        if feature.request_part
    )
    return [part for part in told if part]


def timeline(events: Sequence[Happened], place: str | None) -> list[Line]:
    """The events in words, newest first, by the clocks of a place."""
    undone = {event.act for event in events if event.action == steps.UNDO.name}
    return [_line(event, place, event.act in undone) for event in reversed(events)]


def _line(event: Happened, place: str | None, is_undone: bool) -> Line:
    """What was undone is no longer quoted: nobody was sent it."""
    step_words = words_of(event.action)
    return Line(
        title=_title(event, is_undone),
        when=templating.moment(event.at, place),
        who=", ".join(filter(None, (event.actor, event.organisation))) or _("The portal"),
        text="" if is_undone else _text(step_words, event),
        icon=step_words.icon,
        tone=step_words.tone,
    )


def _text(step_words: Words, event: Happened) -> str:
    return "\n\n".join(filter(None, (str(step_words.reasons.get(event.reason, "")), event.message)))


def _title(event: Happened, is_undone: bool) -> str:
    if event.action == steps.UNDO.name:
        return _("Undone: %(what)s", what=_happened(event.reason or "", event))
    happened = _happened(event.action, event)
    return _("%(what)s (undone)", what=happened) if is_undone else happened


def _happened(action: str, event: Happened) -> str:
    return str(words_of(action).happened) % {"partner": event.partner or ""}


def shows_contact(actor: Actor, request: SupportRequest) -> bool:
    """A partner sees whom to call while it has something to do with the pole."""
    if not actor.is_partner:
        return True
    at_work = {*steps.LIVE_ASSIGNMENTS, AssignmentState.COMPLETED}
    return any(assignment.state in at_work for assignment in queries.own_assignments(actor, request))


def absence_notes(actor: Actor, request: SupportRequest) -> dict[tuple[int, int], str]:
    """What is said beside the names of those away today: (organisation, person) → until when, who stands in."""
    bodies = {
        request.pole_id,
        *(assignment.partner_id for assignment in queries.own_assignments(actor, request)),
    }
    return {
        (body, person): absence_note(away)
        for body, people in teams.away(bodies).items()
        for person, away in people.items()
    }


@dataclass(frozen=True, slots=True)
class PoleBox:
    """What helps a partner or a cell decide: who asks, reachable where, and what it asked for before."""

    facts: Sequence[tuple[str, Any]]
    url: str
    asked_before: int
    last_asked: Sequence[SupportRequest]


_LAST_ASKED = 3


def pole_box(
    actor: Actor, request: SupportRequest, notes: Mapping[tuple[int, int], str], advise: routed.Advise
) -> PoleBox | None:
    """What is said of the pole beside its need; a pole knows itself. `notes`: from `absence_notes`."""
    if actor.is_pole:
        return None
    is_asked = actor.is_cell and not steps.ROUTE.why_not(request.state)
    pole = advise().pole if is_asked else queries.pole_in_full(request)
    recognitions = [
        organisation_words.recognition_label(recognition.kind, recognition.year)
        for recognition in pole.recognitions
    ]
    facts = [
        (_("Name"), pole.name),
        (_("Territory"), organisation_words.whereabouts(pole)),
        (_("Stage"), organisation_words.stage_line(pole)),
        (_("Recognition"), ", ".join(recognitions) or _("none known")),
        (_("Members"), ", ".join(sorted((member.name for member in pole.members), key=search_key)) or None),
        *_contact(actor, request, notes),
    ]
    url = url_for("organisations.detail", organisation_id=pole.id)
    return PoleBox(facts, url, *queries.others_of_pole(actor, request, _LAST_ASKED))


def _eligibility(request: SupportRequest) -> list[tuple[str, Any]]:
    """Whether a pole may ask for the service of its draft, as its form says it."""
    ruling = eligibility.about(request.pole_id, request.pole.place, request.service_id)
    return [(_("May it be asked for?"), eligibility_words.in_short(ruling))] if ruling else []


def wishes(
    actor: Actor, request: SupportRequest, notes: Mapping[tuple[int, int], str]
) -> list[tuple[str, Any]]:
    """What the pole asked for, beside its need; `notes`: from `absence_notes`."""
    wished = " – ".join(templating.day(day) for day in (request.wished_from, request.wished_until) if day)
    facts = [(_("Wished period"), wished), (_("Where"), words.MODES[request.mode])]
    if request.state is RequestState.DRAFT:
        facts += _eligibility(request)
    return [*facts, *_contact(actor, request, notes)] if actor.is_pole else facts


def _contact(
    actor: Actor, request: SupportRequest, notes: Mapping[tuple[int, int], str]
) -> list[tuple[str, Any]]:
    """Whom to call in the pole, and how."""
    if not request.contact or not shows_contact(actor, request):
        return []
    return [
        (_("Contact"), _reachable(request.contact)),
        (_("Away"), notes.get((request.pole_id, request.contact.id))),
        (_("Telephone"), request.phone or request.contact.phone),
        (_("Preferred contact"), words.CONTACT_PREFERENCES[request.contact_preference]),
    ]


def _reachable(person: Person) -> str:
    """A name, with the address of an account that is open."""
    return f"{person.name}, {person.email}" if person.active else person.name

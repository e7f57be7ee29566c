"""What the page of a request shows of dates that are proposed, and lets do about them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.interventions import words as interventions
from portal.proposals import forms, queries, service, steps, words
from portal.proposals.models import DateProposal
from portal.proposals.steps import Moves, ProposalState
from portal.requests import queries as requests
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Happened
from portal.requests.steps import AssignmentState
from portal.web.doors import Door, Panel, Part
from portal.web.forms import PortalForm
from portal.web.tags import Tag


def _door(step: Moves, path: str, form: type[PortalForm], do: Any, leads: bool = False) -> Door:
    return Door(step, words.STEPS[step.name], path, form, do, leads)


PICK = _door(steps.PICK, "choisir", forms.PickForm, service.pick, leads=True)
ASK_OTHERS = _door(steps.ASK_OTHERS, "autres", forms.OthersForm, service.ask_others)


@dataclass(frozen=True, slots=True)
class Proposed:
    """Some dates on the page of a request. `link`: where all take place; `quote`: the last words on them; the addresses
    are of what its reader may do."""

    partner: str
    lines: Sequence[str]
    how: str
    where: str
    link: str
    tag: Tag
    quote: str | None
    pick_url: str
    propose_url: str
    take_back_url: str


def _panels(
    actor: Actor,
    proposal: DateProposal,
    assignment: Assignment,
    happened: Sequence[Happened],
    refused: PortalForm | None,
) -> list[Panel]:
    """What a pole answers first: a date, or others. `refused`: the form of one of these to correct."""
    place, drawn = assignment.request.pole.place, []
    for door in (PICK, ASK_OTHERS):
        if not queries.to_come(proposal, place) or not _may(actor, door.step, assignment, proposal):
            continue
        is_refused = isinstance(refused, door.form) and refused.id_prefix == prefix(door, proposal)
        form = refused if is_refused and refused else build_form(door, proposal, place, posted=False)
        drawn.append(
            Panel(
                door,
                url_for(f"proposals.{door.step.verb}", proposal_id=proposal.id),
                form,
                assignment,
                open=is_refused or door.leads,
                primary=door.leads,
                quote=_quote(steps.PROPOSE, assignment, happened) if door.leads else None,
            )
        )
    return drawn


def prefix(door: Door, proposal: DateProposal) -> str:
    """What the ids of its fields begin with."""
    return f"{door.step.verb}-{proposal.id}-"


def build_form(door: Door, proposal: DateProposal, place: str | None, *, posted: bool) -> Any:
    """The form of a door, its choices filled in; a date that has gone by is none."""
    form = door.form(id_prefix=prefix(door, proposal), **({} if posted else {"formdata": None}))
    if isinstance(form, forms.PickForm):
        dates = queries.to_come(proposal, place)
        form.offer([(date.number, words.line(date, place)) for date in dates], words.how(proposal))
    return form


def part(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], refused: PortalForm | None
) -> Part | None:
    """What is proposed and not agreed on, for all who read the request; what the pole that asks answers."""
    live = _live(actor, request, happened)
    if not live:
        return None
    first, assignment = live[0]
    return Part(
        "proposals/_part.html",
        {"proposed": [_proposed(actor, request, *each, happened) for each in live]},
        [panel for each in live for panel in _panels(actor, *each, happened, refused)],
        *_expected(actor, first, assignment),
    )


def _expected(actor: Actor, proposal: DateProposal, assignment: Assignment) -> tuple[str, str]:
    """What comes next of some dates, and from whom; and what happens if it does not."""
    place, partner = assignment.request.pole.place, assignment.partner.name
    if proposal.state is ProposalState.OPEN and queries.to_come(proposal, place):
        if _may(actor, steps.PICK, assignment, proposal):
            expected = _("You choose one of the dates of %(partner)s, or ask for others.", partner=partner)
            return expected, _(
                "You are reminded once; then %(partner)s is asked to call you.", partner=partner
            )
        pole = assignment.request.pole.name
        expected = _("%(pole)s chooses one of the dates proposed, or asks for others.", pole=pole)
        return expected, _(
            "The pole is reminded once; then %(partner)s is asked to call it.", partner=partner
        )
    if actor.is_partner:
        return _("You propose other dates."), ""
    return _("%(partner)s proposes other dates.", partner=partner), ""


def _live(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened]
) -> list[tuple[DateProposal, Assignment]]:
    """What waits, of each part that is under way; nothing is asked where nothing was ever proposed."""
    if all(event.action != steps.PROPOSE.name for event in happened):
        return []
    own = requests.own_assignments(actor, request)
    under_way = {each.id: each for each in own if each.state is AssignmentState.ACCEPTED}
    return [(each, under_way[each.assignment_id]) for each in queries.live(under_way.keys())]


def _proposed(
    actor: Actor,
    request: SupportRequest,
    proposal: DateProposal,
    assignment: Assignment,
    happened: Sequence[Happened],
) -> Proposed:
    place = request.pole.place
    is_over = not queries.to_come(proposal, place)
    is_others = proposal.state is ProposalState.OTHERS_ASKED
    propose_url = url_for("proposals.propose", reference=request.reference, assignment_id=assignment.id)
    may_pick = not is_over and _may(actor, steps.PICK, assignment, proposal)
    is_link = interventions.is_link(proposal)
    return Proposed(
        assignment.partner.name,
        words.lines(proposal.dates, place),
        words.how(proposal),
        "" if is_link else proposal.place or "",
        proposal.place or "" if is_link else "",
        words.standing(proposal, is_over),
        _quote(steps.ASK_OTHERS if is_others else steps.PROPOSE, assignment, happened),
        f"#action-{steps.PICK.verb}-{assignment.id}" if may_pick else "",
        propose_url if _may(actor, steps.PROPOSE, assignment, proposal) else "",
        url_for("proposals.take_back", proposal_id=proposal.id)
        if _may(actor, steps.TAKE_BACK, assignment, proposal)
        else "",
    )


def _may(actor: Actor, step: Moves, assignment: Assignment, proposal: DateProposal) -> bool:
    return allows(actor, step.right) and not _why_not(step, assignment, proposal)


def _why_not(step: Moves, assignment: Assignment, proposal: DateProposal) -> Any:
    return steps.why_not(step, assignment.request.state, assignment.state, proposal.state)


def _quote(step: Moves, assignment: Assignment, happened: Sequence[Happened]) -> str | None:
    """What was said with it the last time."""
    texts = (
        event.message
        for event in reversed(happened)
        if (event.action, event.assignment_id) == (step.name, assignment.id)
    )
    return next(texts, None)

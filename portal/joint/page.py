"""What a request shows of its other poles, and what each of these reads of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from portal.access.permissions import allows, permissions_of
from portal.access.roles import Actor
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility import words as eligibility_words
from portal.feature import features
from portal.interventions import queries as interventions
from portal.interventions import words as intervention_words
from portal.interventions.steps import InterventionState
from portal.joint import forms, queries, service, steps, words
from portal.joint.models import JointPole
from portal.joint.steps import LIVE, JointState
from portal.proposals import queries as proposals
from portal.proposals import words as proposal_words
from portal.proposals.steps import ProposalState
from portal.requests import words as request_words
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Happened
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState
from portal.text import in_a_row
from portal.web import templating
from portal.web.doors import Door, Panel, Part
from portal.web.forms import PortalForm
from portal.web.tags import Tag

DOORS = (
    Door(steps.JOIN, words.STEPS[steps.JOIN.name], "rejoindre", forms.JoinForm, service.join, leads=True),
    Door(steps.REFUSE, words.STEPS[steps.REFUSE.name], "decliner", forms.RefuseForm, service.refuse),
    Door(steps.LEAVE, words.STEPS[steps.LEAVE.name], "quitter", forms.LeaveForm, service.leave),
)
"""What a pole does with a request of another."""

_OURS = {step.name for step in steps.OF_JOINT_POLES}


@dataclass(frozen=True, slots=True)
class Other:
    """Another pole of a request. `says`: its last word; `may_ask`: whether it may ask for the service, in words;
    `shut_out_url`: where it is taken back, by whoever may."""

    name: str
    url: str
    tag: Tag
    since: str
    says: str
    may_ask: str
    shut_out_url: str


def part(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], _refused: PortalForm | None
) -> Part | None:
    """The other poles on the page of a request: all that were invited for the pole that asks, those that joined for
    everybody else. Nothing is asked where nothing happened between poles."""
    others = of_request(actor, request) if _OURS.intersection(event.action for event in happened) else []
    may_invite = _may_invite(actor, request)
    if not others and not may_invite:
        return None
    url = url_for("joint.invite", reference=request.reference) if may_invite else ""
    return Part("joint/_part.html", {"others": others, "invite_url": url, "own": actor.is_pole})


def _may_invite(actor: Actor, request: SupportRequest) -> bool:
    asks = actor.organisation_id == request.pole_id and allows(actor, steps.INVITE.right)
    return asks and not request.anonymised_at and not steps.why_not(steps.INVITE, request.state, None)


def of_request(actor: Actor, request: SupportRequest) -> list[Other]:
    """Those that an actor may know of, in the order in which they were invited first."""
    states = tuple(JointState) if actor.is_pole else (JointState.JOINED,)
    joints = queries.of_request(request.id, states)
    rulings = queries.rulings(request, [joint.pole for joint in joints]) if actor.is_cell else {}
    return [
        Other(
            joint.pole.name,
            "" if actor.is_pole else url_for("organisations.detail", organisation_id=joint.pole_id),
            words.STATES[joint.state],
            _since(joint),
            joint.answer or "",
            eligibility_words.in_short(rulings[joint.pole_id], own=False) if joint.pole_id in rulings else "",
            _shut_out_url(actor, request, joint),
        )
        for joint in joints
    ]


def _since(joint: JointPole) -> str:
    """Since when, by whom, or until when."""
    if joint.state is JointState.INVITED:
        return _("answer due by %(day)s", day=templating.day(joint.due_on))
    if joint.answered_at is None or joint.state in (JointState.LAPSED, JointState.TAKEN_BACK):
        return ""
    who = joint.answered_by.name if joint.answered_by else ""
    day = templating.day(joint.answered_at, joint.pole.place)
    return _("%(name)s, on %(day)s", name=who, day=day) if who else str(day)


def _shut_out_url(actor: Actor, request: SupportRequest, joint: JointPole) -> str:
    if not actor.is_pole or not allows(actor, steps.SHUT_OUT.right) or joint.state not in LIVE:
        return ""
    return url_for("joint.shut_out", reference=request.reference, pole_id=joint.pole_id)


def invite_form(request: SupportRequest) -> forms.InviteForm:
    """With the poles that can be invited."""
    form = forms.InviteForm()
    form.offer([(number, name) for number, name in queries.invitable(request)])
    return form


@dataclass(frozen=True, slots=True)
class Shared:
    """A request as another pole reads it. `facts`: beside its need; `standing`: once it joined; `days`: the dates of
    its interventions; `others`: how many poles take part, in words; `why`: whether it may ask for the service."""

    request: SupportRequest
    joint: JointPole
    is_invited: bool
    tag: Tag
    facts: Sequence[tuple[Any, Any]]
    standing: Sequence[tuple[Any, Any]]
    days: Sequence[str]
    others: str
    why: Sequence[str]


def shared(actor: Actor, joint: JointPole) -> Shared:
    """What it may read: what is asked for, where that stands, and what is planned; no word of anybody but what was
    said to it, no name of another pole but the one that asks."""
    request, is_invited = joint.request, joint.state is JointState.INVITED
    days = [] if is_invited else [*_days(request, actor), *_proposed(request)]
    return Shared(
        request,
        joint,
        is_invited,
        request_words.REQUEST_STATES[request.state],
        _facts(request),
        [] if is_invited else _standing(request),
        days,
        words.poles_in_all(queries.joined_count(request.id) + 1),
        _why(actor, request) if is_invited else [],
    )


def _facts(request: SupportRequest) -> list[tuple[Any, Any]]:
    wished = " – ".join(templating.day(day) for day in (request.wished_from, request.wished_until) if day)
    return [
        (_("Pole that asks"), request.pole.name),
        (_("Sent on"), templating.day(request.submitted_at, request.pole.place)),
        (_("Wished period"), wished),
        (_("Where"), request_words.MODES[request.mode]),
    ]


def _standing(request: SupportRequest) -> list[tuple[Any, Any]]:
    """Who has it."""
    live = [assignment for assignment in request.assignments if assignment.state in LIVE_ASSIGNMENTS]
    done = [each for each in request.assignments if each.state is AssignmentState.COMPLETED]
    asked = [each for each in live if each.state is not AssignmentState.ACCEPTED]
    accepted = [each for each in live if each.state is AssignmentState.ACCEPTED]
    return [
        (_("Accepted by"), ", ".join(map(_who, accepted))),
        (_("Partners asked"), ", ".join(assignment.partner.name for assignment in asked)),
        (_("Completed by"), ", ".join(assignment.partner.name for assignment in done)),
        (_("Closed on"), templating.day(request.closed_at, request.pole.place) if request.closed_at else ""),
    ]


def _who(assignment: Assignment) -> str:
    partner = assignment.partner.name
    return f"{assignment.referent.name} ({partner})" if assignment.referent else partner


def _days(request: SupportRequest, actor: Actor) -> list[str]:
    """The dates that are for its pole too."""
    return [
        in_a_row(
            (
                intervention_words.when_and_where(intervention, request.pole.place),
                str(intervention_words.STATES[intervention.state].label),
            )
        )
        for intervention in interventions.of_request(request.id)
        if intervention.state in {InterventionState.PLANNED, InterventionState.DONE}
        and any(served.pole_id == actor.organisation_id for served in intervention.also_served)
    ]


def _proposed(request: SupportRequest) -> list[str]:
    """The dates of which the pole that asks picks one: others only read them."""
    under_way = [each.id for each in request.assignments if each.state is AssignmentState.ACCEPTED]
    place = request.pole.place
    return [
        in_a_row((proposal_words.line(date, place), _("proposed, the pole that asks picks")))
        for proposal in proposals.live(under_way)
        if proposal.state is ProposalState.OPEN
        for date in proposals.to_come(proposal, place)
    ]


def parts(shared: Shared) -> list[Part]:
    """The sections that features above add for a pole that joined."""
    told = (feature.shared_part(shared.request) for feature in features() if feature.shared_part)
    return [] if shared.is_invited else [part for part in told if part]


def _why(actor: Actor, request: SupportRequest) -> list[str]:
    """The reasons for and against, which keep nobody from joining."""
    ruling = eligibility.about(actor.organisation_id, actor.place, request.service_id)
    return eligibility_words.reasons(ruling) if ruling else []


def panels(actor: Actor, joint: JointPole, refused: Panel | None = None) -> list[Panel]:
    """What a coordinator can do now; a refused form stays open with what was typed."""
    doors = [
        door
        for door in DOORS
        if door.step.right in permissions_of(actor)
        and not steps.why_not(door.step, joint.request.state, joint.state)
    ]
    return [
        refused if refused and refused.door is door else panel(door, joint, _empty(door)) for door in doors
    ]


def _empty(door: Door) -> PortalForm:
    return door.form(formdata=None, id_prefix=f"{door.step.verb}-")


def panel(door: Door, joint: JointPole, form: PortalForm, *, is_open: bool = False) -> Panel:
    """A door as it is shown."""
    url = url_for(f"joint.{door.step.verb}", reference=joint.request.reference)
    return Panel(door, url, form, None, is_open, door.leads)


@dataclass(frozen=True, slots=True)
class Row:
    """A shared request in a list."""

    title: str
    url: str
    beneath: str
    tag: Tag
    due: str


def row(joint: JointPole) -> Row:
    """What its list says of it."""
    request, is_invited = joint.request, joint.state is JointState.INVITED
    service_name = request_words.service_asked(request.service)
    return Row(
        request_words.title(request),
        url_for("joint.show", reference=request.reference),
        in_a_row((request.pole.name, service_name, request.reference)),
        words.TO_ANSWER if is_invited else request_words.REQUEST_STATES[request.state],
        _("answer due by %(day)s", day=templating.day(joint.due_on)) if is_invited else "",
    )

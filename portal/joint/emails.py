"""What poles that ask together are told: each what is its own, none who the others are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.permissions import Permission
from portal.access.roles import Actor, Role
from portal.interventions import steps as interventions
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.interventions.upcoming import emails as upcoming
from portal.joint import queries, steps
from portal.joint.models import JointPole
from portal.joint.steps import JointState
from portal.joint.words import CHANGES
from portal.ladder import Following, explained
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.previews.service import Example
from portal.organisations.models import Pole
from portal.requests import emails as requests
from portal.requests import rules, words
from portal.requests import steps as request_steps
from portal.requests.emails import News, kind_of
from portal.requests.examples import emails as examples
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.steps import LIVE_ASSIGNMENTS, OPEN_REQUESTS, RequestState
from portal.steps import Audience, Step
from portal.teams import queries as teams
from portal.teams.calling.emails import contact
from portal.teams.calling.queries import cells
from portal.web.addresses import absolute_url
from portal.web.links import Link

INVITED = kind_of("joint", steps.INVITE, Audience.OTHER_POLE)
SHUT_OUT = kind_of("joint", steps.SHUT_OUT, Audience.OTHER_POLE)
CHANGED, REMINDER, TOMORROW = (f"joint/{name}_other_pole" for name in ("changed", "reminder", "tomorrow"))
WHY_INVITED = _l("You receive this message because another pole asks yours to join its request.")
Facts = Sequence[tuple[Any, Any]]
_OTHER, _SAYS = _l("Other pole"), _l("What it says")
_OPEN = _l("Open the shared request")
_WHY_JOINED = _l("You receive this message because your pole was asked to join this request.")


def tell_other(kind: str, joint: JointPole, actor: Actor) -> None:
    """What the pole that asks does, to the other pole alone, with the word said to it."""
    word = joint.word if kind == INVITED else None
    told = replace(
        _message(joint, joint.request, _asked(joint) if kind == INVITED else ()),
        quote=word,
        quoted_by=actor.signature if word else None,
        reply_to=(actor.person_name, actor.email),
        waiting=[joint.id],
    )
    enqueue_all(_letters(kind, [(joint, told)]))


def tell_asking(step: Step[JointState], event: RequestEvent, joint: JointPole, actor: Actor | None) -> None:
    """What another pole does, to the pole that asks, and to the partners where it is of all of them."""
    live = [part for part in event.request.assignments if part.state in LIVE_ASSIGNMENTS]
    facts = [(_OTHER, joint.pole.name), *([(_SAYS, joint.answer)] if joint.answer else [])]
    told = requests.news(
        step, event, actor, ended=live, feature="joint", facts=facts, context={"pole": joint.pole.name}
    )
    requests.tell(told, actor)


def tell_joined(told: Sequence[News]) -> list[Envelope]:
    """What poles that joined hear of what the pole that asks is told in one act: that it happened, and its dates. Who
    is still invited hears when there is nothing left to join."""
    changes: dict[SupportRequest, list[News]] = {}
    for news in told:
        if news.audience is Audience.POLE and _concerns(news):
            changes.setdefault(news.event.request, []).append(news)
    if not changes:
        return []
    by_number = {request.id: request for request in changes}
    letters = [
        (joint, _changed(joint, by_number[joint.request_id], changes[by_number[joint.request_id]]))
        for joint in queries.live(by_number.keys())
        if joint.pole.active and _hears(joint, by_number[joint.request_id])
    ]
    return _letters(CHANGED, letters)


def of_what_is_shared(
    kind: str, requests: Iterable[SupportRequest], by: Actor | None, facts: Facts, context: Mapping[str, Any]
) -> list[Envelope]:
    """What the poles that joined some requests are told of a thing that is there for them too, each letter for its
    pole."""
    by_number = {request.id: request for request in requests}
    joined = (each for each in queries.live(by_number.keys()) if each.state is JointState.JOINED)
    about = [
        (joint, of_thing(joint, by_number[joint.request_id], by, facts, context))
        for joint in joined
        if joint.pole.active
    ]
    return _letters(kind, about)


def of_thing(
    joint: JointPole, request: SupportRequest, by: Actor | None, facts: Facts, context: Mapping[str, Any]
) -> Message:
    """What it says: the request that is shared, and the thing; whom to answer."""
    told = _message(joint, request, facts)
    reply_to = (by.person_name, by.email) if by else None
    return replace(told, reply_to=reply_to, context={**told.context, **context})


def _concerns(news: News) -> bool:
    """A part that ends while others go on is of its partner and the pole that asks, and so is a report."""
    action = news.event.action
    if action == request_steps.COMPLETE.name:
        return news.event.request.state not in OPEN_REQUESTS
    if action == interventions.CORRECT.name:
        return news.context["moved"] and news.context["intervention"].state is InterventionState.PLANNED
    return action in CHANGES


def _hears(joint: JointPole, request: SupportRequest) -> bool:
    return joint.state is JointState.JOINED or request.state not in OPEN_REQUESTS


def reminder(number: int) -> Sequence[Envelope]:
    """Its coordinators, once."""
    joint = queries.by_number(number)
    return _letters(REMINDER, [(joint, _message(joint, joint.request, _asked(joint)))])


def tomorrow(intervention: Intervention) -> Sequence[Envelope]:
    """The coordinators of the poles that a date is for as well."""
    told = _of_date(intervention)
    served = queries.served(intervention.id)
    return _letters(TOMORROW, [(joint, told) for joint in served if joint.pole.active])


def _of_date(intervention: Intervention) -> Message:
    """When, where and who, as the pole that asks is told, with the page of what is shared."""
    told = upcoming.message(intervention)
    reference = intervention.assignment.request.reference
    page = absolute_url("joint.show", reference=reference)
    context = {**told.context, "action_label": _OPEN}
    return replace(told, action_url=page, requests=[Link(reference, page)], context=context)


def _letters(kind: str, told: Sequence[tuple[JointPole, Message]]) -> list[Envelope]:
    """To the coordinators of each pole, for that pole, with whom to call."""
    if not told:
        return []
    bodies = teams.teams_of({joint.pole_id for joint, _about in told})
    at_work = cache(cells)
    envelopes: list[Envelope] = []
    for joint, message in told:
        pole = joint.pole
        people = bodies.of(pole.id)
        wanted = [member.person_id for member in people if member.role is Role.COORDINATOR]
        readers = bodies.addressees(pole.id, people, wanted, {Role.COORDINATOR})
        whole = replace(message, facts=[*message.facts, *contact(at_work(pole.region_code))])
        envelopes += [
            letter._replace(recipient=replace(letter.recipient, organisation_id=pole.id))
            for letter in requests.letters(kind, (readers, [pole]), whole)
        ]
    return envelopes


def _changed(joint: JointPole, request: SupportRequest, changes: Sequence[News]) -> Message:
    """What happened first, with the dates of all that did: no word of anybody."""
    first = changes[0]
    lines = [news.line for news in changes if news.line]
    told = _message(joint, request, lines if len(changes) > 1 and first.line else first.facts)
    return replace(told, context={**told.context, "what": CHANGES[first.event.action]})


def _asked(joint: JointPole) -> list[tuple[Any, Any]]:
    """What a pole decides on, and until when."""
    return [(_l("The need"), rules.beginning(joint.request.need)), (_l("Answer due by"), joint.due_on)]


def _message(joint: JointPole, request: SupportRequest, facts: Sequence[tuple[Any, Any]] = ()) -> Message:
    about = (
        (_l("Pole that asks"), request.pole.name),
        (_l("Service"), LazyString(words.service_asked, request.service)),
    )
    page = absolute_url("joint.show", reference=request.reference)
    return Message(
        action_url=page,
        facts=[*about, *facts],
        requests=[Link(request.reference, page)],
        thread=request.reference,
        about=request.subject,
        context={
            "request": request,
            "pole": request.pole.name,
            "due_on": joint.due_on,
            "action_label": _OPEN,
            "why": WHY_INVITED if joint.state is JointState.INVITED else _WHY_JOINED,
        },
    )


def _example(
    kind: str, state: JointState, facts: Sequence[tuple[Any, Any]] = (), **context: Any
) -> tuple[Recipient, Message]:
    """What another pole is told."""
    request = examples.request(RequestState.PROPOSED)
    joint = JointPole(request=request, pole=Pole(name="Pôle de la Vallée"), state=state, due_on=_DUE_ON)
    asked = _asked(joint) if kind in (INVITED, REMINDER) else facts
    told = _message(joint, request, [*asked, examples.CELL])
    if kind == REMINDER:
        told = explained(told, WHY_INVITED, Following(_l("the invitation is over"), date(2026, 3, 19)))
    if kind == INVITED:
        told = replace(told, quote=examples.WORDS, quoted_by="Maël Kerdoncuff, Pôle des Trois Rivières")
    return examples.READER, replace(told, context={**told.context, **context})


def _date_example() -> tuple[Recipient, Message]:
    """What another pole is told the day before."""
    told = _of_date(upcoming.example_of_a_date())
    return examples.READER, explained(
        replace(told, facts=[*told.facts, examples.CELL]), upcoming.WHY_TOMORROW, None
    )


def _asking_example(step: Step[JointState], audience: Audience) -> tuple[Recipient, Message]:
    """What the pole that asks and its partners are told."""
    facts: list[tuple[Any, Any]] = [(_OTHER, "Pôle de la Vallée")]
    if step.right is not Permission.SYSTEM_RUN:
        facts.append((_SAYS, "Nous cherchons aussi un modèle économique."))
    return examples.example(step, audience, facts=facts, context={"pole": "Pôle de la Vallée"})


_DUE_ON = date(2026, 3, 18)
_TOLD = (steps.JOIN, steps.REFUSE, steps.LEAVE, steps.LAPSE)
EXAMPLES: Mapping[str, Example] = {
    INVITED: partial(_example, INVITED, JointState.INVITED),
    SHUT_OUT: partial(_example, SHUT_OUT, JointState.TAKEN_BACK),
    REMINDER: partial(_example, REMINDER, JointState.INVITED),
    TOMORROW: _date_example,
    CHANGED: partial(
        _example,
        CHANGED,
        JointState.JOINED,
        [(_l("Date"), date(2026, 4, 2))],
        what=CHANGES[interventions.PLAN.name],
    ),
    **{
        kind_of("joint", step, audience): partial(_asking_example, step, audience)
        for step in _TOLD
        for audience in sorted(step.tells)
    },
}

"""The conversation on the page of a request: what was said, who saw it, and the form to go on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import request as browser
from flask import url_for

from portal.access.permissions import Permission, allows, permissions_of
from portal.access.roles import Actor
from portal.conversation import queries, rules, service, words
from portal.conversation.forms import MessageForm
from portal.conversation.guests import queries as guest_queries
from portal.conversation.guests import service as guest_service
from portal.conversation.guests.models import Guest
from portal.conversation.models import MessageDraft
from portal.conversation.queries import Heard, Readers
from portal.conversation.rules import Reach
from portal.db import may_write
from portal.documents import page as documents
from portal.documents.page import Shown
from portal.feature import words_of
from portal.requests import queries as requests
from portal.requests import service as request_steps
from portal.requests import steps
from portal.requests.models import Assignment, SupportRequest
from portal.requests.rules import Happened
from portal.requests.steps import AssignmentState, RequestState
from portal.requests.undo.rules import taken_back
from portal.steps import Step
from portal.web import templating
from portal.web.doors import Part
from portal.web.forms import PortalForm, choices

TEMPLATE = "conversation/_part.html"
_SPOKEN = {steps.ASK.name, steps.ANSWER.name}


@dataclass(slots=True)
class Entry:
    """Something said, as the page shows it. `read_by`: who else, where not all do; `seen`: which teams, and when."""

    at: datetime
    when: str
    who: str
    text: str
    title: str = ""
    message_id: int | None = None
    note: bool = False
    mine: bool = False
    is_new: bool = False
    awaits: bool = False
    documents: Sequence[Shown] = ()
    read_by: str = ""
    mentioned: Sequence[str] = ()
    names_me: bool = False
    seen: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Around:
    """Who may be made to read what somebody says: by choice, the organisations, and the guests."""

    reaches: Sequence[Reach]
    readers: Readers
    guests: Sequence[Guest]


def _around(actor: Actor, request: SupportRequest) -> _Around:
    guests = guest_queries.there(request.id)
    reaches = service.reaches(actor, request, guests)
    return _Around(reaches, queries.readers(actor, request, reaches), guests)


def part(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], refused: PortalForm | None
) -> Part | None:
    """What the page of a request shows its reader; nothing of a draft, nor of what is anonymised."""
    if request.state is RequestState.DRAFT or request.anonymised_at:
        return None
    heard, more = queries.thread(actor, request.id)
    draft = None if actor.viewed_by else queries.draft(actor, request.id)
    around = _around(actor, request)
    form = refused if isinstance(refused, MessageForm) else _form(actor, request, draft, around)
    guests = guest_queries.shown_to(actor, around.guests)
    entries = _entries(actor, request, heard, happened, more)
    _mark_seen(actor, request, heard, entries, around.readers)
    values = {
        "entries": entries,
        "new": sum(entry.is_new for entry in heard),
        "earlier": url_for("conversation.show", reference=request.reference) if more else None,
        "form": form,
        "hints": _hints(form),
        "guests": guests,
        "may_end": [guest.id for guest in guests if guest_service.may_end(actor, guest)],
        "may_invite": allows(actor, Permission.GUEST_INVITE),
        "url": url_for("conversation.say", reference=request.reference),
        "draft_url": url_for("conversation.keep", reference=request.reference),
        "draft": draft,
        "since": _since(actor, draft, heard, happened),
    }
    _note_reading(actor, request, heard)
    return Part(TEMPLATE, values)


def _note_reading(actor: Actor, request: SupportRequest, heard: Sequence[Heard]) -> None:
    """A page that is only fetched ahead, or looked at as somebody else, was not read."""
    fetched_ahead = "prefetch" in browser.headers.get("Sec-Purpose", "")
    if any(entry.is_new for entry in heard) and browser.method == "GET" and may_write() and not fetched_ahead:
        service.read_on(actor, request.id, heard[-1].message.id)


def news(actor: Actor, request_ids: Collection[int]) -> Mapping[int, str]:
    """How much waits to be read on each of these requests."""
    return {number: words.new_label(count) for number, count in queries.unread(actor, request_ids).items()}


def news_for(actor: Actor, request_ids: Collection[int], most: int) -> Mapping[int, str]:
    """The same, and of so many other requests where it is said to them, the newest first."""
    return {number: words.new_label(count) for number, count in queries.unread_by(actor, request_ids, most)}


def earlier(actor: Actor, request: SupportRequest, before: int | None) -> Mapping[str, Any]:
    """The conversation before a message, on a page of its own."""
    heard, more = queries.thread(actor, request.id, before)
    first = heard[0].message.id if heard else None
    link = url_for("conversation.show", reference=request.reference, avant=first) if more else None
    happened = requests.events(request, actor)
    return {"entries": _entries(actor, request, heard, happened, more), "earlier": link}


def _entries(
    actor: Actor, request: SupportRequest, heard: Sequence[Heard], happened: Sequence[Happened], more: bool
) -> list[Entry]:
    """Messages, questions and answers, as they were said."""
    entries = _messages(actor, request, heard)
    undone = taken_back(happened)
    spoken = [event for event in happened if event.action in _SPOKEN and event not in undone]
    if more:
        spoken = [event for event in spoken if event.at >= heard[0].message.at]
    asked = [_step_entry(event, request.pole.place) for event in spoken]
    for name in {assignment.partner.name for assignment in _held(actor, request)}:
        for event, entry in reversed(list(zip(spoken, asked, strict=True))):
            if event.partner == name and event.action == steps.ASK.name:
                entry.awaits = True
                break
    return sorted([*entries, *asked], key=lambda entry: entry.at)


def _messages(actor: Actor, request: SupportRequest, heard: Sequence[Heard]) -> list[Entry]:
    if not heard:
        return []
    ids = [entry.message.id for entry in heard]
    named = queries.mentioned([entry.message.id for entry in heard if entry.names_people])
    senders = {entry.message.id: entry.author or entry.guest or "" for entry in heard if entry.has_documents}
    sent = documents.by_parent(queries.MESSAGE, senders)
    told = queries.partners_told(ids) if len(request.assignments) > 1 and not actor.is_partner else {}
    return [
        Entry(
            at=entry.message.at,
            message_id=entry.message.id,
            when=templating.moment(entry.message.at, request.pole.place),
            who=words.author(entry.author or entry.guest, entry.organisation, is_guest=bool(entry.guest)),
            text=entry.message.text,
            documents=sent.get(entry.message.id, ()),
            note=entry.message.note,
            mine=entry.message.organisation_id == actor.organisation_id,
            is_new=entry.is_new,
            read_by="" if entry.message.note else ", ".join(told.get(entry.message.id, ())),
            mentioned=[name for _id, name in named.get(entry.message.id, ())],
            names_me=actor.person_id in dict(named.get(entry.message.id, ())),
        )
        for entry in heard
    ]


def _mark_seen(
    actor: Actor,
    request: SupportRequest,
    heard: Sequence[Heard],
    entries: Sequence[Entry],
    readers: Readers,
) -> None:
    """Under the last message of one's own team, which of the others saw it; a partner hears nothing of the others."""
    last = next(
        (entry for entry in reversed(entries) if entry.mine and entry.message_id and not entry.note), None
    )
    if last is None:
        return
    message = next(entry.message for entry in heard if entry.message.id == last.message_id)
    seen = queries.teams_that_saw(actor, message, readers)
    last.seen = [words.seen(name, at, request.pole.place) for name, at in seen]


def _step_entry(event: Happened, place: str | None) -> Entry:
    return Entry(
        at=event.at,
        when=templating.moment(event.at, place),
        who=", ".join(filter(None, (event.actor, event.organisation))),
        text=event.message or "",
        title=str(words_of(event.action).happened) % {"partner": event.partner or ""},
    )


def _held(actor: Actor, request: SupportRequest) -> list[Assignment]:
    """The parts on hold that wait for the answer of who reads."""
    own = requests.own_assignments(actor, request) if actor.is_pole else []
    return [assignment for assignment in own if assignment.state is AssignmentState.ON_HOLD]


def _since(
    actor: Actor, draft: MessageDraft | None, heard: Sequence[Heard], happened: Sequence[Happened]
) -> list[str]:
    """What others did since somebody began to write what they have not sent."""
    if draft is None:
        return []
    wrote = [
        words.wrote(entry.author or entry.guest or "")
        for entry in heard
        if entry.message.at > draft.begun_at and entry.message.author_id != actor.person_id
    ]
    done = [
        str(words_of(event.action).happened) % {"partner": event.partner or ""}
        for event in happened
        if event.at > draft.begun_at and event.actor != actor.person_name
    ]
    return [*wrote, *done]


def _form(actor: Actor, request: SupportRequest, draft: MessageDraft | None, around: _Around) -> MessageForm:
    form = MessageForm(formdata=None, id_prefix="conversation-")
    _offer(form, actor, request, around)
    offered = [choice.value for choice in form.to.choices]
    form.to.data = draft.reach if draft and draft.reach in offered else offered[0]
    form.text.data = draft.text if draft else None
    url = url_for("conversation.say", reference=request.reference)
    documents.receive(form, url, waiting=request.keeps_documents)
    return form


def sent_form(actor: Actor, request: SupportRequest) -> MessageForm:
    """The form as it was sent, with what may be chosen now. A step that no longer can is refused where it is done,
    which says why."""
    form = MessageForm(id_prefix="conversation-")
    documents.receive(form)
    _offer(form, actor, request, _around(actor, request))
    if service.is_step(form.to.data):
        form.to.choices = [*form.to.choices, *choices([(form.to.data, form.to.data)])]
    return form


def _offer(form: MessageForm, actor: Actor, request: SupportRequest, around: _Around) -> None:
    """What answers a question first, then who reads, and who may be named."""
    pole, partners, side = request.pole.name, queries.at_work(request), rules.side_of(actor)
    guests = {guest.id: guest.name for guest in around.guests}
    labels = [
        (reach.value, words.reach_label(reach, side, actor.organisation_name, pole, partners, guests))
        for reach in around.reaches
    ]
    form.to.choices = choices(
        [*_steps(actor, request, steps.ANSWER), *labels, *_steps(actor, request, steps.ASK)]
    )
    people = {number: f"{name}, {here}" for number, name, here in queries.names(around.readers)}
    people.pop(actor.person_id, None)
    form.mentioned.choices = choices(people.items())


def _steps(actor: Actor, request: SupportRequest, step: Step[AssignmentState]) -> list[tuple[str, str]]:
    """A step that is said here as well, to each partner that it may be done for."""
    if step.right not in permissions_of(actor):
        return []
    return [
        (f"{step.verb}-{assignment.id}", words.step_label(step, assignment.partner.name))
        for assignment in requests.own_assignments(actor, request)
        if not request_steps.why_not(step, request, assignment)
    ]


def _hints(form: Any) -> Mapping[str, str]:
    """What comes of a choice, where its words do not say."""
    hints = {rules.NOTE.value: words.note_hint()}
    for choice in form.to.choices:
        verb = choice.value.partition("-")[0]
        if verb == steps.ASK.verb:
            hints[choice.value] = str(words_of(steps.ASK.name).explains)
        if verb == steps.ANSWER.verb:
            hints[choice.value] = str(words_of(steps.ANSWER.name).explains)
    return hints

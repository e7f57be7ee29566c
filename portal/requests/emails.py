"""Who is told what happened to a request: everyone it concerns, never the one who did it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Actor
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.feature import features, words_of
from portal.notifications.emails import MailAct, Message, Recipient
from portal.notifications.links.service import stand_in
from portal.notifications.outbox import service as outbox
from portal.notifications.outbox.service import Envelope, enqueue_all, is_silent, waits_for_office_hours
from portal.notifications.rules import Wanted, one_each
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation
from portal.requests import words
from portal.requests.by_mail.rules import ANSWER, OFFERED
from portal.requests.models import Assignment, RequestEvent, SupportRequest
from portal.requests.steps import RequestState
from portal.requests.telling.emails import facts_of, list_of
from portal.requests.telling.queries import Readers, bodies_of, readers
from portal.steps import Audience, Step
from portal.teams.calling.emails import contact
from portal.teams.calling.queries import Cell, cells, cells_among
from portal.teams.queries import Addressee
from portal.teams.rules import Away
from portal.web.addresses import absolute_url
from portal.web.links import Link

_TEMPLATE = {
    Audience.POLE: "pole",
    Audience.CELL: "cell",
    Audience.PARTNER: "partner",
    Audience.PARTNERS: "partner",
    Audience.PRACTITIONERS: "practitioner",
    Audience.OTHER_POLE: "other_pole",
}
_WHY = {
    Audience.POLE: _l("You receive this message because you follow this request for your pole."),
    Audience.CELL: _l("You receive this message because your cell follows this pole."),
    Audience.PARTNER: _l("You receive this message because this request concerns your organisation."),
    Audience.PARTNERS: _l("You receive this message because this request concerned your organisation."),
    Audience.PRACTITIONERS: _l(
        "You receive this message because a colleague named you for this intervention."
    ),
}
_WHY_SEVERAL = {
    **_WHY,
    Audience.POLE: _l("You receive this message because you follow these requests for your pole."),
    Audience.PARTNER: _l("You receive this message because these requests concern your organisation."),
    Audience.PARTNERS: _l("You receive this message because these requests concerned your organisation."),
}
_STRENGTH = tuple(Audience)
_KNOW_THE_CELL = {Audience.POLE, Audience.CELL}
"""Who is told by its cells, or whom to call there."""


def kind_of(feature: str, step: Step[Any], audience: Audience) -> str:
    """The template of what an audience is told."""
    return f"{feature}/{step.verb}_{_TEMPLATE[audience]}"


@dataclass(frozen=True, slots=True, eq=False)
class News:
    """What an audience is told of one event. `by`: in whose name, None for the portal. `line`: all its facts in one,
    where an e-mail tells of several; None: they stand as they are. `cells`: those whose pole it is, read once. `thing`:
    what its reader may be reminded of, where that is not the assignment. `acts`: what they can do at once about it,
    where an e-mail tells of nothing else."""

    kind: str
    event: RequestEvent
    by: Actor | None
    audience: Audience
    people: Sequence[Addressee]
    teams: Sequence[Organisation] = ()
    facts: Sequence[tuple[Any, Any]] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    line: tuple[Any, Any] | None = None
    cells: Callable[[], Sequence[Cell]] = tuple
    thing: Any = None
    acts: Sequence[MailAct] = ()

    @property
    def waiting(self) -> int | None:
        """What waits for its reader, by number."""
        thing = self.thing or self.event.assignment
        return thing.id if thing else None


def news(
    step: Step[Any],
    event: RequestEvent,
    by: Actor | None,
    *,
    ended: Sequence[Assignment] = (),
    without: Collection[Audience] = (),
    feature: str = "requests",
    facts: Sequence[tuple[Any, Any]] = (),
    context: Mapping[str, Any] = MappingProxyType({}),
    line: tuple[Any, Any] | None = None,
    thing: Any = None,
) -> list[News]:
    """What a step tells each audience. `ended`: the live assignments it ended, for the audience PARTNERS."""
    if is_silent():
        return []
    of_region = accounts.cells_of(event.request.region_code) if step.tells & _KNOW_THE_CELL else ()
    asked = [part for audience in step.tells for part in _concerned(audience, event, ended)]
    bodies = bodies_of(event.request, asked, of_region)
    at_work = partial(cells_among, of_region, bodies)
    return [
        News(
            kind_of(feature, step, audience),
            event,
            by,
            audience,
            *readers(audience, event.request, _concerned(audience, event, ended), at_work, bodies),
            facts,
            context,
            line,
            at_work,
            thing,
        )
        for audience in step.tells - {Audience.PRACTITIONERS, *without}
    ]


_TOGETHER: ContextVar[list[News] | None] = ContextVar("together", default=None)


@contextmanager
def collected() -> Iterator[list[News]]:
    """What the block would tell, for whoever tells it together with more."""
    to_tell: list[News] = []
    token = _TOGETHER.set(to_tell)
    try:
        yield to_tell
    finally:
        _TOGETHER.reset(token)


@contextmanager
def together(actor: Actor | None) -> Iterator[None]:
    """What the block tells, of several requests, is one act."""
    with collected() as to_tell:
        yield
    tell(to_tell, actor)


def tell(to_tell: Sequence[News], actor: Actor | None) -> None:
    """Write the e-mails of one act, of all that happened in it: one to an address, none to who acts.

    Where several would reach somebody, the audience with most to do tells, and of its news the first.
    """
    larger = _TOGETHER.get()
    if larger is not None:
        larger.extend(to_tell)
        return
    beside = [feature.tells_beside(to_tell) for feature in features() if feature.tells_beside]
    strongest_first = sorted(to_tell, key=lambda news: _STRENGTH.index(news.audience))
    wanted = [person for each in strongest_first for person in _wanted(each, actor)]
    messages: dict[Any, Message] = {}  # those who are told the same share it
    letters: list[Envelope] = []
    for kind, to, about in one_each(wanted, [actor.email] if actor else []):
        told, away = tuple(each for each, _ in about), tuple(away for _, away in about if away)
        if (told, away) not in messages:
            messages[told, away] = _message_of(told, _in_place_of(away))
        letters.append(Envelope(kind, to, messages[told, away]))
    letters += [
        each for told in beside for each in told if not (actor and each.recipient.email == actor.email)
    ]
    with outbox.one_act():
        enqueue_all(_with_calendars(to_tell, letters))


def _with_calendars(to_tell: Sequence[News], letters: Sequence[Envelope]) -> Sequence[Envelope]:
    for feature in features():
        if feature.invites:
            letters = feature.invites(to_tell, letters)
    return letters


def _wanted(each: News, actor: Actor | None) -> Iterable[Wanted]:
    for person in each.people:
        yield Wanted(
            each.kind,
            recipient(person.person, place_of_team(person.organisation_id), person.organisation_id),
            (each, person.instead_of),
        )
    for team in each.teams:
        if team.shared_mailbox and not (actor and actor.organisation_id == team.id):
            to = Recipient(
                team.shared_mailbox, team.name, place=place_of_team(team.id), organisation_id=team.id
            )
            yield Wanted(each.kind, to, (each, None))


def letters(kind: str, to: Readers, message: Message) -> list[Envelope]:
    """The same to all of these, one to an address; who reads it for somebody who is away is told so."""
    people, teams_of = to
    envelopes: dict[str, Envelope] = {}
    for person in people:
        more = _in_place_of([person.instead_of]) if person.instead_of else []
        told = replace(message, facts=[*more, *message.facts]) if more else message
        to_them = recipient(person.person, place_of_team(person.organisation_id))
        envelopes.setdefault(to_them.email, Envelope(kind, to_them, told))
    for team in teams_of:
        if team.shared_mailbox:
            mailbox = Recipient(team.shared_mailbox, team.name, place=place_of_team(team.id))
            envelopes.setdefault(mailbox.email, Envelope(kind, mailbox, message))
    return [*envelopes.values()]


def to_pole(
    kind: str, request: SupportRequest, message: Message, away: Collection[int] = ()
) -> list[Envelope]:
    """The same to who follows a request for its pole, with whom to call. `away`: people who are not told, by number."""
    told = replace(message, facts=[*message.facts, *contact(cells(request.region_code))])
    people, mailboxes = readers(Audience.POLE, request, ())
    return letters(kind, ([each for each in people if each.person.id not in away], mailboxes), told)


def place_of_team(organisation_id: int | None) -> str | None:
    """Asked only where it matters when an e-mail leaves."""
    return organisations.place_of(organisation_id) if waits_for_office_hours() else None


def _message_of(told: Sequence[News], more: Sequence[tuple[Any, Any]]) -> Message:
    """One message about all that its readers are told: facts that several share stand once."""
    first = told[0]
    events = list(dict.fromkeys(news.event for news in told))
    several = len(events) > 1
    facts = (fact for news in told for fact in ([news.line] if news.line and several else news.facts))
    cell = contact(first.cells()) if first.audience is Audience.POLE else ()
    about = [*dict.fromkeys([*more, *facts]), *cell]
    waiting = [news.waiting for news in told if news.waiting]
    letter = message(events, first.by, first.audience, about, first.context)
    acts = letter.acts if several else [*letter.acts, *first.acts]
    return replace(letter, waiting=waiting, acts=acts)


def _in_place_of(away: Iterable[Away]) -> list[tuple[Any, Any]]:
    """For whom somebody reads this meanwhile."""
    return [
        fact
        for absence in dict.fromkeys(away)
        for fact in ((_l("In place of"), absence.person_name), (_l("Away until"), absence.until))
    ]


def _concerned(audience: Audience, event: RequestEvent, ended: Sequence[Assignment]) -> Sequence[Assignment]:
    """The assignments whose partners an event tells."""
    if audience is Audience.PARTNERS:
        return ended
    return [event.assignment] if event.assignment else []


def message(
    events: Sequence[RequestEvent],
    actor: Actor | None,
    audience: Audience,
    facts: Sequence[tuple[Any, Any]] = (),
    context: Mapping[str, Any] = MappingProxyType({}),
) -> Message:
    """What every e-mail about a request says: the facts, the words said, the link, whom to answer."""
    event = events[-1]
    request = event.request
    requests = list(dict.fromkeys(event.request for event in events))
    several = len(requests) > 1
    partners = list(dict.fromkeys(event.assignment.partner.name for event in events if event.assignment))
    return Message(
        action_url=absolute_url("requests.index")
        if several
        else absolute_url("requests.show", reference=request.reference),
        facts=[*facts_of(requests, events, audience), *facts],
        requests=[link(request.reference, _named(request)) for request in requests],
        quote=event.message if len({each.message for each in events}) == 1 else None,
        quoted_by=actor.signature if actor and event.message else None,
        reply_to=(actor.person_name, actor.email) if actor else None,
        answers=_answers(event, audience),
        thread=request.reference,
        about="" if several else request.subject,
        acts=() if several else _acts(events, audience),
        context={
            "event": event,
            "several": len(events) > 1,
            "request": request,
            "any_to_route": any(each.state is RequestState.TO_ROUTE for each in requests),
            "assignment": event.assignment,
            "partners": LazyString(list_of, partners),
            "actor": actor,
            "reason": words_of(event.action).reasons.get(event.reason, ""),
            "action_label": _l("Open my requests") if several else _l("Open the request"),
            "why": (_WHY_SEVERAL if several else _WHY)[audience],
            **context,
        },
    )


def _acts(events: Sequence[RequestEvent], audience: Audience) -> list[MailAct]:
    """What the reader can do at once, where one thing is told of one assignment."""
    event, assignment = events[-1], events[-1].assignment
    if len(events) > 1 or assignment is None or event.action not in words.STEPS:
        return []
    offered = OFFERED.get((event.action, audience), ())
    return [
        MailAct(
            words.STEPS[step.name].button,
            absolute_url("by_mail.show", token=stand_in(number)),
            (step.name, event.request.reference, assignment.id),
        )
        for number, step in enumerate(offered)
    ]


def _answers(event: RequestEvent, audience: Audience) -> str | None:
    """What of one partner's part an answer by e-mail is of: the question that the pole answers, or all that is said."""
    if event.assignment is None:
        return None
    asked = ANSWER in OFFERED.get((event.action, audience), ())
    return f"{'question' if asked else 'part'}-{event.assignment.id}"


def link(reference: str, name: Any = None) -> Link:
    """A request, or something of it, and the page of the request."""
    return Link(name or reference, absolute_url("requests.show", reference=reference))


def _named(request: SupportRequest) -> str:
    return f"{request.subject}, {request.reference}" if request.subject else request.reference

"""Where a request stands, for its reader: its way, what is expected of whom, what comes if nothing comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.notifications.words import why_held
from portal.requests import rules, steps, words
from portal.requests.following.queries import TO_PARTNERS, TO_POLES, Letter, letters
from portal.requests.holders import page as holders
from portal.requests.models import Assignment, SupportRequest
from portal.requests.service import reminder_from
from portal.requests.steps import LIVE_ASSIGNMENTS, AssignmentState, Progress, RequestState
from portal.web import templating
from portal.web.doors import Holder, Part

Planned = Mapping[int, Sequence[str]]
_ONE_ACT = timedelta(minutes=1)
"""What one act tells is written in less."""


@dataclass(frozen=True, slots=True)
class Way:
    """One part of the way: its name, and whether it is behind, now or to come."""

    label: str
    done: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What became of the last e-mail to an organisation, in words."""

    to: str
    delivered: str
    seen: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Who holds it, what is expected next and of whom, what comes if nothing comes (both may be empty)."""

    holder: Holder
    expected: str
    otherwise: str
    told: Sequence[Told] = ()


def way(actor: Actor, request: SupportRequest, under_way: bool) -> Sequence[Way]:
    """The parts of the way of a request, of a partner's own where it has one; none once it left its way."""
    _shown, state = holders.own_view(actor, request)
    left = holders.is_over_for(actor, request) and state is not RequestState.COMPLETED
    if left or state in steps.SET_REQUESTS:
        return ()
    last = steps.reached(state, under_way)
    place = [*Progress].index(last) if last else -1
    return [
        Way(str(words.PROGRESS[progress]), done=rank <= place, current=rank == place)
        for rank, progress in enumerate(Progress)
    ]


def standing(
    actor: Actor, request: SupportRequest, under_way: bool, planned: Planned, parts: Sequence[Part] = ()
) -> Standing:
    """What somebody who follows a request wants to know first; what its `parts` expect comes before a next date."""
    holder = holders.holder(actor, request)
    if holders.is_over_for(actor, request):
        return Standing(holder, "", "")
    shown, state = holders.own_view(actor, request)
    match state:
        case RequestState.DRAFT:
            sentence = _of_a_draft(actor), ""
        case RequestState.TO_ROUTE:
            sentence = _to_route(actor)
        case RequestState.PROPOSED:
            sentence = _proposed(actor, request, shown)
        case RequestState.ACCEPTED:
            before = next((part for part in parts if part.expected), None)
            sentence = (
                (before.expected, before.otherwise) if before else _accepted(actor, shown, under_way, planned)
            )
        case RequestState.COMPLETED:
            sentence = _completed(actor, request, shown), ""
        case _:
            sentence = "", ""
    return Standing(holder, *sentence, _told(actor, request, shown))


def _of_a_draft(actor: Actor) -> str:
    if allows(actor, Permission.REQUEST_SUBMIT):
        return _("You finish writing it, and send it.")
    return _("The coordinator of your pole reads this draft and sends it.")


def _to_route(actor: Actor) -> tuple[str, str]:
    if allows(actor, Permission.REQUEST_ROUTE):
        return _("You choose partners, who are asked by e-mail."), ""
    expected = _("The cell chooses a partner and asks it. You get an e-mail as soon as it is done.")
    return expected, _("Add information: your cell gets it by e-mail.") if _may_add(actor) else ""


def _may_add(actor: Actor) -> bool:
    return allows(actor, Permission.REQUEST_ANSWER)


def _proposed(actor: Actor, request: SupportRequest, shown: Sequence[Assignment]) -> tuple[str, str]:
    held = [assignment for assignment in shown if assignment.state is AssignmentState.ON_HOLD]
    if held and (actor.is_pole or len(held) == len(_waiting(shown))):
        return _on_hold(actor, request, held)
    asked = [assignment for assignment in shown if assignment.state is AssignmentState.PROPOSED]
    first = min(asked, key=lambda part: (part.due_on, part.id))
    day = templating.weekday(first.due_on)
    names = ", ".join(part.partner.name for part in asked)
    late = clock.is_over(first.due_on, request.pole.place)
    if actor.is_partner and late:
        expected = _("You accept, decline, or ask what is missing: this was due on %(day)s.", day=day)
    elif actor.is_partner:
        expected = _("You accept, decline, or ask what is missing, by %(day)s.", day=day)
    elif late:
        expected = _("%(partners)s: an answer, which was due on %(day)s.", partners=names, day=day)
    else:
        expected = _("%(partners)s: an answer by %(day)s.", partners=names, day=day)
    return expected, " ".join([*_reminder(actor, first), _given_to_another(request, first)])


def _waiting(shown: Sequence[Assignment]) -> Sequence[Assignment]:
    states = AssignmentState.PROPOSED, AssignmentState.ON_HOLD
    return [assignment for assignment in shown if assignment.state in states]


def _on_hold(actor: Actor, request: SupportRequest, held: Sequence[Assignment]) -> tuple[str, str]:
    names = ", ".join(assignment.partner.name for assignment in held)
    if actor.is_partner:
        expected = _("%(pole)s answers your question.", pole=request.pole.name)
    elif actor.is_pole:
        expected = _("Your pole answers the question of %(partners)s.", partners=names)
    else:
        expected = _("%(pole)s answers the question of %(partners)s.", pole=request.pole.name, partners=names)
    return expected, _("The time to answer stands still: nothing moves until the question is answered.")


def _reminder(actor: Actor, first: Assignment) -> Sequence[str]:
    if not allows(actor, Permission.REQUEST_ANSWER):
        return ()
    if first.reminded_on:
        return (_("You reminded them on %(day)s.", day=templating.weekday(first.reminded_on)),)
    day = reminder_from(first)
    if day <= clock.today(first.request.pole.place):
        return (_("You can remind them now, once."),)
    return (_("You can remind them from %(day)s, once.", day=templating.weekday(day)),)


def _given_to_another(request: SupportRequest, first: Assignment) -> str:
    place = request.pole.place
    last = rules.last_day_to_answer(clock.day_of(first.proposed_at, place), first.given_days, place)
    return _(
        "Without an answer by %(day)s, the cell takes the request back and asks somebody else.",
        day=templating.weekday(last),
    )


def _accepted(
    actor: Actor, shown: Sequence[Assignment], under_way: bool, planned: Planned
) -> tuple[str, str]:
    first = next(assignment for assignment in shown if assignment.state is AssignmentState.ACCEPTED)
    who = first.referent.name if first.referent else first.partner.name
    otherwise = _("Add information: your partner gets it by e-mail.") if _may_add(actor) else ""
    days = planned.get(first.id)
    if days:
        expected = _("Intervention planned: %(day)s.", day=days[0])
    elif actor.is_partner and under_way:
        expected = _("You plan the next intervention, or complete your part.")
    elif actor.is_partner:
        expected = _("You get in touch with the pole and plan an intervention.")
    elif under_way:
        expected = _("%(name)s plans the next intervention, or completes.", name=who)
    else:
        expected = _("%(name)s gets in touch and plans an intervention.", name=who)
    return expected, otherwise


def _completed(actor: Actor, request: SupportRequest, shown: Sequence[Assignment]) -> str:
    ended = [assignment.completed_on for assignment in shown if assignment.completed_on]
    last = steps.last_day_to_reopen(max(ended)) if ended else None
    if last is None or last < clock.today(request.pole.place) or not allows(actor, Permission.REQUEST_REOPEN):
        return _("Nothing more is expected.")
    return _("Nothing more is expected. It can be reopened until %(day)s.", day=templating.weekday(last))


def _told(actor: Actor, request: SupportRequest, shown: Sequence[Assignment]) -> Sequence[Told]:
    """Did what was last written by e-mail arrive, and has somebody read it? For the pole, what its partners were told;
    for a partner, what it told the pole."""
    live = [assignment for assignment in shown if assignment.state in LIVE_ASSIGNMENTS]
    place = request.pole.place
    if actor.is_pole and live:
        written = letters(request.reference, TO_PARTNERS, {assignment.partner_id for assignment in live})
        return [
            Told(
                assignment.partner.name,
                _delivered(_last_to(assignment, written), place),
                _seen(assignment, place),
            )
            for assignment in live
        ]
    if actor.is_partner and shown and shown[0].state is not AssignmentState.PROPOSED:
        last = _last_of(letters(request.reference, TO_POLES, {request.pole_id}), shown[0])
        return [Told(request.pole.name, _delivered(last, place), _read(last, place))] if last else ()
    return ()


def _last_to(assignment: Assignment, written: Sequence[Letter]) -> Sequence[Letter]:
    """The last e-mails to a partner, since it was asked: those of one kind, written together."""
    own = [
        letter
        for letter in written
        if letter.organisation_id == assignment.partner_id and letter.created_at >= assignment.proposed_at
    ]
    return _together(own)


def _last_of(written: Sequence[Letter], assignment: Assignment) -> Sequence[Letter]:
    """The last e-mails that tell of an assignment."""
    about = {f"part-{assignment.id}", f"question-{assignment.id}"}
    return _together([letter for letter in written if letter.answers in about])


def _together(written: Sequence[Letter]) -> Sequence[Letter]:
    last = written[:1]
    return [
        letter
        for letter in written
        if letter.kind == last[0].kind and letter.created_at >= last[0].created_at - _ONE_ACT
    ]


def _delivered(written: Sequence[Letter], place: str | None) -> str:
    sent = [letter.sent_at for letter in written if letter.sent_at]
    if sent:
        return _("E-mail delivered on %(moment)s", moment=templating.moment(min(sent), place))
    if written and all(letter.given_up_at for letter in written):
        return _("The e-mail could not be delivered: the cell can call them")
    waiting = [letter for letter in written if letter.next_attempt_at or letter.digest_at or letter.held_at]
    return _held(min(waiting, key=_leaves_at), place) if waiting else ""


def _leaves_at(letter: Letter) -> datetime:
    """What is paused leaves nobody knows when."""
    return letter.next_attempt_at or letter.digest_at or datetime.max.replace(tzinfo=UTC)


def _held(letter: Letter, place: str | None) -> str:
    at, why = letter.next_attempt_at or letter.digest_at, why_held(letter)
    if at is None:
        return _("E-mail held, because %(why)s", why=why)
    if at <= clock.now():
        return _("The e-mail is about to leave")
    return _("E-mail held until %(moment)s, because %(why)s", moment=templating.moment(at, place), why=why)


def _seen(assignment: Assignment, place: str | None) -> str:
    if assignment.seen_at is None:
        return _("Not opened yet by its team")
    return _("Opened by its team on %(moment)s", moment=templating.moment(assignment.seen_at, place))


def _read(written: Sequence[Letter], place: str | None) -> str:
    read = [letter.read_at for letter in written if letter.read_at]
    if not read:
        return _("Not opened yet by the pole")
    return _("Opened by the pole on %(moment)s", moment=templating.moment(min(read), place))

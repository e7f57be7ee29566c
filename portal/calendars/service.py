"""Calendars hold what is planned: each change reaches each of those it concerns, once, and so does each end."""

from collections.abc import Collection, Mapping, Sequence

from portal import clock
from portal.accounts.attempts import service as attempts
from portal.calendars import emails, queries, rules
from portal.calendars.emails import Thing, Told
from portal.calendars.models import CalendarInvitation
from portal.calendars.rules import Answer, Method, Sent
from portal.db import db, require_transaction
from portal.interventions.models import Intervention
from portal.interventions.steps import InterventionState
from portal.joint.steps import LEAVE
from portal.mailbox.letters.rules import CalendarReply
from portal.notifications.emails import Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all, is_silent
from portal.requests import queries as requests
from portal.requests import steps
from portal.requests.emails import News
from portal.sessions import queries as sessions


def invites(to_tell: Sequence[News], letters: Sequence[Envelope]) -> Sequence[Envelope]:
    """What one act tells, with what calendars are told of it."""
    if is_silent():
        return letters
    db.session.flush()  # what was changed has its number, and has risen
    numbers = _dates_in(to_tell)
    return settle(numbers, letters) if numbers else letters


_OTHERS_FOLLOW = {steps.MOVE.name, steps.CHANGE_CONTACT.name, LEAVE.name}
"""Acts after which others follow the dates of a request, which stay as they are."""


def _dates_in(to_tell: Sequence[News]) -> set[int]:
    """Which dates an act may have changed for calendars; none knows what is only noted afterwards."""
    things = [news.thing for news in to_tell if isinstance(news.thing, Intervention)]
    numbers = {each.id for each in things if each.state is not InterventionState.DONE or each.sequence}
    requests_of = {news.event.request.id for news in to_tell if news.event.action in _OTHERS_FOLLOW}
    return numbers | (queries.planned_on(requests_of) if requests_of else set())


def settle(numbers: Collection[int], letters: Sequence[Envelope] = ()) -> list[Envelope]:
    """Each calendar that does not hold what these dates are now is told: with the letter that its address gets anyway,
    else in one of its own."""
    require_transaction()
    interventions, held = queries.dates(numbers), queries.held(numbers)
    wanted = queries.concerned(interventions)
    told = [
        each
        for intervention in interventions
        for each in _told(intervention, wanted[intervention.id], held.get(intervention.id, {}))
    ]
    return _carried(letters, told)


def invites_to_sessions(numbers: Collection[int], letters: Sequence[Envelope]) -> Sequence[Envelope]:
    """What one act on sessions tells, with what calendars are told of it."""
    if is_silent():
        return letters
    db.session.flush()
    return settle_sessions(numbers, letters)


def settle_sessions(numbers: Collection[int], letters: Sequence[Envelope] = ()) -> list[Envelope]:
    """The same as `settle`, of sessions."""
    require_transaction()
    every, held = queries.sessions(numbers), queries.held_of_sessions(numbers)
    wanted = queries.coming(every)
    told = [
        each for session in every for each in _told(session, wanted[session.id], held.get(session.id, {}))
    ]
    return _carried(letters, told)


def _carried(letters: Sequence[Envelope], told: Sequence[Told]) -> list[Envelope]:
    """Letters with what calendars are told, one to an address."""
    of_address: dict[str, list[Told]] = {}
    for each in told:
        of_address.setdefault(each.to.email, []).append(each)
    carried = []
    for letter in letters:
        dates = of_address.pop(letter.recipient.email.lower(), [])
        carried.append(letter._replace(dates={each.thing.uid: each.calendar for each in dates}))
    return [*carried, *(emails.letter(dates) for dates in of_address.values())]


def _told(thing: Thing, wanted: queries.Invited, known: Mapping[str, CalendarInvitation]) -> list[Told]:
    """Whom a date tells what; it is noted that they have it."""
    held, digest = dict(known), emails.digest(thing)
    sent = {address: Sent(each.digest, each.ended_at is not None) for address, each in held.items()}
    if thing.state in queries.OVER:  # nobody is invited to it any more
        wanted = {address: to for address, to in wanted.items() if address in sent}
    due = rules.changes(list(wanted), sent, digest, is_off=thing.state in queries.OFF)
    if due.rises:
        thing.sequence += 1
    for address in due.put:
        row = held.get(address) or _new(thing, wanted[address])
        row.person_id, row.organisation_id = wanted[address].person_id, wanted[address].organisation_id or 0
        row.sequence, row.digest = thing.sequence, digest
        row.ended_at = row.answer = row.answered_at = None
        held[address] = row
    for address in due.take_out:
        held[address].ended_at, held[address].sequence = clock.now(), thing.sequence
    db.session.flush()
    out = [(Method.CANCEL, _reader(held[address]), held[address]) for address in due.take_out]
    put = [(Method.REQUEST, wanted[address], held[address]) for address in due.put]
    return [emails.told(method, thing, row, to) for method, to, row in (*out, *put)]


def _new(thing: Thing, to: Recipient) -> CalendarInvitation:
    of = "intervention_id" if isinstance(thing, Intervention) else "session_id"
    row = CalendarInvitation(address=to.email, **{of: thing.id})
    db.session.add(row)
    return row


def _reader(sent: CalendarInvitation) -> Recipient:
    """Somebody who had it, also where they are no longer of the organisation for which they did, or have no seat any
    more."""
    person = sent.person
    if person is None and sent.session_id:
        return queries.participant(sent.session_id, sent.address, sent.organisation_id)
    name, language = (person.name, person.language) if person else ("", "fr")
    return Recipient(sent.address, name, language, organisation_id=sent.organisation_id)


def follow(numbers: Sequence[int]) -> int:
    """Calendars follow who came and went meanwhile, whichever way; to how many dates something was said."""
    changed = 0
    for number in numbers:
        if requests.get_locked(None, queries.reference_of(number)) is None:
            continue
        if number not in queries.standing(number - 1, 1):
            continue
        letters = settle([number])
        enqueue_all(letters)
        changed += bool(letters)
    return changed


def follow_sessions(numbers: Sequence[int]) -> int:
    """The same of sessions."""
    changed = 0
    for number in numbers:
        if sessions.locked(number) is None or number not in queries.sessions_standing(number - 1, 1):
            continue
        letters = settle_sessions([number])
        enqueue_all(letters)
        changed += bool(letters)
    return changed


def take(reply: CalendarReply) -> bool:
    """What somebody's calendar answered; False: to nothing of ours, or not in their name.

    An answer to what was changed since, or older than the one taken last, changes nothing.
    """
    seen = queries.invitation(reply.uid, reply.attendee)
    if seen is None or seen.intervention_id is None or reply.number not in (None, seen.id):
        return False
    reference = queries.reference_of(seen.intervention_id)
    requests.get_locked(None, reference)
    sent = queries.invitation(reply.uid, reply.attendee)
    (intervention,) = queries.dates([seen.intervention_id])
    answer, at = rules.answer_of(reply.answer), rules.moment_of(reply.stamp, clock.now())
    if sent is None or answer is None or not _may_answer(intervention, sent):
        return True
    if not rules.counts(reply.sequence, at, sent.sequence, sent.answered_at):
        return True
    before, sent.answer, sent.answered_at = sent.answer, answer, at
    is_news = (before is Answer.DECLINED) != (answer is Answer.DECLINED)
    if is_news and attempts.may_answer_by_email(reference):
        to = queries.concerned([intervention])[intervention.id][sent.address]
        emails.answered(intervention, sent, to.name)
    return True


def _may_answer(intervention: Intervention, sent: CalendarInvitation) -> bool:
    """While it is planned, and still concerns them."""
    if intervention.state is not InterventionState.PLANNED or sent.ended_at is not None:
        return False
    return sent.address in queries.concerned([intervention])[intervention.id]


def forget(person_id: int) -> None:
    """An account closes: its calendar lets go of what is to come, and nothing is kept of the rest."""
    require_transaction()
    coming = queries.theirs(person_id, only_to_come=True)
    enqueue_all(_carried((), _let_go(coming)))
    for sent in queries.theirs(person_id):
        db.session.delete(sent)
    db.session.flush()


def _let_go(held: Sequence[CalendarInvitation]) -> list[Told]:
    """All of these are taken out."""
    dates = queries.dates([sent.intervention_id for sent in held if sent.intervention_id])
    gives = queries.sessions([sent.session_id for sent in held if sent.session_id])
    things: list[Thing] = [*dates, *gives]
    for each in things:
        each.sequence += 1
    db.session.flush()
    return [
        emails.told(Method.CANCEL, thing, sent, _reader(sent))
        for sent in held
        if (thing := sent.intervention or sent.session) is not None
    ]

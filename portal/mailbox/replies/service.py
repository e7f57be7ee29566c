"""Answers by e-mail: said as if typed in the portal, by who got the e-mail, to those who read what it answers at most.

What anybody can write into an e-mail gives no right: its address, which we signed, says which e-mail is answered; that
e-mail says who got it and what of. Who writes from elsewhere is asked first, in the portal, whether it is they.
"""

import hashlib
from io import BytesIO
from typing import Any

from werkzeug.datastructures import FileStorage

from portal import clock
from portal.accounts.attempts import service as attempts
from portal.accounts.models import Person
from portal.conversation import queries as conversation_queries
from portal.conversation import service as conversation
from portal.conversation.models import Message
from portal.conversation.queries import MESSAGE
from portal.conversation.rules import LONGEST, Reach
from portal.conversation.service import Words
from portal.db import db, inserting, transaction
from portal.documents import service as documents
from portal.documents.rules import MOST_AT_ONCE, Sender
from portal.mailbox import emails, queries
from portal.mailbox.letters.rules import Received
from portal.mailbox.models import ReceivedEmail
from portal.mailbox.queries import Answered
from portal.mailbox.rules import Outcome, Why
from portal.notifications.returns import service as returns
from portal.refusals import Invalid, NotFound, Refusal
from portal.requests.documents.service import ASSIGNMENT
from portal.requests.models import Assignment
from portal.requests.steps import ANSWER, AssignmentState


def take(email_id: int, letter: Received) -> Outcome:
    """An answer to an e-mail of ours. The same one that comes again changes nothing."""
    asked = queries.answered(email_id)
    if asked is None or letter.automatic or not letter.text:
        return Outcome.NOTHING
    key = hashlib.sha256(f"{email_id}:{letter.key}".encode()).hexdigest()[:40]
    person = queries.reader(asked.recipient, letter.sender)
    if person is None:
        with transaction():
            emails.nobody_answers(asked.recipient, asked.language, key, letter.text)
        return Outcome.NOT_TAKEN
    if queries.is_known(key):
        return Outcome.AGAIN
    if len(letter.text) > LONGEST:
        return _refuse(person, Why.TOO_LONG, key, letter)
    kept, refused = _keep(person, key, letter)
    if letter.sender != person.email:
        return _hold(person, asked, key, letter)
    return _take(person, asked, key, letter, kept, refused)


def form(key: str) -> str:
    """Under which documents of an answer are kept until it is said."""
    return f"/reponses-par-courriel/{key}"


def _keep(person: Person, key: str, letter: Received) -> tuple[list[int], list[tuple[str, Any]]]:
    """Its documents, checked as those of a form; and those that are not taken, each with the reason."""
    kept: list[int] = []
    refused: list[tuple[str, Any]] = [(attachment.name, "") for attachment in letter.attached[MOST_AT_ONCE:]]
    for attached in letter.attached[:MOST_AT_ONCE]:
        try:
            sent = FileStorage(BytesIO(attached.content), filename=attached.name)
            kept.append(documents.keep(Sender(person.id), form(key), sent).id)
        except Invalid as refusal:
            refused.append((attached.name, refusal.message))
    return kept, refused


def _take(
    person: Person,
    asked: Answered,
    key: str,
    letter: Received,
    kept: list[int],
    refused: list[tuple[str, Any]],
) -> Outcome:
    try:
        with transaction():
            if not _note(person, asked, key, letter, held=None):
                return Outcome.AGAIN
            _say(person, asked.answers, key, letter.text, kept)
            if refused:
                emails.documents_not_taken(person, refused, key)
            returns.let_again(person.email)
    except _TooMany:
        return _refuse(person, Why.TOO_MANY, key, letter)
    except Refusal:
        return _refuse(person, Why.NOT_NOW, key, letter)
    return Outcome.SAID


class _TooMany(Refusal):
    """Enough answers on one request for an hour."""


def _say(person: Person, answers: str, key: str, text: str, document_ids: list[int]) -> None:
    """As a message, or as the answer to a question where it still waits for one."""
    about, _, number = answers.partition("-")
    sent: Message | Assignment
    if about == "message":
        answered = queries.message(person, int(number))
        if answered is None:
            raise NotFound
        actor, reference, message = answered
        _count(reference)
        heard = conversation_queries.heard_by(message)
        sent = conversation.answer(actor, reference, key, text, heard)
    else:
        part = queries.part(person, int(number))
        if part is None:
            raise NotFound
        actor, reference, assignment = part
        _count(reference)
        if about == "question" and assignment.state is AssignmentState.ON_HOLD and actor.is_pole:
            to = f"{ANSWER.verb}-{assignment.id}"
            with conversation.act(actor, to):
                sent = conversation.say(actor, reference, key, Words(to, text))
        else:
            heard = Reach(frozenset({assignment.partner_id}))
            sent = conversation.answer(actor, reference, key, text, heard)
    if document_ids:
        parent = MESSAGE if isinstance(sent, Message) else ASSIGNMENT
        documents.attach(Sender(person.id), document_ids, parent, sent.id, form(key))


def _count(reference: str) -> None:
    if not attempts.may_answer_by_email(reference):
        raise _TooMany


def _hold(person: Person, asked: Answered, key: str, letter: Received) -> Outcome:
    """It comes from somewhere else: they say in the portal whether it is theirs."""
    with transaction():
        if not attempts.may_answer_by_email(f"held for {person.id}"):
            return Outcome.NOTHING
        if not _note(person, asked, key, letter, held=letter.text):
            return Outcome.AGAIN
        emails.is_this_you(person, queries.number_of(key), letter.sender)
    return Outcome.HELD


def decide(person: Person, received_id: int, *, theirs: bool) -> None:
    """They say whether an answer that is held is theirs; it is said then, or forgotten."""
    held = queries.locked_held(person.id, received_id)
    if held is None:
        raise NotFound
    text, held.text = held.text or "", None
    if theirs:
        kept = [document.id for document in queries.documents_of(person.id, form(held.key))]
        _say(person, held.answers, held.key, text, kept)


def _note(person: Person, asked: Answered, key: str, letter: Received, held: str | None) -> bool:
    """False: it came before."""
    row = {
        "key": key,
        "answers": asked.answers,
        "person_id": person.id,
        "sender": letter.sender[:254],
        "text": held,
        "at": clock.now(),
    }
    statement = inserting(ReceivedEmail).values(row)
    fresh = statement.on_conflict_do_nothing(index_elements=["key"]).returning(ReceivedEmail.id)
    return db.session.scalar(fresh) is not None


def _refuse(person: Person, why: Why, key: str, letter: Received) -> Outcome:
    """They hear why, with their words, so that nothing is lost."""
    with transaction():
        emails.not_taken(person, why, key, letter.text)
    return Outcome.NOT_TAKEN

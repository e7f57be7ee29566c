"""The outbox: written in the transaction of what it tells, so that an e-mail leaves only if that commits; workers send
it (`claims`)."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, NamedTuple, Self

from flask import current_app
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update

from portal import acts, clock
from portal.db import db, inserting, require_transaction
from portal.notifications import rules
from portal.notifications.coming.service import with_what_comes
from portal.notifications.emails import Message, Recipient, Rendered, render
from portal.notifications.links import service as links
from portal.notifications.models import OutboxEmail
from portal.notifications.preferences import service as preferences
from portal.text import one_line

_SUBJECT_LENGTH = 300
_NAME_LENGTH = 170
_URL_LENGTH = 500
OF_READER = "own-secret-of-whoever-reads-this"
"""Stands for the secret of an envelope, wherever its message tells it."""
_STAND_IN = "link-of-whoever-reads-this"
_NO_NEWS = {"person_id": None, "organisation_id": None, "url": ""}
"""Of an e-mail with a secret: it is only for who reads it there."""
_TABLE: Any = OutboxEmail.__table__  # without objects to keep track of
_QUIET = {"synchronize_session": False}

_SILENT: ContextVar[bool] = ContextVar("silent", default=False)
_IN_OFFICE_HOURS: ContextVar[bool] = ContextVar("in_office_hours", default=False)


class Envelope(NamedTuple):
    """An e-mail to be written: its template, its reader, what it says. `dates`: what their calendar is told with it, by
    what calendars call the date, as iCalendar; `is_news`: it says more than that. `secret`: what only this reader gets,
    for which OF_READER stands; with one, even an empty one, it is confidential."""

    kind: str
    recipient: Recipient
    message: Message
    dates: Mapping[str, str] = MappingProxyType({})
    is_news: bool = True
    secret: str | None = None


_ONE_ACT: ContextVar[list[Envelope] | None] = ContextVar("one_act", default=None)


@contextmanager
def silent() -> Iterator[None]:
    """Write no e-mail in the block: what happens in it is news to nobody."""
    token = _SILENT.set(True)
    try:
        yield
    finally:
        _SILENT.reset(token)


def is_silent() -> bool:
    return _SILENT.get()


@contextmanager
def in_office_hours() -> Iterator[None]:
    """What is written in the block, which no person did, leaves when its readers are at work."""
    token = _IN_OFFICE_HOURS.set(True)
    try:
        yield
    finally:
        _IN_OFFICE_HOURS.reset(token)


@contextmanager
def one_act() -> Iterator[None]:
    """What is written in the block tells of one act: one e-mail to an address, with the facts of all of them.

    It is the first that is about no request in particular, or the first; one for calendars alone comes last.
    """
    if _ONE_ACT.get() is not None:  # a part of a larger one
        yield
        return
    letters: list[Envelope] = []
    token = _ONE_ACT.set(letters)
    try:
        yield
    finally:
        _ONE_ACT.reset(token)
    to: dict[str, list[Envelope]] = {}
    for letter in letters:
        to.setdefault(letter.recipient.email.lower(), []).append(letter)
    enqueue_all([letter for letters in to.values() for letter in _to_one(letters)])


def _to_one(letters: Sequence[Envelope]) -> Sequence[Envelope]:
    """What one address gets: each that leads elsewhere by itself, and all the rest as one; what is for calendars alone
    comes with what there is."""
    apart = [letter for letter in letters if _leads_elsewhere(letter)]
    together = [letter for letter in letters if not _leads_elsewhere(letter)]
    if not apart or any(letter.is_news for letter in together):
        return [*apart, *([_of_all(together)] if together else ())]
    first, *others = apart
    return [first._replace(dates=_dates([first, *together])), *others]


def _leads_elsewhere(letter: Envelope) -> bool:
    return letter.is_news and letter.secret is not None


def _dates(letters: Sequence[Envelope]) -> Mapping[str, str]:
    """Of what calendars are told of one date, the last."""
    return {uid: date for letter in letters for uid, date in letter.dates.items()}


def _of_all(letters: Sequence[Envelope]) -> Envelope:
    """The first, with what the others say beside."""
    first, *others = sorted(letters, key=lambda each: (not each.is_news, each.message.thread is not None))
    if not others:
        return first
    beside = [other.message for other in others if other.is_news or not first.is_news]
    return first._replace(message=_with_the_rest(first.message, beside), dates=_dates(letters))


def _with_the_rest(first: Message, others: Sequence[Message]) -> Message:
    """What the first says, of the requests it is about, and the facts of the others, with their requests."""
    facts = dict.fromkeys(fact for other in (first, *others) for fact in other.facts)
    also = dict.fromkeys(
        link for message in others for link in message.requests if link not in first.requests
    )
    if first.requests:
        return replace(first, facts=list(facts), also=list(also))
    return replace(first, facts=list(facts), requests=list(also))


def waits_for_office_hours() -> bool:
    return _IN_OFFICE_HOURS.get()


def enqueue(
    kind: str,
    recipient: Recipient,
    message: Message,
    *,
    dedupe: str | None = None,
    confidential: bool = False,
) -> None:
    """Write an e-mail into the caller's transaction: it leaves only if that commits.

    With a `dedupe` key already used, nothing is written, even when another transaction is using it now.
    """
    require_transaction()
    if is_silent():
        return
    if not (dedupe or confidential):
        enqueue_all([Envelope(kind, recipient, message)])
        return
    if dedupe and db.session.scalar(select(OutboxEmail.id).where(OutboxEmail.dedupe == dedupe)):
        return
    (message,) = with_what_comes([(kind, message)])
    rendered = render(kind, recipient.language, message)
    written = _row(kind, recipient, message, rendered) | {"dedupe": dedupe, "confidential": confidential}
    row = (written | _NO_NEWS) if confidential else preferences.settled([written])[0]
    statement = inserting(OutboxEmail).values(row)
    db.session.execute(statement.on_conflict_do_nothing(index_elements=["dedupe"]))


def enqueue_all(letters: Sequence[Envelope]) -> None:
    """Write e-mails into the caller's transaction, together; what several read is drawn once for each language."""
    require_transaction()
    if is_silent():
        return
    if (larger := _ONE_ACT.get()) is not None:
        larger.extend(letters)
        return
    drawn: dict[Any, Rendered] = {}
    rows = []
    messages = with_what_comes([(letter.kind, letter.message) for letter in letters])
    for letter, message in zip(letters, messages, strict=True):
        kind, recipient, dates = letter.kind, letter.recipient, len(letter.dates)
        token = preferences.stop_token(kind, recipient.person_id, recipient.organisation_id)
        stop_url = preferences.stop_url(_STAND_IN) if token else ""
        may_act = recipient.organisation_id is not None
        key = kind, recipient.language, id(message), stop_url, may_act, dates
        if key not in drawn:
            drawn[key] = render(kind, recipient.language, message, stop_url, may_act, dates)
        row = _row(kind, recipient, message, drawn[key]) | {"calendar": "".join(letter.dates.values())}
        row |= _confidential(row, letter.secret)
        rows.append(links.of_reader(row, _STAND_IN, token, [act.about for act in message.acts]))
    post(preferences.settled(rows))


def _confidential(row: Mapping[str, Any], secret: str | None) -> dict[str, Any]:
    """What a secret changes in the row of an e-mail."""
    if secret is None:
        return {"confidential": False}
    texts = {name: row[name].replace(OF_READER, secret) for name in ("text", "html")}
    return {**texts, **_NO_NEWS, "confidential": True}


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail to many: the same, but for the secret of each, for which `stand_in` stands; without one it is not
    confidential."""

    row: Mapping[str, Any]
    stand_in: str

    @classmethod
    def written(cls, kind: str, recipient: Recipient, message: Message, stand_in: str = "") -> Self:
        (message,) = with_what_comes([(kind, message)])
        rendered = render(kind, recipient.language, message)
        row = _row(kind, recipient, message, rendered)
        return cls({**row, "confidential": bool(stand_in)}, stand_in)

    def to(self, address: str, secret: str) -> dict[str, Any]:
        """The row of one e-mail, as `post` takes it."""
        texts = {name: self.row[name].replace(self.stand_in, secret) for name in ("text", "html")}
        return {**self.row, **texts, "recipient": address, "message_id": message_id()}

    def to_known(self, address: str, name: str) -> dict[str, Any]:
        """The row of one e-mail that has no secret, to somebody whose name is known."""
        name = one_line(name)[:_NAME_LENGTH]
        return {**self.row, "recipient": address, "recipient_name": name, "message_id": message_id()}


def post(rows: Sequence[dict[str, Any]]) -> None:
    """Write e-mails that are rendered into the caller's transaction; what may be taken back waits meanwhile."""
    require_transaction()
    if not rows or is_silent():
        return
    if act := acts.current():
        act.letters.extend(row["message_id"] for row in rows)
        waits_until = clock.now() + acts.TIME
        rows = [
            row | {"next_attempt_at": (at := row["next_attempt_at"]) and max(at, waits_until)} for row in rows
        ]
    db.session.execute(insert(_TABLE), rows)


def take_back(message_ids: Sequence[str]) -> bool:
    """Never send these; False if a worker has begun to send one of them."""
    require_transaction()
    untouched = (
        OutboxEmail.sent_at.is_(None),
        OutboxEmail.leased_until.is_(None),
        OutboxEmail.attempts == 0,
        OutboxEmail.digested_at.is_(None),
    )
    gone: Any = db.session.execute(
        delete(OutboxEmail)
        .where(OutboxEmail.message_id.in_(message_ids), *untouched)
        .execution_options(**_QUIET)
    )
    return int(gone.rowcount) == len(message_ids)


def _row(kind: str, recipient: Recipient, message: Message, rendered: Rendered) -> dict[str, Any]:
    reply_name, reply_email = message.reply_to or (None, None)
    if message.to_stranger:
        recipient, reply_name = replace(recipient, name=""), None
    return {
        "kind": kind,
        "recipient": recipient.email,
        "recipient_name": one_line(recipient.name)[:_NAME_LENGTH],
        "reply_to": reply_email,
        "reply_to_name": one_line(reply_name)[:_NAME_LENGTH] if reply_name else None,
        "language": recipient.language,
        "subject": one_line(rendered.subject)[:_SUBJECT_LENGTH],
        "text": rendered.text,
        "html": rendered.html,
        "calendar": "",
        "message_id": message_id(),
        "thread": message.thread,
        "answers": message.answers if len(message.requests) < 2 else None,
        "next_attempt_at": clock.office_hours(recipient.place) if waits_for_office_hours() else clock.now(),
        "person_id": recipient.person_id,
        "organisation_id": recipient.organisation_id,
        "url": message.action_url[:_URL_LENGTH] if preferences.is_news(kind) else "",
        "digest_at": None,
        "waiting": [*message.waiting] or None,
    }


def message_id() -> str:
    """A name that no other e-mail has."""
    domain = current_app.config["MAIL_SENDER"].rpartition("@")[2]
    return f"<{secrets.token_hex(16)}@{domain}>"


def try_again(email_id: int) -> bool:
    """Give a given-up e-mail new attempts; False if it is not given up, hopeless, or its text is no longer kept."""
    require_transaction()
    return bool(_revive(OutboxEmail.id == email_id))


def send_again(email_id: int) -> bool:
    """Send what left once more, as it was, under a name of its own; False where that was done, or its text is no longer
    kept. A secret link is never kept."""
    require_transaction()
    same = (
        *("kind", "recipient", "recipient_name", "reply_to", "reply_to_name", "language", "subject"),
        *("text", "html", "calendar", "thread", "answers", "person_id", "organisation_id", "waiting"),
    )
    sent = select(*(_TABLE.c[name] for name in same)).where(
        _TABLE.c.id == email_id, _TABLE.c.sent_at.is_not(None), _TABLE.c.text != "", ~_TABLE.c.confidential
    )
    row = db.session.execute(sent).mappings().one_or_none()
    if row is None:
        return False
    now = clock.now()
    again = {
        "message_id": message_id(),
        "dedupe": f"again:{email_id}",
        "read_at": now,
        "next_attempt_at": now,
    }
    statement = inserting(OutboxEmail).values({**row, **again})
    once = statement.on_conflict_do_nothing(index_elements=["dedupe"]).returning(OutboxEmail.id)
    return db.session.scalar(once) is not None


def try_all_again() -> int:
    """Give new attempts to every given-up e-mail that is not hopeless; return how many."""
    require_transaction()
    return _revive(OutboxEmail.given_up_at.is_not(None))


def _revive(which: Any) -> int:
    result: Any = db.session.execute(
        update(OutboxEmail)
        .where(which, OutboxEmail.given_up_at.is_not(None), OutboxEmail.text != "", ~_hopeless())
        .values(given_up_at=None, attempts=0, next_attempt_at=clock.now())
        .execution_options(**_QUIET)
    )
    return int(result.rowcount)


def _hopeless() -> ColumnElement[bool]:
    """Tried again, it would be given up again: its address is none."""
    begun = [func.coalesce(OutboxEmail.last_error, "").startswith(beginning) for beginning in rules.HOPELESS]
    return or_(*begun)

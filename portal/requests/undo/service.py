"""One act on requests, and how its author takes it back: nothing was sent, so that all is as it was."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, time
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, event, insert, inspect, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapper

from portal import acts, clock
from portal.access.roles import Actor
from portal.acts import Act
from portal.catalogue.models import ServiceVersion
from portal.db import Model, db, require_transaction
from portal.feature import features
from portal.notifications.outbox import service as outbox
from portal.refusals import NotFound
from portal.requests import emails, steps
from portal.requests import queries as requests
from portal.requests.models import RequestEvent, SupportRequest
from portal.requests.undo import queries
from portal.requests.undo.models import Undo
from portal.requests.undo.rules import NotTakenBack, Restored, Why, is_open, why_not
from portal.steps import Step

_APPEND_ONLY = (RequestEvent, ServiceVersion, Undo)
"""What nothing puts back: the history only grows."""


class NotRestored(RuntimeError):
    """An act wrote what nothing puts back: its model is in no `Feature.restored`, or its step can be taken back and
    should not."""


@contextmanager
def act(actor: Actor, step: Step[Any], key: str | None = None) -> Iterator[None]:
    """What the block does to requests is one act: what it tells waits, and its author may take it back meanwhile.

    Several requests in one block are taken back together, since each reader gets one e-mail of it. A step that stays
    is none. `key`: what names it, if somebody has named it already.
    """
    require_transaction()
    if step.stays or acts.current():
        yield
        return
    with acts.begun(key) as done:
        with emails.together(actor):
            yield
        db.session.flush()
        if done.changes or done.letters:
            _keep(actor, done)


def _keep(actor: Actor, done: Act) -> None:
    as_whom = {"membership_id": actor.membership_id, "role": actor.role}
    db.session.add(Undo(key=done.key, letters=done.letters, changes=done.changes, **as_whom))
    db.session.flush()


@contextmanager
def part_of(whole: Act, actor: Actor) -> Iterator[list[emails.News]]:
    """One of several things done at once, each in a transaction of its own: what there is to tell of it. Should the
    rest fail, that is told by itself. What is refused is no part of it."""
    require_transaction()
    with acts.begun(whole.key) as done:
        with emails.collected() as told:
            yield told
        emails.tell(told, actor)
        db.session.flush()
    whole.letters.extend(done.letters)
    whole.changes.extend(done.changes)


def end(whole: Act, actor: Actor, told: Sequence[emails.News]) -> None:
    """Tell of all of it at once, in place of what each part told; from now on it can be taken back, all at once."""
    require_transaction()
    if not outbox.take_back(whole.letters):
        raise NotTakenBack(Why.LATE)
    with acts.begun(whole.key) as done:
        emails.tell(told, actor)
        db.session.flush()
    _keep(actor, Act(whole.key, done.letters, [*whole.changes, *done.changes]))


def take_back(actor: Actor, reference: str) -> None:
    """Put what somebody did last on a request as it was before, and remember both."""
    require_transaction()
    seen = requests.get(actor, reference)
    if seen is None:
        raise NotFound
    key = queries.last_key(actor, seen.id)
    if key is None:
        raise NotTakenBack(Why.NOT_YOURS)
    locked = [_lock(actor, reference) for reference in queries.references(key)]
    undo = queries.locked(key)
    if undo is None:
        raise NotTakenBack(Why.GONE)
    if refused := why_not(
        is_mine=(undo.membership_id, undo.role) == (actor.membership_id, actor.role),
        key=key,
        newest=queries.newest([request.id for request in locked]),
        at=undo.at,
        now=clock.now(),
    ):
        raise NotTakenBack(refused)
    if not outbox.take_back(undo.letters):
        raise NotTakenBack(Why.LATE)
    _restore(undo.changes)
    if queries.waits_for_ended([request.id for request in locked]):
        raise NotTakenBack(Why.ENDED)
    _remember(actor, key)
    db.session.delete(undo)
    db.session.flush()


def take_back_from(actor: Actor, row: Model) -> None:
    """The same of what somebody did last to a row of no request. Whoever calls has locked what it is of, and looked
    that nothing happened to it since."""
    require_transaction()
    undo = queries.of_row(actor, row)
    if undo is None:
        raise NotTakenBack(Why.NOT_YOURS)
    if not is_open(undo.at, clock.now()) or not outbox.take_back(undo.letters):
        raise NotTakenBack(Why.LATE)
    _restore(undo.changes)
    db.session.delete(undo)
    db.session.flush()


def forget(keys: Sequence[str]) -> int:
    """What these acts were before them, where they can no longer be taken back."""
    require_transaction()
    gone: Any = db.session.execute(
        delete(Undo).where(Undo.key.in_(keys), queries.is_over()).execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)


def _lock(actor: Actor, reference: str) -> SupportRequest:
    request = requests.get_locked(actor, reference)
    if request is None:
        raise NotFound
    return request


def _remember(actor: Actor, key: str) -> None:
    """An event beside each that is taken back, the other way round."""
    for done in queries.events(key):
        db.session.add(
            RequestEvent(
                request_id=done.request_id,
                assignment_id=done.assignment_id,
                pole_id=done.pole_id,
                action=steps.UNDO.name,
                actor_id=actor.person_id,
                organisation_id=actor.organisation_id,
                from_state=done.to_state,
                to_state=done.from_state,
                reason=done.action,
                act=key,
            )
        )


def _restore(changes: Sequence[Mapping[str, Any]]) -> None:
    """The last written first."""
    try:
        for change in reversed(changes):
            _put_back(change)
    except IntegrityError:  # two organisations became one meanwhile
        raise NotTakenBack(Why.ENDED) from None
    restored = {restored.model for feature in features() for restored in feature.restored}
    for row in list(db.session):
        if type(row) in restored:
            db.session.expire(row)


def _put_back(change: Mapping[str, Any]) -> None:
    table = Model.metadata.tables[change["table"]]
    this = and_(*(column == value for column, value in zip(table.primary_key, change["id"], strict=True)))
    restored = _restored(table)
    match change["what"]:
        case "removed":
            db.session.execute(insert(table).values(_typed(table, change["was"])))
        case "added" if restored is None or restored.added is None:
            db.session.execute(delete(table).where(this))
        case _:
            was = _typed(table, change["was"]) or dict((restored and restored.added) or {})
            risen = {name: table.c[name] + 1 for name in restored.rises} if restored else {}
            db.session.execute(update(table).where(this).values(was | risen))


def _restored(table: Any) -> Restored | None:
    kinds = (kind for feature in features() for kind in feature.restored)
    return next((kind for kind in kinds if kind.model.__table__ is table), None)


def _typed(table: Table, was: Mapping[str, Any]) -> dict[str, Any]:
    """As the columns hold it: JSON knows no dates."""
    return {name: _of_its_kind(table.c[name], value) for name, value in was.items()}


def _of_its_kind(column: Column[Any], value: Any) -> Any:
    kind = column.type.python_type
    return kind.fromisoformat(value) if value is not None and issubclass(kind, date | time) else value


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | time) else value


def _listen(what: str, was: Callable[[Any, Restored], Mapping[str, Any] | None]) -> Callable[..., None]:
    """Note what rows were before the act that is being done wrote them; None: nothing that is put back."""

    def note(mapper: Mapper[Any], _connection: Connection, row: Any) -> None:
        done = acts.current()
        if done is None or isinstance(row, _APPEND_ONLY):
            return
        restored = _restored(mapper.local_table)
        if restored is None:
            raise NotRestored(f"{type(row).__name__}: declare it in the feature's `restored`")
        this = {"table": str(mapper.local_table), "id": list(mapper.primary_key_from_instance(row))}
        if {
            **this,
            "what": "added",
            "was": {},
        } in done.changes:  # goes, or becomes what is declared, whatever it is
            return
        before = was(row, restored)
        if before is not None:
            values = {name: _plain(value) for name, value in before.items()}
            done.changes.append({**this, "what": what, "was": values})

    return note


def _changed(row: Any, restored: Restored) -> Mapping[str, Any] | None:
    kept = row.__table__.c.keys() if restored.columns is None else restored.columns
    columns = set(kept) - restored.rises
    changed = {name: state.history for name, state in inspect(row).attrs.items() if name in columns}
    return {name: history.deleted[0] for name, history in changed.items() if history.has_changes()} or None


def _whole(row: Any, _restored: Restored) -> Mapping[str, Any]:
    return {column.key: getattr(row, column.key) for column in row.__table__.c}


event.listen(Model, "after_insert", _listen("added", lambda _row, _restored: {}), propagate=True)
event.listen(Model, "after_update", _listen("changed", _changed), propagate=True)
event.listen(Model, "after_delete", _listen("removed", _whole), propagate=True)

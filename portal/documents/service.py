"""What is done to documents: kept as soon as they arrive, put on what they were sent for once that is saved."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete
from werkzeug.datastructures import FileStorage

from portal.accounts.attempts import service as attempts
from portal.db import db, require_transaction, transaction
from portal.documents import emails, queries, rules
from portal.documents.models import Document
from portal.documents.queries import Parent
from portal.documents.rules import Sender
from portal.files import service as files
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.refusals import Invalid

FIELD = "documents"
_QUIET = {"synchronize_session": False}


def keep(sender: Sender, form: str, sent: FileStorage) -> Document:
    """Check a file and keep it for a form, in a transaction of its own: whatever becomes of the form, it is there.

    The same file sent again is the one that is kept already. Invalid, where it is not one we take.
    """
    name = sent.filename or ""
    with files.received(FIELD, name, sent) as stored, transaction():
        if not _may_send(sender):
            raise Invalid(FIELD, _l("You sent many documents today. Go on tomorrow."))
        twin = next(
            (document for document in queries.kept_for(sender, form) if _is_same(document.file, stored)), None
        )
        if twin is None:
            document = Document(file=stored, sent_by_id=sender.person_id, guest_id=sender.guest_id, form=form)
            db.session.add(document)
            return document
    return twin  # the second content goes with the next daily purge


def _may_send(sender: Sender) -> bool:
    if sender.person_id is not None:
        return attempts.may_send_document(sender.person_id)
    return attempts.may_send_document_as_guest(sender.guest_id or 0)


def _is_same(file: StoredFile, other: StoredFile) -> bool:
    return (file.sha256, file.name) == (other.sha256, other.name)


def attach(
    sender: Sender, document_ids: Collection[int], parent: Parent, parent_id: int, form: str
) -> list[Document]:
    """Put documents that somebody sent on what they were sent for, which is locked, and forget the others of the form.

    Sent twice, a form leaves each once. Invalid where one is not theirs, or no longer kept.
    """
    require_transaction()
    wanted = queries.locked(queries.is_own(sender, document_ids))
    ours = [document for document in wanted if _may_be_on(document, parent, parent_id)]
    if {our.id for our in ours} != set(document_ids):
        raise Invalid(FIELD, _l("A document you had sent is no longer kept. Choose it again."))
    there = queries.of({parent: [parent_id]})
    new = [our for our in ours if our.kind is None]
    doubles = [document for document in new if any(_is_same(document.file, other.file) for other in there)]
    added = [document for document in new if document not in doubles]
    if len(there) + len(added) > rules.MOST_ON_ONE:
        raise Invalid(FIELD, _l("%(count)d documents at most can be there.", count=rules.MOST_ON_ONE))
    for document in added:
        document.kind, document.parent_id, document.form = parent.kind, parent_id, None
    db.session.flush()
    _forget(queries.is_kept_for(sender, form))
    return added


def _may_be_on(document: Document, parent: Parent, parent_id: int) -> bool:
    """It waits for its form and holds no virus, or is there already."""
    waits = document.kind is None and document.file.state is not FileState.INFECTED
    return waits or (document.kind, document.parent_id) == (parent.kind, parent_id)


def tell_infected(stored: StoredFile, virus: str) -> None:
    """The person who sent this file as a document hears that it is gone, and why."""
    document = queries.of_file(stored.id)
    if document is not None and document.sent_by is not None:
        emails.infected(document.sent_by, document, virus)


def forget_of(parent: Parent, parent_ids: Collection[int]) -> int:
    """What is on these goes with them; the contents with the next daily purge."""
    return _forget(queries.is_on(parent, parent_ids))


def remove(parent: Parent, parent_id: int, document_id: int) -> bool:
    """Take one away from where it is; False: it is not there."""
    return bool(_forget(queries.is_on(parent, [parent_id]) & (Document.id == document_id)))


def forget_waiting(sender: Sender) -> int:
    """What somebody sent with forms that were not taken."""
    return _forget(queries.is_sent_by(sender) & Document.kind.is_(None))


def forget_old(document_ids: Sequence[int]) -> int:
    """Of these, what waits for a form that never came back."""
    return _forget(Document.id.in_(document_ids) & queries.is_forgotten())


def _forget(which: ColumnElement[bool]) -> int:
    documents = queries.locked(which)
    for model, numbers in (
        (Document, [document.id for document in documents]),
        (StoredFile, [document.file_id for document in documents]),
    ):
        gone: Any = delete(model).where(model.id.in_(numbers))
        db.session.execute(gone.execution_options(**_QUIET))
    return len(documents)


def left_without_parent(parent: Parent) -> Sequence[int]:
    """The numbers of documents whose parent is no more."""
    return db.session.scalars(queries.without_parent(parent)).all()

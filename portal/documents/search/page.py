"""What the search finds of documents: the names of those that one may read."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, exists, false, select
from sqlalchemy.orm import joinedload

from portal.access.roles import Actor
from portal.db import db
from portal.documents.models import Document
from portal.documents.queries import is_readable_by
from portal.documents.words import size_label
from portal.feature import Findable, Match
from portal.files.models import StoredFile
from portal.files.rules import FileState
from portal.web import templating


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    """On something that one may read, and there to be read."""
    if actor is None:
        return false()
    readable = exists().where(Document.file_id == StoredFile.id, is_readable_by(actor))
    return readable & (StoredFile.state == FileState.READY)


def _shown(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    statement = select(Document).where(Document.file_id.in_(numbers)).options(joinedload(Document.file))
    return {document.file_id: _match(document) for document in db.session.scalars(statement)}


def _match(document: Document) -> Match:
    facts = [size_label(document.file.size), templating.day(document.sent_at)]
    return Match(document.file.name, url_for("documents.download", document_id=document.id), facts)


FINDABLES = (
    Findable(
        "document",
        StoredFile.id,
        titles=(StoredFile.name,),
        label=_l("Documents"),
        visible=_visible,
        shown=_shown,
        order=(StoredFile.id.desc(),),
    ),
)

"""Documents on pages: taken with a form, offered again where it was refused, listed where they are."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Flask, current_app, g, request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError

from portal.db import db
from portal.documents import queries, rules, service, words
from portal.documents.forms import TakesDocuments
from portal.documents.models import Document
from portal.documents.queries import Parent
from portal.files import service as files
from portal.refusals import Invalid
from portal.web import current, kept, tokens
from portal.web.forms import choices

_TAKE = "portal-takes-documents"
_ROOM_FOR_THE_REST = 1024 * 1024
_KEPT_IDS = "kept_document_ids"


def let_in(bp: Blueprint, *endpoints: str) -> None:
    """Say that forms of a blueprint take documents."""
    names = {f"{bp.name}.{endpoint}" for endpoint in endpoints}
    bp.record(lambda state: state.app.extensions.setdefault(_TAKE, set()).update(names))


def _takes() -> bool:
    return request.endpoint in current_app.extensions.get(_TAKE, ())


def _allow_size(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Only these forms may be larger than others, of who is signed in; said before anything reads them."""
    if request.mimetype == "multipart/form-data" and _takes() and current.is_signed_in():
        request.max_content_length = rules.MOST_AT_ONCE * files.largest() + _ROOM_FOR_THE_REST


def keep() -> kept.Fields:
    """Keep the files of this post for whoever sent them, whatever becomes of it; the form says which are refused."""
    g.documents_refused = []
    actor = current.own_actor_or_none()
    if actor is None or not _takes() or current.is_viewing() or not _is_genuine():
        return []
    found = []
    sent = [one for one in request.files.getlist(service.FIELD) if one.filename]
    if len(sent) > rules.MOST_AT_ONCE:
        g.documents_refused.append(
            _l("%(count)d documents at most can be sent at once.", count=rules.MOST_AT_ONCE)
        )
        return []
    for file_storage in sent:
        try:
            found.append((_KEPT_IDS, str(service.keep(actor.person_id, request.path, file_storage).id)))
        except Invalid as refusal:
            g.documents_refused.append(words.refused(file_storage.filename, refusal.message))
    return found


def _is_genuine() -> bool:
    try:
        tokens.require_valid()
    except CSRFError:
        return False
    return True


def receive(form: TakesDocuments, address: str | None = None, *, waiting: bool = True) -> None:
    """Keep what was sent with a form, and offer what was kept for its address, by default that of this page.

    To be called before anything of the form can be refused. `waiting`: something may wait for it.
    """
    form.address = address or request.path
    field = form.kept_document_ids
    sent = request.method == "POST" and form.address == request.path
    if sent:
        arrived = [int(number) for _name, number in kept.files_kept()]
        form.refused = g.get("documents_refused", ())
        field.data = list(dict.fromkeys([*(field.data or ()), *arrived]))
        waiting = bool(field.data)
    documents = queries.kept_for(current.actor().person_id, form.address) if waiting else ()
    field.choices = choices((document.id, document.file.name) for document in documents)
    if not sent:
        field.data = [one.id for one in documents]
    if not field.data:
        del form.kept_document_ids


def attach(form: TakesDocuments, parent: Parent, on: Any) -> list[Document]:
    """Put the documents of a form on what its step saved, in the same transaction."""
    db.session.flush()  # what is new gets its number
    chosen = form.kept_document_ids.data if _KEPT_IDS in form else []
    return service.attach(current.actor().person_id, chosen, parent, on.id, form.address) if chosen else []


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it is listed. `remove`: where it is taken away."""

    document: Document
    size: str
    sent_by: str
    url: str
    remove: str | None = None


def shown(
    parents: Mapping[Parent, Collection[int]], remove: Callable[[Document], str | None] = lambda _one: None
) -> Sequence[Shown]:
    """What is on some things that the reader was let see."""
    return [_shown(document, remove(document)) for document in queries.of(parents)]


def by_parent(parent: Parent, numbers: Collection[int]) -> Mapping[int, Sequence[Shown]]:
    """The same of many things of a kind, by the number of each."""
    found: dict[int, list[Shown]] = {}
    for document in queries.of({parent: numbers}):
        found.setdefault(document.parent_id or 0, []).append(_shown(document, None))
    return found


def _shown(document: Document, remove: str | None) -> Shown:
    url = url_for("documents.download", document_id=document.id)
    return Shown(document, words.size_label(document.file.size), document.sent_by.name, url, remove)


def init_app(app: Flask) -> None:
    kept.keep_files_with(app, keep)
    app.url_value_preprocessor(_allow_size)

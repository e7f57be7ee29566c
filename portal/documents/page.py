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
from portal.documents.rules import Sender
from portal.files import service as files
from portal.refusals import Invalid
from portal.web import current, kept, tokens
from portal.web.forms import choices

_TAKE = "portal-takes-documents"
_ROOM_FOR_THE_REST = 1024 * 1024
_KEPT_IDS = "kept_document_ids"


def _person() -> Sender | None:
    actor = current.own_actor_or_none()
    return Sender(actor.person_id) if actor else None


def let_in(bp: Blueprint, *endpoints: str, who: Callable[[], Sender | None] = _person) -> None:
    """Say that forms of a blueprint take documents. `who`: who sends those of this post, by default the person signed
    in; None: nobody known, and nothing is taken."""
    names = {f"{bp.name}.{endpoint}": who for endpoint in endpoints}
    bp.record(lambda state: state.app.extensions.setdefault(_TAKE, {}).update(names))


def _sender() -> Sender | None:
    """Who sends documents with this post, where its form takes some."""
    who = current_app.extensions.get(_TAKE, {}).get(request.endpoint)
    return who() if who else None


def _address(sender: Sender) -> str:
    """What a form is called by what it keeps: that of a guest without the secret of their link."""
    return request.path if sender.person_id is not None else str(request.url_rule)


def _allow_size(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Only these forms may be larger than others, of who is known; said before anything reads them."""
    if request.mimetype == "multipart/form-data" and _sender():
        request.max_content_length = rules.MOST_AT_ONCE * files.largest() + _ROOM_FOR_THE_REST


def keep() -> kept.Fields:
    """Keep the files of this post for whoever sent them, whatever becomes of it; the form says which are refused."""
    g.documents_refused = []
    sender = None if current.is_viewing() else _sender()
    if sender is None or not _is_genuine():
        return []
    values = []
    sent = [upload for upload in request.files.getlist(service.FIELD) if upload.filename]
    if len(sent) > rules.MOST_AT_ONCE:
        g.documents_refused.append(
            _l("%(count)d documents at most can be sent at once.", count=rules.MOST_AT_ONCE)
        )
        return []
    for file_storage in sent:
        try:
            values.append((_KEPT_IDS, str(service.keep(sender, _address(sender), file_storage).id)))
        except Invalid as refusal:
            g.documents_refused.append(words.refused(file_storage.filename, refusal.message))
    return values


def _is_genuine() -> bool:
    try:
        tokens.require_valid()
    except CSRFError:
        return False
    return True


def receive(
    form: TakesDocuments, address: str | None = None, *, waiting: bool = True, sender: Sender | None = None
) -> None:
    """Keep what was sent with a form, and offer what was kept for its address, by default that of this page.

    To be called before anything of the form can be refused. `waiting`: something may wait for it. `sender`: who, where
    it is not the person signed in.
    """
    form.sender = sender or Sender(current.actor().person_id)
    here = _address(form.sender)
    form.address = address or here
    field = form.kept_document_ids
    sent = request.method == "POST" and form.address == here
    if sent:
        arrived = [int(number) for _name, number in kept.files_kept()]
        form.refused = g.get("documents_refused", ())
        field.data = list(dict.fromkeys([*(field.data or ()), *arrived]))
        waiting = bool(field.data)
    documents = queries.kept_for(form.sender, form.address) if waiting else ()
    field.choices = choices((document.id, document.file.name) for document in documents)
    if not sent:
        field.data = [document.id for document in documents]
    if not field.data:
        del form.kept_document_ids


def attach(form: TakesDocuments, parent: Parent, on: Any) -> list[Document]:
    """Put the documents of a form on what its step saved, in the same transaction."""
    db.session.flush()  # what is new gets its number
    chosen = form.kept_document_ids.data if _KEPT_IDS in form else []
    return service.attach(form.sender, chosen, parent, on.id, form.address) if chosen else []


@dataclass(frozen=True, slots=True)
class Shown:
    """A document as it is listed. `remove`: where it is taken away."""

    document: Document
    size: str
    sent_by: str
    url: str
    remove: str | None = None


def shown(
    parents: Mapping[Parent, Collection[int]], remove: Callable[[Document], str | None] = lambda _: None
) -> Sequence[Shown]:
    """What is on some things that the reader was let see."""
    return [
        _shown(document, document.sent_by.name if document.sent_by else "", _door(document), remove(document))
        for document in queries.of(parents)
    ]


def _door(document: Document) -> str:
    return url_for("documents.download", document_id=document.id)


def by_parent(
    parent: Parent, sent_by: Mapping[int, str], door: Callable[[Document], str] = _door
) -> Mapping[int, Sequence[Shown]]:
    """The same of many things of a kind, by the number of each. `sent_by`: who sent what is on each, by name; `door`:
    where one is saved."""
    documents: dict[int, list[Shown]] = {}
    for document in queries.of({parent: sent_by}):
        on = document.parent_id or 0
        documents.setdefault(on, []).append(_shown(document, sent_by[on], door(document)))
    return documents


def _shown(document: Document, sent_by: str, url: str, remove: str | None = None) -> Shown:
    return Shown(document, words.size_label(document.file.size), sent_by, url, remove)


def init_app(app: Flask) -> None:
    kept.keep_files_with(app, keep)
    app.url_value_preprocessor(_allow_size)

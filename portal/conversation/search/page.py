"""What the search finds of conversations: the messages that one may read."""

from collections.abc import Mapping, Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, exists, false, select

from portal.access.roles import Actor
from portal.conversation.models import Message
from portal.conversation.queries import is_readable_by
from portal.db import db
from portal.feature import Findable, Match
from portal.requests.models import SupportRequest
from portal.requests.queries import is_visible_to
from portal.requests.search.page import facts, named
from portal.requests.words import title


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    """`queries.readable` as a condition."""
    if actor is None:
        return false()
    there = exists().where(SupportRequest.id == Message.request_id, is_visible_to(actor))
    return and_(there, is_readable_by(actor))


def _shown(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    messages = db.session.scalars(select(Message).where(Message.id.in_(numbers))).all()
    requests = {request.id: request for request in named([message.request_id for message in messages])}
    return {message.id: _match(message, requests[message.request_id]) for message in messages}


def _match(message: Message, request: SupportRequest) -> Match:
    url = url_for("requests.show", reference=request.reference)
    return Match(title(request), url, facts(request), [message.text])


FINDABLES = (
    Findable(
        "message",
        Message.id,
        texts=(Message.text,),
        label=_l("Conversation messages"),
        visible=_visible,
        shown=_shown,
        order=(Message.id.desc(),),
    ),
)

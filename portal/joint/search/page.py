"""What the search finds of the requests of other poles, by what they may read: its name, its pole, its service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, exists, false, select
from sqlalchemy.orm import joinedload

from portal.access.roles import Actor
from portal.db import db
from portal.feature import Findable, Match, Word
from portal.joint import queries
from portal.joint.models import JointPole
from portal.requests.models import SupportRequest
from portal.requests.search.page import facts
from portal.requests.words import title


def _visible(actor: Actor | None) -> ColumnElement[bool]:
    if actor is None:
        return false()
    return exists().where(SupportRequest.id == JointPole.request_id, queries.is_visible_to(actor))


def _beside(_actor: Actor | None, word: Word) -> Iterator[Select[Any]]:
    shared = select(JointPole.id).join(JointPole.request)
    yield shared.where(SupportRequest.id.in_(word.named("request")))
    yield shared.where(SupportRequest.pole_id.in_(word.named("pole")))
    yield shared.where(SupportRequest.service_id.in_(word.named("service")))


def _shown(actor: Actor | None, numbers: Sequence[int]) -> Mapping[int, Match]:
    to_request = joinedload(JointPole.request)
    statement = (
        select(JointPole)
        .where(JointPole.id.in_(numbers))
        .options(to_request.joinedload(SupportRequest.pole), to_request.joinedload(SupportRequest.service))
    )
    return {joint.id: _match(joint.request) for joint in db.session.scalars(statement)} if actor else {}


def _match(request: SupportRequest) -> Match:
    url = url_for("joint.show", reference=request.reference)
    return Match(title(request), url, facts(request), [request.need])


FINDABLES = (
    Findable(
        "joint",
        JointPole.id,
        label=_l("Requests of other poles"),
        visible=_visible,
        shown=_shown,
        beside=_beside,
        order=(JointPole.id.desc(),),
    ),
)

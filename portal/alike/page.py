"""What the pages of resemblances show: pairs with their reasons, sessions with their requests."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from portal.access.roles import Actor
from portal.alike import queries, words
from portal.alike.forms import AttachForm
from portal.alike.models import SharedSession
from portal.requests import words as request_words
from portal.requests.models import SupportRequest
from portal.requests.rows.queries import rows
from portal.requests.rows.rules import Row
from portal.requests.rules import Happened
from portal.web.doors import Part
from portal.web.forms import PortalForm


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two requests, what they have in common, and the form that brings them together. `known`: the session that one of
    them is of already."""

    requests: Sequence[Row]
    reasons: Sequence[str]
    form: AttachForm
    known: SharedSession | None


@dataclass(frozen=True, slots=True)
class Gathered:
    """A session, those of its requests that the reader routes, and how many more it has."""

    session: SharedSession
    requests: Sequence[Row]
    others: int


def proposals(actor: Actor, refused: AttachForm | None = None) -> list[Proposal]:
    """The newest, with the form that was refused where it is of one of them."""
    pairs = queries.proposed(actor)
    numbers = sorted({number for pair in pairs for number in (pair.first_id, pair.second_id)})
    by_id = {row.id: row for row in rows(actor, numbers)}
    known = queries.sessions_of(numbers)
    return [
        Proposal(
            (first := by_id[pair.first_id], second := by_id[pair.second_id]),
            words.reasons(pair, has_service=first.service is not None),
            _form(first, second, refused),
            known.get(first.id) or known.get(second.id),
        )
        for pair in pairs
    ]


def _form(first: Row, second: Row, refused: AttachForm | None) -> AttachForm:
    if refused and (refused.first.data, refused.second.data) == (first.reference, second.reference):
        return refused
    typed = {"first": first.reference, "second": second.reference, "title": request_words.title(first)}
    return AttachForm(formdata=None, id_prefix=f"pair-{first.reference}-{second.reference}-", data=typed)


def sessions(actor: Actor) -> list[Gathered]:
    """The last ones, with their requests."""
    return _gathered(actor, queries.sessions(actor))


def session(actor: Actor, shown: SharedSession) -> Gathered:
    """One of them."""
    return _gathered(actor, [shown])[0]


def _gathered(actor: Actor, shown: Sequence[SharedSession]) -> list[Gathered]:
    members = queries.members([each.id for each in shown])
    theirs = queries.routed_by(actor, [number for numbers in members.values() for number in numbers])
    by_id = {row.id: row for row in rows(actor, theirs)}
    return [
        Gathered(
            each,
            [by_id[number] for number in members[each.id] if number in by_id],
            sum(number not in by_id for number in members[each.id]),
        )
        for each in shown
    ]


def part(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], refused: PortalForm | None
) -> Part | None:
    """What the page of a request tells a cell; nobody else."""
    session = queries.session_of(request.id) if actor.is_cell else None
    return Part("alike/_part.html", {"session": session, "heading": _("Shared session")}) if session else None

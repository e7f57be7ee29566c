"""What the page of a request shows of a session that is proposed to it, and what a cell chooses from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from portal.access.permissions import allows
from portal.access.roles import Actor
from portal.alike import queries as alike
from portal.alike.models import SharedSession
from portal.organisations.models import Partner
from portal.requests.models import SupportRequest
from portal.requests.rules import Happened
from portal.requests.words import title
from portal.sessions import words as session_words
from portal.sessions.models import CollectiveSession
from portal.sessions.needs import queries, steps, words
from portal.sessions.needs.forms import AskForm, AttachForm
from portal.sessions.needs.models import WantedSession
from portal.sessions.registrations import queries as seats
from portal.sessions.registrations import words as standings
from portal.text import in_a_row
from portal.web.doors import Part
from portal.web.forms import PICK, PortalForm, choices


@dataclass(frozen=True, slots=True)
class Choice:
    """Requests that were brought together, and the sessions that one could propose to them. `hints`: what else one must
    know of each choice; `others`: how many more requests there are, which the reader does not route."""

    shared: SharedSession
    attach: AttachForm
    ask: AskForm
    hints: Mapping[int | str, str]
    sessions: Sequence[CollectiveSession]
    partners: Sequence[Partner]
    asked: Sequence[WantedSession]
    others: int


def choice(actor: Actor, shared: SharedSession) -> Choice:
    """What can be chosen, all requests without a session ticked first."""
    numbers = alike.members([shared.id])[shared.id]
    ours = queries.members(actor, numbers)
    attached = {row.request_id: row.session for row in queries.attached([each.id for each in ours])}
    there = [each for each in ours if steps.ATTACH.why_not(each.state) is None]
    services = {each.service_id for each in there if each.service_id}
    offered = queries.to_choose(services)
    ticked = [each.reference for each in there if each.id not in attached]
    form = AttachForm(references=ticked)
    form.references.choices = choices((each.reference, title(each)) for each in there)
    form.session_id.choices = choices((each.id, each.title) for each in offered)
    asking = AskForm(id_prefix="ask-")
    asked = queries.asked(shared.id)
    before = {each.partner_id for each in asked}
    partners = [each for each in queries.delivering(services) if each.id not in before]
    asking.partner_id.choices = choices([PICK, *((each.id, each.name) for each in partners)])
    hints = {**_of_requests(there, attached), **_of_sessions(offered)}
    others = len(numbers) - len(ours)
    return Choice(shared, form, asking, hints, offered, partners, asked, others)


def _of_requests(
    requests: Sequence[SupportRequest], attached: Mapping[int, CollectiveSession]
) -> dict[int | str, str]:
    hints: dict[int | str, str] = {}
    for each in requests:
        session = attached.get(each.id)
        known = words.proposed(session) if session else ""
        hints[each.reference] = in_a_row((each.pole.name, each.reference, known))
    return hints


def _of_sessions(sessions: Sequence[CollectiveSession]) -> dict[int | str, str]:
    counts = seats.counts([each.id for each in sessions])
    return {each.id: _about(each, standings.left(each, counts[each.id])) for each in sessions}


def _about(session: CollectiveSession, left: str) -> str:
    """What one must know of it to choose it."""
    facts = session_words.moment(session), session_words.where(session), session.partner.name, left
    return in_a_row(facts)


def part(
    actor: Actor, request: SupportRequest, happened: Sequence[Happened], refused: PortalForm | None
) -> Part | None:
    """What is proposed: asked only where the history has it."""
    if not any(each.action == steps.ATTACH.name for each in happened):
        return None
    session = queries.of_request(request.id)
    if session is None:
        return None
    may = allows(actor, steps.DETACH.right) and steps.DETACH.why_not(request.state) is None
    return _part(session, url_for("needs.detach", reference=request.reference) if may else "")


def shared_part(request: SupportRequest) -> Part | None:
    """The same for a pole that joined the request."""
    session = queries.of_request(request.id)
    return _part(session, "") if session else None


def _part(session: CollectiveSession, detach_url: str) -> Part:
    values = {
        "session": session,
        "heading": _("Session proposed"),
        "detach_url": detach_url,
        "words": session_words,
    }
    return Part("sessions/needs/_part.html", values)

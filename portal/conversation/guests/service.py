"""Guests come by a link, write, and leave: what each of these does."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import Actor
from portal.accounts.attempts import service as attempts
from portal.accounts.rules import canonical_email, new_token, token_hash
from portal.conversation.guests import emails, queries, rules
from portal.conversation.guests.models import Guest, GuestLink
from portal.conversation.rules import AT_WORK, Side, side_of
from portal.db import db, require_transaction
from portal.documents import service as documents
from portal.documents.rules import Sender
from portal.files.models import StoredFile
from portal.refusals import Invalid, NotFound
from portal.requests import service as requests
from portal.requests import steps
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from portal.steps import StepRefused

_ENOUGH = _l("This address got many e-mails today. Try again tomorrow.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is invited, named as the columns, and until which day."""

    email: str
    name: str
    role: str
    language: str
    until: date


def invite(actor: Actor, reference: str, asked: Asked) -> Guest:
    """Let somebody without an account take part in the conversation of one request, for the actor's organisation."""
    request = _lock(actor, reference)
    place = request.pole.place
    if rules.is_too_far(asked.until, clock.today(place)):
        raise Invalid("until", _l("Choose a day within the next 90 days."))
    guests = queries.there(request.id)
    if any(guest.email == canonical_email(asked.email) for guest in guests):
        raise Invalid("email", _l("This person is already invited to this request."))
    if len(guests) >= rules.MOST:
        raise Invalid(
            "email", _l("There are already %(count)d guests: end one invitation first.", count=rules.MOST)
        )
    if not attempts.may_write_to(asked.email):
        raise Invalid("email", _ENOUGH)
    guest = Guest(
        request=request,
        organisation_id=actor.organisation_id,
        invited_by_id=actor.person_id,
        email=asked.email,
        name=asked.name,
        role=asked.role,
        language=asked.language,
        side=side_of(actor),
        expires_at=clock.end_of(asked.until, place),
        created_at=clock.now(),
    )
    db.session.add(guest)
    db.session.flush()
    db.session.refresh(guest, ["organisation"])
    emails.invited(guest, new_link(guest))
    return guest


def _lock(actor: Actor, reference: str) -> SupportRequest:
    """Of somebody who takes part in the conversation now."""
    request = requests.lock(actor, reference, Permission.GUEST_INVITE)
    require_part(actor, request)
    return request


def require_part(actor: Actor, request: SupportRequest) -> None:
    """Refuse whoever takes no part in the conversation of a request now."""
    if request.state is RequestState.DRAFT:
        raise StepRefused(steps.SUBMIT, request.state)
    own = [
        assignment.state
        for assignment in request.assignments
        if assignment.partner_id == actor.organisation_id
    ]
    if side_of(actor) is Side.PARTNER and not AT_WORK.intersection(own):
        raise StepRefused(steps.ASK, max(own))


def end(actor: Actor, reference: str, guest_id: int) -> None:
    """The links of a guest open nothing any more. Whoever asked them may end it, and a cell."""
    request = requests.lock(actor, reference, Permission.GUEST_INVITE)
    guest = queries.of_request_locked(request.id, guest_id)
    if guest is None or not may_end(actor, guest):
        raise NotFound
    guest.ended_at = clock.now()
    documents.forget_waiting(Sender(guest_id=guest.id))
    _forget_links([guest.id])


def may_end(actor: Actor, guest: Guest) -> bool:
    """Is it theirs to end?"""
    return actor.is_cell or guest.organisation_id == actor.organisation_id


def tell(guest_ids: Iterable[int], request_id: int) -> None:
    """Write to guests that there is something to read, by a new link each, unless their address got enough today."""
    wanted = set(guest_ids)
    for guest in queries.there(request_id) if wanted else ():
        if guest.id in wanted and attempts.may_write_to(guest.email):
            emails.written(guest, new_link(guest))


def tell_infected(stored: StoredFile, _virus: str) -> None:
    """A guest who sent this file hears that it is gone, unless their address got enough today."""
    sent = queries.sender_of(stored.id)
    if sent is not None and attempts.may_write_to(sent[0].email):
        guest, document = sent
        emails.infected(guest, document, new_link(guest))


def new_link(guest: Guest) -> str:
    """One more secret; those sent before go on working until the end."""
    token = new_token()
    db.session.add(GuestLink(guest_id=guest.id, token_hash=token_hash(token)))
    return token


def forget(ids: Iterable[int]) -> int:
    """The address of guests whose end was a month ago, and their links."""
    require_transaction()
    over = update(Guest).where(Guest.id.in_(ids), queries.is_over()).values(email="").returning(Guest.id)
    gone = db.session.scalars(over.execution_options(synchronize_session=False)).all()
    _forget_links(gone)
    return len(gone)


def _forget_links(guest_ids: Iterable[int]) -> None:
    dead = delete(GuestLink).where(GuestLink.guest_id.in_(guest_ids))
    db.session.execute(dead.execution_options(synchronize_session=False))

"""Who hears of a message: those who may read it, once each, never who wrote it.

What an internal note says is in no e-mail: it may be passed on, and the portal no longer decides who reads it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple, Self

from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor
from portal.accounts.emails import recipient
from portal.accounts.models import Membership
from portal.conversation import models, queries
from portal.conversation.guests import queries as guest_queries
from portal.conversation.guests.emails import GUEST_EXAMPLES
from portal.conversation.guests.models import Guest
from portal.conversation.rules import AT_WORK, Reach, Side
from portal.notifications.emails import MailAct, Message, Recipient
from portal.notifications.links.service import stand_in
from portal.notifications.outbox.service import Envelope, enqueue_all, is_silent
from portal.notifications.previews.service import Example
from portal.notifications.rules import Wanted, one_each
from portal.organisations.models import Pole
from portal.requests.emails import link
from portal.requests.examples.emails import CELL
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState
from portal.requests.telling.queries import readers
from portal.steps import Audience
from portal.teams.calling.emails import contact
from portal.teams.calling.queries import cells
from portal.teams.queries import Addressee
from portal.web.addresses import absolute_url

MESSAGE, NOTE = "conversation/message", "conversation/note"
MENTION, MENTION_IN_NOTE = "conversation/mention", "conversation/mention_in_note"
_WHY = {
    MESSAGE: _l("You receive this message because you follow this request."),
    NOTE: _l("You receive this message because your organisation follows this request."),
    MENTION: _l("You receive this message because somebody named you."),
    MENTION_IN_NOTE: _l("You receive this message because somebody named you."),
}


class By(NamedTuple):
    """Who wrote: their name, for whom they wrote or who they are, their address and organisation."""

    name: str
    organisation: str
    email: str
    organisation_id: int

    @classmethod
    def actor(cls, actor: Actor) -> Self:
        """Somebody signed in."""
        return cls(actor.person_name, actor.organisation_name, actor.email, actor.organisation_id)

    @classmethod
    def guest(cls, guest: Guest) -> Self:
        """Somebody let in by a link, for an organisation whose mailbox is told like the others."""
        return cls(guest.name, guest.role, guest.email, 0)


def tell(by: By, posted: models.Message, reach: Reach, named: Sequence[Membership] = ()) -> None:
    """Write to those named, then to who follows the request for those it is addressed to."""
    if is_silent():
        return
    wanted = [*_to_named(posted, named), *_to_followers(by, posted, reach)]
    reaches_pole = any(_is_of_the_pole(each.to, posted) for each in wanted)
    cell = contact(cells(posted.request.region_code)) if reaches_pole else []
    letters = [
        Envelope(
            kind,
            to,
            message(kind, by, posted, [*_away(about), *(cell if _is_of_the_pole(to, posted) else [])]),
        )
        for kind, to, about in one_each(wanted, [by.email])
    ]
    enqueue_all(letters)


def _is_of_the_pole(to: Recipient, posted: models.Message) -> bool:
    return to.organisation_id == posted.request.pole_id


def _to_named(posted: models.Message, named: Sequence[Membership]) -> Iterator[Wanted]:
    kind = MENTION_IN_NOTE if posted.note else MENTION
    for membership in named:
        yield Wanted(kind, recipient(membership.person, organisation_id=membership.organisation_id), None)


def _to_followers(by: By, posted: models.Message, reach: Reach) -> Iterator[Wanted]:
    kind = NOTE if posted.note else MESSAGE
    for people, teams in _audiences(posted, reach):
        for person in people:
            yield Wanted(
                kind, recipient(person.person, organisation_id=person.organisation_id), person.instead_of
            )
        for team in teams:
            if team.shared_mailbox and team.id != by.organisation_id:
                to = Recipient(team.shared_mailbox, team.name, organisation_id=team.id)
                yield Wanted(kind, to, None)


def _audiences(posted: models.Message, reach: Reach) -> Iterator[tuple[Sequence[Addressee], Sequence[Any]]]:
    """A cell hears of what waits for it, and of the conversations it takes part in; the rest it reads when it looks.
    Who invited a guest hears what the guest writes."""
    request = posted.request
    own = [
        assignment for assignment in request.assignments if assignment.partner_id == posted.organisation_id
    ]
    if reach.note:
        audience = Audience.CELL if posted.side is Side.CELL else Audience.PARTNER
        yield readers(audience, request, own[-1:])
        return
    told = [
        assignment
        for assignment in request.assignments
        if assignment.partner_id in reach.partner_ids and assignment.state in AT_WORK
    ]
    if posted.guest_id:
        yield guest_queries.who_asked(posted.guest_id), ()
    yield readers(Audience.POLE, request, ())
    yield readers(Audience.PARTNERS, request, told)
    if request.state is RequestState.TO_ROUTE or not told or queries.cell_wrote(request.id):
        yield readers(Audience.CELL, request, ())


def _away(about: Iterable[Any]) -> list[tuple[Any, Any]]:
    """For whom somebody reads this meanwhile."""
    return [(_l("In place of"), away.person_name) for away in about if away]


def message(kind: str, by: By, posted: models.Message, more: Sequence[tuple[Any, Any]] = ()) -> Message:
    """What is told, with the words of a message that is no note."""
    request = posted.request
    return Message(
        action_url=absolute_url("requests.show", reference=request.reference, _anchor="conversation"),
        facts=[(_l("Pole"), request.pole.name), *more],
        requests=[link(request.reference)],
        quote=None if posted.note else posted.text,
        quoted_by=None if posted.note else f"{by.name}, {by.organisation}",
        reply_to=(by.name, by.email) if posted.author_id else None,
        answers=f"message-{posted.id}",
        thread=request.reference,
        about=request.subject,
        acts=[] if posted.note else [_reply(posted)],
        context={
            "request": request,
            "name": by.name,
            "organisation": by.organisation,
            "action_label": _l("Read and answer"),
            "why": _WHY[kind],
        },
    )


def _reply(posted: models.Message) -> MailAct:
    """A note is answered where it is read: its words are in no e-mail, and behind no link of one."""
    address = absolute_url("reply_by_mail.show", token=stand_in(0))
    return MailAct(_l("Reply"), address, ("reply", posted.request.reference, posted.id))


def _example(kind: str) -> tuple[Recipient, Message]:
    request = SupportRequest(
        reference="2026-0147",
        pole=Pole(name="Pôle des Trois Rivières"),
        subject="Partager trois ateliers",
    )
    posted = models.Message(
        request=request,
        author_id=1,
        text="Bonjour,\n\nPouvez-vous joindre les statuts avant jeudi ?",
        note=kind in {NOTE, MENTION_IN_NOTE},
        at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    )
    by = By("Bertrand Noël", "Agence Alliée", "personne@exemple.test", 1)
    return Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), message(
        kind, by, posted, [] if posted.note else [CELL]
    )


EXAMPLES: Mapping[str, Example] = {
    **{kind: partial(_example, kind) for kind in _WHY},
    **GUEST_EXAMPLES,
}

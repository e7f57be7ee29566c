"""The conversation in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.lists import format_list
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from portal.conversation.rules import Reach, Side
from portal.requests import steps
from portal.steps import Step
from portal.web import templating


def reach_label(
    reach: Reach, side: Side, own: str, pole: str, partners: Mapping[int, str], guests: Mapping[int, str]
) -> str:
    """Who reads, as the form offers it. `own`: the organisation of who writes; the others: names by number."""
    if reach.note:
        return (
            _("Internal note: the cells only")
            if side is Side.CELL
            else _("Internal note: %(name)s only", name=own)
        )
    names = [] if side is Side.POLE else [pole]
    names += [
        partners[partner_id]
        for partner_id in sorted(reach.partner_ids)
        if partner_id in partners and partners[partner_id] != own
    ]
    names += [] if side is Side.CELL else [_("the cell")]
    names += [guests[guest_id] for guest_id in sorted(reach.guest_ids) if guest_id in guests]
    listed = format_list(names, locale=str(get_locale()))
    return listed[0].upper() + listed[1:]


def new_label(count: int) -> str:
    """How much waits to be read."""
    return ngettext("%(num)d new message", "%(num)d new messages", count)


def author(name: str | None, organisation: str | None, *, is_guest: bool) -> str:
    """Who wrote, and for whom; of a guest, who asked them."""
    if is_guest and name and organisation:
        return _("%(name)s, guest of %(organisation)s", name=name, organisation=organisation)
    return ", ".join(filter(None, (name, organisation)))


def step_label(step: Step[Any], partner: str) -> str:
    """A question or an answer, as the form offers it."""
    if step is steps.ANSWER:
        return _("Answer the question of %(partner)s", partner=partner)
    return _("Ask the pole a question, before you answer")


def note_hint() -> str:
    """What a note is."""
    return _("Nobody else ever reads it: on no page, in no e-mail, in no export.")


def seen(team: str, at: datetime, place: str | None) -> str:
    """Who saw a message, and when: from visits of the page, never from e-mails."""
    return _("Seen by the team of %(name)s on %(day)s", name=team, day=templating.day(at, place))


def wrote(name: str) -> str:
    """What happened while somebody was writing."""
    return _("Message from %(name)s", name=name)

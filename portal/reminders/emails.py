"""What reminders make together: a summary for who would get many, and the question to the national cell."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import CELL_ROLES
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.notifications.emails import Message, Recipient, render
from portal.notifications.outbox.service import Envelope, enqueue
from portal.notifications.previews.service import Example
from portal.teams.calling import emails as calling
from portal.web.addresses import absolute_url
from portal.web.links import Link

SUMMARY = "reminders/summary"
HELD = "reminders/held"


def summary(letters: Sequence[Envelope]) -> Envelope:
    """One e-mail instead of many: what each asks, in the words of its own subject."""
    reader = letters[0].recipient
    lines = [_line(letter, reader.language) for letter in letters]
    message = summary_message(lines)
    call = calling.kept(letter.message for letter in letters)
    return Envelope(SUMMARY, reader, replace(message, facts=[*message.facts, *call]))


def _line(letter: Envelope, language: str) -> Link:
    with force_locale(language):
        subject = render(letter.kind, language, letter.message).subject
    return Link(subject, letter.message.action_url)


def summary_message(lines: Sequence[Link]) -> Message:
    """All of them, each with its page."""
    facts: list[tuple[Any, Any]] = [(str(number), (line,)) for number, line in enumerate(lines, 1)]
    return Message(
        action_url=absolute_url("reminders.mine"),
        facts=facts,
        context={
            "number": len(lines),
            "action_label": _l("See what I am reminded of"),
            "why": _l(
                "You receive this message because several things wait for you; each was to be a message."
            ),
        },
    )


def held(count: int) -> None:
    """The national cell decides on what would be more than usual; asked once a day."""
    message = held_message(count)
    people = accounts.members([cell.id for cell in accounts.cells_of(None)], CELL_ROLES)
    for person in people:
        enqueue(HELD, recipient(person), message, dedupe=f"reminders-held:{clock.today()}:{person.id}")


def held_message(count: int) -> Message:
    return Message(
        action_url=absolute_url("reminders.held"),
        context={
            "number": count,
            "action_label": _l("Decide what leaves"),
            "why": _l("You receive this message because you are in the national cell."),
        },
    )


def _with_contact(message: Message) -> Message:
    return replace(message, facts=[*message.facts, calling.EXAMPLE])


_READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")
_LINES = (
    Link("Répondez : Pôle des Trois Rivières attend votre réponse – Partager trois ateliers", ""),
    Link("Répondez : Pôle des Étangs attend votre réponse – Trouver un local", ""),
)
EXAMPLES: Mapping[str, Example] = {
    SUMMARY: lambda: (_READER, _with_contact(summary_message(_LINES))),
    HELD: lambda: (_READER, held_message(214)),
}

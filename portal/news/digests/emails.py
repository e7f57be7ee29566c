"""One e-mail with what waited for it: grouped by request, the last said first."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.accounts.emails import recipient
from portal.accounts.models import Person
from portal.news.digests.rules import Entry, grouped
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue
from portal.notifications.previews.service import Example
from portal.organisations.models import Organisation
from portal.teams.calling.emails import EXAMPLE, of_pole
from portal.web.addresses import absolute_url
from portal.web.links import Link

DIGEST = "news/digest"


def write(
    person: Person, organisation: Organisation | None, entries: Sequence[Entry], named: Mapping[str, str]
) -> None:
    """To one reader, at work in an organisation. `named`: what the requests are about, by reference."""
    place = organisation.place if organisation else None
    enqueue(DIGEST, recipient(person, place), of_pole(message(entries, named), organisation))


def message(entries: Sequence[Entry], named: Mapping[str, str]) -> Message:
    facts: list[tuple[Any, Any]] = [
        (_about(reference, named), _links(lines, named)) for reference, lines in grouped(entries)
    ]
    return Message(
        action_url=absolute_url("news.index"),
        facts=facts,
        context={
            "told": len(entries),
            "action_label": _l("See what is new"),
            "why": _l("You receive this message because you chose to get these e-mails together."),
            "choose_url": absolute_url("news.preferences"),
        },
    )


def _links(entries: Sequence[Entry], named: Mapping[str, str]) -> list[Link]:
    """What was said, each page once."""
    pages: set[str] = set()
    links = []
    for entry in entries:
        links.append(Link(_subject(entry, named), None if entry.url in pages else entry.url))
        pages.add(entry.url)
    return links


def _about(reference: str | None, named: Mapping[str, str]) -> Any:
    """What a group is about."""
    if reference is None:
        return _l("Something else")
    return ", ".join(filter(None, (named.get(reference), reference)))


def _subject(entry: Entry, named: Mapping[str, str]) -> str:
    """Its subject, without what the group says already."""
    return entry.subject.removesuffix(f" – {named.get(entry.thread or '', '')}")


def _example() -> tuple[Recipient, Message]:
    lines = (
        (_("Read: message from %(name)s", name="Bertrand Noël"), "1203-4078", 9),
        (_("Read: message from %(name)s", name="Inès Delorme"), "1220-7960", 7),
        (_("Read: message from %(name)s", name="Maël Kerdoncuff"), "1203-4078", 8),
    )
    named = {"1203-4078": "Partager trois ateliers", "1220-7960": "Trouver un local"}
    entries = [
        Entry(
            number,
            1,
            thread,
            f"{subject} – {named[thread]}",
            absolute_url("requests.show", reference=thread),
            datetime(2026, 3, 4, hour, tzinfo=UTC),
        )
        for number, (subject, thread, hour) in enumerate(lines)
    ]
    told = message(entries, named)
    return Recipient("anne.le-goff@exemple.test", "Anne Le Goff"), replace(told, facts=[*told.facts, EXAMPLE])


EXAMPLES: Mapping[str, Example] = {DIGEST: _example}

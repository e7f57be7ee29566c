"""E-mails in lists, one of them as its reader sees it but for its keys, what is paused, and figures."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, url_for
from flask_babel import format_timedelta
from sqlalchemy import Select
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect, Rule

from portal import clock
from portal.access.permissions import Open
from portal.access.roles import Actor
from portal.dispatch import queries, words
from portal.notifications import queries as emails
from portal.notifications.models import OutboxEmail
from portal.notifications.pauses import queries as pauses
from portal.notifications.pauses.rules import ALL, may_be_paused
from portal.notifications.preferences import queries as preferences
from portal.notifications.previews import service as previews
from portal.notifications.returns import queries as returns
from portal.notifications.rules import HOPELESS
from portal.notifications.words import trouble_in_words
from portal.web.blueprint import declared

HIDDEN = "•••"
DAYS = 30
COUNTED = 1000
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")

LISTS: Mapping[str, Callable[[], Select[Any]]] = {
    "abandonnes": emails.given_up,
    "revenus": returns.all_standing,
    "recapitulatifs": emails.gathered,
    "partis": emails.sent,
    "non-partis": emails.stayed,
    **queries.WAITING,
}
"""By their name in the address, what each holds."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A list one can choose. `count` None: it has no end."""

    label: Any
    url: str
    count: int | None
    current: bool


def folders(counts: emails.Counts, chosen: str) -> Sequence[Folder]:
    numbers = {
        "abandonnes": counts.given_up,
        "en-retard": counts.late,
        "revenus": counts.came_back,
        "attente": counts.waiting,
        "retenus": counts.held,
        "recapitulatifs": counts.gathered,
    }
    return [
        Folder(label, url_for("dispatch.index", liste=key), numbers.get(key), key == chosen)
        for key, label in words.LISTS.items()
    ]


@dataclass(frozen=True, slots=True)
class Shown:
    """An e-mail and what became of it. `subject`: what it is about alone, where its words are not to be read."""

    email: OutboxEmail
    subject: str
    is_apart: bool
    fate: Any
    at: datetime

    @property
    def is_hopeless(self) -> bool:
        return (self.email.last_error or "").startswith(HOPELESS)


def shown(actor: Actor, rows: Sequence[OutboxEmail]) -> Sequence[Shown]:
    """What somebody sees of e-mails."""
    apart = queries.unreadable(actor, rows)
    return [_shown(email, is_apart=email.id in apart) for email in rows]


def _shown(email: OutboxEmail, *, is_apart: bool) -> Shown:
    moments = (
        email.given_up_at,
        email.sent_at,
        email.held_at,
        email.digest_at,
        email.dropped_at,
        email.created_at,
    )
    subject = words.topic_label(email.kind) if is_apart else email.subject
    return Shown(email, subject, is_apart, words.fate(email), next(at for at in moments if at))


def without_keys(text: str) -> str:
    """The words of an e-mail, its links without what makes them keys."""
    return _ADDRESS.sub(lambda match: _without_key(match[0]), text)


def _without_key(address: str) -> str:
    """A page of ours that asks who one is keeps its address; of one that is open to whoever has its address, all that
    names more than the page is taken out. An address of ours that is no page is taken out whole."""
    parts = urlsplit(address)
    rule = _rule(parts.path)
    site = f"{parts.scheme}://{parts.netloc}"
    if rule is None:
        return f"{site}/{HIDDEN}" if site == _own_site() and parts.path.strip("/") else address
    if declared(current_app)[rule.endpoint] is not Open.PUBLIC:
        return address
    page = rule.rule.partition("<")[0]
    return f"{site}{page}{HIDDEN}" if rule.arguments or parts.query else address


def _own_site() -> str:
    parts = urlsplit(current_app.config["PORTAL_URL"])
    return f"{parts.scheme}://{parts.netloc}"


def _rule(path: str, method: str = "GET") -> Rule | None:
    """Which page of ours an address is of; None: none."""
    try:
        rule, _values = current_app.url_map.bind("").match(path, method, return_rule=True)
    except RequestRedirect as elsewhere:
        return _rule(urlsplit(elsewhere.new_url).path)
    except MethodNotAllowed as other:
        return _rule(path, next(iter(other.valid_methods or ())))
    except HTTPException:
        return None
    return rule


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of e-mail that may be paused. `since`: it is."""

    name: str
    label: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Kinds:
    """Kinds of one topic."""

    topic: Any
    kinds: Sequence[Kind]


def paused() -> Sequence[Kind]:
    """What is paused, everything first."""
    return [Kind(name, words.kind_label(name), at) for name, at in sorted(pauses.since().items())]


def kinds() -> Sequence[Kinds]:
    """All that may be paused, by topic."""
    since, known = pauses.since(), set(previews.kinds())
    return [
        Kinds(
            topic.label,
            [Kind(name, words.kind_label(name), since.get(name)) for name in topic.kinds if name in known],
        )
        for topic in preferences.topics()
        if may_be_paused(topic)
    ]


def is_all_paused(kinds: Sequence[Kind]) -> bool:
    return any(kind.name == ALL for kind in kinds)


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of the e-mails of the last days. `delay`: half of the last ones took no longer; `domains`: where most
    were not taken: domain, how many, what is said most often."""

    left: int
    delivered: int
    given_up: int
    measured: int
    delay: str | None
    domains: Sequence[tuple[str, int, Any]]


def figures() -> Figures:
    """In three statements."""
    since = clock.now() - timedelta(days=DAYS)
    delays = emails.lately_sent(COUNTED)
    delay = (
        format_timedelta(timedelta(seconds=median(delays)), granularity="second", threshold=2)
        if delays
        else None
    )
    return Figures(*emails.became(since), len(delays), delay, _by_domain(since))


def _by_domain(since: datetime) -> Sequence[tuple[str, int, Any]]:
    answers: dict[str, Counter[Any]] = {}
    for address, error in emails.failures(since, COUNTED):
        domain = address.rpartition("@")[2].lower()
        answers.setdefault(domain, Counter())[trouble_in_words(error)] += 1
    tuples = [(domain, counter.total(), counter.most_common(1)[0][0]) for domain, counter in answers.items()]
    return sorted(tuples, key=lambda row: (-row[1], row[0]))

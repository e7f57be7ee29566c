"""What e-mails that ask for something say of what comes if nothing moves, as the ladder that follows them knows."""

from collections.abc import Iterable, Mapping, Sequence

from portal.feature import features
from portal.ladder import Following, announced
from portal.notifications.emails import Message

Told = tuple[str, Message]
"""A kind, and what it says."""


def with_what_comes(told: Sequence[Told]) -> Sequence[Message]:
    """What each says, and what comes first; what several readers share stays shared."""
    following = _following(told)
    drawn: dict[tuple[str, int], Message] = {}
    for kind, message in told:
        if (kind, id(message)) not in drawn:
            drawn[kind, id(message)] = _announced(kind, message, following.get(kind, {}))
    return [drawn[kind, id(message)] for kind, message in told]


def _following(told: Iterable[Told]) -> Mapping[str, Mapping[int, Following]]:
    """By kind and thing; the same few statements, however many are told."""
    numbers: dict[str, set[int]] = {}
    for kind, message in told:
        if message.waiting:
            numbers.setdefault(kind, set()).update(message.waiting)
    following: dict[str, Mapping[int, Following]] = {}
    for feature in features():
        if feature.comes_next is not None:
            following |= {kind: feature.comes_next(kind, waiting) for kind, waiting in numbers.items()}
    return following


def _announced(kind: str, message: Message, following: Mapping[int, Following]) -> Message:
    coming = [following[number] for number in message.waiting if number in following]
    if message.begins is not None:
        declared = [feature.comes_first for feature in features() if feature.comes_first]
        coming += filter(None, (comes_first(kind, message.begins) for comes_first in declared))
    return announced(message, min(coming, key=lambda first: first.on)) if coming else message

"""What the national cell decides of e-mails, noted in the journal."""

from portal.dispatch import queries
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.notifications.pauses import service as pauses
from portal.notifications.pauses.rules import ALL, may_be_paused
from portal.notifications.preferences import queries as preferences
from portal.notifications.previews import service as previews
from portal.refusals import NotFound


def pause(kind: str) -> None:
    """E-mails of a kind no longer leave; NotFound where there is none, or no pause may keep it."""
    if kind != ALL and not (kind in previews.kinds() and may_be_paused(preferences.topic_of(kind))):
        raise NotFound
    if pauses.pause(kind):
        _note(kind, paused=True)


def resume(kind: str) -> None:
    """They leave again."""
    if pauses.resume(kind):
        _note(kind, paused=False)


def drop(kind: str) -> int:
    """What is held of them never leaves."""
    count = pauses.drop(kind)
    if count:
        after = {"dropped": count}
        journal.record(Act.CHANGED, Subject.SETTING, None, kind, after=after)
    return count


def give_up(chosen: str, last: int) -> int:
    """What waits in a list, up to a number, never leaves; what no pause may keep does."""
    count = pauses.drop_all(queries.may_be_given_up(chosen, last))
    if count:
        journal.record(Act.CHANGED, Subject.SETTING, None, chosen, after={"dropped": count})
    return count


def _note(kind: str, *, paused: bool) -> None:
    before, after = {"paused": not paused}, {"paused": paused}
    journal.record(Act.CHANGED, Subject.SETTING, None, kind, before=before, after=after)

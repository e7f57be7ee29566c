"""What kinds of e-mail are called, and what became of an e-mail."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.journal.rules import Subject
from portal.notifications.models import OutboxEmail
from portal.notifications.pauses.rules import ALL
from portal.notifications.preferences import queries as preferences
from portal.notifications.previews import service as previews
from portal.notifications.words import trouble_in_words, why_held
from portal.web.languages import current_code
from portal.web.templating import moment

LISTS = {
    "abandonnes": _l("Given up"),
    "en-retard": _l("Late"),
    "revenus": _l("Come back"),
    "attente": _l("Waiting"),
    "retenus": _l("Held"),
    "recapitulatifs": _l("For a digest"),
    "partis": _l("Sent"),
    "non-partis": _l("Not sent"),
}
"""What the lists of e-mails are called, by their name in the address."""


def kind_label(kind: str) -> str:
    """A kind by the subject of its example; one that is no longer sent by its name."""
    if kind == ALL:
        return _("All e-mails")
    return previews.subject(kind, current_code()) if kind in previews.kinds() else kind


def journal_name(subject: Subject, name: str) -> str | None:
    """A kind or a list that an entry of the journal is of."""
    if subject is not Subject.SETTING:
        return None
    if name in LISTS:
        return str(LISTS[name])
    return kind_label(name) if name == ALL or name in previews.kinds() else None


def topic_label(kind: str) -> str:
    """What a kind is about."""
    topic = preferences.topic_of(kind)
    return str(topic.label) if topic else kind


def fate(email: OutboxEmail) -> Any:
    """What became of an e-mail, and why."""
    if email.sent_at:
        return _("It left on %(moment)s.", moment=moment(email.sent_at))
    if email.given_up_at:
        return trouble_in_words(email.last_error or "")
    if email.held_at:
        return _("E-mails of its kind are paused.")
    if email.digest_at:
        return _(
            "Its reader gets such e-mails together: with the digest of %(moment)s.",
            moment=moment(email.digest_at),
        )
    return _coming(email, email.next_attempt_at) if email.next_attempt_at else _stayed(email)


def _coming(email: OutboxEmail, at: datetime) -> Any:
    if email.last_error:
        return trouble_in_words(email.last_error)
    if at <= clock.now():
        return _("It is about to leave.")
    return _("It leaves on %(moment)s: until then, %(why)s.", moment=moment(at), why=why_held(email))


def _stayed(email: OutboxEmail) -> str:
    if email.dropped_at:
        return _("The national cell dropped it on %(moment)s.", moment=moment(email.dropped_at))
    if email.digested_at:
        return _("It left in a digest on %(moment)s.", moment=moment(email.digested_at))
    return _("Its reader chose to read such things in the portal alone.")

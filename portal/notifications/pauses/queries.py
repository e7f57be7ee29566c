"""Which kinds of e-mail are paused."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select

from portal.db import db
from portal.notifications.models import EmailPause
from portal.notifications.pauses.rules import ALL, may_be_paused
from portal.notifications.preferences import queries as preferences


def since() -> Mapping[str, datetime]:
    """Since when each is paused; few rows."""
    return {pause.kind: pause.at for pause in db.session.scalars(select(EmailPause))}


def paused(kinds: Collection[str]) -> Collection[str]:
    """Those of these kinds that do not leave now."""
    known = since()
    return {
        kind for kind in kinds if known.keys() & {kind, ALL} and may_be_paused(preferences.topic_of(kind))
    }

"""Links that are their own key: signed for one purpose, so that nobody makes or changes one; nothing is stored."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

from portal import clock

_ACT = "act"


def signed(purpose: str, values: Any) -> str:
    """What a link says, as it stands in its address."""
    return str(_signer(purpose).dumps(values))


def read(purpose: str, token: str, lasts: timedelta | None = None) -> Any:
    """What a link says; None where it is not ours, of another purpose, or too old."""
    try:
        return _signer(purpose).loads(token, max_age=int(lasts.total_seconds()) if lasts else None)
    except BadData:
        return None


def secret_of(purpose: str, values: Any) -> str:
    """What nobody else can make of these, the same each time; no link."""
    return str(
        URLSafeSerializer(current_app.config["SECRET_KEY"], salt=f"portal.secret.{purpose}").dumps(values)
    )


def _signer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"portal.link.{purpose}")


class Opened(NamedTuple):
    """A link that lets one reader do one act. `key`: unique; `person_id` None: who reads a shared mailbox."""

    key: str
    person_id: int | None
    organisation_id: int
    about: Sequence[Any]
    at: datetime


def to_act(person_id: int | None, organisation_id: int, about: Sequence[Any]) -> str:
    """The secret of a link by which a reader does one act."""
    values = secrets.token_hex(16), person_id, organisation_id, about, clock.now().timestamp()
    return signed(_ACT, values)


def opened(token: str, lasts: timedelta) -> Opened | None:
    """What such a link lets its reader do."""
    values = read(_ACT, token, lasts)
    if values is None:
        return None
    key, person_id, organisation_id, about, at = values
    return Opened(key, person_id, organisation_id, about, datetime.fromtimestamp(at, UTC))


def stand_in(number: int) -> str:
    """What stands for the secret of a reader where an e-mail is drawn for many."""
    return f"act-{number}-of-whoever-reads-this"


def of_reader(
    row: Mapping[str, Any], stop_stand_in: str, stop_token: str | None, acts: Sequence[Sequence[Any]]
) -> dict[str, Any]:
    """An e-mail with the links of its reader alone, for which others stand in what several read. `stop_token`: by which
    they stop such e-mails; `acts`: what they may do at once."""
    put_in = {stop_stand_in: stop_token} if stop_token else {}
    if row["organisation_id"] is not None:
        who = row["person_id"], row["organisation_id"]
        put_in |= {stand_in(number): to_act(*who, about) for number, about in enumerate(acts)}
    texts = {name: row[name] for name in ("text", "html")}
    for stands_in, secret in put_in.items():
        texts = {name: text.replace(stands_in, secret) for name, text in texts.items()}
    return {**row, **texts}

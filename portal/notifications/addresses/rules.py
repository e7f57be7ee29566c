"""Addresses of ours that carry what they are for: signed, so that nobody else can make one. Pure.

    portail+r1042-k5tq2mzcfd7wno3a@example.org

`r`: what it is for; 1042: the e-mail it belongs to; then a signature. Small letters and digits alone, since some mail
servers change capitals on the way.
"""

import base64
import hashlib
import hmac
import re
from enum import Enum

_SIGNATURE_BYTES = 10
_TOKEN = re.compile(r"([a-z])([1-9][0-9]{0,17})-([a-z2-7]{16})")


class Use(Enum):
    """What an address of ours takes: an answer, what says that an e-mail could not be delivered, or what the calendar
    of somebody who was invited answers; the number of that one is of who was."""

    ANSWER = "m"
    RETURN = "r"
    CALENDAR = "c"


def written(inbox: str, secret: str, use: Use, number: int) -> str:
    """The address at an inbox that is for one e-mail."""
    local, _at, domain = inbox.partition("@")
    return f"{local}+{use.value}{number}-{_signature(secret, use, number)}@{domain}"


def read(inbox: str, secret: str, address: str) -> tuple[Use, int] | None:
    """What an address that we wrote is for; None: we never wrote it."""
    local, _at, domain = inbox.lower().partition("@")
    local_part, at, domain_part = address.strip().lower().rpartition("@")
    mailbox, _plus, token = local_part.partition("+")
    matched = _TOKEN.fullmatch(token)
    if not at or (mailbox, domain_part) != (local, domain) or matched is None:
        return None
    number, signature = int(matched[2]), matched[3]
    use = next((use for use in Use if use.value == matched[1]), None)
    if use is None or not hmac.compare_digest(signature, _signature(secret, use, number)):
        return None
    return use, number


def _signature(secret: str, use: Use, number: int) -> str:
    key = hashlib.sha256(b"addresses of e-mails:" + secret.encode()).digest()
    signed = hmac.new(key, f"{use.value}{number}".encode(), hashlib.sha256).digest()
    return base64.b32encode(signed[:_SIGNATURE_BYTES]).decode().lower()

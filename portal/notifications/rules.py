"""How long e-mails are kept, and what a mail server's answer means for people. Pure: no Flask, no database.

Codes: RFC 5321, 4.2; enhanced codes such as 5.1.1: RFC 3463.
"""

import re
from datetime import timedelta
from enum import StrEnum

BODIES_KEPT = timedelta(days=30)
SECRETS_KEPT = timedelta(days=1)
ROWS_KEPT = timedelta(days=365)  # logs are kept twelve months (CNIL, recommendation 2021-122)

_ANSWER = re.compile(r"(?P<code>[245]\d\d)[ -]+(?:[245]\.(?P<detail>\d{1,3}\.\d{1,3})\b)?")


class Trouble(StrEnum):
    """Why an e-mail was not taken."""

    UNKNOWN_ADDRESS = "unknown address"
    MAILBOX_FULL = "mailbox full"
    TOO_BIG = "too big"
    UNWANTED = "unwanted"
    LATER = "later"
    REFUSED = "refused"
    NOT_AN_ADDRESS = "not an address"
    NO_ANSWER = "no answer"


_BY_DETAIL = {"2.2": Trouble.MAILBOX_FULL, "2.3": Trouble.TOO_BIG, "3.4": Trouble.TOO_BIG}
_BY_SUBJECT = {"1": Trouble.UNKNOWN_ADDRESS, "2": Trouble.UNKNOWN_ADDRESS, "7": Trouble.UNWANTED}
_BY_CODE = {
    550: Trouble.UNKNOWN_ADDRESS,
    551: Trouble.UNKNOWN_ADDRESS,
    552: Trouble.MAILBOX_FULL,
    553: Trouble.UNKNOWN_ADDRESS,
}


def trouble(error: str) -> Trouble:
    """What an error kept with an e-mail means."""
    if error.startswith("not an address"):
        return Trouble.NOT_AN_ADDRESS
    answer = _ANSWER.match(error)
    if answer is None:
        return Trouble.NO_ANSWER
    code, detail = int(answer["code"]), answer["detail"] or ""
    if detail in _BY_DETAIL:
        return _BY_DETAIL[detail]
    if code < 500:
        return Trouble.LATER
    return _BY_SUBJECT.get(detail.partition(".")[0]) or _BY_CODE.get(code, Trouble.REFUSED)

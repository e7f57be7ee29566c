"""What a message says that tells of an e-mail which could not be delivered (RFC 3464), in the words of an SMTP answer.

Pure. A refusal by the mailbox's own server is in `Diagnostic-Code`, what the last server on the way makes of it in
`Status`: the first is nearer to the truth. Other forms are read by flufl.bounce.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import Message

from flufl.bounce import all_failures

PAUSED_AFTER = 3
"""So many e-mails to an address came back, or were refused, and no more are sent to it."""
COUNTED_FOR = timedelta(days=90)
"""For how long: then it is tried again."""
_ANSWER = re.compile(
    r"\b([45]\d\d)[ -]+([45]\.\d{1,3}\.\d{1,3})\b|\b([45]\d\d)[ -]|\b([45]\.\d{1,3}\.\d{1,3})\b"
)
_VAGUE = re.compile(r"[45]\.0\.0")


def why_returned(raw: bytes) -> str | None:
    """Why an e-mail was not delivered, as a mail server would have answered; None: it says nothing of the kind, or only
    that it takes long."""
    message = message_from_bytes(raw, policy=policy.compat32)
    reports = list(_reports(message))
    if reports:
        failed = [report for report in reports if _field(report, "Action").lower() == "failed"]
        return _of_report(failed[0]) if failed else None
    try:
        temporary, permanent = all_failures(message)
    except Exception:  # its detectors trust the form of what anybody may send
        return None
    if not temporary and not permanent:
        return None
    text = _text(message)
    match = _ANSWER.search(text)
    usual = "554 5.0.0" if permanent else "450 4.0.0"
    return _answer(match, usual, text[match.start() :] if match else text)


def _reports(message: Message) -> Iterator[Message]:
    """What is said of each recipient."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status" and isinstance(part.get_payload(), list):
            yield from (
                block for block in part.get_payload() if isinstance(block, Message) and block["Action"]
            )


def _of_report(report: Message) -> str:
    status = _ANSWER.search(_field(report, "Status"))
    code = status[4] if status and status[4] else "5.0.0"
    detail = _field(report, "Diagnostic-Code")
    diagnostic = detail.partition(";")[2].strip() or detail
    usual = f"{'550' if code.startswith('5.1.') else '554' if code.startswith('5') else '450'} {code}"
    return _answer(_ANSWER.match(diagnostic), usual, diagnostic)


def _answer(match: "re.Match[str] | None", usual: str, text: str) -> str:
    """Both codes, then what was said."""
    usual_code, usual_detail = usual.split()
    detail = (match[2] or match[4] or "") if match else ""
    if not detail or _VAGUE.fullmatch(detail):
        detail = usual_detail
    code = (match[1] or match[3] or "") if match else ""
    sentence = " ".join(text[match.end() if match and match.start() == 0 else 0 :].split())
    return f"{code or usual_code} {detail} {sentence}".strip()


def _field(part: Message, name: str) -> str:
    return " ".join(str(part.get(name, "")).split())


def _text(message: Message) -> str:
    """The words of the first part that has some."""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            content = part.get_payload(decode=True)
            return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    return ""

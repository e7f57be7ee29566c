"""The signature of our domain (DKIM, RFC 6376) on what leaves, where no mail server on the way signs for it.

dkimpy is an extra, loaded only where a key is set.
"""

from pathlib import Path

from flask import current_app

SIGNED = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Auto-Submitted",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
    "Content-Language",
)
"""Those of an e-mail that are there; RFC 8058 wants both of List-Unsubscribe among them."""


def signed(content: bytes) -> bytes:
    """An e-mail with its signature before it; without a key, as it is."""
    path = current_app.config["DKIM_KEY"]
    if not path:
        return content
    import dkim

    domain = current_app.config["MAIL_SENDER"].rpartition("@")[2]
    there = {line.partition(b":")[0].lower() for line in content.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    names = [name.encode() for name in SIGNED if name.lower().encode() in there]
    signature: bytes = dkim.sign(
        content,
        current_app.config["DKIM_SELECTOR"].encode(),
        domain.encode(),
        Path(path).read_bytes(),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=names,
    )
    return signature + content

"""The signature of our domain, read back as a mailbox's own server would."""

import base64
from collections.abc import Iterator
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask

from portal.notifications.delivery import service as delivery
from portal.notifications.signing import service as signing
from tests import strict_mail
from tests.emails.test_on_the_wire import HOSTILE_NAMES, row


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 1024)


@pytest.fixture(autouse=True)
def _with_a_key(
    app: Flask, key: rsa.RSAPrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    path = tmp_path / "dkim.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain))
    monkeypatch.setitem(app.config, "DKIM_KEY", str(path))
    with app.app_context():
        yield


def verified(content: bytes, key: rsa.RSAPrivateKey) -> bool:
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    asked: list[bytes] = []

    def dns(name: bytes, timeout: int = 5) -> bytes:
        asked.append(name)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)

    good = bool(dkim.verify(content, dnsfunc=dns, minkey=1024))
    assert set(asked) <= {b"portal._domainkey.portal.test."}
    return good


def test_what_leaves_is_signed_and_read_strictly_all_the_same(key: rsa.RSAPrivateKey) -> None:
    for name in HOSTILE_NAMES:
        content = delivery._written(row(f"Bonjour {name}", name, reply_to="noel@exemple.test"))
        assert verified(content, key)
        strict_mail.body_lines(content)
        strict_mail.headers(content)


@pytest.mark.parametrize("header", signing.SIGNED)
def test_no_header_that_says_something_can_be_changed_nor_put_in(key: rsa.RSAPrivateKey, header: str) -> None:
    usual = delivery._written(row("Bonjour", "Zoé", reply_to="noel@exemple.test"))
    signed, body = usual.split(b"\r\n\r\n", 1)
    plain = signed[signed.index(b"\r\nDate:") + 2 :] + b"\r\n\r\n" + body
    if f"\r\n{header}:".encode() not in b"\r\n" + plain:
        plain = f"{header}: <https://portal.test/x>\r\n".encode() + plain
    content = signing.signed(plain)
    assert verified(content, key)
    start = content.index(b"\r\n" + plain[:20]) + 2
    at = content.index(f"{header}:".encode(), start)
    assert not verified(content[: at + len(header) + 2] + b"x" + content[at + len(header) + 2 :], key)


def test_without_a_key_nothing_is_added(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DKIM_KEY", "")
    content = delivery.letter(row("Bonjour", "Zoé")).as_bytes()
    assert signing.signed(content) == content

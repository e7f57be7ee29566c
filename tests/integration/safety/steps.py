"""What tests of safety do again and again: a telephone with codes, and a device with passkeys, in software."""

import hashlib
import json
import re
import struct
from dataclasses import dataclass, field
from html import unescape
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask_security.totp import TOTP
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from werkzeug.test import TestResponse

from portal import clock
from portal.accounts.models import Person
from tests.browser import Browser
from tests.integration.accounts.steps import sign_in

SAFETY = "/mon-compte/securite"
APPLICATION = f"{SAFETY}/application"
PASSKEYS = f"{SAFETY}/cles-d-acces"
SESSIONS = f"{SAFETY}/connexions"
ADDRESS = f"{SAFETY}/adresse"
CODES = f"{SAFETY}/codes-de-secours"
SECOND_STEP = "/connexion/seconde-etape"
VERIFY = "/mon-compte/verification"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1"


class Telephone:
    """An application that shows codes."""

    def __init__(self, key: str) -> None:
        self.codes = TOTP.using(issuer="x")(key=key.replace("-", ""), format="base32")

    def code(self, *, later: int = 0) -> str:
        """The code of now, or of some seconds later."""
        return self.codes.generate(time=clock.now().timestamp() + later).token


def set_up_application(browser: Browser) -> tuple[Telephone, list[str]]:
    """Set up codes; gives the telephone and the recovery codes shown."""
    page = browser.get(APPLICATION).text
    found = re.search(r'<code class="secret">([^<]+)</code>', page)
    assert found, page
    telephone = Telephone(found.group(1))
    answer = browser.post(APPLICATION, {"code": telephone.code()})
    assert answer.status_code in {200, 302}, answer.text
    return telephone, recovery_codes(answer)


def recovery_codes(answer: TestResponse) -> list[str]:
    return re.findall(r"<li><code>([^<]+)</code></li>", answer.text)


def password_then(browser: Browser, person: Person, code: str, **fields: Any) -> TestResponse:
    """Sign in with the password, then with a code."""
    asked = sign_in(browser, person, **fields)
    assert asked.status_code == 200, asked.status_code
    return browser.post(SECOND_STEP, {"code": code})


@dataclass
class Device:
    """An authenticator: makes a passkey and signs with it, having recognised its owner unless told otherwise."""

    origin: str = "http://portal.test"
    verifies: bool = True
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = b"a key of the device in the test"
    user_handle: str = ""
    count: int = 0

    def make(self, question: dict[str, Any]) -> str:
        """Answer to a question for a new passkey."""
        self.user_handle = question["user"]["id"]
        numbers = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + struct.pack(">H", len(self.credential_id)) + self.credential_id
        data = self._data(question["rp"]["id"], 0x40) + attested + cbor2.dumps(public)
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", question["challenge"])
        return self._answer(clientDataJSON=client, attestationObject=attestation)

    def sign(self, question: dict[str, Any]) -> str:
        """Answer to a question for a passkey that exists."""
        self.count += 1
        data = self._data(question["rpId"], 0)
        client = self._client("webauthn.get", question["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = base64url_to_bytes(self.user_handle)
        return self._answer(
            clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=handle
        )

    def _data(self, site: str, flags: int) -> bytes:
        flags |= 0x05 if self.verifies else 0x01
        return hashlib.sha256(site.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, **response: bytes) -> str:
        identity = bytes_to_base64url(self.credential_id)
        written = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": identity, "rawId": identity, "type": "public-key", "response": written})


def question_in(page: str) -> dict[str, Any]:
    """What a page asks of the browser."""
    found = re.search(r'data-passkey="([^"]+)"', page)
    assert found, "the page asks for no passkey"
    question: dict[str, Any] = json.loads(unescape(found.group(1)))
    return question


def add_passkey(browser: Browser, device: Device, name: str = "Mon téléphone") -> TestResponse:
    question = question_in(browser.get(PASSKEYS).text)
    return browser.post(PASSKEYS, {"name": name, "credential": device.make(question)})


def use_passkey(browser: Browser, device: Device, path: str = "/connexion", **fields: Any) -> TestResponse:
    question = question_in(browser.get(path).text)
    return browser.post(path, {"credential": device.sign(question), **fields})


def stale(browser: Browser) -> Browser:
    """As if the sign-in was hours ago."""
    with browser.client.session_transaction() as session:
        session["fs_paa"] = clock.now().timestamp() - 4 * 3600
    return browser

"""Passkeys: what is asked of a browser, and the proof of what it answers (WebAuthn, by the library `webauthn`).

A key is asked for without naming an account, so that the question tells nothing of who has one; whoever has given
their password, or is signed in, is asked for one of their own.
"""

import json
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import webauthn
from flask import current_app, session
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    generate_challenge,
    parse_client_data_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import clock
from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.safety import queries, rules
from portal.safety.models import Passkey

_CHALLENGES = "challenges"
_MOST_CHALLENGES = 4  # pages open at once in one browser
_LONGEST_ANSWER = 20_000
_PROVES_NOTHING = (ValueError, KeyError, TypeError, AttributeError, WebAuthnException)


def are_possible() -> bool:
    """Passkeys belong to a name of the network: an address in figures has none."""
    try:
        ip_address(_site())
    except ValueError:
        return True
    return False


def _site() -> str:
    return urlsplit(current_app.config["PORTAL_URL"]).hostname or ""


def _origin() -> str:
    parts = urlsplit(current_app.config["PORTAL_URL"])
    return f"{parts.scheme}://{parts.netloc}"


def question(person_id: int | None = None) -> str:
    """What a page asks of the browser, as JSON: a passkey of this portal, or one of a person's own."""
    options = webauthn.generate_authentication_options(
        rp_id=_site(),
        challenge=_new_challenge(),
        allow_credentials=_descriptors(person_id) if person_id else None,
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def question_for_a_new_one(person: Person) -> str:
    """What the page asks of the browser to make a passkey, as JSON."""
    known = queries.passkeys_of(person.id)
    options = webauthn.generate_registration_options(
        rp_id=_site(),
        rp_name=current_app.config["MAIL_SENDER_NAME"],
        user_name=person.email,
        user_display_name=person.name,
        user_id=base64url_to_bytes(known[0].user_handle) if known else None,
        challenge=_new_challenge(),
        exclude_credentials=_descriptors(person.id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    session["user_handle"] = bytes_to_base64url(options.user.id)
    return webauthn.options_to_json(options)


def _descriptors(person_id: int) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(id=base64url_to_bytes(passkey.credential_id))
        for passkey in queries.passkeys_of(person_id)
    ]


def _new_challenge() -> bytes:
    challenge: bytes = generate_challenge()
    made = [bytes_to_base64url(challenge), clock.now().timestamp()]
    session[_CHALLENGES] = [*session.get(_CHALLENGES, []), made][-_MOST_CHALLENGES:]
    return challenge


def _take_challenge(answer: dict[str, Any]) -> tuple[bytes, datetime] | None:
    """The challenge that was answered, if a page of this session asked it a short while ago; asked once."""
    answered = parse_client_data_json(base64url_to_bytes(answer["response"]["clientDataJSON"])).challenge
    for made in session.get(_CHALLENGES, []):
        challenge, moment = base64url_to_bytes(made[0]), datetime.fromtimestamp(made[1], UTC)
        if challenge == answered and moment > clock.now() - rules.CHALLENGE_LASTS:
            session[_CHALLENGES] = [challenge for challenge in session[_CHALLENGES] if challenge != made]
            return challenge, moment
    return None


def _read(typed: str) -> dict[str, Any]:
    answer = json.loads(typed[:_LONGEST_ANSWER])
    if not isinstance(answer, dict):
        raise TypeError
    return answer


def add(person: Person, name: str, typed: str) -> Passkey | None:
    """Keep the passkey that a browser has made for a person; None: the answer proves nothing."""
    require_transaction()
    try:
        answer = _read(typed)
        asked = _take_challenge(answer)
        if asked is None:
            return None
        proved = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=asked[0],
            expected_rp_id=_site(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except _PROVES_NOTHING:
        return None
    credential_id = bytes_to_base64url(proved.credential_id)
    if queries.passkey_by_credential(credential_id) is not None:
        return None
    passkey = Passkey(
        person_id=person.id,
        name=name,
        credential_id=credential_id,
        public_key=proved.credential_public_key,
        user_handle=session.pop("user_handle", ""),
        sign_count=proved.sign_count,
        transports=[],
        challenge_at=asked[1],
    )
    db.session.add(passkey)
    db.session.flush()
    return passkey


def recognise(typed: str, person_id: int | None = None) -> Passkey | None:
    """The passkey that a browser has used, its person loaded; None: nothing is proved, or not by this person.

    An answer given again is refused even with the cookie of that time: it signs an older challenge.
    """
    require_transaction()
    try:
        answer = _read(typed)
        asked = _take_challenge(answer)
        passkey = queries.passkey_by_credential(str(answer["id"]).rstrip("="))
        if asked is None or passkey is None or not _may_be(passkey, asked[1], person_id):
            return None
        proved = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=asked[0],
            expected_rp_id=_site(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _PROVES_NOTHING:
        return None
    passkey.sign_count, passkey.challenge_at = proved.new_sign_count, asked[1]
    passkey.last_used_at = clock.now()
    return passkey


def _may_be(passkey: Passkey, asked_at: datetime, person_id: int | None) -> bool:
    is_new = passkey.challenge_at is None or asked_at > passkey.challenge_at
    return is_new and passkey.person.active and person_id in {None, passkey.person_id}


def remove(person_id: int, passkey_id: int) -> Passkey | None:
    """Forget a passkey of a person; None: it is not theirs."""
    require_transaction()
    passkey = db.session.get(Passkey, passkey_id, with_for_update=True)
    if passkey is None or passkey.person_id != person_id:
        return None
    db.session.delete(passkey)
    db.session.flush()
    return passkey

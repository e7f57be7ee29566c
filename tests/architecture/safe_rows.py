"""A row of each table that keeps an account safe, for `test_migrations`."""

from portal.db import Model
from portal.safety.models import Authenticator, EmailChange, Passkey, RecoveryCode, SignInSession


def safety_of(person_id: int) -> list[Model]:
    """What keeps the account of a person safe."""
    device = {"browser": "Firefox", "system": "Linux", "address": "192.0.2.1"}
    return [
        SignInSession(person_id=person_id, key_hash="k", **device),
        Authenticator(person_id=person_id, secret="{}"),
        RecoveryCode(person_id=person_id, code_hash="h"),
        Passkey(
            person_id=person_id, name="Clé", credential_id="c", public_key=b"k", user_handle="u", sign_count=0
        ),
        EmailChange(
            person_id=person_id, old_email="a@x.fr", new_email="b@x.fr", confirm_hash="c", stop_hash="s"
        ),
    ]

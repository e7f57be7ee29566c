"""What the journal refuses to hold."""

import pytest

from portal.journal.rules import SecretInJournal, refuse_secrets
from portal.journal.service import changes


@pytest.mark.parametrize(
    "field",
    [
        "password",
        "new_password",
        "passphrase",
        "token",
        "token_hash",
        "reset_token",
        "totp_secret",
        "mf_recovery_codes",
        "tf_totp_secret",
        "fs_uniquifier",
        "credential_id",
        "Secret",
        "private_key",
    ],
)
def test_secrets_are_refused(field: str) -> None:
    with pytest.raises(SecretInJournal, match=field):
        refuse_secrets(["name", field])


def test_other_fields_pass() -> None:
    refuse_secrets(["name", "email", "role", "passes", "second_factor", "key_dates"])


def test_only_what_differs_is_kept() -> None:
    assert changes({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": [1, 2]}) == {"b": [2, 3], "c": [None, [1, 2]]}

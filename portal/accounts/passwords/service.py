"""What passes for a password, as Flask-Security asks it."""

import json
import secrets
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import PasswordUtil, hash_password

from portal.accounts import rules
from portal.accounts.models import Person

_LIST = Path(__file__).with_name("common_passwords.txt")


@lru_cache(maxsize=1)
def _common() -> str:
    """The list as one text, read when first needed: 170 KB, where a set of its words takes ten times that."""
    return _LIST.read_text(encoding="utf-8")


def is_common(word: str) -> bool:
    """Is this one of the passwords that many people use?"""
    return "\n" not in word and f"\n{word}\n" in _common()


def rules_for_the_meter() -> str:
    """What the meter of a page needs, as JSON; the server decides whatever it shows."""
    person = current_user if current_user.is_authenticated else None
    own = (person.email, person.given_name, person.family_name) if person else ()
    return json.dumps(
        {
            "shortest": rules.SHORTEST_PASSPHRASE,
            "comfortable": rules.COMFORTABLE_PASSPHRASE,
            "different": rules.FEWEST_DIFFERENT,
            "unexpected": rules.FEWEST_UNEXPECTED,
            "obvious": rules.OBVIOUS,
            "own": own,
        }
    )


class Passphrases(PasswordUtil):
    """Long enough and not what anybody would try first; nothing else is asked."""

    def validate(
        self,
        password: str,
        is_register: bool,
        **context: Any,
    ) -> tuple[list[str] | None, str]:
        written = self.normalize(password)
        person: Person = context["user"]
        if len(written) < rules.SHORTEST_PASSPHRASE:
            return [_("Use at least %(count)d characters.", count=rules.SHORTEST_PASSPHRASE)], written
        if len(written) > rules.LONGEST_PASSPHRASE:
            return [_("Use at most %(count)d characters.", count=rules.LONGEST_PASSPHRASE)], written
        if rules.is_easy_to_guess(written, (person.email, person.given_name, person.family_name)):
            return [_("This is easy to guess. Add a few words that only you would think of.")], written
        if rules.is_made_of_common(written, is_common):
            return [
                _("Many people use this password. Add a few words that only you would think of.")
            ], written
        return None, written


def hashed_anew(person: Person, passphrase: str) -> str | None:
    """The hash of a right passphrase, where the one that is kept is made as it no longer should be."""
    context = current_app.extensions["security"].pwd_context
    return hash_password(passphrase) if context.needs_update(person.password) else None


def hashed_unknown() -> str:
    """The hash of a password that nobody knows: one is chosen by the "forgotten password" link."""
    return hashed(secrets.token_urlsafe(32))


def hashed(passphrase: str) -> str:
    """Written in the same way as at sign-in, then hashed, which is slow on purpose: before a transaction begins."""
    return hash_password(current_app.extensions["security"].password_util.normalize(passphrase))

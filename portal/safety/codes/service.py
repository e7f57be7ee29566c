"""Codes: those that an application shows every half minute, and those kept on paper for the day it is lost."""

import hashlib
import hmac
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import qrcode
from flask import Flask, current_app
from flask_security import Totp
from sqlalchemy import delete, select

from portal import clock
from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.safety import queries, rules
from portal.safety.models import Authenticator, RecoveryCode

_EXTENSION = "portal-codes"
_DRIFT = 30  # seconds: the code before and the code after work too, for clocks that are not right


class _Codes(Totp):
    """Flask-Security's codes, none of which works twice; the "user" it is given is the authenticator."""

    def accepts(self, code: str, row: Authenticator) -> bool:
        """Is it the code of now, a little before or a little after?"""
        as_user: Any = row
        return bool(self.verify_totp(code, row.secret, as_user, _DRIFT))

    def get_last_counter(self, user: Any) -> int | None:
        counter: int | None = user.counter
        return counter

    def set_last_counter(self, user: Any, tmatch: Any) -> None:
        user.counter = tmatch.counter


def init_app(app: Flask) -> None:
    """Secrets are encrypted by the keys of TOTP_SECRETS; `issuer` is what the application shows."""
    app.extensions[_EXTENSION] = _Codes(app.config["TOTP_SECRETS"], app.config["MAIL_SENDER_NAME"])


def _codes() -> _Codes:
    codes: _Codes = current_app.extensions[_EXTENSION]
    return codes


def new_secret() -> str:
    """A secret for a new application, encrypted."""
    return str(_codes().generate_totp_secret())


def secret_in_words(secret: str) -> str:
    """The secret to type where a picture cannot be scanned, in groups of four."""
    return str(_codes().get_totp_pretty_key(secret))


def address_of(secret: str, person: Person) -> str:
    """What the picture says, otpauth://…"""
    return str(_codes().get_totp_uri(person.email, secret))


@lru_cache(maxsize=8)
def picture(text: str) -> tuple[int, str]:
    """A QR code: the side of its square, and the path that draws it."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.ERROR_CORRECT_M)
    code.add_data(text)
    rows = code.get_matrix()
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return len(rows), "".join(squares)


@dataclass(frozen=True, slots=True)
class Shown:
    """A code that the application with this secret, encrypted, shows at this half minute."""

    secret: str
    counter: int


def shown_with(secret: str, typed: str) -> Shown | None:
    """The code typed, if an application shows it now. Asked before anything is locked: to decrypt takes its time."""
    row = Authenticator(secret=secret, counter=None)
    return Shown(secret, row.counter or 0) if _codes().accepts(rules.plain_code(typed), row) else None


def shown_to(person_id: int, typed: str) -> Shown | None:
    """The same of the application of a person."""
    row = queries.authenticator(person_id)
    is_one = row is not None and rules.is_from_an_application(rules.plain_code(typed))
    return shown_with(row.secret, typed) if row and is_one else None


def set_application(person_id: int, shown: Shown) -> None:
    """Keep the secret of an application that has just shown the right code; it replaces the one before."""
    require_transaction()
    db.session.execute(delete(Authenticator).where(Authenticator.person_id == person_id))
    db.session.add(Authenticator(person_id=person_id, secret=shown.secret, counter=shown.counter))


def remove_application(person_id: int) -> bool:
    """Forget the application; False: there was none."""
    require_transaction()
    row = queries.authenticator(person_id)
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    return True


def use_code(person_id: int, typed: str, shown: Shown | None) -> str | None:
    """Take a code, which works no more: "code" of the application, "recovery" from paper, None: it is neither.

    `shown`: what was found of it before. The person is locked, so that two at once are one after the other.
    """
    require_transaction()
    code = rules.plain_code(typed)
    if rules.is_from_an_application(code):
        return "code" if shown and _use_shown(person_id, shown) else None
    recovery_code = db.session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == _hash(person_id, code),
            RecoveryCode.used_at.is_(None),
        )
    )
    if recovery_code is None:
        return None
    recovery_code.used_at = clock.now()
    return "recovery"


def _use_shown(person_id: int, shown: Shown) -> bool:
    """False: the application is another one now, or this code or a later one was used."""
    row = queries.authenticator(person_id)
    if row is None or row.secret != shown.secret or shown.counter <= (row.counter or 0):
        return False
    row.counter = shown.counter
    return True


def renew_recovery_codes(person_id: int) -> list[str]:
    """Ten new codes, to be shown once; those before work no more."""
    require_transaction()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes: list[str] = _codes().generate_recovery_codes(rules.RECOVERY_CODES)
    db.session.add_all(
        RecoveryCode(person_id=person_id, code_hash=_hash(person_id, rules.plain_code(code)))
        for code in codes
    )
    return codes


def remove_recovery_codes(person_id: int) -> None:
    require_transaction()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _hash(person_id: int, code: str) -> str:
    """With a key that is not in the database: whoever reads that alone cannot try all codes."""
    key = current_app.config["SECURITY_PASSWORD_SALT"].encode()
    return hmac.new(key, f"{person_id}:{code}".encode(), hashlib.sha256).hexdigest()

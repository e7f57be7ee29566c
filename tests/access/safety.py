"""Doors of safety: what exists behind them, and what their forms are filled with. `world` is that of `world.py`."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import delete

from portal.accounts.rules import token_hash
from portal.db import transaction
from portal.safety.models import Authenticator, EmailChange, Passkey, SignInSession

Values = dict[str, Any]


def _set_up(world: Any) -> Values:
    """The coordinator has set up everything, and is signed in somewhere."""
    person_id = world.coordinator.person_id
    if world.safe is None:
        browser = SignInSession(person_id=person_id, key_hash="k", browser="", system="", address="192.0.2.1")
        passkey = Passkey(
            person_id=person_id,
            name="Clé",
            credential_id="Y2M",
            public_key=b"k",
            user_handle="dXU",
            sign_count=0,
        )
        with transaction() as session:
            session.add_all([browser, passkey, Authenticator(person_id=person_id, secret="{}")])
        world.safe = {"session_id": browser.id, "passkey_id": passkey.id}
    return world.safe


def _another_address(token: str) -> Callable[[Any], Values]:
    def ask(world: Any) -> Values:
        with transaction() as session:
            session.execute(delete(EmailChange))
            session.add(
                EmailChange(
                    person_id=world.coordinator.person_id,
                    old_email=world.coordinator.person.email,
                    new_email=f"nouvelle{world.next_number()}@exemple.test",
                    confirm_hash=token_hash("confirm"),
                    stop_hash=token_hash("stop"),
                )
            )
        return {"token": token}

    return ask


def _with(**fields: Any) -> Callable[[Any, str], Values]:
    return lambda _world, _persona: fields


STAGES: dict[str, Callable[[Any], Values]] = {
    "safe": _set_up,
    "confirm": _another_address("confirm"),
    "stop": _another_address("stop"),
}
FORMS: dict[str, Callable[[Any, str], Values]] = {
    "safety.end_session": _with(),
    "safety.sign_out_everywhere": _with(),
    "safety.set_up_application": _with(code="000000"),
    "safety.remove_application": _with(),
    "safety.renew_recovery_codes": _with(),
    "safety.manage_passkeys": _with(name="Clé", credential=""),
    "safety.remove_passkey": _with(),
    "safety.change_address": lambda _world, persona: {"email": f"{persona}.nouvelle@exemple.test"},
    "safety.confirm_address": _with(),
    "safety.stop_address": _with(),
    "safety.second_step": _with(code="000000"),
}

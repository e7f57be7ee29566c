"""Roles as they are shown, and what the pages of sign-in say."""

import math
from datetime import timedelta
from typing import Any

from flask_babel import format_timedelta
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.roles import Role
from portal.accounts.rules import Held

_MINUTE, _HOUR = 60, 3600  # seconds

ROLES: dict[Role, Any] = {
    Role.COORDINATOR: _l("Coordinator"),
    Role.MEMBER: _l("Member"),
    Role.PRACTITIONER: _l("Practitioner"),
    Role.MANAGER: _l("Team manager"),
    Role.REGIONAL_ADMIN: _l("Regional coordination"),
    Role.NATIONAL_ADMIN: _l("National coordination"),
    Role.OBSERVER: _l("Observer"),
}

_MAY: dict[Role, Any] = {
    Role.COORDINATOR: _l(
        "Sends requests and withdraws them, answers questions, keeps the page of the pole, invites people."
    ),
    Role.MEMBER: _l("Reads the requests of the pole and prepares drafts, which a coordinator sends."),
    Role.PRACTITIONER: _l("Accepts or declines requests, plans and logs interventions."),
    Role.MANAGER: _l(
        "Accepts or declines requests, names the referents, logs interventions, keeps the page of the partner,"
        " invites people."
    ),
    Role.REGIONAL_ADMIN: _l(
        "Routes the requests of the regions of the cell, gives an opinion on applications, follows poles and usage."
    ),
    Role.NATIONAL_ADMIN: _l(
        "Sees the whole country; decides on applications, keeps the rules of the bundle, creates and merges"
        " organisations, imports and exports."
    ),
    Role.OBSERVER: _l("Reads the figures of usage, which hold no personal data."),
}


def what_a_role_may(role: Role) -> str:
    """In a line, for whoever chooses the role of somebody."""
    return str(_MAY[role])


def role_label(role: Role) -> str:
    return str(ROLES[role])


def security_messages() -> dict[str, tuple[Any, str]]:
    """What Flask-Security says here, in our words and with our kinds of flash."""
    return {
        "SECURITY_MSG_PASSWORD_RESET_EXPIRED": (_l("This link is too old. Ask for a new one."), "problem"),
        "SECURITY_MSG_INVALID_RESET_PASSWORD_TOKEN": (
            _l("This link does not work, or has been used already. Ask for a new one."),
            "problem",
        ),
        "SECURITY_MSG_PASSWORD_RESET_NO_LOGIN": (
            _l("Your new password is set. Sign in with it."),
            "success",
        ),
        "SECURITY_MSG_PASSWORD_CHANGE": (
            _l("Your password is changed. You are signed out everywhere else."),
            "success",
        ),
        "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": (_l("Thank you, you can go on."), "success"),
        "SECURITY_MSG_PASSWORD_NOT_PROVIDED": (_l("Type your current password."), "problem"),
        "SECURITY_MSG_INVALID_PASSWORD": (_l("This is not your current password."), "problem"),
        "SECURITY_MSG_PASSWORD_IS_THE_SAME": (
            _l("The new password must differ from the current one."),
            "problem",
        ),
    }


def too_many_attempts(held: Held) -> str:
    """Said where too many tried to sign in."""
    wait = wait_in_words(held)
    if held.network:
        return _(
            "Too many attempts from your network: somebody there may have tried many passwords. Try again in %(wait)s.",
            wait=wait,
        )
    return _(
        "Too many attempts. Try again in %(wait)s, or choose a new password by e-mail: it lets you in at once.",
        wait=wait,
    )


def too_many_links(held: Held) -> str:
    """Said to a network that asked for too many links, whatever the addresses."""
    return _(
        "Many links were asked for from your network within an hour, so this one was not sent. Try again in %(wait)s,"
        " or ask from another network, for instance that of a mobile phone.",
        wait=wait_in_words(held),
    )


def wait_in_words(held: Held) -> str:
    """How long until the next attempt counts: whole minutes, from an hour and a half on whole hours, never too few."""
    seconds = (held.until - clock.now()).total_seconds()
    unit = _HOUR if seconds >= 1.5 * _HOUR else _MINUTE
    whole = max(math.ceil(seconds / unit), 1) * unit
    return str(format_timedelta(timedelta(seconds=whole), granularity="minute", threshold=1.5))

"""What protects an account, in words."""

from enum import StrEnum
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l


class Protection(StrEnum):
    """What may change in the protection of an account, and is told to its owner."""

    APPLICATION_SET = "application_set"
    APPLICATION_REMOVED = "application_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    RECOVERY_CODES_RENEWED = "recovery_codes_renewed"
    RECOVERY_CODE_USED = "recovery_code_used"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    FACTORS_REMOVED = "factors_removed"


PROTECTIONS: dict[Protection, Any] = {
    Protection.APPLICATION_SET: _l("A code application was set up."),
    Protection.APPLICATION_REMOVED: _l("The code application was removed."),
    Protection.PASSKEY_ADDED: _l("A passkey was added."),
    Protection.PASSKEY_REMOVED: _l("A passkey was removed."),
    Protection.RECOVERY_CODES_RENEWED: _l("New recovery codes were made."),
    Protection.RECOVERY_CODE_USED: _l("A recovery code was used to sign in."),
    Protection.SIGNED_OUT_EVERYWHERE: _l("The account was signed out everywhere."),
    Protection.FACTORS_REMOVED: _l("All second factors were removed by the operator."),
}


def device(browser: str, system: str) -> str:
    """A browser as its owner knows it: Firefox on Windows."""
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("An unknown browser")

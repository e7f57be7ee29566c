"""Who is reminded by itself that a sheet must be read again."""

from flask_babel import lazy_gettext as _l

from portal.access.roles import HEAD_ROLES
from portal.catalogue.sheets import emails, queries
from portal.ladder import Ladder, Rung

LADDERS = (
    Ladder(
        "sheets_to_check",
        _l("Sheets of services to check"),
        emails.WHY_KEEPER,
        _l("as soon as somebody says that the sheet is right"),
        queries.checks_due,
        queries.lock_sheet,
        (
            Rung(
                "keepers",
                _l("those who keep it are reminded"),
                _l("the managers of its partners, else the national cell"),
                0,
                emails.check_due,
                roles=HEAD_ROLES,
            ),
        ),
    ),
)

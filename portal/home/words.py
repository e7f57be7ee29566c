"""What people ask most, and what they may do."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.access.roles import Role
from portal.accounts.words import role_label, what_a_role_may

QUESTIONS: Sequence[tuple[Any, Any]] = (
    (
        _l("Who has my request, and until when?"),
        _l(
            "Its page says it first: who holds it, what is expected by when, and what comes if nothing comes."
        ),
    ),
    (
        _l("A partner does not answer. What can I do?"),
        _l("Once it is late, the coordinator of the pole can remind it from the page of the request."),
    ),
    (
        _l("I have forgotten something in a request that is sent."),
        _l("“Add information” on its page sends it to whoever has the request."),
    ),
    (
        _l("Somebody joins or leaves my organisation."),
        _l("Whoever answers for the organisation invites people, and hands over the work of whoever leaves."),
    ),
    (
        _l("I have lost my password."),
        _l("“Forgotten password”, on the page where you sign in, sends you a link by e-mail."),
    ),
)


def roles() -> list[tuple[str, str]]:
    """Each role and what it may do."""
    return [(role_label(role), what_a_role_may(role)) for role in Role]

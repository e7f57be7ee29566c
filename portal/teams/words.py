"""What is said of who belongs, who is away and who cannot go."""

from flask_babel import gettext as _

from portal.accounts.models import Membership
from portal.accounts.words import role_label
from portal.teams.rules import Away
from portal.web import templating


def member_label(membership: Membership) -> str:
    """A member in a list: name and role."""
    return f"{membership.person.name} ({role_label(membership.role)})"


def absence_note(away: Away) -> str:
    """Until when somebody is away, and who stands in."""
    until = templating.day(away.until)
    if away.substitute_name:
        return _("absent until %(day)s, replaced by %(name)s", day=until, name=away.substitute_name)
    return _("absent until %(day)s", day=until)


def last_head() -> str:
    """Why the last person who answers for an organisation cannot go."""
    return _(
        "Nobody else answers for this organisation. Give somebody else that role, or invite the person who"
        " comes next; then do this again."
    )

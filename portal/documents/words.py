"""Documents in words."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.web import templating

_MEGABYTE = 1024 * 1024


def size_label(size: int) -> str:
    """How large a file is, as people say it."""
    if size < _MEGABYTE / 10:
        return _("%(size)s KB", size=templating.number(max(1, size / 1024)))
    return _("%(size)s MB", size=templating.number(size / _MEGABYTE, 1))


def refused(name: str | None, why: Any) -> Any:
    """Why one of several files is not taken."""
    return _l("%(name)s: %(why)s", name=name, why=why)

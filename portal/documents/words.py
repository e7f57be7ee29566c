"""Documents in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.files.rules import FileState
from portal.web import templating
from portal.web.tags import Tag

_MEGABYTE = 1024 * 1024

TAGS: Mapping[FileState, Tag] = MappingProxyType(
    {
        FileState.BEING_CHECKED: Tag(_l("Being checked"), "info", "hourglass-split"),
        FileState.INFECTED: Tag(_l("Removed: it held a virus"), "danger", "x-circle"),
    }
)


def size_label(size: int) -> str:
    """How large a file is, as people say it."""
    if size < _MEGABYTE / 10:
        return _("%(size)s KB", size=templating.number(max(1, size / 1024)))
    return _("%(size)s MB", size=templating.number(size / _MEGABYTE, 1))


def refused(name: str | None, why: Any) -> Any:
    """Why one of several files is not taken."""
    return _l("%(name)s: %(why)s", name=name, why=why)

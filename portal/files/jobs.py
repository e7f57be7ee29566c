"""What goes by itself: contents that no row names, and those in which a scanner found a virus."""

import time
from collections.abc import Sequence

from portal.feature import Job
from portal.files import queries, service
from portal.files.scan import service as scan

PAUSE_SECONDS = 30.0


class _Pause:
    """A scanner that was away a moment ago is not asked again at once."""

    ends_at = float("-inf")


def _waiting(after: int, most: int) -> Sequence[int]:
    return queries.being_checked(after, most) if time.monotonic() >= _Pause.ends_at else ()


def _check(file_ids: Sequence[int]) -> int:
    try:
        return sum(service.check(file_id) for file_id in file_ids)
    except scan.Away:
        _Pause.ends_at = time.monotonic() + PAUSE_SECONDS
        return 0


JOBS = (
    Job("remove orphaned files", service.orphans, service.remove, at_once=50, first="", locks=False),
    Job("check files for viruses", _waiting, _check, locks=False, often=True),
)

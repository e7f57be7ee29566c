"""What a page or a job reads of a relation is what a statement loaded, or what it holds itself.

A relation that was not loaded is still found where the other end happens to be in memory: until garbage is collected,
which is at another moment each time. Here it is collected just then, so that whoever reads such a relation fails each
time, and not once in a thousand.
"""

import gc
import sys
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from sqlalchemy.orm import InstanceState, PassiveFlag
from sqlalchemy.orm.base import instance_state
from sqlalchemy.orm.strategies import _LazyLoader

OURS = tuple(str(Path(__file__).parents[1] / folder) + "/" for folder in ("portal", "templates"))
TIMES = 5
"""So often each place that reads is put to the test: what somebody holds there is held each time."""
_find = _LazyLoader._load_for_state
_tried: Counter[tuple[str, str]] = Counter()
_has_collected = False


def forget_what_nobody_holds() -> None:
    """From now on, in this process."""
    _LazyLoader._load_for_state = _found_by_who_holds_it


def set_apart_what_stays() -> None:
    """Between two tests: what is in memory now is not looked through again, so that collecting takes little."""
    global _has_collected
    if _has_collected:
        gc.collect()
        gc.freeze()
        _has_collected = False


def _found_by_who_holds_it(
    loader: Any, state: InstanceState[Any], passive: PassiveFlag, **of_a_statement: Any
) -> Any:
    other_end = _find(loader, state, passive, **of_a_statement)
    is_read = passive & PassiveFlag.SQL_OK and not of_a_statement
    if not (is_read and loader._raise_on_sql and _is_row(other_end)):
        return other_end
    place = str(loader.parent_property), _where()
    if not place[1].startswith(OURS) or _tried[place] == TIMES:
        return other_end
    _tried[place] += 1
    del other_end
    _collect()
    return _find(loader, state, passive)


def _collect() -> None:
    global _has_collected
    gc.collect()
    _has_collected = True


def _is_row(value: Any) -> bool:
    try:
        return instance_state(value) is not None
    except AttributeError:
        return False


def _where() -> str:
    """File and line of whoever reads: the portal, or a test."""
    frame: FrameType | None = sys._getframe(2)
    while frame and "sqlalchemy" in frame.f_code.co_filename:
        frame = frame.f_back
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""

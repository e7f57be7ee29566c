"""Who holds what is followed, a request or an application, and until when."""

from dataclasses import dataclass
from datetime import date

from portal import clock


@dataclass(frozen=True, slots=True)
class Holder:
    """Who must act now, in words, and until when (None: no date), by the clocks of which department."""

    sentence: str
    due_on: date | None = None
    department_code: str | None = None

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and clock.is_over(self.due_on, self.department_code)

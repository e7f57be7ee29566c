"""What is late or stuck, and from when on. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from portal import clock
from portal.requests.steps import WORKING_DAYS_BEFORE_A_REMINDER

WORKING_DAYS_ON_HOLD = 5
DAYS_WITHOUT_NEWS = 30
WORKING_DAYS_BEFORE_DUE = 2
LONGEST_SNOOZE = timedelta(days=90)
LONGEST_NOTE = 300


class Basket(StrEnum):
    """Why a request is stuck, what is most pressing first; the value stands in addresses."""

    UNANSWERED = "sans-reponse"
    REFUSED = "refusees"
    NOT_ROUTED = "a-orienter"
    ON_HOLD = "en-attente"
    SILENT = "sans-nouvelles"
    DUE_SOON = "bientot"


def working_days_ago(today: date, count: int) -> date:
    """The last day since which so many working days have passed, wherever people work in the country."""
    day = today
    while clock.working_days_between(day, today, None) < count:
        day -= timedelta(days=1)
    return day


def not_routed_since(today: date) -> date:
    """Sent on this day or before, it should have been routed: nobody is pressed before three working days."""
    return working_days_ago(today, WORKING_DAYS_BEFORE_A_REMINDER)


def on_hold_since(today: date) -> date:
    """A question asked on this day or before has waited too long."""
    return working_days_ago(today, WORKING_DAYS_ON_HOLD)


def may_snooze(until: date, today: date) -> bool:
    """From tomorrow on, and not for so long that it is forgotten."""
    return today < until <= today + LONGEST_SNOOZE

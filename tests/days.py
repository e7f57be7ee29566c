"""Days as people count them."""

from datetime import UTC, datetime, timedelta

from portal import clock


def days_ago(count: float) -> datetime:
    """This hour so many days ago, by the clocks of Paris: where they changed meanwhile, not so many times 24 hours."""
    return (clock.local(clock.now(), None) - timedelta(days=count)).astimezone(UTC)

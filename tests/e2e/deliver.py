"""What the worker does, here and once nobody can undo anything."""

from portal import acts, clock
from portal.notifications.delivery.service import Delivery


def deliver_all() -> None:
    """Send everything that is due by then, as one round of the worker after another."""
    delivery = Delivery()
    with clock.travelling_to(clock.now() + acts.TIME):
        while delivery.deliver():
            pass
    delivery.close()

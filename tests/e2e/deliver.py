"""What the worker does, here and now."""

from portal.notifications.delivery.service import Delivery


def deliver_all() -> None:
    """Send everything that is due, as one round of the worker after another."""
    delivery = Delivery()
    while delivery.deliver():
        pass
    delivery.close()

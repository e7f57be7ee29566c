"""How many documents, and for how long."""

from datetime import timedelta

MOST_AT_ONCE = 5
MOST_ON_ONE = 20
"""On one request, one message, one of anything."""
KEPT = timedelta(days=1)
"""What came with a form that was refused, for whoever sent it to correct the form."""

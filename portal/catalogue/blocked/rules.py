"""How long it is kept what poles were refused."""

from datetime import timedelta

KEPT = timedelta(days=3 * 365)
"""As long as requests: a need that was not met is compared from year to year."""

"""What is on which day, for whoever reads it."""

from portal.agenda import routes
from portal.feature import Feature

FEATURE = Feature("agenda", screens=(routes.bp,))

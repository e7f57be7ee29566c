"""Interventions by their dates, for whoever reads them."""

from portal.agenda import routes
from portal.feature import Feature

FEATURE = Feature("agenda", screens=(routes.bp,))

"""Mail, as the national cell follows and decides it."""

from portal.dispatch import jobs, routes
from portal.feature import Feature

FEATURE = Feature("dispatch", screens=(routes.bp,), jobs=jobs.JOBS)

"""Mail, as the national cell follows and decides it."""

from portal.dispatch import jobs, routes, words
from portal.feature import Feature

FEATURE = Feature("dispatch", screens=(routes.bp,), jobs=jobs.JOBS, journal_names=words.journal_name)

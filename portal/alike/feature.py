"""Requests of several poles that resemble each other."""

from portal.alike import jobs, page, routes
from portal.feature import Feature

FEATURE = Feature("alike", screens=(routes.bp,), jobs=jobs.JOBS, request_part=page.part)

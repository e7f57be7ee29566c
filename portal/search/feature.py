"""Finding what one may see, by its words."""

from portal.feature import Feature
from portal.search import jobs, routes

FEATURE = Feature("search", screens=(routes.bp,), checks=jobs.CHECKS)

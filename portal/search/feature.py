"""Finding what one may see, by its words."""

from portal.feature import Feature
from portal.search import jobs

FEATURE = Feature("search", checks=jobs.CHECKS)

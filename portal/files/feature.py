"""Documents that people send."""

from portal.feature import Feature
from portal.files import jobs

FEATURE = Feature(
    "files",
    jobs=jobs.JOBS,
)

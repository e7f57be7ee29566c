"""My copy, my account closed, how long everything is kept."""

from portal.feature import Feature
from portal.personal_data import jobs, personal, routes

FEATURE = Feature(
    "personal_data",
    screens=(routes.bp,),
    jobs=jobs.JOBS,
    checks=jobs.CHECKS,
    about_person=personal.of_person,
)

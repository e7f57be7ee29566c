"""The figures of use."""

from portal.feature import Feature
from portal.usage import routes

FEATURE = Feature(
    "usage",
    screens=(routes.bp,),
)

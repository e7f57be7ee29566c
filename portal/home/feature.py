"""What waits for me; public pages."""

from portal.feature import Feature
from portal.home import routes

FEATURE = Feature(
    "home",
    screens=(routes.bp,),
)

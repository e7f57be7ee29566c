"""The services of the bundle."""

from portal.catalogue import handover, routes
from portal.feature import Feature

FEATURE = Feature(
    "catalogue",
    screens=(routes.bp,),
    moves=handover.MOVES,
)

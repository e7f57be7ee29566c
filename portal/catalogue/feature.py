"""The services of the bundle."""

from portal.catalogue import handover, routes
from portal.catalogue.search import page as search
from portal.feature import Feature

FEATURE = Feature(
    "catalogue",
    screens=(routes.bp,),
    moves=handover.MOVES,
    findables=search.FINDABLES,
)

"""The public register of poles."""

from portal.feature import Feature
from portal.register import routes

FEATURE = Feature(
    "register",
    screens=(routes.bp,),
)

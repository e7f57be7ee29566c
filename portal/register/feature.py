"""The public register of poles."""

from portal.feature import Feature
from portal.register import routes
from portal.register.search import page as search

FEATURE = Feature(
    "register",
    screens=(routes.bp,),
    findables=search.FINDABLES,
)

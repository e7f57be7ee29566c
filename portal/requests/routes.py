from portal.requests import models  # noqa: F401
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("requests", __name__)

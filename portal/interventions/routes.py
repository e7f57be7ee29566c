from portal.interventions import models  # noqa: F401
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("interventions", __name__)

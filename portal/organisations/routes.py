from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("organisations", __name__)

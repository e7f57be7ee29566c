from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("usage", __name__)

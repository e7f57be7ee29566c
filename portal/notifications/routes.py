from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("notifications", __name__)

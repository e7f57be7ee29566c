from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("catalogue", __name__)

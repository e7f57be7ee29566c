"""How some people of the demonstration chose to hear of things, as everybody may."""

from portal.demo.people import FEATURED_PARTNER, FEATURED_POLE, People
from portal.notifications.preferences import service as preferences
from portal.notifications.preferences.rules import Hours, Rhythm


def choose(people: People) -> None:
    """A coordinator gets messages together and is left in peace in the evening; a manager reads notes in the portal
    alone; a national cell hears of what went well once a week."""
    coordinator = next(home.coordinator for home in people.homes if home.name == FEATURED_POLE)
    preferences.set_hours(coordinator.person_id, Hours(digest=9, quiet_from=20, quiet_until=7))
    manager = people.teams[FEATURED_PARTNER].manager
    for actor, rhythms in (
        (coordinator, {"messages": Rhythm.DAILY, "progress": Rhythm.DAILY}),
        (manager, {"notes": Rhythm.NEVER, "progress": Rhythm.DAILY}),
        (people.national, {"applications": Rhythm.WEEKLY}),
    ):
        preferences.choose(actor.person_id, actor.organisation_id, rhythms)

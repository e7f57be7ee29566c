"""Looking at the portal as somebody else: begun with a reason, always short, always remembered and told."""

import secrets

from portal import clock
from portal.access.roles import Actor
from portal.accounts.models import Person
from portal.db import db, require_transaction
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.people import emails, queries, rules
from portal.people.models import Viewing
from portal.refusals import NotFound


def begin(viewer: Person, actor: Actor, membership_id: int, reason: str) -> Viewing:
    """Look at the portal as a member sees it; ends what the viewer was looking at. NotFound where one may not."""
    require_transaction()
    db.session.get(Person, viewer.id, with_for_update=True)  # one at a time
    end(viewer.id)
    membership = queries.viewable(membership_id)
    if membership is None or membership.person_id == viewer.id:
        raise NotFound
    viewing = Viewing(
        viewer_id=viewer.id, membership_id=membership.id, key=secrets.token_urlsafe(16), reason=reason
    )
    db.session.add(viewing)
    db.session.flush()
    viewed = membership.person
    after = {"organisation": membership.organisation.name, "reason": reason}
    journal.record(Act.VIEWED_AS, Subject.PERSON, viewed.id, viewed.name, after=after)
    emails.viewed(viewed, actor, viewing)
    return viewing


def end(viewer_id: int) -> int | None:
    """Look no longer; the number of the person who was looked at, None where there was nobody."""
    require_transaction()
    viewing = queries.of_viewer(viewer_id)
    if viewing is None:
        return None
    _finish(viewing)
    return viewing.membership.person_id


def end_forgotten(viewing_id: int) -> bool:
    """Note the end of what nobody ended; it has shown nothing since its half hour. False: it was ended meanwhile."""
    require_transaction()
    viewing = queries.forgotten_locked(viewing_id)
    if viewing is None:
        return False
    _finish(viewing)
    return True


def _finish(viewing: Viewing) -> None:
    viewed = viewing.membership.person
    after = {"viewer": viewing.viewer.name, "minutes": rules.minutes(viewing.started_at, clock.now())}
    journal.record(Act.VIEWING_ENDED, Subject.PERSON, viewed.id, viewed.name, after=after)
    db.session.delete(viewing)
    db.session.flush()

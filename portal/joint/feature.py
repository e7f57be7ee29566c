"""Several poles on one request."""

from portal.feature import Feature
from portal.joint import emails, handover, jobs, page, personal, queries, routes, words
from portal.joint.models import JointPole
from portal.joint.search import page as search
from portal.requests.undo.rules import Restored

FEATURE = Feature(
    "joint",
    screens=(routes.bp,),
    steps=words.STEPS,
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    checks=jobs.CHECKS,
    ladders=jobs.LADDERS,
    moves=handover.MOVES,
    left_open=handover.LEFT_OPEN,
    joined_poles=queries.joined,
    joined_by=queries.joined_by,
    tells_beside=emails.tell_joined,
    reminds_beside=emails.tomorrow,
    restored=(Restored(JointPole),),
    request_part=page.part,
    about_person=personal.of_person,
    findables=search.FINDABLES,
)

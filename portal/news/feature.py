"""What is new for somebody: how they want to hear of it, digests, and what they have not looked at yet."""

from portal.feature import Feature
from portal.news import handover, jobs, page, routes
from portal.news.digests import emails

FEATURE = Feature(
    "news",
    screens=(routes.bp,),
    start=page.init_app,
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    moves=handover.MOVES,
)

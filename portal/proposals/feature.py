"""Dates that a partner proposes, and a pole picks."""

from portal.feature import Feature
from portal.proposals import emails, handover, jobs, page, personal, routes, words
from portal.proposals.by_mail import routes as by_mail
from portal.proposals.models import DateProposal, ProposedDate, ProposedPractice
from portal.requests.undo.rules import Restored

FEATURE = Feature(
    "proposals",
    screens=(routes.bp, by_mail.bp),
    steps=words.STEPS,
    emails=emails.EXAMPLES,
    ladders=jobs.LADDERS,
    open_work=handover.OPEN_WORK,
    restored=(Restored(DateProposal), Restored(ProposedDate), Restored(ProposedPractice)),
    request_part=page.part,
    about_person=personal.of_person,
)

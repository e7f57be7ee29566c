"""New poles, from the first e-mail to the decision."""

from portal.applications import emails, handover, jobs, personal, routes, words
from portal.feature import Feature

FEATURE = Feature(
    "applications",
    screens=(routes.bp,),
    steps=words.STEPS,
    emails=emails.EXAMPLES,
    ladders=jobs.LADDERS,
    moves=handover.MOVES,
    left_open=handover.LEFT_OPEN,
    tells_infected=jobs.tell_infected,
    about_person=lambda person: personal.of_person(person.id, person.email),
    journal_words={
        "state": {state: tag.label for state, tag in words.STATES.items()},
        "reason": {reason: label for step in words.STEPS.values() for reason, label in step.reasons.items()},
    },
)

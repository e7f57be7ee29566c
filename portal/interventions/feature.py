"""Dated acts of partners for poles."""

from portal.feature import Feature
from portal.interventions import emails, handover, personal, routes, words

FEATURE = Feature(
    "interventions",
    screens=(routes.bp,),
    steps=words.STEPS,
    emails=emails.EXAMPLES,
    left_open=handover.LEFT_OPEN,
    open_work=handover.OPEN_WORK,
    diary=handover.DIARY,
    about_person=lambda person: personal.of_person(person.id),
)

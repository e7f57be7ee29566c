"""What is late or stuck."""

from portal.feature import Feature
from portal.stuck import personal, routes

FEATURE = Feature(
    "stuck",
    screens=(routes.bp,),
    about_person=lambda person: personal.of_person(person.id),
)

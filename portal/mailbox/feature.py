"""What comes to the portal by e-mail."""

from portal.feature import Feature
from portal.mailbox import emails, personal, routes

FEATURE = Feature(
    "mailbox",
    screens=(routes.bp,),
    emails=emails.EXAMPLES,
    about_person=personal.of_person,
    forgets_person=personal.forget,
)

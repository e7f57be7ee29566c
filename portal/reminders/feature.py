"""What people are reminded of."""

from portal.feature import Feature
from portal.reminders import emails, jobs, personal, queries, routes
from portal.reminders.days import page as days_page
from portal.reminders.days import routes as days

FEATURE = Feature(
    "reminders",
    screens=(routes.bp, days.bp),
    emails=emails.EXAMPLES,
    jobs=jobs.JOBS,
    comes_next=queries.comes_next,
    comes_first=queries.comes_first,
    journal_names=days_page.journal_name,
    about_person=lambda person: personal.of_person(person.email),
)

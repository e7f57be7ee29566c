"""What a person is: account, password, memberships."""

from portal.accounts import emails, handover, personal, routes, words
from portal.accounts.sign_in import service as sign_in
from portal.feature import Feature
from portal.web.languages import LANGUAGES

FEATURE = Feature(
    "accounts",
    screens=(routes.bp,),
    start=sign_in.init_app,
    emails=emails.EXAMPLES,
    moves=handover.MOVES,
    about_person=personal.of_person,
    forgets_person=personal.forget,
    journal_words={"role": words.ROLES, "language": LANGUAGES},
)

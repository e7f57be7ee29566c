"""What keeps an account safe."""

from portal.feature import Feature
from portal.safety import emails, personal, routes, words
from portal.safety.sessions import service as sessions
from portal.safety.sign_in import service as sign_in

FEATURE = Feature(
    "safety",
    screens=(routes.bp,),
    start=sign_in.init_app,
    emails=emails.EXAMPLES,
    about_person=lambda person: personal.of_person(person.id),
    forgets_person=lambda person: personal.forget(person.id),
    journal_words={"what": words.PROTECTIONS},
    session_is_open=sessions.is_alive,
    browser_of=sessions.known_here,
)

"""What is said on a request, between its pole, its partners and the cells, and among themselves."""

from portal.conversation import emails, handover, page, personal, queries, routes
from portal.conversation.by_mail import routes as by_mail
from portal.conversation.guests import routes as guest_routes
from portal.conversation.guests import service as guests
from portal.conversation.search import page as search
from portal.feature import Feature

FEATURE = Feature(
    "conversation",
    screens=(routes.bp, guest_routes.bp, by_mail.bp),
    emails=emails.EXAMPLES,
    moves=handover.MOVES,
    documents_on=queries.DOCUMENTS_ON,
    request_part=page.part,
    request_news=page.news,
    news_for=page.news_for,
    tells_infected=guests.tell_infected,
    about_person=personal.of_person,
    forgets_person=lambda person: personal.forget(person.id),
    findables=search.FINDABLES,
)

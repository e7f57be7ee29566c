"""CSV files in and out."""

from portal.feature import Feature
from portal.transfers import personal, routes, words

FEATURE = Feature(
    "transfers",
    screens=(routes.bp,),
    about_person=lambda person: personal.of_person(person.id),
    journal_words={"file_holds": words.KINDS},
)

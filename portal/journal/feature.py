"""Who changed what."""

from portal.feature import Feature
from portal.journal import routes, words

FEATURE = Feature(
    "journal",
    screens=(routes.bp,),
    journal_words={"acte": words.ACTS, "objet": words.SUBJECTS},
)

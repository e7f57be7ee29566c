"""What the matrix stands on for applications: their stages, with a link and a document, and their forms."""

import io
from collections.abc import Callable
from typing import Any

from portal.applications.models import ApplicationDocument
from portal.applications.steps import State
from portal.db import transaction
from portal.files import service as files
from tests.builders import Builder

Values = dict[str, Any]
PDF = b"%PDF-1.4\n%%EOF\n"


def _application(state: State) -> Callable[[Builder], Values]:
    def build_it(make: Builder) -> Values:
        application = make.raw_application(state)
        with files.received("document", "statuts.pdf", io.BytesIO(PDF)) as stored, transaction() as session:
            document = ApplicationDocument(application_id=application.id, file=stored)
            session.add(document)
        return {
            "reference": application.reference,
            "token": make.link(application),
            "section": "contact",
            "document_id": document.id,
        }

    return build_it


STAGES: dict[str, Callable[[Builder], Values]] = {
    "ap_draft": _application(State.DRAFT),
    "ap_dead": lambda make: {**_application(State.DRAFT)(make), "token": "a" * 43},
    "ap_sent": _application(State.SUBMITTED),
    "ap_asked": _application(State.MORE_WANTED),
    "ap_advis": _application(State.ADVISED),
}

FORMS: dict[str, Callable[[], Values]] = {
    "applications.begin": lambda: {"email": "nour@exemple.test", "name": "Filière Lin"},
    "applications.lost_link": lambda: {"email": "nour@exemple.test"},
    "applications.write": lambda: {
        "given_name": "Lise",
        "family_name": "Roy",
        "contact_email": "l@exemple.test",
    },
    "applications.documents": lambda: {"document": (io.BytesIO(PDF), "statuts.pdf")},
    "applications.detach": dict,
    "applications.send": lambda: {"agreed": "y"},
    "applications.discard": dict,
    "applications.answer": lambda: {"message": "La coopérative le porte."},
    "applications.withdraw": lambda: {"message": "Nous rejoignons un voisin."},
    "applications.check_company": dict,
    "applications.advise": lambda: {"reason": "favourable", "message": "Un projet solide."},
    "applications.ask": lambda: {"message": "Qui porte l’emploi ?"},
    "applications.admit": lambda: {"name": "Filière Lin", "message": "Bienvenue."},
    "applications.refuse": lambda: {"reason": "too_early", "message": "Revenez au printemps."},
}

"""What people do around applications, through the pages."""

import io
import re
from typing import Any

from sqlalchemy import select

from portal.applications.models import Application
from portal.applications.steps import ADMIT, ADVISE, ASK, REFUSE, State
from portal.db import db
from portal.notifications.models import OutboxEmail
from portal.steps import Step
from tests.browser import Browser

_LINK = re.compile(r"http://portal\.test(/candidater/suivi/[\w-]+)")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

PROJECT = {
    "name": "Filière Lin",
    "purpose": "Filer le lin cultivé ici.",
    "audience": "Les fermes du pays.",
    "reason": "Personne ne le peut seul.",
    "stage": "emerging",
    "progress": "",
    "expectations": "Une gouvernance claire.",
}
TERRITORY = {"commune_code": "Rouen (76)", "sectors": ["industry", "food"]}
ORGANISATIONS = {
    "lead_organisation": "Coopérative du Lin",
    "lead_siret": "442 293 775 00031",
    "lead_rna": "",
    "members": "Coopérative du Lin\nAtelier Trame\n\natelier trame",
    "website": "",
}
CONTACT = {
    "given_name": "Lise",
    "family_name": "Marchand",
    "contact_email": "lise@exemple.test",
    "phone": "",
}
REGISTER = {"public_summary": "Du lin filé en Normandie.", "publish": "y"}
SECTIONS: dict[str, dict[str, Any]] = {
    "projet": PROJECT,
    "territoire": TERRITORY,
    "organisations": ORGANISATIONS,
    "contact": CONTACT,
    "annuaire": REGISTER,
}


def emails(kind: str = "") -> list[OutboxEmail]:
    """The e-mails written so far, oldest first, of a kind where one is asked for."""
    found = db.session.scalars(select(OutboxEmail).order_by(OutboxEmail.id)).all()
    return [one for one in found if kind in one.kind]


def link_in(email: OutboxEmail) -> str:
    """The path of the secret link that an e-mail holds."""
    found = _LINK.search(email.text)
    assert found, email.text
    return found.group(1)


def begin(browser: Browser, email: str = "nour@exemple.test", name: str = "Filière Lin") -> str:
    """Begin an application as a visitor; the path of its link."""
    response = browser.post("/candidater/nouvelle", {"email": email, "name": name})
    assert response.status_code == 302, response.text
    return link_in(emails("applications/link")[-1])


def write_everything(browser: Browser, path: str) -> None:
    for section, values in SECTIONS.items():
        response = browser.post(f"{path}/partie/{section}", values)
        assert response.status_code == 302, response.text


def apply(browser: Browser, **who: str) -> str:
    """A whole application, sent; the path of its link."""
    path = begin(browser, **who)
    write_everything(browser, path)
    response = browser.post(f"{path}/envoyer", {"agreed": "y"})
    assert response.status_code == 302, response.text
    return path


def upload(browser: Browser, path: str, name: str, content: bytes) -> Any:
    return browser.post(
        f"{path}/documents", {"document": (io.BytesIO(content), name)}, content_type="multipart/form-data"
    )


def the_application() -> Application:
    return db.session.scalars(select(Application).execution_options(populate_existing=True)).one()


FORMS = {
    ADVISE: ("avis", {"reason": "favourable", "message": "Un projet déjà solide."}),
    ASK: ("demander-une-precision", {"message": "Qui porte l’emploi ?"}),
    ADMIT: ("admettre", {"name": "Filière Lin", "message": ""}),
    REFUSE: ("refuser", {"reason": "too_early", "message": "Revenez au printemps."}),
}


def act(browser: Browser, reference: str, step: Step[State], **changed: Any) -> Any:
    """What a cell does with an application."""
    path, values = FORMS[step]
    return browser.post(f"/candidatures/{reference}/{path}", {**values, **changed})


def state_of(application: Application) -> State:
    state = db.session.scalar(select(Application.state).where(Application.id == application.id))
    assert state is not None
    return state

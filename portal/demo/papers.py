"""The documents of the demonstration: small PDFs sent with requests, with messages and with reviews of partners."""

import io
from datetime import datetime
from itertools import cycle

from sqlalchemy import select

from portal.db import db
from portal.documents.models import Document
from portal.documents.queries import Parent
from portal.documents.rules import Sender
from portal.files import service as files
from portal.files.rules import FileState
from portal.requests.documents.service import ASSIGNMENT, REQUEST
from portal.requests.models import Assignment, SupportRequest
from portal.requests.steps import AssignmentState

_OF_REQUESTS = (
    "Statuts de l’association.pdf",
    "Budget prévisionnel.pdf",
    "Compte rendu du comité de pilotage.pdf",
    "Plan des locaux.pdf",
)
_OF_REVIEWS = ("Convention de mutualisation.pdf", "Feuille de route.pdf", "Bilan de l’accompagnement.pdf")
_ONE_IN, _TWO_IN = 2, 6
"""One request in two has a document, one in six a second one."""


def send() -> None:
    """Add them to what was played; the last one held a virus."""
    names = cycle(_OF_REQUESTS)
    asked = select(SupportRequest).where(SupportRequest.contact_id.is_not(None))
    for number, request in enumerate(db.session.scalars(asked.order_by(SupportRequest.id))):
        for _ in range((number % _ONE_IN == 0) + (number % _TWO_IN == 0)):
            last = add(
                next(names),
                REQUEST,
                request.id,
                Sender(request.contact_id),
                request.submitted_at or request.created_at,
            )
    last.file.state = FileState.INFECTED
    names = cycle(_OF_REVIEWS)
    done = select(Assignment, SupportRequest.closed_at).join(Assignment.request)
    done = done.where(Assignment.state == AssignmentState.COMPLETED, Assignment.referent_id.is_not(None))
    for part, closed_at in db.session.execute(done.order_by(Assignment.id)):
        if closed_at:
            add(next(names), ASSIGNMENT, part.id, Sender(part.referent_id), closed_at)


def add(name: str, parent: Parent, on: int, sender: Sender, at: datetime) -> Document:
    """Send a document, which is on something from then on."""
    with files.received("documents", name, io.BytesIO(_pdf(name))) as stored:
        document = Document(
            file=stored,
            kind=parent.kind,
            parent_id=on,
            sent_by_id=sender.person_id,
            guest_id=sender.guest_id,
            sent_at=at,
            form=None,
        )
        db.session.add(document)
    return document


def _pdf(title: str) -> bytes:
    """One page that says what it is."""
    words = title.removesuffix(".pdf").replace("’", "'").encode("cp1252")
    page = b"BT /F1 24 Tf 72 720 Td (" + words + b") Tj ET"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%b" % (len(objects) + 1, table)
    tail = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(written))
    return written + head + tail

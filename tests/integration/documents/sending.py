"""What the tests of documents share."""

import io
import re
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from portal.db import db
from portal.documents.models import Document
from tests.browser import Browser
from tests.builders import PDF
from tests.documents import pdf
from tests.integration.requests.steps import World, request_fields

OTHER_PDF = pdf()


def file(name: str = "devis.pdf", content: bytes = PDF) -> tuple[io.BytesIO, str]:
    """A file as a browser sends it."""
    return io.BytesIO(content), name


def form_of(browser: Browser, world: World, once: str = "a-key") -> str:
    """The address where a request that is being written takes its documents."""
    fields = {**request_fields(world.service), "once": once}
    begun = browser.post("/demandes/nouvelle", {name: fields[name] for name in ("once", "service_id")})
    page = begun.location.partition("/modifier/")[0]
    browser.post(f"{page}/modifier/besoin", {"need": fields["need"]})
    return f"{page}/modifier/documents"


def send(browser: Browser, world: World, *files: tuple[io.BytesIO, str], **fields: Any) -> TestResponse:
    """A request with documents, sent unless `intent` says otherwise. `damaged`: their form is refused."""
    address = form_of(browser, world, fields.pop("once", "a-key"))
    intent, once = fields.pop("intent", "send"), "" if fields.pop("damaged", False) else "a-key"
    answer = browser.post(address, {"once": once, "documents": list(files), "intent": "plus-tard", **fields})
    return finish(browser, address) if intent == "send" and answer.status_code == 302 else answer


def finish(browser: Browser, address: str) -> TestResponse:
    """Send what was written."""
    return browser.post(f"{address.partition('/modifier/')[0]}/envoyer")


def send_large(browser: Browser, world: World, *files: tuple[io.BytesIO, str]) -> TestResponse:
    """The same, without the file that the client of tests leaves open for whatever is large."""
    address = form_of(browser, world)
    browser.get(address)
    fields = {"once": "a-key", "csrf_token": browser.token, "documents": [FileStorage(*one) for one in files]}
    boundary, body = encode_multipart(fields)
    answer = browser.client.post(
        address,
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    return finish(browser, address) if answer.status_code == 302 else answer


def all_documents() -> list[Document]:
    statement = select(Document).order_by(Document.id)
    return list(db.session.scalars(statement.execution_options(populate_existing=True)))


def on() -> list[tuple[str | None, int | None]]:
    """What each document is on."""
    return [(one.kind, one.parent_id) for one in all_documents()]


def offered(text: str) -> list[int]:
    """The numbers of the documents that a form offers again, ticked."""
    boxes = re.findall(r"<input[^>]*name=\"kept_document_ids\"[^>]*>", text)
    return [int(re.search(r'value="(\d+)"', one)[1]) for one in boxes if "checked" in one]


def links(text: str) -> list[str]:
    """The documents that a page lets one save."""
    return re.findall(r'href="(/documents/\d+)"', text)


def saved(browser: Browser, path: str) -> bytes:
    with browser.get(path) as answer:
        assert answer.status_code == 200
        return bytes(answer.data)

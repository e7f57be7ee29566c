"""E-mails of the tests' own, and a mail server to send them to."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from jinja2 import BaseLoader, ChoiceLoader, DictLoader
from sqlalchemy import select, update

from portal.db import db, transaction
from portal.notifications.emails import Message, Recipient
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox import service as outbox
from tests.smtp import MailServer, mail_server

Write = Callable[..., None]

TEMPLATES = {
    "tests/emails/hello.html": """{% extends layout %}
{% set action_label = _("Home") %}
{% set why = "Because of a test." %}
{% block subject %}{{ "Bonjour" if locale == "fr" else "Hello" }} {{ name | default("Zoé Martin") }}{% endblock %}
{% block lead %}Une demande & « une réponse ».{% endblock %}
{% block next %}{% endblock %}
"""
}


@pytest.fixture(autouse=True)
def _own_templates(app: Flask) -> Iterator[None]:
    usual = app.jinja_loader
    assert isinstance(usual, BaseLoader)
    app.jinja_env.loader = ChoiceLoader([DictLoader(TEMPLATES), usual])
    app.extensions.pop("portal-text-templates", None)  # its twin for text has the loader it was made with
    yield
    app.jinja_env.loader = app.create_global_jinja_loader()
    app.extensions.pop("portal-text-templates", None)


@pytest.fixture(scope="module")
def one_server() -> Iterator[MailServer]:
    with mail_server() as server:
        yield server


@pytest.fixture
def server(app: Flask, one_server: MailServer) -> Iterator[MailServer]:
    """A working mail server with an empty box, which the application writes to."""
    one_server.forget()
    usual, app.config["MAIL_PORT"] = app.config["MAIL_PORT"], one_server.port
    yield one_server
    app.config["MAIL_PORT"] = usual


@pytest.fixture
def write(database: None) -> Write:
    """Enqueue e-mails in a transaction of their own."""

    def enqueue(
        *recipients: str, message: Message | None = None, language: str = "fr", **options: Any
    ) -> None:
        with transaction():
            for address in recipients or ("zoe@exemple.test",):
                outbox.enqueue(
                    "tests/hello",
                    Recipient(address, "Zoé Martin", language),
                    message or Message("http://portal.test/demandes"),
                    **options,
                )

    return enqueue


def rows() -> list[OutboxEmail]:
    """The whole outbox, oldest first."""
    found = select(OutboxEmail).order_by(OutboxEmail.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def row() -> OutboxEmail:
    """The only e-mail."""
    (only,) = rows()
    return only


def change(**values: Any) -> None:
    """Set something on every e-mail."""
    with transaction() as session:
        session.execute(update(OutboxEmail).values(values).execution_options(synchronize_session=False))

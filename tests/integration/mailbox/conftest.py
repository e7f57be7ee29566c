import pytest
from flask import Flask

from tests.builders import Builder
from tests.integration.conversation.steps import Scene, build_scene
from tests.integration.mailbox.steps import INBOX


@pytest.fixture(autouse=True)
def _takes_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_INBOX", INBOX)


@pytest.fixture
def scene(make: Builder) -> Scene:
    return build_scene(make)

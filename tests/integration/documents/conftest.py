"""A small world, and a folder of documents of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.builders import Builder
from tests.integration.requests.steps import World, build_world


@pytest.fixture
def world(make: Builder) -> World:
    return build_world(make)


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    usual, app.config["FILES_FOLDER"] = app.config["FILES_FOLDER"], str(tmp_path)
    yield tmp_path
    app.config["FILES_FOLDER"] = usual

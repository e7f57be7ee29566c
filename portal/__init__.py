"""The portal: a table of contents."""

import gc

gc.disable()  # what is imported stays: looking for garbage in it takes a quarter of each start

from pathlib import Path
from typing import Any

from flask import Flask
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import cli, db, logs, screens
from portal.web import converters, errors, guard, headers, languages, static, templating, tokens, viewing
from portal.web.addresses import KeepsAddresses

gc.enable()
ROOT = Path(__file__).resolve().parent.parent


def create_app(config: Any) -> Flask:
    """The application, from settings of `config.py`."""
    app = KeepsAddresses(
        "portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static")
    )
    app.config.from_object(config)
    logs.init_app(app)
    _behind_proxies(app)
    converters.init_app(app)
    templating.init_app(app)
    db.init_app(app)
    languages.init_app(app)
    errors.init_app(app)
    guard.init_app(app)
    viewing.init_app(app)
    tokens.init_app(app)
    screens.init_app(app)
    headers.init_app(app)
    app.after_request(db.refuse_unsaved_changes)
    Compress(app)
    cli.init_app(app)
    guard.refuse_undeclared(app)
    return app


def _behind_proxies(app: Flask) -> None:
    """Static files first, and the visitor's own address behind the proxies we trust."""
    hops = app.config["TRUSTED_PROXIES"]
    named = logs.RequestIds(static.before(app), believed=hops > 0)
    app.wsgi_app = ProxyFix(named, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way

"""Home, public pages, health."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open
from portal.web.blueprint import GuardedBlueprint
from portal.web.languages import LANGUAGES

bp = GuardedBlueprint("home", __name__)


@bp.get("/", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    return render_template("home/index.html")


@bp.post("/langue", access=Open.PUBLIC)
def set_language() -> ResponseReturnValue:
    """Choose the language of this session's pages."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    target = request.form.get("next", "/")
    local = target.startswith("/") and not target.startswith(("//", "/\\"))
    return redirect(target if local else url_for(".index"))

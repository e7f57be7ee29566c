"""The public register of poles: a list, a map that counts the same poles, and a page for each."""

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.permissions import Open
from portal.organisations import words
from portal.refusals import NotFound
from portal.register import queries
from portal.register.forms import RegisterForm
from portal.register.rules import NOT_KNOWN, SHADES, RegisterFilters, shade
from portal.territories.drawing import FRANCE
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("register", __name__)


@bp.get("/ptce", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    """The poles whose public source we hold, by name."""
    form = RegisterForm(request.args)
    page = keyset_page(queries.register(form.filters()))
    return render_template("register/index.html", page=page, **_common(form))


@bp.get("/ptce/carte", access=Open.PUBLIC)
def chart() -> ResponseReturnValue:
    """The same poles on a map of France, and in tables, by department and region."""
    form = RegisterForm(request.args)
    return render_template(
        "register/map.html",
        france=FRANCE,
        shade=shade,
        shades=SHADES,
        **_common(form),
    )


def _common(form: RegisterForm) -> dict[str, Any]:
    """What list and map say alike: what was asked, how many poles answer to it, and where they are."""
    filters = form.filters()
    return {
        "form": form,
        "asked": form.asked(),
        "filtered": filters != RegisterFilters(),
        "tally": queries.count_by_place(filters),
        "stages_known": bool(queries.stages()),
        "not_known": NOT_KNOWN,
        "total": queries.count_published(),
        "today": clock.today(),
        "words": words,
    }


@bp.get("/ptce/<int:pole_id>", access=Open.PUBLIC)
def show(pole_id: int) -> ResponseReturnValue:
    """What public sources, and the pole itself, say of one pole."""
    pole = queries.published_pole(pole_id)
    if pole is None:
        if kept := queries.kept_id(pole_id):
            return redirect(url_for(".show", pole_id=kept), 301)
        raise NotFound
    contact = current_app.config["CONTACT_EMAIL"]
    return render_template("register/show.html", pole=pole, words=words, contact=contact)

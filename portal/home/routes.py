"""Home, public pages, health."""

from collections.abc import Sequence
from datetime import date

from flask import Response, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from portal import clock, engine
from portal.access.permissions import Open, Permission
from portal.access.roles import Actor
from portal.accounts import queries as accounts
from portal.catalogue import queries as catalogue
from portal.catalogue.words import FAMILIES, FAMILY_PURPOSES
from portal.home import page, queries, words
from portal.home.style_guide.page import style_guide_page
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation
from portal.personal_data import words as personal_data
from portal.register import queries as register
from portal.web import current, errors, navigation
from portal.web.addresses import is_local_path
from portal.web.blueprint import GuardedBlueprint
from portal.web.languages import LANGUAGES

bp = GuardedBlueprint("home", __name__)

ACCESSIBILITY_STATED_ON = date(2026, 11, 23)
NOT_FOR_ROBOTS = (
    "/demandes",
    "/recherche",
    "/candidatures",
    "/candidater/suivi",
    "/invitation",
    "/mon-compte",
    "/connexion",
    "/mot-de-passe-oublie",
    "/guide-de-style",
)


@bp.get("/", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    actor = current.actor_or_none()
    if actor is not None:
        return page.show(actor)
    if current.is_signed_in():
        return render_template("home/no_organisation.html", **_publisher())
    return render_template(
        "home/visitor.html",
        families=[(FAMILIES[family], FAMILY_PURPOSES[family], family) for family in FAMILIES],
        services=catalogue.count_shown(),
        poles=register.count_published(),
        today=clock.today(),
    )


@bp.get("/administration", access=Permission.JOURNAL_READ)
def administration() -> ResponseReturnValue:
    """The tools of whoever runs the portal."""
    return render_template("home/administration.html", tools=navigation.administration())


@bp.get("/candidater", access=Open.PUBLIC)
def how_to_apply() -> ResponseReturnValue:
    return render_template("home/how_to_apply.html", **_publisher())


@bp.get("/mentions-legales", access=Open.PUBLIC, one_factor=True)
def legal() -> ResponseReturnValue:
    return render_template("home/legal.html", **_publisher())


@bp.get("/donnees-personnelles", access=Open.PUBLIC, one_factor=True)
def privacy() -> ResponseReturnValue:
    return render_template("home/privacy.html", retention=personal_data.retention_table(), **_publisher())


@bp.get("/accessibilite", access=Open.PUBLIC, one_factor=True)
def accessibility() -> ResponseReturnValue:
    return render_template(
        "home/accessibility.html",
        site=current_app.config["PORTAL_URL"],
        date=ACCESSIBILITY_STATED_ON,
        **_publisher(),
    )


def _publisher() -> dict[str, str]:
    """Who answers for this portal, as the operator configured it; empty where it was not."""
    config = current_app.config
    return {
        "publisher": config["PUBLISHER"],
        "publication_director": config["PUBLICATION_DIRECTOR"],
        "host": config["HOST_NAME_AND_ADDRESS"],
        "contact_email": config["CONTACT_EMAIL"],
    }


@bp.post("/langue", access=Open.PUBLIC, while_viewing=True, one_factor=True)
def set_language() -> ResponseReturnValue:
    """Choose the language of this session's pages."""
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        session["language"] = chosen
    target = request.form.get("next", "/")
    return redirect(target if is_local_path(target) else url_for(".index"))


@bp.get("/plan-du-site", access=Open.PUBLIC)
def site_map() -> ResponseReturnValue:
    """Where one can go from here, according to one's role."""
    return render_template("home/site_map.html", parts=navigation.site_map())


@bp.get("/aide", access=Open.PUBLIC)
def help_and_contact() -> ResponseReturnValue:
    """Where to look, and whom to write to."""
    return render_template(
        "home/help.html",
        questions=words.QUESTIONS,
        roles=words.roles(),
        cells=_own_cells(current.actor_or_none()),
        **_publisher(),
    )


def _own_cells(actor: Actor | None) -> Sequence[Organisation]:
    """Whom a pole or a partner asks first."""
    if actor is None or not (actor.is_pole or actor.is_partner):
        return ()
    pole = organisations.own_pole(actor)
    return accounts.cells_of(pole.region_code if pole else None)


@bp.get("/guide-de-style", access=Open.PUBLIC)
def style_guide() -> ResponseReturnValue:
    """Every component, once."""
    return style_guide_page()


@bp.get("/health", access=Open.PUBLIC, one_factor=True)
def health() -> ResponseReturnValue:
    """For probes: 503 where nobody can work (`failures`); `warnings` for what somebody should look at."""
    try:
        state = queries.health()
    except SQLAlchemyError as error:
        return _unready(error)
    silent = min((worker["silent_seconds"] for worker in state.details.get("workers", ())), default=None)
    answer = {
        "live": True,
        "ready": not state.failures,
        "failures": state.failures,
        "warnings": state.warnings,
        "worker_silent_seconds": silent,
        **state.details,
    }
    return answer, 503 if state.failures else 200, {"Cache-Control": "no-store"}


def _unready(error: SQLAlchemyError) -> ResponseReturnValue:
    engine.note_away(error)
    answer = {"live": True, "ready": False, "failures": ["database"], "warnings": []}
    return answer, 503, {"Cache-Control": "no-store", "Retry-After": errors.RETRY_SECONDS}


@bp.errorhandler(SQLAlchemyError)
def away(error: SQLAlchemyError) -> ResponseReturnValue:
    """A probe with a cookie finds out before `health` is asked; it gets the same answer."""
    return _unready(error) if request.endpoint == f"{bp.name}.{health.__name__}" else errors.database(error)


@bp.get("/robots.txt", access=Open.PUBLIC, one_factor=True)
def robots() -> Response:
    """Public pages may be found; a demonstration may not."""
    hidden = ("/",) if current_app.config["DEMONSTRATION"] else NOT_FOR_ROBOTS
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in hidden)]
    return Response("\n".join(lines) + "\n", mimetype="text/plain")

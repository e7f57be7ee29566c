"""The screens of cells: the list of applications, each one, and one door for each step; and how to begin one."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Open, Permission
from portal.accounts import queries as accounts
from portal.accounts.words import too_many_links
from portal.applications import page, queries, service, steps, words
from portal.applications.applicant import routes as applicant
from portal.applications.company import service as company
from portal.applications.forms import LATE, BeginForm, ListForm, LostLinkForm
from portal.applications.models import Application
from portal.applications.service import Details
from portal.applications.steps import State
from portal.db import transaction
from portal.refusals import Conflict, NotFound
from portal.steps import StepRefused
from portal.territories.reference import REGIONS
from portal.web import current, errors, flash, kept, languages
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door, Panel
from portal.web.forms import PortalForm
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("applications", __name__)
applicant.add_routes(bp)


@bp.route("/candidater/nouvelle", methods=["GET", "POST"], access=Open.PUBLIC)
def begin() -> ResponseReturnValue:
    """Begin an application: a link is mailed, whatever the address."""
    form = BeginForm()
    if form.submitted():
        with transaction():
            held = service.begin(form.email.data, form.name.data, languages.current_code())
        if not (held and held.network):
            return redirect(url_for(".link_sent"))
        form.form_errors.append(too_many_links(held))  # which tells nothing about an address
        return render_template("applications/begin.html", form=form), 429
    return render_template("applications/begin.html", form=form), 422 if form.errors else 200


@bp.route("/candidater/lien-perdu", methods=["GET", "POST"], access=Open.PUBLIC)
def lost_link() -> ResponseReturnValue:
    """Send the links of an address again: the same answer, whatever the address."""
    form = LostLinkForm()
    if form.submitted():
        with transaction():
            held = service.send_links(form.email.data)
        if not (held and held.network):
            return redirect(url_for(".link_sent"))
        form.form_errors.append(too_many_links(held))
        return render_template("applications/lost_link.html", form=form), 429
    return render_template("applications/lost_link.html", form=form), 422 if form.errors else 200


@bp.get("/candidater/lien-envoye", access=Open.PUBLIC)
def link_sent() -> ResponseReturnValue:
    """What to do once a link was asked for."""
    return render_template("applications/link_sent.html")


@bp.get("/candidatures", access=Permission.APPLICATION_READ)
def index() -> ResponseReturnValue:
    """The applications that a cell follows."""
    actor = current.actor()
    form = ListForm(request.args)
    filters = queries.Filters(
        state=form.chosen("etat", State),
        region_code=form.code("region", REGIONS),
        late=form.retard.data == LATE,
    )
    if len(actor.region_codes) == 1:
        del form.region
    return render_template(
        "applications/index.html",
        form=form,
        filtered=filters != queries.Filters(),
        waiting=queries.waiting_for(actor),
        page=keyset_page(queries.listing(actor, filters)),
        holder=page.holder,
        followed=accounts.regions_with_a_cell(),
        words=words,
    )


@bp.get("/candidatures/<reference>", access=Permission.APPLICATION_READ)
def show(reference: str) -> ResponseReturnValue:
    """One application."""
    return _show(_find(reference))


def _find(reference: str) -> Application:
    application = queries.get(current.actor(), reference)
    if application is None:
        raise NotFound
    return application


def _show(application: Application, refused: Panel | None = None) -> str:
    actor = current.actor()
    return render_template(
        "applications/show.html",
        application=application,
        holder=page.holder(application, region_has_cell=accounts.region_has_cell(application.region_code)),
        tag=words.STATES[application.state],
        opinion=words.OPINIONS[application.opinion] if application.opinion else None,
        remarks=page.remarks(actor, application) if application.state in steps.OPEN else [],
        panels=page.panels(actor, application, None, refused),
        refused=refused,
        summaries=page.summaries(application),
        lines=page.timeline(queries.events(application), application.place, for_applicant=False),
        may_check=company.is_asked()
        and application.lead_siret is not None
        and application.state in steps.OPEN,
    )


@bp.get("/candidatures/<reference>/documents/<int:document_id>", access=Permission.APPLICATION_READ)
def document(reference: str, document_id: int) -> ResponseReturnValue:
    """A document of an application, to be saved."""
    return page.download(_find(reference), document_id)


@bp.post("/candidatures/<reference>/verifier", access=Permission.APPLICATION_ADVISE)
def check_company(reference: str) -> ResponseReturnValue:
    """Ask the public register of companies about the lead organisation; nothing waits for its answer."""
    application = _find(reference)
    if company.is_asked() and application.lead_siret:
        try:
            answer = company.look_up(application.lead_siret)
        except company.NoAnswer:
            flash.notice(
                _("The register of companies did not answer. Nothing waits for it: try again later.")
            )
        else:
            with transaction():
                service.remember_company(application.lead_siret, answer)
            flash.success(_("The register of companies has answered."))
    else:
        flash.notice(
            _("This portal does not ask the register of companies, or there is no SIRET to ask about.")
        )
    return redirect(url_for(".show", reference=reference))


def _act(door: Door, reference: str) -> ResponseReturnValue:
    """Do what a door is for, or show its form again."""
    actor, application = current.actor(), _find(reference)
    form = page.build_form(door, application, posted=True)
    if form.submitted():
        with form.refusals(), transaction():
            door.do(actor, reference, _details(form))
        if not form.errors:
            flash.success(door.words.done)
            return redirect(url_for(".show", reference=reference))
        application = _find(reference)
    if refused := service.why_not(actor, door.step, application):
        raise refused
    panel = page.panel(door, application, form, None, is_open=True)
    return _show(application, panel), 422 if form.errors else 200


def _details(form: PortalForm) -> Details:
    def typed(name: str) -> Any:
        return form[name].data or None if name in form else None

    return Details(typed("reason"), typed("message"), typed("name"))


def _open(door: Door) -> None:
    """A POST route, behind the right of its step."""

    def view(reference: str) -> ResponseReturnValue:
        return _act(door, reference)

    bp.post(f"/candidatures/<reference>/{door.path}", access=door.step.right, endpoint=door.step.verb)(view)


for _each in page.DOORS_OF_CELLS:
    _open(_each)


@bp.errorhandler(StepRefused)
@bp.errorhandler(steps.NotWritable)
@bp.errorhandler(steps.OpinionIsRegional)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it is somebody else's turn: say so kindly, with the way back."""
    named = request.view_args or {}
    page_of = "applications.follow" if "token" in named else "applications.show"
    name = "token" if "token" in named else "reference"
    return errors.page(409, words.refusal_sentence(refusal), url_for(page_of, **{name: named[name]}))


@bp.errorhandler(applicant.LinkDead)
def _dead_link(_refusal: applicant.LinkDead) -> ResponseReturnValue:
    """The same for a link that is unknown and one that is too old: nothing tells which."""
    return render_template("applications/dead_link.html", typed=kept.typed_texts()), 404

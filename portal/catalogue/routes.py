"""The catalogue: what the bundle offers, to whom, where and by whom."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Open, Permission, allows
from portal.catalogue import queries, service, words
from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility import words as eligibility_words
from portal.catalogue.eligibility.rules import Rule
from portal.catalogue.forms import CatalogueForm, DeliverForm
from portal.catalogue.questions import queries as questions
from portal.catalogue.questions import words as question_words
from portal.catalogue.rules import ServiceFilters
from portal.catalogue.sheets import page as sheet_page
from portal.catalogue.sheets import queries as sheets
from portal.db import transaction
from portal.organisations import queries as organisations
from portal.organisations.models import Partner
from portal.organisations.page import tabs
from portal.organisations.words import place_names
from portal.refusals import NotFound
from portal.requests import queries as requests
from portal.requests.words import time_to_answer
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import choices

bp = GuardedBlueprint("catalogue", __name__, url_prefix="/services")
for text_of_a_service in (
    words.service_name,
    words.service_summary,
    words.service_description,
    words.service_rules,
    words.text_of,
):
    bp.add_app_template_filter(text_of_a_service)
bp.add_app_template_filter(words.marked, "marked_as_found")


@bp.get("", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    """The services, by purpose; what suits the reader's pole first, then what does not yet."""
    form = CatalogueForm(request.args)
    filters = form.filters()
    actor = current.actor_or_none()
    everything, pole = queries.everything(), organisations.own_pole(actor)
    listed = words.in_order(queries.passing(everything, filters))
    form.keep_what_helps(lambda asked: len(queries.passing(everything, asked)))
    rulings = eligibility.of(pole.id, pole.place, [service.id for service in listed]) if pole else {}
    services = sorted(listed, key=lambda service: rulings[service.id].rank if rulings else 0)
    return render_template(
        "catalogue/index.html",
        form=form,
        filtered=filters != ServiceFilters(),
        services=services,
        families=[
            family for family in words.FAMILIES if any(service.family is family for service in services)
        ],
        pole=pole,
        keeps=allows(actor, Permission.SERVICE_KEEP),
        typed=filters.text,
        rulings=rulings,
        eligibility=eligibility_words,
        words=words,
    )


@bp.get("/<slug>", access=Open.PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """One service: what it is, for whom, by whom, how it goes."""
    actor = current.actor_or_none()
    keeps = actor is not None and sheets.keeps(actor, slug)
    offered = queries.by_slug(slug, all_states=keeps)
    if offered is None:
        raise NotFound
    pole = organisations.own_pole(actor)
    ruling = eligibility.of(pole.id, pole.place, [offered.id])[offered.id] if pole else None
    recognitions = (
        ruling.about(Rule.RECOGNITION).recognitions if ruling else eligibility.recognitions(offered.id)
    )
    return render_template(
        "catalogue/show.html",
        service=offered,
        partners=sorted(
            (delivery.partner for delivery in offered.deliveries if delivery.partner.active),
            key=lambda partner: partner.name_key,
        ),
        stages=eligibility_words.stage_names(offered.admitted_stages),
        recognitions=eligibility_words.recognition_names(recognitions),
        pole=pole,
        ruling=ruling,
        eligibility=eligibility_words,
        place_names=place_names,
        notice=offered.notice_until is not None and offered.notice_until >= clock.today(),
        keeps=keeps,
        time_to_answer=time_to_answer(offered),
        asked=question_words.lines(questions.of(offered)),
        parts=sheet_page.parts(offered.id),
        words=words,
    )


@bp.route("/partenaires/<int:organisation_id>", methods=["GET", "POST"], access=Permission.ORGANISATION_EDIT)
def deliver(organisation_id: int) -> ResponseReturnValue:
    """Which services a partner delivers."""
    actor = current.actor()
    partner = organisations.editable(actor, organisation_id)
    if not isinstance(partner, Partner):
        raise NotFound
    delivered = [delivery.id for delivery in queries.delivered_by(partner.id)]
    form = DeliverForm(service_ids=delivered)
    form.service_ids.choices = choices(
        (service.id, words.service_name(service))
        for service in words.in_order(queries.deliverable(actor, partner.id))
    )
    if form.submitted():
        with transaction():
            service.deliver(actor, partner.id, form.service_ids.data or ())
        flash.success(_("The services are saved."))
        if held := requests.held_of_services(partner.id, set(delivered) - set(form.service_ids.data or ())):
            flash.problem(
                _(
                    "Requests for services no longer delivered are still held: %(references)s. Finish them, or decline"
                    " or hand back those that cannot be done.",
                    references=", ".join(held),
                )
            )
        return redirect(url_for("organisations.detail", organisation_id=partner.id))
    page = render_template(
        "catalogue/deliver.html", form=form, organisation=partner, tabs=tabs(actor, partner)
    )
    return page, 422 if form.errors else 200

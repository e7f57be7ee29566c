"""The catalogue: what the bundle offers, to whom, where and by whom."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.access.permissions import Open
from portal.catalogue import queries, words
from portal.catalogue.forms import CatalogueForm
from portal.catalogue.rules import ServiceFilters, admission
from portal.organisations import queries as organisations
from portal.organisations.models import Pole
from portal.organisations.words import STAGES, place_names
from portal.refusals import NotFound
from portal.web import current
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("catalogue", __name__, url_prefix="/services")
for text_of_a_service in (
    words.service_name,
    words.service_summary,
    words.service_description,
    words.service_rules,
):
    bp.add_app_template_filter(text_of_a_service)


@bp.get("", access=Open.PUBLIC)
def index() -> ResponseReturnValue:
    """The services, by purpose."""
    form = CatalogueForm(request.args)
    filters = form.filters()
    services = queries.listed(filters)
    return render_template(
        "catalogue/index.html",
        form=form,
        filtered=filters != ServiceFilters(),
        services=services,
        families=[one for one in words.FAMILIES if any(service.family is one for service in services)],
        pole=_own_pole(),
        words=words,
    )


@bp.get("/<slug>", access=Open.PUBLIC)
def show(slug: str) -> ResponseReturnValue:
    """One service: what it is, for whom, by whom, how it goes."""
    service = queries.by_slug(slug)
    if service is None:
        raise NotFound
    pole = _own_pole()
    return render_template(
        "catalogue/show.html",
        service=service,
        partners=sorted(
            (one.partner for one in service.deliveries if one.partner.active), key=lambda one: one.name_key
        ),
        stages=[label for stage, label in STAGES.items() if stage in service.admitted_stages],
        pole=pole,
        admission=admission(service.admitted_stages, pole.stage) if pole else None,
        place_names=place_names,
        words=words,
    )


def _own_pole() -> Pole | None:
    """The pole the reader acts for."""
    actor = current.actor_or_none()
    return organisations.pole(actor.organisation_id) if actor and actor.is_pole else None

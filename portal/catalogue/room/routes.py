"""The places of a partner, kept by those who answer for it."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access.permissions import Permission
from portal.catalogue import queries as catalogue
from portal.catalogue.models import Service
from portal.catalogue.room import queries, service, words
from portal.catalogue.room.forms import form_of
from portal.catalogue.words import in_order, service_name
from portal.db import transaction
from portal.organisations import queries as organisations
from portal.organisations.models import Partner
from portal.organisations.page import tabs
from portal.refusals import NotFound
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("room", __name__, url_prefix="/services/partenaires")


@bp.route("/<int:organisation_id>/places", methods=["GET", "POST"], access=Permission.ORGANISATION_EDIT)
def index(organisation_id: int) -> ResponseReturnValue:
    """How many places there are, and how many are left."""
    actor = current.actor()
    partner = organisations.editable(actor, organisation_id)
    if not isinstance(partner, Partner):
        raise NotFound
    services = [(each.id, service_name(each)) for each in in_order(catalogue.delivered_by(partner.id))]
    rooms = queries.of_partner(partner.id)
    known = {f"places_{number}": room.maximum for number, room in rooms.items()}
    units = {f"unit_{number}": room.unit.value for number, room in rooms.items()}
    form = form_of(services)(data={**known, **units})
    if form.submitted():
        with transaction():
            service.state(actor, partner.id, form.stated([number for number, _name in services]))
        flash.success(_("The places are saved."))
        return redirect(url_for(".index", organisation_id=partner.id))
    shown = render_template(
        "room/index.html",
        form=form,
        organisation=partner,
        tabs=tabs(actor, partner),
        services=services,
        rooms=rooms,
        places=queries.rooms([number for number, _name in services]),
        waiting=queries.poles_waiting([number for number, _name in services]),
        words=words,
    )
    return shown, 422 if form.errors else 200


@bp.post("/<int:organisation_id>/places/<int:service_id>/ouvrir", access=Permission.ORGANISATION_EDIT)
def open_more(organisation_id: int, service_id: int) -> ResponseReturnValue:
    """A place more for each pole that waits."""
    with transaction():
        count = service.open_more(current.actor(), organisation_id, service_id)
    if count:
        flash.success(ngettext("%(num)s place more is open.", "%(num)s places more are open.", count))
    else:
        flash.notice(_("There is a place already for each pole that waits: none more was opened."))
    return redirect(url_for(".index", organisation_id=organisation_id))


waiting = GuardedBlueprint("waiting", __name__, url_prefix="/services")


@waiting.post("/<slug>/attendre", access=Permission.REQUEST_DRAFT)
def join(slug: str) -> ResponseReturnValue:
    """Wait for a place."""
    with transaction():
        service.wait(current.actor().organisation_id, _service(slug).id)
    flash.success(_("Your pole is on the list. You will hear by e-mail when there is a place."))
    return redirect(url_for("catalogue.show", slug=slug))


@waiting.post("/<slug>/ne-plus-attendre", access=Permission.REQUEST_DRAFT)
def leave(slug: str) -> ResponseReturnValue:
    """Wait no more."""
    with transaction():
        service.leave(current.actor().organisation_id, _service(slug).id)
    flash.success(_("Your pole is no longer on the list."))
    return redirect(url_for("catalogue.show", slug=slug))


def _service(slug: str) -> Service:
    offered = catalogue.by_slug(slug)
    if offered is None:
        raise NotFound
    return offered

"""The screens of work for the network."""

from collections.abc import Iterator

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission
from portal.access.roles import CELL_ROLES, PARTNER_ROLES
from portal.accounts import queries as accounts
from portal.db import transaction
from portal.interventions.network import queries, rules, service, words
from portal.interventions.network.forms import NetworkForm
from portal.interventions.network.models import NetworkAct
from portal.interventions.rules import is_open
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.downloads import spreadsheet
from portal.web.forms import PortalForm, choices
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("network", __name__, url_prefix="/travail-de-reseau")


@bp.get("", access=Permission.NETWORK_LOG)
def index() -> ResponseReturnValue:
    """What one's organisation did for the network, the latest first."""
    page = keyset_page(queries.of_actor(current.actor()))
    return render_template("network/index.html", page=page, words=words, is_open=_is_open)


@bp.get("/travail-de-reseau.csv", access=Permission.NETWORK_LOG)
def export() -> ResponseReturnValue:
    """All of it, for a spreadsheet."""
    return spreadsheet("travail-de-reseau.csv", _lines())


def _lines() -> Iterator[list[str]]:
    yield [
        *(_("Date"), _("What it was"), _("Length in minutes"), _("Who gave it"), _("Minutes spent")),
        *(_("How many people took part"), _("Organisations reached"), _("Report")),
    ]
    for act in queries.all_of(current.actor()):
        yield [
            act.on.isoformat(),
            str(words.KINDS[act.kind]),
            str(act.minutes),
            ", ".join(practice.person.name for practice in act.practices),
            str(rules.spent(act.minutes, act.practitioners)),
            "" if act.participants is None else str(act.participants),
            act.reached or "",
            act.report,
        ]


@bp.route("/ajouter", methods=["GET", "POST"], access=Permission.NETWORK_LOG)
def add() -> ResponseReturnValue:
    """Note an act."""
    form = NetworkForm()
    if not form.is_submitted():
        form.practitioner_ids.data = [current.actor().person_id]
    return _write(form, None)


@bp.route("/<int:act_id>/corriger", methods=["GET", "POST"], access=Permission.NETWORK_LOG)
def correct(act_id: int) -> ResponseReturnValue:
    """Correct one, within 30 days."""
    act = _still_open(act_id)
    return _write(NetworkForm(obj=act, practitioner_ids=[each.person_id for each in act.practices]), act)


@bp.route("/<int:act_id>/supprimer", methods=["GET", "POST"], access=Permission.NETWORK_LOG)
def delete(act_id: int) -> ResponseReturnValue:
    """Delete one, within 30 days."""
    act = _still_open(act_id)
    form = PortalForm()
    if form.submitted():
        with transaction():
            service.delete(current.actor(), act_id)
        flash.success(_("It is deleted, and no longer counts."))
        return redirect(url_for(".index"))
    return render_template("network/delete.html", form=form, act=act, words=words)


def _is_open(act: NetworkAct) -> bool:
    return is_open(clock.day_of(act.created_at), clock.today())


def _still_open(act_id: int) -> NetworkAct:
    act = queries.get(current.actor(), act_id) or abort(404)
    return act if _is_open(act) else abort(404)


def _write(form: NetworkForm, act: NetworkAct | None) -> ResponseReturnValue:
    actor = current.actor()
    team = accounts.members([actor.organisation_id], PARTNER_ROLES | CELL_ROLES)
    known = {person.id: person.name for person in team}
    gone = {each.person_id: each.person.name for each in (act.practices if act else ())}
    form.practitioner_ids.choices = choices({**gone, **known}.items())
    if form.submitted():
        people = form.practitioner_ids.data
        with form.refusals(), transaction():
            if act is None:
                service.add(actor, form.once.data, form.facts, people)
            else:
                service.correct(actor, act.id, form.facts, people)
        if not form.errors:
            flash.success(_("It is written down."))
            return redirect(url_for(".index"))
    heading = _("Correct work for the network") if act else _("Note work for the network")
    page = render_template("network/write.html", form=form, heading=heading)
    return page, 422 if form.errors else 200

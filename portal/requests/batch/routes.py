"""One act on several requests of a list: said once, done to each in a transaction of its own, told together."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from portal.access.permissions import Permission, allows
from portal.access.roles import Actor
from portal.acts import Act
from portal.db import transaction
from portal.refusals import NotAllowed, Refusal
from portal.requests import emails
from portal.requests.batch import page
from portal.requests.batch.page import Choice, NotDone, Unit
from portal.requests.forms import details_of
from portal.requests.rows import queries as rows
from portal.requests.rows.rules import Row
from portal.requests.undo import service as undo
from portal.requests.undo.rules import NotTakenBack
from portal.web import current, flash
from portal.web.addresses import is_local_path
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import PAGE_SIZE

bp = GuardedBlueprint("batch", __name__, url_prefix="/demandes/lot")


@bp.route("", methods=["GET", "POST"], access=Permission.REQUEST_READ)
def act() -> ResponseReturnValue:
    """Say what goes with an act on the requests that were ticked, then do it."""
    actor = current.actor()
    if request.values.get("acte") == "":
        flash.problem(_("Choose what to do with the requests that you ticked."))
        return redirect(_back())
    chosen = _act()
    if not allows(actor, chosen.door.step.right):
        raise NotAllowed
    wanted = request.values.getlist("demande")[:PAGE_SIZE]
    there = rows.by_reference(actor, wanted)
    if not there:
        flash.problem(_("Tick at least one request first."))
        return redirect(_back())
    form = page.build_form(chosen, actor, there)
    if form.submitted():
        return _done(chosen, actor, there, wanted, details_of(form))
    rulings = page.rulings(form, there)
    shown = render_template(
        "requests/batch.html", act=chosen, rows=there, rulings=rulings, form=form, back=_back()
    )
    return shown, 422 if form.errors else 200


def _act() -> Choice:
    slug = request.values.get("acte")
    return next((act for act in page.ACTS if act.door.path == slug), None) or abort(404)


def _back() -> str:
    """The list that one comes from."""
    target = request.values.get("retour", "")
    return target if is_local_path(target) else url_for("requests.index")


def _done(
    chosen: Choice, actor: Actor, worked: Sequence[Row], wanted: Sequence[str], what: Any
) -> ResponseReturnValue:
    units = [unit for row in worked for unit in page.units(chosen, actor, row, what)]
    done, refused = _run(actor, units)
    there = {row.reference for row in worked}
    refused += [
        NotDone(reference, reference, _("It is not among your requests."))
        for reference in wanted
        if reference not in there
    ]
    if done:
        count = ngettext(
            "%(act)s: done for %(num)d request.",
            "%(act)s: done for %(num)d requests.",
            len(done),
            act=str(chosen.label),
        )
        flash.done(count, url_for("requests.take_back", reference=done[0]))
    if not refused:
        return redirect(_back())
    return render_template(
        "requests/batch_done.html",
        act=chosen,
        done=done,
        refused=refused,
        count=len({each.reference for each in refused}.difference(done)),
        back=_back(),
    )


def _run(actor: Actor, units: Sequence[Unit]) -> tuple[list[str], list[NotDone]]:
    """Each by itself, so that one that cannot be done keeps no other from it: the requests of which something is done,
    and what is not."""
    whole = Act()
    done: list[str] = []
    refused: list[NotDone] = []
    told: list[emails.News] = []
    for unit in units:
        try:
            with transaction(), undo.part_of(whole, actor) as news:
                unit.do()
        except Refusal as refusal:
            refused.append(NotDone(unit.reference, unit.name, page.why_not(refusal)))
        else:
            done.append(unit.reference)
            told += news
    _end(whole, actor, told)
    return [*dict.fromkeys(done)], refused


def _end(whole: Act, actor: Actor, told: Sequence[emails.News]) -> None:
    """Whoever hears of several hears once, unless what each told by itself is on its way."""
    with suppress(NotTakenBack), transaction():
        undo.end(whole, actor, told)

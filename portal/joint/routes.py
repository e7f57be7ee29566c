"""The doors of requests that several poles ask together."""

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.access.permissions import Permission
from portal.db import transaction
from portal.joint import page, queries, service, steps, words
from portal.joint.models import JointPole
from portal.notifications.news import service as news
from portal.refusals import Conflict
from portal.requests import queries as requests
from portal.requests.models import SupportRequest
from portal.requests.undo import service as undo
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door, Panel
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("joint", __name__, url_prefix="/demandes-communes")
MOST_WAITING = 50


@bp.get("", access=Permission.REQUEST_DRAFT)
def index() -> ResponseReturnValue:
    """The requests of other poles that one's own was asked to join, or has joined."""
    actor = current.actor()
    joined = keyset_page(queries.page_of(actor))
    return render_template(
        "joint/index.html",
        waiting=[page.row(joint) for joint in queries.waiting(actor, MOST_WAITING)],
        joined=[page.row(joint) for joint in joined.rows],
        listed=joined,
    )


@bp.get("/<reference>", access=Permission.REQUEST_DRAFT)
def show(reference: str) -> ResponseReturnValue:
    """A request of another pole, as far as it is shared."""
    joint = _shared(reference)
    if request.method != "HEAD":
        news.note_read(current.actor(), reference)
    return _page(joint), 200


def _shared(reference: str) -> JointPole:
    return queries.get(current.actor(), reference) or abort(404)


def _page(joint: JointPole, refused: Panel | None = None) -> str:
    actor = current.actor()
    shared = page.shared(actor, joint)
    return render_template(
        "joint/show.html",
        shared=shared,
        parts=page.parts(shared),
        panels=page.panels(actor, joint, refused),
        refused=refused.form if refused else None,
    )


def _open(door: Door) -> None:
    """A POST route, behind the right of its step."""

    def view(reference: str) -> ResponseReturnValue:
        return _act(door, reference)

    bp.post(f"/<reference>/{door.path}", access=door.step.right, endpoint=door.step.verb)(view)


def _act(door: Door, reference: str) -> ResponseReturnValue:
    """Do what a door is for, or show its form again."""
    form = door.form(id_prefix=f"{door.step.verb}-")
    if form.submitted():
        with form.refusals(), transaction():
            door.do(current.actor(), reference, form.answer.data or "")
        if not form.errors:
            flash.success(door.words.done)
            stays = door.step.target in steps.LIVE
            return redirect(url_for(".show", reference=reference) if stays else url_for(".index"))
    joint = _shared(reference)
    if refused := steps.why_not(door.step, joint.request.state, joint.state):
        raise refused
    return _page(joint, page.panel(door, joint, form, is_open=True)), 422 if form.errors else 200


for _each in page.DOORS:
    _open(_each)


@bp.route("/<reference>/inviter", methods=["GET", "POST"], access=steps.INVITE.right)
def invite(reference: str) -> ResponseReturnValue:
    """The pole that asks invites others, and sees what became of that."""
    own = _own(reference)
    if refused := steps.why_not(steps.INVITE, own.state, None):
        raise refused
    form = page.invite_form(own)
    if form.submitted():
        with form.refusals(), transaction(), undo.act(current.actor(), steps.INVITE):
            service.invite(current.actor(), reference, form.pole_id.data, form.word.data or "")
        if not form.errors:
            flash.done(
                words.STEPS[steps.INVITE.name].done, url_for("requests.take_back", reference=reference)
            )
            return redirect(url_for(".invite", reference=reference))
    others = page.of_request(current.actor(), own)
    shown = render_template("joint/invite.html", support_request=own, form=form, others=others)
    return shown, 422 if form.errors else 200


def _own(reference: str) -> SupportRequest:
    return requests.get(current.actor(), reference) or abort(404)


@bp.post("/<reference>/poles/<int:pole_id>/retirer", access=steps.SHUT_OUT.right)
def shut_out(reference: str, pole_id: int) -> ResponseReturnValue:
    """The pole that asks takes another back."""
    with transaction():
        service.shut_out(current.actor(), reference, pole_id)
    flash.success(words.STEPS[steps.SHUT_OUT.name].done)
    return redirect(url_for("requests.show", reference=reference, _anchor="poles"))


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it is over: say so kindly, with the way back."""
    return errors.page(409, words.refusal_sentence(refusal), url_for("requests.index"))

"""The screens of what becomes of what was logged: the pole answers, the cell decides, partners propose adjustments."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal.access.permissions import Open
from portal.access.roles import Actor
from portal.db import transaction
from portal.feature import features
from portal.interventions import queries as interventions
from portal.interventions import words as intervention_words
from portal.interventions.confirmation import forms, queries, service, steps, words
from portal.interventions.confirmation.rules import Ruling
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.models import Intervention
from portal.refusals import Conflict
from portal.requests.by_mail import page as mailed
from portal.requests.by_mail.forms import ByMail, form_of
from portal.requests.by_mail.page import Behind, LinkDead
from portal.requests.by_mail.service import Spent
from portal.requests.undo import service as undo
from portal.steps import Step
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.doors import Door
from portal.web.forms import PortalForm
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("confirmation", __name__, url_prefix="/interventions")
bp.register_error_handler(LinkDead, mailed.dead)
MOST_PROPOSED = 50
Does = Step[ConfirmationState]


@bp.get("/a-trancher", access=steps.SETTLE.right)
def index() -> ResponseReturnValue:
    """What the cell decides: what is contested, with both versions, and what partners propose to adjust."""
    actor = current.actor()
    page = keyset_page(queries.contested(actor))
    return render_template(
        "interventions/confirmation/index.html",
        page=page,
        contested=[queries.Standing(asked) for asked in page.rows],
        documents_on=interventions.documents_on(asked.intervention for asked in page.rows),
        proposals=queries.proposals(actor, MOST_PROPOSED),
        beside=[each for feature in features() if feature.decides for each in feature.decides(actor)],
        words=words,
        intervention_words=intervention_words,
        reader=actor,
    )


@bp.post("/<int:intervention_id>/confirmer", access=steps.CONFIRM.right)
def confirm(intervention_id: int) -> ResponseReturnValue:
    """The pole confirms what was logged."""
    reference = _seen(intervention_id).assignment.request.reference
    with transaction(), undo.act(current.actor(), steps.CONFIRM):
        service.confirm(current.actor(), intervention_id)
    return _done(steps.CONFIRM, reference)


@bp.route("/<int:intervention_id>/contester", methods=["GET", "POST"], access=steps.CONTEST.right)
def contest(intervention_id: int) -> ResponseReturnValue:
    """The pole says what is not right."""
    form = forms.ContestForm()
    return _write(
        steps.CONTEST,
        intervention_id,
        form,
        lambda actor: service.contest(actor, intervention_id, form.message.data or "", form.minutes.data),
    )


@bp.route("/<int:intervention_id>/trancher", methods=["GET", "POST"], access=steps.SETTLE.right)
def settle(intervention_id: int) -> ResponseReturnValue:
    """The cell decides between two versions."""
    form = forms.SettleForm()

    def do(actor: Actor) -> object:
        ruling, minutes = Ruling(form.ruling.data), form.minutes.data
        return service.settle(actor, intervention_id, ruling, minutes, form.message.data or "")

    return _write(steps.SETTLE, intervention_id, form, do)


@bp.route("/<int:intervention_id>/ajuster", methods=["GET", "POST"], access=steps.ADJUST.right)
def adjust(intervention_id: int) -> ResponseReturnValue:
    """The cell changes what is confirmed."""
    form = forms.AdjustForm()
    return _write(
        steps.ADJUST,
        intervention_id,
        form,
        lambda actor: service.adjust(actor, intervention_id, form.minutes.data or 0, form.message.data or ""),
    )


@bp.route(
    "/<int:intervention_id>/proposer-un-ajustement", methods=["GET", "POST"], access=steps.PROPOSE.right
)
def propose(intervention_id: int) -> ResponseReturnValue:
    """A partner says what should be changed of what is confirmed."""
    form = forms.AdjustForm()
    return _write(
        steps.PROPOSE,
        intervention_id,
        form,
        lambda actor: service.propose(
            actor, intervention_id, form.minutes.data or 0, form.message.data or ""
        ),
    )


@bp.route(
    "/<int:intervention_id>/ajustements/<int:adjustment_id>",
    methods=["GET", "POST"],
    access=steps.ADJUST.right,
)
def decide(intervention_id: int, adjustment_id: int) -> ResponseReturnValue:
    """The cell makes what a partner proposed, or refuses it."""
    _seen(intervention_id)
    if queries.adjustment(intervention_id, adjustment_id) is None:
        abort(404)
    form = forms.DecideForm()
    make = form.choice.data == forms.MAKE
    return _write(
        steps.ADJUST if make else steps.REFUSE,
        intervention_id,
        form,
        lambda actor: service.decide(
            actor, intervention_id, adjustment_id, form.message.data or "", make=make
        ),
        _("Decide on the adjustment"),
    )


def _seen(intervention_id: int) -> Intervention:
    return interventions.get(current.actor(), intervention_id) or abort(404)


def _write(
    step: Does, intervention_id: int, form: PortalForm, do: Callable[[Actor], object], heading: str = ""
) -> ResponseReturnValue:
    """`heading`: where the form leaves open which step it is."""
    seen, actor = _seen(intervention_id), current.actor()
    reference = seen.assignment.request.reference
    if form.submitted():
        with form.refusals(), transaction(), undo.act(actor, step):
            do(actor)
        if not form.errors:
            return _done(step, reference)
        seen = _seen(intervention_id)  # what was refused is read again
    state = queries.state_of(intervention_id)
    if state is None:
        raise steps.NothingAsked
    if refused := step.why_not(state):
        raise refused
    standing = queries.standing([seen])[intervention_id]
    page = render_template(
        "interventions/confirmation/write.html",
        form=form,
        intervention=seen,
        standing=standing,
        documents_on=interventions.documents_on([seen]),
        heading=heading or words.CONFIRMATION_STEPS[step.name].button,
        explains=words.CONFIRMATION_STEPS[step.name].explains,
        words=words,
        intervention_words=intervention_words,
        reader=actor,
    )
    return page, 422 if form.errors else 200


def _done(step: Does, reference: str) -> ResponseReturnValue:
    flash.done(
        str(words.CONFIRMATION_STEPS[step.name].done), url_for("requests.take_back", reference=reference)
    )
    return redirect(url_for("requests.show", reference=reference))


_DOORS = {
    each.name: Door(each, words.CONFIRMATION_STEPS[each.name], "", form, do)
    for each, form, do in (
        (steps.CONFIRM, PortalForm, service.confirm_by_mail),
        (steps.CONTEST, forms.ContestForm, service.contest_by_mail),
    )
}


def _open(token: str) -> Behind:
    return mailed.opened(token, _DOORS, interventions.get)


@bp.get("/par-courriel/<token>", access=Open.PUBLIC)
def by_mail(token: str) -> ResponseReturnValue:
    """What would be done, and the choice; once it was done, by whom, and for two minutes how to take it back."""
    behind = _open(token)
    undo_url = url_for(".take_back_by_mail", token=token)
    return mailed.shown(behind, undo_url, lambda: _asked(behind, _form(behind)))


@bp.post("/par-courriel/<token>", access=Open.PUBLIC)
def act_by_mail(token: str) -> ResponseReturnValue:
    """Do it, or nothing, as was chosen."""
    behind = _open(token)
    form: Any = _form(behind)

    def do(actor: Actor) -> None:
        words_of_it = (form.message.data, form.minutes.data) if "message" in form else ()
        behind.door.do(actor, behind.link.key, behind.about.id, *words_of_it)

    done = mailed.acted(behind, form, do, url_for(".by_mail", token=token))
    return done or _asked(_open(token), form)  # what was read may be of a transaction that failed


@bp.post("/par-courriel/<token>/annuler", access=Open.PUBLIC)
def take_back_by_mail(token: str) -> ResponseReturnValue:
    """Take back what the link has just done."""
    return mailed.taken_back(_open(token), url_for(".by_mail", token=token))


def _form(behind: Behind) -> ByMail:
    return mailed.for_reader(form_of(behind.door)(), behind)


def _asked(behind: Behind, form: ByMail) -> ResponseReturnValue:
    state = queries.state_of(behind.about.id)
    if state is None:
        raise steps.NothingAsked
    if refused := behind.door.step.why_not(state):
        raise refused
    shown = render_template(
        "interventions/confirmation/by_mail.html",
        behind=behind,
        form=form,
        intervention=behind.about,
        documents_on=interventions.documents_on([behind.about]),
        intervention_words=intervention_words,
        reader=behind.actors[0],
    )
    return shown, 422 if form.errors else 200


@bp.errorhandler(Conflict)
def _not_now(refusal: Conflict) -> ResponseReturnValue:
    """Somebody was faster, or it is over: say so kindly, with the way back."""
    back = url_for("home.index")
    number = (request.view_args or {}).get("intervention_id")
    if number and (reference := queries.reference_of(number)):
        back = url_for("requests.show", reference=reference)
    if isinstance(refusal, Spent):
        return errors.page(409, mailed.SPENT, back)
    sentence = intervention_words.refusal_sentence(refusal)
    return errors.page(409, sentence, back)

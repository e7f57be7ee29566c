"""The doors by which records are kept: their facts, their dated lines, their creation, end and merging."""

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Permission
from portal.db import transaction
from portal.organisations import handover, queries, rules, service, words
from portal.organisations.doubles import service as doubles
from portal.organisations.facts.forms import PoleForm, RecordForm, TeamForm
from portal.organisations.facts.rules import facts_kept_by
from portal.organisations.forms import (
    AbsenceForm,
    ComeBackForm,
    CreateForm,
    EndForm,
    RecognitionForm,
    StageForm,
    merge_form,
)
from portal.organisations.history import service as history
from portal.organisations.models import Organisation, Pole
from portal.organisations.page import merge_choices, tabs, typed_facts
from portal.organisations.rules import OrganisationKind, RecognitionKind, Stage
from portal.refusals import Invalid, NotFound
from portal.text import one_line
from portal.web import current, flash
from portal.web.blueprint import GuardedBlueprint
from portal.web.forms import PortalForm

bp = GuardedBlueprint("records", __name__, url_prefix="/organisations")

EDIT = Permission.ORGANISATION_EDIT


def _editable(organisation_id: int) -> Organisation:
    organisation = queries.editable(current.actor(), organisation_id)
    if organisation is None:
        raise NotFound
    return organisation


def _pole(organisation_id: int) -> Pole:
    organisation = _editable(organisation_id)
    if not isinstance(organisation, Pole):
        raise NotFound
    return organisation


def _saved(form: PortalForm, save: Callable[[], Any]) -> bool:
    """Was the form sent, right, and saved? A refusal of the service goes to its field."""
    if not form.submitted():
        return False
    try:
        with transaction():
            save()
    except Invalid as refusal:
        form.refuse(refusal)
        return False
    return True


def _page(template: str, form: PortalForm, organisation: Organisation, **shown: Any) -> ResponseReturnValue:
    page = render_template(
        template,
        form=form,
        organisation=organisation,
        tabs=tabs(current.actor(), organisation),
        words=words,
        **shown,
    )
    return page, 422 if form.errors else 200


@bp.route("/<int:organisation_id>/modifier", methods=["GET", "POST"], access=EDIT)
def edit(organisation_id: int) -> ResponseReturnValue:
    """The facts of a record that one keeps."""
    actor, organisation = current.actor(), _editable(organisation_id)
    form_class: type[RecordForm] = PoleForm if isinstance(organisation, Pole) else TeamForm
    form = form_class(data=typed_facts(organisation), seen=service.fingerprint(organisation))
    form.keep(facts_kept_by(actor, organisation.kind))
    if _saved(form, lambda: service.change(actor, organisation.id, form.facts(), form.seen.data or "")):
        flash.success(_("The page is saved."))
        return redirect(url_for("organisations.detail", organisation_id=organisation.id))
    return _page("organisations/edit.html", form, organisation)


@bp.route("/<int:organisation_id>/stades", methods=["GET", "POST"], access=EDIT)
def stages(organisation_id: int) -> ResponseReturnValue:
    """The stages a pole reached, and one more."""
    actor, pole, form = current.actor(), _pole(organisation_id), StageForm(since=clock.today())
    if _saved(form, lambda: history.record_stage(actor, pole.id, Stage(form.stage.data), form.since.data)):
        flash.success(_("The stage is recorded."))
        return redirect(url_for(".stages", organisation_id=pole.id))
    return _page("organisations/stages.html", form, pole)


@bp.route("/<int:organisation_id>/stades/<int:line_id>/corriger", methods=["GET", "POST"], access=EDIT)
def correct_stage(organisation_id: int, line_id: int) -> ResponseReturnValue:
    """A wrong line of the history of a pole, written again."""
    actor, pole = current.actor(), _pole(organisation_id)
    line = next((change for change in pole.stage_changes if change.id == line_id), None)
    if line is None:
        raise NotFound
    form = StageForm(obj=line)

    def save() -> Pole:
        return history.record_stage(actor, pole.id, Stage(form.stage.data), form.since.data, line_id)

    if _saved(form, save):
        flash.success(_("The line is corrected."))
        return redirect(url_for(".stages", organisation_id=pole.id))
    return _page("organisations/correct_stage.html", form, pole)


@bp.post("/<int:organisation_id>/stades/<int:line_id>/retirer", access=EDIT)
def remove_stage(organisation_id: int, line_id: int) -> ResponseReturnValue:
    """A line of the history of a pole taken out."""
    with transaction():
        history.remove_stage(current.actor(), organisation_id, line_id)
    flash.success(_("The line is removed."))
    return redirect(url_for(".stages", organisation_id=organisation_id))


@bp.route(
    "/<int:organisation_id>/reconnaissances", methods=["GET", "POST"], access=Permission.RECOGNITION_EDIT
)
def recognitions(organisation_id: int) -> ResponseReturnValue:
    """The recognitions of a pole, and one more."""
    actor, pole, form = current.actor(), _pole(organisation_id), RecognitionForm()

    def save() -> Pole:
        kind = RecognitionKind(form.kind.data)
        return history.recognise(actor, pole.id, kind, form.year.data, form.proof.data)

    if _saved(form, save):
        flash.success(_("The recognition is added."))
        return redirect(url_for(".recognitions", organisation_id=pole.id))
    return _page("organisations/recognitions.html", form, pole)


@bp.post("/<int:organisation_id>/reconnaissances/<int:line_id>/retirer", access=Permission.RECOGNITION_EDIT)
def remove_recognition(organisation_id: int, line_id: int) -> ResponseReturnValue:
    """A recognition that was none, taken away."""
    with transaction():
        history.remove_recognition(current.actor(), organisation_id, line_id)
    flash.success(_("The recognition is removed."))
    return redirect(url_for(".recognitions", organisation_id=organisation_id))


@bp.route("/<int:organisation_id>/absences", methods=["GET", "POST"], access=EDIT)
def absences(organisation_id: int) -> ResponseReturnValue:
    """When an organisation takes no new request."""
    actor, organisation, form = current.actor(), _editable(organisation_id), AbsenceForm()
    if organisation.kind not in rules.KINDS_WITH_ABSENCES:
        raise NotFound

    def save() -> Organisation:
        days = (form.starts_on.data, form.ends_on.data)
        return history.announce_absence(actor, organisation.id, *days, form.reason.data)

    if _saved(form, save):
        flash.success(_("The absence is announced."))
        return redirect(url_for(".absences", organisation_id=organisation.id))
    return _page("organisations/absences.html", form, organisation, today=clock.today())


@bp.post("/<int:organisation_id>/absences/<int:line_id>/retirer", access=EDIT)
def remove_absence(organisation_id: int, line_id: int) -> ResponseReturnValue:
    """An absence that is not, or no longer."""
    with transaction():
        history.remove_absence(current.actor(), organisation_id, line_id)
    flash.success(_("The absence is removed."))
    return redirect(url_for(".absences", organisation_id=organisation_id))


@bp.route("/nouvelle", methods=["GET", "POST"], access=Permission.ORGANISATION_CREATE)
def create() -> ResponseReturnValue:
    """A new record, whose facts come next."""
    form, made = CreateForm(), []

    def save() -> None:
        kind = OrganisationKind(form.kind.data)
        made.append(service.create(current.actor(), kind, {"name": form.name.data}))

    if _saved(form, save):
        flash.success(_("The organisation is created. Now say what you know of it."))
        return redirect(url_for(".edit", organisation_id=made[0].id))
    page = render_template("organisations/create.html", form=form)
    return page, 422 if form.errors else 200


@bp.route("/<int:organisation_id>/activite", methods=["GET", "POST"], access=Permission.ORGANISATION_CREATE)
def activity(organisation_id: int) -> ResponseReturnValue:
    """An organisation stops using the portal, with what it has open shown first, or comes back."""
    organisation = queries.to_end(current.actor(), organisation_id)
    if organisation is None:
        raise NotFound
    stands = "active" if organisation.active else "ended"
    if request.form.get("seen", stands) != stands:
        flash.notice(_("It is done already: nothing was done twice."))
        return redirect(url_for("organisations.detail", organisation_id=organisation.id))
    return _end(organisation) if organisation.active else _bring_back(organisation)


def _end(organisation: Organisation) -> ResponseReturnValue:
    actor, form = current.actor(), EndForm()
    left = handover.open_work(organisation)
    form.offer(organisation.kind, queries.successors(organisation), needed=any(kind.asks for kind in left))
    if _saved(form, lambda: handover.end(actor, organisation.id, form.reason.data or "", form.chosen())):
        flash.success(_("The organisation is inactive; everyone concerned is told."))
        return redirect(url_for("organisations.detail", organisation_id=organisation.id))
    return _page("organisations/end.html", form, organisation, left=left)


def _bring_back(organisation: Organisation) -> ResponseReturnValue:
    actor, form = current.actor(), ComeBackForm()
    if _saved(form, lambda: service.bring_back(actor, organisation.id, form.reason.data or "")):
        flash.success(_("The organisation is active again."))
        return redirect(url_for("organisations.detail", organisation_id=organisation.id))
    return _page("organisations/bring_back.html", form, organisation)


@bp.get("/<int:organisation_id>/doublons", access=Permission.ORGANISATION_MERGE)
def find_double(organisation_id: int) -> ResponseReturnValue:
    """Which other record is the same organisation?"""
    organisation = _editable(organisation_id)
    text = one_line(request.args.get("q", ""))[:100]
    others = queries.possible_doubles(organisation, text or organisation.name.split()[0])
    return render_template(
        "organisations/doubles.html",
        organisation=organisation,
        tabs=tabs(current.actor(), organisation),
        text=text,
        others=others,
        words=words,
    )


@bp.route(
    "/<int:organisation_id>/fusionner/<int:double_id>",
    methods=["GET", "POST"],
    access=Permission.ORGANISATION_MERGE,
)
def merge(organisation_id: int, double_id: int) -> ResponseReturnValue:
    """Two records side by side, what to keep of each, and what will follow."""
    for number in (organisation_id, double_id):
        if elsewhere := queries.kept_id(number):
            flash.problem(_("This record has already been merged: here is the one that was kept."))
            return redirect(url_for("organisations.detail", organisation_id=elsewhere))
    actor, kept, double = current.actor(), _editable(organisation_id), _editable(double_id)
    differing = doubles.choices(kept, double)
    form = merge_form(merge_choices(differing))

    def save() -> Organisation:
        from_double = {choice.name for choice in differing if form[choice.name].data == "double"}
        return doubles.merge(actor, kept.id, double.id, from_double)

    if _saved(form, save):
        flash.success(_("The two records are one."))
        return redirect(url_for("organisations.detail", organisation_id=kept.id))
    preview = doubles.preview(kept, double)
    return _page("organisations/merge.html", form, kept, double=double, differing=differing, preview=preview)

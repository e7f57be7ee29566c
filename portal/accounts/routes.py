"""One's own account, and the organisation one acts for."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user

from portal.access.permissions import Open
from portal.accounts import service
from portal.accounts.forms import ProfileForm
from portal.accounts.words import role_label, what_a_role_may
from portal.db import transaction
from portal.notifications.returns import queries as returns
from portal.refusals import NotFound
from portal.web import current, flash
from portal.web.addresses import is_local_path
from portal.web.blueprint import GuardedBlueprint
from portal.web.converters import key

bp = GuardedBlueprint("accounts", __name__, url_prefix="/mon-compte", of_oneself=True)
bp.add_app_template_filter(role_label)
bp.add_app_template_filter(what_a_role_may)


@bp.before_app_request
def _note_presence() -> None:
    """Who comes is not idle; noted later by who only looks as somebody else, since nothing is written then."""
    if request.endpoint in {None, "static"} or current.is_viewing():
        return
    if current.is_signed_in():
        service.note_seen(current_user)


@bp.route("", methods=["GET", "POST"], access=Open.SIGNED_IN)
def profile() -> ResponseReturnValue:
    """What I say of myself, and where I belong."""
    form = ProfileForm(obj=current_user)
    if form.submitted():
        with transaction():
            service.change_profile(
                current_user.id,
                given_name=form.given_name.data,
                family_name=form.family_name.data,
                phone=form.phone.data,
                language=form.language.data,
            )
        session["language"] = form.language.data
        with force_locale(form.language.data):
            flash.success(_("Your account is up to date."))
        return redirect(url_for(".profile"))
    failing = returns.failing({current_user.email}).get(current_user.email)
    page = render_template("accounts/profile.html", form=form, failing=failing)
    return page, 422 if form.errors else 200


@bp.post("/agir-pour", access=Open.SIGNED_IN)
def switch_organisation() -> ResponseReturnValue:
    """Act for another of one's organisations, and go on to the page that belongs to it, or home."""
    if not current.act_for(request.form.get("membership_id", type=key)):
        raise NotFound
    flash.success(_("You now act for %(name)s.", name=current.actor().organisation_name))
    target = request.form.get("next", "")
    return redirect(target if is_local_path(target) else url_for("home.index"))

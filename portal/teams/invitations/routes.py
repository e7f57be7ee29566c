"""The pages of whoever is invited, behind a mailed link."""

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import login_user

from portal.access.permissions import Open
from portal.accounts.models import Invitation
from portal.accounts.passwords import service as passwords
from portal.accounts.sign_in.service import session_transaction
from portal.db import transaction
from portal.refusals import NotAllowed
from portal.safety import queries as safety
from portal.teams import queries, rules
from portal.teams.forms import AcceptForm
from portal.teams.invitations import service as invitations
from portal.web import current, errors, flash, kept
from portal.web.blueprint import GuardedBlueprint
from portal.web.current import ACTING_FOR

bp = GuardedBlueprint("guests", __name__)


@bp.route("/invitation/<token>", methods=["GET", "POST"], access=Open.PUBLIC)
def accept(token: str) -> ResponseReturnValue:
    """Who invites to what; accept it, by signing in or with a new account."""
    invitation = queries.open_by_token(token)
    if invitation is None:
        return render_template("teams/invitation_dead.html", token=token, typed=kept.typed_texts()), 404
    if current.is_signed_in():
        return _accept_signed_in(token, invitation)
    if queries.has_account(invitation.email):
        if request.method == "POST":
            return redirect(url_for("security.login", next=url_for(".accept", token=token)))
        return render_template("teams/invitation.html", invitation=invitation, token=token, form=None)
    return _accept_as_new(token, invitation)


def _accept_signed_in(token: str, invitation: Invitation) -> ResponseReturnValue:
    if current_user.email != invitation.email:
        return render_template("teams/invitation_other.html", typed=kept.typed_texts()), 403
    if request.method == "POST":
        with transaction():
            membership = invitations.join(token, current_user)
        session[ACTING_FOR] = membership.id
        flash.success(_("You now belong to %(name)s.", name=invitation.organisation.name))
        return redirect(url_for("home.index"))
    return render_template("teams/invitation.html", invitation=invitation, token=token, form=None)


def _accept_as_new(token: str, invitation: Invitation) -> ResponseReturnValue:
    form = AcceptForm(obj=invitation, email=invitation.email)
    if form.submitted():
        hashed = passwords.hashed(form.password.data)
        try:
            with session_transaction():
                person = invitations.join_as_new(token, form.given_name.data, form.family_name.data, hashed)
                asks_more = safety.has_second_factor(person.id)  # a closed account may have kept it
                if not asks_more:
                    login_user(person, authn_via=["invitation"])
        except NotAllowed:  # the address got its account at this very moment: they sign in with it
            return redirect(url_for(".accept", token=token))
        flash.success(_("Welcome! You now belong to %(name)s.", name=invitation.organisation.name))
        return redirect(url_for("security.login" if asks_more else "home.index"))
    page = render_template("teams/invitation.html", invitation=invitation, token=token, form=form)
    return page, 422 if form.errors else 200


@bp.post("/invitation/<token>/redemander", access=Open.PUBLIC)
def ask_again(token: str) -> ResponseReturnValue:
    """Ask the inviter for another link; the answer is the same for any text."""
    with transaction():
        invitations.ask_again(token)
    flash.notice(
        _("If this link was an invitation, the person who sent it is told that you need another one.")
    )
    return redirect(url_for("home.index"))


@bp.errorhandler(rules.LinkSpent)
def _link_spent(refusal: rules.LinkSpent) -> ResponseReturnValue:
    return errors.page(409, _("This invitation was used, withdrawn or grew too old just now."))

"""The people of an organisation, and the answer to an invitation."""

from flask import Response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_security import login_user

from portal.access.permissions import Open, Permission
from portal.access.roles import Role
from portal.accounts import queries as accounts
from portal.accounts.kinds import ROLES_OF
from portal.accounts.models import Invitation
from portal.accounts.security import ACTING_FOR
from portal.db import transaction
from portal.organisations import queries as organisations
from portal.organisations.models import Organisation
from portal.refusals import Invalid, NotFound
from portal.teams import invitations, queries, rules
from portal.teams.forms import AcceptForm, InviteForm
from portal.teams.invitations import Invited
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("teams", __name__)


@bp.after_request
def _keep_links_secret(response: Response) -> Response:
    """Pages whose address is a secret stay out of caches and search engines."""
    if "token" in (request.view_args or {}):
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@bp.route("/invitation/<token>", methods=["GET", "POST"], access=Open.PUBLIC)
def accept(token: str) -> ResponseReturnValue:
    """Who invites to what; accept it, by signing in or with a new account."""
    invitation = queries.open_by_token(token)
    if invitation is None:
        return render_template("teams/invitation_dead.html", token=token), 404
    if current.is_signed_in():
        return _accept_signed_in(token, invitation)
    if queries.has_account(invitation.email):
        if request.method == "POST":
            return redirect(url_for("security.login", next=url_for(".accept", token=token)))
        return render_template("teams/invitation.html", invitation=invitation, token=token, form=None)
    return _accept_as_new(token, invitation)


def _accept_signed_in(token: str, invitation: Invitation) -> ResponseReturnValue:
    if current_user.email != invitation.email:
        return render_template("teams/invitation_other.html"), 403
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
        with transaction():
            invitations.join_as_new(token, form.given_name.data, form.family_name.data, form.password.data)
            login_user(accounts.by_email(invitation.email), authn_via=["invitation"])
        flash.success(_("Welcome! You now belong to %(name)s.", name=invitation.organisation.name))
        return redirect(url_for("home.index"))
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


@bp.app_errorhandler(rules.LinkSpent)
def _link_spent(refusal: rules.LinkSpent) -> ResponseReturnValue:
    return errors.page(409, _("This invitation was used, withdrawn or grew too old just now."))


def _organisation(organisation_id: int, *, managed: bool = False) -> Organisation:
    """One that the actor may read about, or whose people they keep; NotFound otherwise."""
    actor = current.actor()
    found = organisations.readable(actor, organisation_id)
    if found is None or not found.active or (managed and not rules.manages(actor, found)):
        raise NotFound
    return found


@bp.get("/organisations/<int:organisation_id>/personnes", access=Permission.PEOPLE_READ)
def index(organisation_id: int) -> ResponseReturnValue:
    """Who belongs to an organisation, and who is invited."""
    organisation = _organisation(organisation_id)
    manages = rules.manages(current.actor(), organisation)
    return render_template(
        "teams/index.html",
        organisation=organisation,
        people=accounts.people_of(organisation.id),
        manages=manages,
        invitations=queries.waiting_invitations(organisation.id) if manages else [],
        follows=organisation.id != current.actor().organisation_id,
    )


@bp.route(
    "/organisations/<int:organisation_id>/personnes/inviter",
    methods=["GET", "POST"],
    access=Permission.PEOPLE_MANAGE,
)
def invite(organisation_id: int) -> ResponseReturnValue:
    """Invite somebody by e-mail."""
    organisation = _organisation(organisation_id, managed=True)
    form = InviteForm()
    form.offer(ROLES_OF[organisation.kind])
    if form.submitted():
        invited = Invited(
            form.email.data,
            form.given_name.data,
            form.family_name.data,
            Role(form.role.data),
            form.language.data,
        )
        try:
            with transaction():
                invitations.invite(current.actor(), organisation, invited)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash.success(_("The invitation is on its way to %(email)s.", email=form.email.data))
            return redirect(url_for(".index", organisation_id=organisation_id))
    page = render_template("teams/invite.html", organisation=organisation, form=form)
    return page, 422 if form.errors else 200


@bp.post(
    "/organisations/<int:organisation_id>/personnes/invitations/<int:invitation_id>/renvoyer",
    access=Permission.PEOPLE_MANAGE,
)
def send_again(organisation_id: int, invitation_id: int) -> ResponseReturnValue:
    """Send a new link to somebody invited."""
    organisation = _organisation(organisation_id, managed=True)
    try:
        with transaction():
            sent = invitations.send_again(organisation, invitation_id)
    except rules.TooOften:
        flash.problem(_("This link was sent often enough for today. Try again tomorrow."))
    else:
        flash.success(_("A new link is on its way to %(email)s.", email=sent.email))
    return redirect(url_for(".index", organisation_id=organisation_id))


@bp.post(
    "/organisations/<int:organisation_id>/personnes/invitations/<int:invitation_id>/annuler",
    access=Permission.PEOPLE_MANAGE,
)
def revoke(organisation_id: int, invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation."""
    organisation = _organisation(organisation_id, managed=True)
    with transaction():
        revoked = invitations.revoke(organisation, invitation_id)
    flash.success(_("The invitation of %(name)s is withdrawn.", name=revoked.name))
    return redirect(url_for(".index", organisation_id=organisation_id))

"""The people of an organisation: who belongs, who is invited, who is away."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from portal import clock
from portal.access.permissions import Open, Permission, allows
from portal.access.roles import HEAD_ROLES, Role
from portal.accounts import queries as accounts
from portal.accounts.models import Membership
from portal.accounts.rules import ROLES_OF, LastHead
from portal.db import transaction
from portal.notifications.returns import queries as returns
from portal.notifications.returns import service as mails
from portal.organisations.models import Organisation
from portal.organisations.page import tabs
from portal.refusals import Invalid, NotFound
from portal.teams import queries, rules, service, words
from portal.teams.forms import AbsenceForm, InviteForm, LeaveForm, ReviewForm, RoleForm
from portal.teams.invitations import service as invitations
from portal.teams.invitations.service import Invited
from portal.teams.service import Days
from portal.web import current, errors, flash
from portal.web.blueprint import GuardedBlueprint

bp = GuardedBlueprint("teams", __name__)
_TEAM = "/organisations/<int:organisation_id>/personnes"
_MEMBER = f"{_TEAM}/<int:membership_id>"


def _organisation(organisation_id: int, *, managed: bool = False) -> Organisation:
    """One that the actor may read about, or whose people they keep; NotFound otherwise."""
    actor = current.actor()
    organisation = queries.organisation(actor, organisation_id)
    if organisation is None or (managed and not rules.manages(actor, organisation)):
        raise NotFound
    return organisation


def _member(organisation_id: int, membership_id: int) -> tuple[Organisation, Membership]:
    """One's own membership, of whichever organisation, or that of somebody whose organisation one keeps."""
    actor = current.actor_or_none()
    if actor is None:
        raise NotFound
    membership = queries.own_membership(actor.person_id, organisation_id, membership_id)
    if membership is not None:
        return membership.organisation, membership
    organisation = _organisation(organisation_id, managed=True)
    membership = queries.membership(organisation_id, membership_id)
    if membership is None:
        raise NotFound
    return organisation, membership


@bp.get(_TEAM, access=Permission.PEOPLE_READ)
def index(organisation_id: int) -> ResponseReturnValue:
    """Who belongs to an organisation, and who is invited."""
    actor = current.actor()
    organisation = _organisation(organisation_id)
    manages = rules.manages(actor, organisation)
    people = accounts.people_of(organisation.id)
    return render_template(
        "teams/index.html",
        organisation=organisation,
        people=people,
        away=queries.away([organisation.id]).get(organisation.id, {}),
        failing=returns.failing({person.person.email for person in people}),
        several_roles=len(ROLES_OF[organisation.kind]) > 1,
        manages=manages,
        invitations=queries.waiting_invitations(organisation.id) if manages else [],
        absence_note=words.absence_note,
        tabs=tabs(actor, organisation),
    )


@bp.route(
    f"{_TEAM}/inviter",
    methods=["GET", "POST"],
    access=Permission.PEOPLE_MANAGE,
    fresh=True,
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
    f"{_TEAM}/invitations/<int:invitation_id>/renvoyer",
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
    f"{_TEAM}/invitations/<int:invitation_id>/annuler",
    access=Permission.PEOPLE_MANAGE,
)
def revoke(organisation_id: int, invitation_id: int) -> ResponseReturnValue:
    """Withdraw an invitation."""
    organisation = _organisation(organisation_id, managed=True)
    with transaction():
        revoked = invitations.revoke(organisation, invitation_id)
    flash.success(_("The invitation of %(name)s is withdrawn.", name=revoked.name))
    return redirect(url_for(".index", organisation_id=organisation_id))


@bp.post(f"{_MEMBER}/emails", access=Open.SIGNED_IN)
def write_again(organisation_id: int, membership_id: int) -> ResponseReturnValue:
    """Their address works again: e-mails go there as before."""
    organisation, membership = _member(organisation_id, membership_id)
    with transaction():
        mails.let_again(membership.person.email)
    flash.success(_("The portal writes to %(email)s again.", email=membership.person.email))
    own = membership.person_id == current.actor().person_id
    if own and not allows(current.actor(), Permission.PEOPLE_READ):
        return redirect(url_for("accounts.profile"))
    return redirect(url_for(".index", organisation_id=organisation.id))


@bp.route(f"{_MEMBER}/role", methods=["GET", "POST"], access=Permission.PEOPLE_MANAGE, fresh=True)
def change_role(organisation_id: int, membership_id: int) -> ResponseReturnValue:
    """Give a member another role."""
    organisation = _organisation(organisation_id, managed=True)
    membership = queries.membership(organisation_id, membership_id)
    if membership is None:
        raise NotFound
    form = RoleForm(role=membership.role)
    form.offer(ROLES_OF[organisation.kind])
    if form.submitted():
        with transaction():
            service.change_role(current.actor(), organisation, membership_id, Role(form.role.data))
        flash.success(_("The role of %(name)s is changed.", name=membership.person.name))
        return redirect(url_for(".index", organisation_id=organisation_id))
    page = render_template("teams/role.html", organisation=organisation, membership=membership, form=form)
    return page, 422 if form.errors else 200


@bp.route(f"{_MEMBER}/depart", methods=["GET", "POST"], access=Open.SIGNED_IN)
def leave(organisation_id: int, membership_id: int) -> ResponseReturnValue:
    """Leave an organisation, or end what a member does there; open work goes to a colleague."""
    actor = current.actor_or_none()
    organisation, membership = _member(organisation_id, membership_id)
    own = actor is not None and membership.person_id == actor.person_id
    left = service.open_work(membership)
    form = LeaveForm()
    form.offer(queries.colleagues(membership) if left else [])
    if form.submitted():
        try:
            with transaction():
                service.end(current.actor(), organisation, membership_id, form.chosen())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            if own:
                flash.success(_("You no longer belong to %(name)s.", name=organisation.name))
                return redirect(url_for("home.index"))
            flash.success(_("%(name)s no longer belongs here.", name=membership.person.name))
            return redirect(url_for(".index", organisation_id=organisation_id))
    last = membership.role in HEAD_ROLES and not accounts.other_heads(membership)
    page = render_template(
        "teams/leave.html",
        organisation=organisation,
        membership=membership,
        own=own,
        left=left,
        last=last,
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.route(f"{_MEMBER}/absences", methods=["GET", "POST"], access=Open.SIGNED_IN)
def absences(organisation_id: int, membership_id: int) -> ResponseReturnValue:
    """When a member is away, and who stands in."""
    organisation, membership = _member(organisation_id, membership_id)
    form = AbsenceForm()
    form.offer(queries.substitutes(membership))
    if form.submitted():
        days = Days(form.starts_on.data, form.ends_on.data, form.substitute_id.data or None)
        try:
            with transaction():
                service.add_absence(current.actor(), organisation, membership_id, days)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash.success(_("The absence is noted."))
            return redirect(
                url_for(".absences", organisation_id=organisation_id, membership_id=membership_id)
            )
    page = render_template(
        "teams/absences.html",
        organisation=organisation,
        membership=membership,
        own=membership.person_id == current.actor().person_id,
        absences=queries.absences_of(membership_id),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.post(f"{_MEMBER}/absences/<int:absence_id>/supprimer", access=Open.SIGNED_IN)
def remove_absence(organisation_id: int, membership_id: int, absence_id: int) -> ResponseReturnValue:
    """The member will be there after all, or is back."""
    organisation, _membership = _member(organisation_id, membership_id)
    with transaction():
        service.remove_absence(current.actor(), organisation, membership_id, absence_id)
    flash.success(_("The absence is removed."))
    return redirect(url_for(".absences", organisation_id=organisation_id, membership_id=membership_id))


@bp.route(f"{_TEAM}/revue", methods=["GET", "POST"], access=Permission.PEOPLE_MANAGE)
def review(organisation_id: int) -> ResponseReturnValue:
    """Go through the members, end what no longer holds, and confirm the rest."""
    organisation = _organisation(organisation_id, managed=True)
    people = accounts.people_of(organisation_id)
    form = ReviewForm()
    form.offer([member for member in people if member.person_id != current.actor().person_id])
    if form.submitted():
        try:
            with transaction():
                service.review(current.actor(), organisation, form.chosen())
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            flash.success(_("Thank you: the members are confirmed for three months."))
            return redirect(url_for(".index", organisation_id=organisation_id))
    page = render_template(
        "teams/review.html",
        organisation=organisation,
        people=people,
        last=queries.last_review(organisation_id),
        today=clock.today(),
        form=form,
    )
    return page, 422 if form.errors else 200


@bp.errorhandler(LastHead)
def _last_head(refusal: LastHead) -> ResponseReturnValue:
    back = url_for(".index", organisation_id=refusal.organisation_id)
    return errors.page(409, words.last_head(), back)

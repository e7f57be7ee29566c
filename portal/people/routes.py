"""People of the whole portal, for the national cell, and looking at the portal as one of them."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from portal import clock
from portal.access.permissions import Open, Permission
from portal.accounts.models import Membership, Person
from portal.db import transaction
from portal.notifications.returns import queries as returns
from portal.organisations.queries import count
from portal.people import queries, rules, service, words
from portal.people.forms import PeopleForm, ViewAsForm
from portal.people.viewing import service as viewing
from portal.refusals import NotFound
from portal.safety import queries as safety
from portal.web import current, flash, kept
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("people", __name__, url_prefix="/personnes")


@bp.get("", access=Permission.PERSON_READ)
def index() -> ResponseReturnValue:
    """Everybody who has or had an account, by name."""
    form = PeopleForm(request.args)
    people = queries.search(form.text, form.state)
    return render_template(
        "people/index.html",
        form=form,
        filtered=bool(form.text or form.state),
        page=keyset_page(people),
        count=count(people),
        words=words,
    )


@bp.get("/<int:person_id>", access=Permission.PERSON_READ)
def show(person_id: int) -> ResponseReturnValue:
    """One person: their account, where they belong and belonged, what waits for them."""
    person = queries.person(person_id)
    if person is None:
        raise NotFound
    return render_template(
        "people/show.html",
        person=person,
        places=[membership for membership in person.memberships if membership.ended_at is None],
        past=[membership for membership in person.memberships if membership.ended_at is not None],
        invitations=queries.open_invitations(person.email, clock.now()),
        failing=returns.failing({person.email}).get(person.email),
        two_factors=safety.has_second_factor(person.id),
        may_be_viewed=_may_be_viewed(person),
        words=words,
    )


def _may_be_viewed(person: Person) -> bool:
    roles = {membership.role for membership in person.memberships if membership.ended_at is None}
    return person.active and person.id != current_user.id and rules.may_be_viewed(roles)


@bp.route(
    "/voir-comme/<int:membership_id>",
    methods=["GET", "POST"],
    access=Permission.PERSON_VIEW_AS,
    fresh=True,
)
def view_as(membership_id: int) -> ResponseReturnValue:
    """Say why, then see the portal as this member of this organisation."""
    form = ViewAsForm()
    if form.submitted():
        with transaction():
            begun = service.begin(current_user, current.actor(), membership_id, form.reason.data)
        viewing.remember(begun)
        return redirect(url_for("home.index"))
    membership = _viewable(membership_id)
    longest = rules.LONGEST.seconds // 60
    page = render_template("people/view_as.html", form=form, membership=membership, minutes=longest)
    return page, 422 if form.errors else 200


def _viewable(membership_id: int) -> Membership:
    membership = queries.viewable(membership_id)
    if membership is None or membership.person_id == current_user.id:
        raise NotFound
    return membership


@bp.post("/arreter", access=Open.SIGNED_IN, while_viewing=True, of_oneself=True)
def stop_viewing() -> ResponseReturnValue:
    """Act as oneself again."""
    with transaction():
        person_id = service.end(current_user.id)
    viewing.forget()
    flash.success(_("You see the portal as yourself again."))
    return redirect(url_for(".show", person_id=person_id) if person_id else url_for("home.index"))


@bp.errorhandler(CSRFError)
def _old_form(error: CSRFError) -> ResponseReturnValue:
    """Whoever has stopped already, in another tab, may press again; any other form is shown again."""
    if request.endpoint == "people.stop_viewing" and not current.is_viewing():
        return redirect(url_for("home.index"))
    return kept.try_again_page()

"""The organisations that people keep and follow."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.access.permissions import Permission, allows
from portal.access.roles import Role
from portal.accounts import queries as accounts
from portal.catalogue import queries as catalogue
from portal.catalogue.words import in_order
from portal.notifications.returns import queries as returns
from portal.organisations import queries, rules, words
from portal.organisations.facts.words import missing
from portal.organisations.forms import DirectoryForm
from portal.organisations.page import tabs
from portal.organisations.rules import OrganisationKind, Standing, absent_until
from portal.refusals import NotFound
from portal.requests import queries as requests
from portal.teams import queries as teams
from portal.territories.reference import department_name, region_name
from portal.web import current
from portal.web.blueprint import GuardedBlueprint
from portal.web.pagination import keyset_page

bp = GuardedBlueprint("organisations", __name__)
bp.add_app_template_filter(region_name)
bp.add_app_template_filter(department_name)
bp.add_app_template_filter(words.whereabouts)


@bp.get("/organisations", access=Permission.ORGANISATION_READ)
def index() -> ResponseReturnValue:
    """The organisations of my regions; all of them for the national cell."""
    actor = current.actor()
    form = DirectoryForm(request.args)
    records = queries.directory(actor, form.text, form.kind, form.standing)
    page = keyset_page(records)
    return render_template(
        "organisations/index.html",
        form=form,
        filtered=bool(form.text or form.kind or form.standing is not Standing.ACTIVE),
        page=page,
        people=accounts.count_people([row.id for row in page.rows]),
        count=queries.count(records),
        missing=missing,
        unchecked=teams.unchecked(page.rows) if actor.role is Role.NATIONAL_ADMIN else (),
        may_create=allows(actor, Permission.ORGANISATION_CREATE),
        words=words,
    )


@bp.get("/mon-organisation", access=Permission.PEOPLE_READ)
def own() -> ResponseReturnValue:
    """The page of the organisation I act for."""
    return redirect(url_for(".detail", organisation_id=current.actor().organisation_id))


@bp.get("/organisations/<int:organisation_id>", access=Permission.PEOPLE_READ)
def detail(organisation_id: int) -> ResponseReturnValue:
    """One organisation, for its people and its cells: who it is, where it works, what it delivers, its people.

    Of a pole whose request they have, partners read the same but the people: the request names its contact.
    """
    actor = current.actor()
    organisation = queries.readable(actor, organisation_id, also=requests.poles_asking(actor))
    if organisation is None:
        raise NotFound
    if organisation.merged_into_id:
        return redirect(url_for(".detail", organisation_id=organisation.merged_into_id), 301)
    is_partner = organisation.kind is OrganisationKind.PARTNER
    shows_people = organisation.kind is not OrganisationKind.POLE or rules.looks_after(actor, organisation)
    people = accounts.people_of(organisation.id) if shows_people else None
    addresses = [person.person.email for person in people or ()]
    return render_template(
        "organisations/detail.html",
        organisation=organisation,
        people=people,
        failing=returns.failing({*addresses, organisation.shared_mailbox or ""}) if shows_people else {},
        services=in_order(catalogue.delivered_by(organisation.id)) if is_partner else [],
        lacking=missing(organisation) if shows_people else [],
        absent_until=absent_until(organisation.absences, clock.today()),
        lists=allows(actor, Permission.ORGANISATION_READ),
        tabs=tabs(actor, organisation) if shows_people else [],
        words=words,
    )

"""The menu, the tools of administration, the site map and the pages of a record, each in one readable list."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Open, Permission
from portal.organisations.rules import KINDS_WITH_ABSENCES, OrganisationKind
from portal.web import navigation
from portal.web.navigation import Entry

ONE_ORGANISATION = ("organisations.detail", "records.", "teams.", "catalogue.deliver", "room.")

ADMINISTRATION = (
    Entry(
        "people.index",
        _l("People"),
        Permission.PERSON_READ,
        explanation=_l("Find somebody, see where they belong, look at the portal as they do."),
    ),
    Entry(
        "transfers.index",
        _l("Imports and exports"),
        Permission.TRANSFER_RUN,
        explanation=_l("Bring in or take out poles, partners and people as spreadsheets."),
    ),
    Entry(
        "limits.index",
        _l("Limits of the bundle"),
        Permission.BUNDLE_RULE,
        explanation=_l("What a pole may ask for in a year, and who may have more."),
    ),
    Entry(
        "blocked.index",
        _l("Demand that was refused"),
        Permission.BUNDLE_RULE,
        explanation=_l("How many poles wanted which service, and which rule stood in the way."),
    ),
    Entry(
        "dispatch.index",
        _l("E-mails"),
        Permission.EMAIL_SUPERVISE,
        explanation=_l("See what became of each, try again, pause a kind."),
    ),
    Entry(
        "reminders.held",
        _l("Reminders that are held"),
        Permission.EMAIL_SUPERVISE,
        explanation=_l("Decide on what would be more than usual, see what was not sent and why."),
    ),
    Entry(
        "journal.index",
        _l("Journal"),
        Permission.JOURNAL_READ,
        explanation=_l("Who changed which person, right or organisation, and when."),
    ),
)

MENU = (
    Entry(
        "home.index",
        _l("Home"),
        Open.PUBLIC,
        leads_to=[Entry("search.index", _l("Search"), Open.PUBLIC)],
    ),
    Entry(
        "requests.index",
        _l("Requests"),
        Permission.REQUEST_READ,
        ("requests.", "interventions.", "proposals.", "joint.", "network.", "agenda."),
        leads_to=[
            Entry("agenda.index", _l("Agenda"), Permission.REQUEST_READ),
            Entry("writing.new", _l("Ask for support"), Permission.REQUEST_DRAFT),
            Entry("joint.index", _l("Requests of other poles"), Permission.REQUEST_DRAFT),
            Entry("network.index", _l("Work for the network"), Permission.NETWORK_LOG),
            Entry("network.add", _l("Note work for the network"), Permission.NETWORK_LOG),
            Entry("stuck.quiet", _l("Accepted, and nothing for thirty days"), Permission.ASSIGNMENT_DECIDE),
        ],
    ),
    Entry(
        "stuck.index",
        _l("Late and stuck"),
        Permission.REQUEST_ROUTE,
        ("stuck.", "alike.", "confirmation.index", "reminders.region", "reminder_days."),
        leads_to=[
            Entry("confirmation.index", _l("Interventions to decide on"), Permission.REQUEST_ROUTE),
            Entry("alike.index", _l("Requests that resemble each other"), Permission.REQUEST_ROUTE),
            Entry("reminders.region", _l("Reminders to come"), Permission.REQUEST_ROUTE),
            Entry("reminder_days.index", _l("Days of reminders"), Permission.REQUEST_ROUTE),
        ],
    ),
    Entry("applications.index", _l("Applications"), Permission.APPLICATION_READ, ("applications.",)),
    Entry("usage.index", _l("Usage"), Permission.USAGE_READ),
    Entry(
        "catalogue.index",
        _l("Services"),
        Open.PUBLIC,
        ("catalogue.show", "sheets.", "guide.", "sessions."),
        leads_to=[
            Entry("guide.index", _l("Find a service in three questions"), Open.PUBLIC),
            Entry("sessions.index", _l("Sessions to come"), Open.PUBLIC),
            Entry("sessions.kept", _l("Our sessions"), Permission.SESSION_KEEP),
            Entry("sessions.create", _l("New session"), Permission.SESSION_KEEP),
            Entry("sheets.index", _l("Sheets of services"), Permission.SERVICE_KEEP),
            Entry("sheets.create", _l("New service"), Permission.SERVICE_KEEP),
        ],
    ),
    Entry(
        "register.index",
        _l("PTCE register"),
        Open.PUBLIC,
        ("register.",),
        leads_to=[Entry("register.chart", _l("Map of the PTCE"), Open.PUBLIC)],
    ),
    Entry("home.how_to_apply", _l("How to apply"), Open.PUBLIC, visitors_only=True),
    Entry(
        "organisations.index",
        _l("Organisations"),
        Permission.ORGANISATION_READ,
        ONE_ORGANISATION,
        leads_to=[Entry("records.create", _l("New organisation"), Permission.ORGANISATION_CREATE)],
    ),
    Entry(
        "organisations.own",
        _l("My organisation"),
        Permission.PEOPLE_READ,
        ONE_ORGANISATION,
        unless=Permission.ORGANISATION_READ,
    ),
    Entry(
        "home.administration",
        _l("Administration"),
        Permission.JOURNAL_READ,
        ("people.", "transfers.", "blocked.", "limits.", "dispatch.", "reminders.held", "journal."),
        leads_to=(
            *ADMINISTRATION,
            Entry("limits.partners", _l("What partners give in a year"), Permission.BUNDLE_RULE),
            Entry("dispatch.paused", _l("Pauses of e-mails"), Permission.EMAIL_SUPERVISE),
            Entry("dispatch.figures", _l("Figures about e-mails"), Permission.EMAIL_SUPERVISE),
        ),
    ),
)

ACCOUNT = (
    Entry("accounts.profile", _l("My account"), Open.SIGNED_IN),
    Entry("safety.overview", _l("Sign-in and security"), Open.SIGNED_IN),
    Entry("security.change_password", _l("Change my password"), Open.SIGNED_IN),
    Entry("safety.change_address", _l("Change my e-mail address"), Open.SIGNED_IN),
    Entry("safety.set_up_application", _l("Code application"), Open.SIGNED_IN),
    Entry("safety.manage_passkeys", _l("Passkeys"), Open.SIGNED_IN),
    Entry("safety.sessions", _l("Where you are signed in"), Open.SIGNED_IN),
    Entry("reminders.mine", _l("What I will be reminded of"), Open.SIGNED_IN),
    Entry("news.index", _l("What is new"), Open.SIGNED_IN),
    Entry("news.preferences", _l("My e-mails"), Open.SIGNED_IN),
    Entry("calendars.index", _l("My dates in my calendar"), Open.SIGNED_IN),
    Entry("personal_data.show", _l("My personal data"), Open.SIGNED_IN),
    Entry("personal_data.copy", _l("A copy of my data"), Open.SIGNED_IN),
    Entry("personal_data.close", _l("Close my account"), Open.SIGNED_IN),
    Entry("security.login", _l("Sign in"), Open.PUBLIC, visitors_only=True),
    Entry("security.forgot_password", _l("Forgotten password"), Open.PUBLIC),
)

SITE_MAP = {
    _l("The portal"): [page for entry in MENU for page in (entry, *entry.leads_to)],
    _l("Apply"): (
        Entry("home.how_to_apply", _l("How to apply"), Open.PUBLIC),
        Entry("applications.begin", _l("Begin an application"), Open.PUBLIC),
        Entry("applications.lost_link", _l("I lost the link to my application"), Open.PUBLIC),
    ),
    _l("My account"): ACCOUNT,
    _l("About this portal"): (
        Entry("home.help_and_contact", _l("Help and contact"), Open.PUBLIC),
        Entry("home.accessibility", _l("Accessibility: not compliant"), Open.PUBLIC),
        Entry("home.privacy", _l("Personal data"), Open.PUBLIC),
        Entry("home.legal", _l("Legal notice"), Open.PUBLIC),
        Entry("notifications.preview_list", _l("The e-mails of the portal"), Open.PUBLIC),
        Entry("home.style_guide", _l("Style guide"), Open.PUBLIC),
    ),
}
"""Every page that needs no choice before it; a test names whatever is missing."""


RECORD = (
    Entry("organisations.detail", _l("Overview"), Permission.PEOPLE_READ),
    Entry("records.edit", _l("Edit the page"), Permission.ORGANISATION_EDIT),
    Entry("records.stages", _l("Stages"), Permission.ORGANISATION_EDIT, kinds={OrganisationKind.POLE}),
    Entry(
        "records.recognitions", _l("Recognitions"), Permission.RECOGNITION_EDIT, kinds={OrganisationKind.POLE}
    ),
    Entry(
        "catalogue.deliver",
        _l("Services delivered"),
        Permission.ORGANISATION_EDIT,
        kinds={OrganisationKind.PARTNER},
    ),
    Entry(
        "room.index", _l("Places in a year"), Permission.ORGANISATION_EDIT, kinds={OrganisationKind.PARTNER}
    ),
    Entry("records.absences", _l("Absences"), Permission.ORGANISATION_EDIT, kinds=KINDS_WITH_ABSENCES),
    Entry("teams.index", _l("People"), Permission.PEOPLE_READ),
    Entry("records.find_double", _l("Merge with a double"), Permission.ORGANISATION_MERGE),
    Entry("records.activity", _l("Active or not"), Permission.ORGANISATION_CREATE),
)


def init_app(app: Flask) -> None:
    navigation.init_app(app, navigation.Menu(MENU, ADMINISTRATION, SITE_MAP, RECORD))

"""The screens of the portal, its menu and the examples of its e-mails, each in one readable list."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Open, Permission
from portal.accounts import handover as account_handover
from portal.accounts import routes as accounts
from portal.accounts.words import ROLES
from portal.applications import emails as application_emails
from portal.applications import handover as application_handover
from portal.applications import routes as applications
from portal.applications import words as application_words
from portal.catalogue import handover as catalogue_handover
from portal.catalogue import routes as catalogue
from portal.home import routes as home
from portal.interventions import emails as intervention_emails
from portal.interventions import handover
from portal.interventions import handover as intervention_handover
from portal.interventions import routes as interventions
from portal.journal import routes as journal
from portal.journal.rules import Meaning, Page, Subject
from portal.journal.words import ACTS, SUBJECTS
from portal.journal.words import EXTENSION as JOURNAL
from portal.notifications import routes as notifications
from portal.notifications.previews import service as previews
from portal.organisations import handover as organisation_handover
from portal.organisations import routes as organisations
from portal.organisations import words as organisation_words
from portal.organisations.doubles import service as doubles
from portal.organisations.handover import Endings
from portal.organisations.records import routes as records
from portal.people import emails as people_emails
from portal.people import queries as people_queries
from portal.people import routes as people
from portal.people.viewing import service as viewing
from portal.personal_data import routes as personal_data
from portal.register import routes as register
from portal.requests import emails as request_emails
from portal.requests import handover as request_handover
from portal.requests import routes as requests
from portal.requests.appointments.service import EXTENSION as DIARY
from portal.safety import routes as safety
from portal.safety import words as safety_words
from portal.teams import emails as team_emails
from portal.teams import handover as team_handover
from portal.teams import routes as teams
from portal.teams import service
from portal.teams.invitations import routes as guests
from portal.territories.reference import DEPARTMENTS, REGIONS
from portal.transfers import routes as transfers
from portal.transfers import words as transfer_words
from portal.usage import routes as usage
from portal.web.languages import LANGUAGES
from portal.web.navigation import Entry

SCREENS = (
    home.bp,
    accounts.bp,
    safety.bp,
    personal_data.bp,
    people.bp,
    organisations.bp,
    register.bp,
    records.bp,
    teams.bp,
    guests.bp,
    catalogue.bp,
    applications.bp,
    requests.bp,
    interventions.bp,
    usage.bp,
    notifications.bp,
    transfers.bp,
    journal.bp,
)

EMAIL_EXAMPLES = (
    request_emails.EXAMPLES,
    intervention_emails.EXAMPLES,
    people_emails.EXAMPLES,
    team_emails.EXAMPLES,
    application_emails.EXAMPLES,
)

MERGE_MOVES = (
    *organisation_handover.MOVES,
    *team_handover.MOVES,
    *account_handover.MOVES,
    *application_handover.MOVES,
    *catalogue_handover.MOVES,
    *request_handover.MOVES,
)
"""What follows an organisation that is merged into another: a move for each column that points to one."""

ONE_ORGANISATION = ("organisations.detail", "records.", "teams.", "catalogue.deliver")

ENDINGS = Endings(
    (
        *intervention_handover.LEFT_OPEN,
        *request_handover.LEFT_OPEN,
        *application_handover.LEFT_OPEN,
        *team_handover.LEFT_OPEN,
    ),
    team_handover.tell,
)
"""What an organisation that ends leaves open, in the order in which it is settled, and who is told."""

OPEN_WORK = (*request_handover.OPEN_WORK, *intervention_handover.OPEN_WORK)

MENU = (
    Entry("home.index", _l("Home"), Open.PUBLIC),
    Entry("requests.index", _l("Requests"), Permission.REQUEST_READ, ("requests.", "interventions.")),
    Entry("applications.index", _l("Applications"), Permission.APPLICATION_READ, ("applications.",)),
    Entry("usage.index", _l("Usage"), Permission.USAGE_READ),
    Entry("catalogue.index", _l("Services"), Open.PUBLIC, ("catalogue.show",)),
    Entry("register.index", _l("PTCE register"), Open.PUBLIC, ("register.",)),
    Entry("home.how_to_apply", _l("How to apply"), Open.PUBLIC, visitors_only=True),
    Entry("organisations.index", _l("Organisations"), Permission.ORGANISATION_READ, ONE_ORGANISATION),
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
        ("people.", "transfers.", "notifications.index", "journal."),
    ),
)

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
        "notifications.index",
        _l("E-mails"),
        Permission.EMAIL_SUPERVISE,
        explanation=_l("See what waits or could not be sent, and try again."),
    ),
    Entry(
        "journal.index",
        _l("Journal"),
        Permission.JOURNAL_READ,
        explanation=_l("Who changed which person, right or organisation, and when."),
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
    Entry("personal_data.show", _l("My personal data"), Open.SIGNED_IN),
    Entry("personal_data.copy", _l("A copy of my data"), Open.SIGNED_IN),
    Entry("personal_data.close", _l("Close my account"), Open.SIGNED_IN),
    Entry("security.login", _l("Sign in"), Open.PUBLIC, visitors_only=True),
    Entry("security.forgot_password", _l("Forgotten password"), Open.PUBLIC),
)

SITE_MAP = {
    _l("The portal"): (
        *MENU[:2],
        Entry("requests.new", _l("Ask for support"), Permission.REQUEST_DRAFT),
        *MENU[2:6],
        Entry("register.chart", _l("Map of the PTCE"), Open.PUBLIC),
        *MENU[6:8],
        Entry("records.create", _l("New organisation"), Permission.ORGANISATION_CREATE),
        *MENU[8:],
        *ADMINISTRATION,
    ),
    _l("Apply"): (
        Entry("home.how_to_apply", _l("How to apply"), Open.PUBLIC),
        Entry("applications.begin", _l("Begin an application"), Open.PUBLIC),
        Entry("applications.lost_link", _l("I lost the link to my application"), Open.PUBLIC),
    ),
    _l("My account"): ACCOUNT,
    _l("About this portal"): (
        Entry("home.accessibility", _l("Accessibility: not compliant"), Open.PUBLIC),
        Entry("home.privacy", _l("Personal data"), Open.PUBLIC),
        Entry("home.legal", _l("Legal notice"), Open.PUBLIC),
        Entry("notifications.preview_list", _l("The e-mails of the portal"), Open.PUBLIC),
        Entry("home.style_guide", _l("Style guide"), Open.PUBLIC),
    ),
}
"""Every page that needs no choice before it; a test names whatever is missing."""

IN_THE_JOURNAL = Meaning(
    pages={
        Subject.PERSON: Page("people.show", "person_id", people_queries.history_of_person),
        Subject.ORGANISATION: Page(
            "organisations.detail", "organisation_id", people_queries.history_of_organisation
        ),
    },
    values={
        "role": ROLES,
        "kind": organisation_words.KINDS,
        "stage": organisation_words.STAGES,
        "stages": organisation_words.STAGES,
        "recognitions": organisation_words.RECOGNITIONS,
        "sectors": organisation_words.SECTORS,
        "language": LANGUAGES,
        "region_code": {one.code: one.name for one in REGIONS.values()},
        "region": {one.code: one.name for one in REGIONS.values()},
        "department_code": {one.code: one.name for one in DEPARTMENTS.values()},
        "places": {"FR": _l("Whole of France")},
        "state": {state: said.label for state, said in application_words.STATES.items()},
        "reason": {
            **application_words.REFUSALS,
            **{opinion: said.label for opinion, said in application_words.OPINIONS.items()},
        },
        "file_holds": transfer_words.KINDS,
        "what": safety_words.PROTECTIONS,
        "acte": ACTS,
        "objet": SUBJECTS,
    },
)


def init_app(app: Flask) -> None:
    for blueprint in SCREENS:
        app.register_blueprint(blueprint)
    app.extensions["portal-navigation"] = MENU
    app.extensions["portal-administration"] = ADMINISTRATION
    app.extensions["portal-site-map"] = SITE_MAP
    app.extensions[service.EXTENSION] = OPEN_WORK
    app.extensions[organisation_handover.EXTENSION] = ENDINGS
    app.extensions[DIARY] = handover.DIARY
    doubles.init_app(app, MERGE_MOVES)
    app.extensions[JOURNAL] = IN_THE_JOURNAL
    app.extensions["portal-look"] = viewing.look
    viewing.init_app(app)
    for examples in EMAIL_EXAMPLES:
        for kind, example in examples.items():
            previews.register(kind, example)

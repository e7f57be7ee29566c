"""The screens of the portal, its menu and the examples of its e-mails, each in one readable list."""

from flask import Flask
from flask_babel import lazy_gettext as _l

from portal.access.permissions import Open, Permission
from portal.accounts import routes as accounts
from portal.catalogue import routes as catalogue
from portal.home import routes as home
from portal.interventions import examples as intervention_examples
from portal.interventions import routes as interventions
from portal.notifications import previews
from portal.notifications import routes as notifications
from portal.organisations import routes as organisations
from portal.requests import examples as request_examples
from portal.requests import routes as requests
from portal.usage import routes as usage
from portal.web.navigation import Entry

SCREENS = (
    home.bp,
    accounts.bp,
    organisations.bp,
    catalogue.bp,
    requests.bp,
    interventions.bp,
    usage.bp,
    notifications.bp,
)

EMAIL_EXAMPLES = (request_examples.EXAMPLES, intervention_examples.EXAMPLES)

MENU = (
    Entry("home.index", _l("Home"), Open.PUBLIC),
    Entry("requests.index", _l("Requests"), Permission.REQUEST_READ, ("requests.", "interventions.")),
    Entry("usage.index", _l("Usage"), Permission.USAGE_READ),
    Entry("catalogue.index", _l("Services"), Open.PUBLIC, ("catalogue.",)),
    Entry("organisations.register", _l("PTCE register"), Open.PUBLIC, ("organisations.show",)),
    Entry("home.how_to_apply", _l("How to apply"), Open.PUBLIC, visitors_only=True),
    Entry(
        "organisations.index", _l("Organisations"), Permission.ORGANISATION_READ, ("organisations.detail",)
    ),
    Entry("notifications.index", _l("E-mails"), Permission.EMAIL_SUPERVISE),
)


def init_app(app: Flask) -> None:
    for blueprint in SCREENS:
        app.register_blueprint(blueprint)
    app.extensions["portal-navigation"] = MENU
    for examples in EMAIL_EXAMPLES:
        for kind, example in examples.items():
            previews.register(kind, example)

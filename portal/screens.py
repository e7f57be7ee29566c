"""The features of the portal, each after those it stands on."""

from flask import Flask

from portal import feature, menu, topics
from portal.accounts.feature import FEATURE as ACCOUNTS
from portal.agenda.feature import FEATURE as AGENDA
from portal.alike.feature import FEATURE as ALIKE
from portal.applications.feature import FEATURE as APPLICATIONS
from portal.calendars.feature import FEATURE as CALENDARS
from portal.catalogue.feature import FEATURE as CATALOGUE
from portal.conversation.feature import FEATURE as CONVERSATION
from portal.dispatch.feature import FEATURE as DISPATCH
from portal.documents.feature import FEATURE as DOCUMENTS
from portal.feature import Feature
from portal.files.feature import FEATURE as FILES
from portal.home.feature import FEATURE as HOME
from portal.interventions.feature import FEATURE as INTERVENTIONS
from portal.joint.feature import FEATURE as JOINT
from portal.journal.feature import FEATURE as JOURNAL
from portal.mailbox.feature import FEATURE as MAILBOX
from portal.news.feature import FEATURE as NEWS
from portal.notifications.feature import FEATURE as NOTIFICATIONS
from portal.organisations.feature import FEATURE as ORGANISATIONS
from portal.people.feature import FEATURE as PEOPLE
from portal.personal_data.feature import FEATURE as PERSONAL_DATA
from portal.proposals.feature import FEATURE as PROPOSALS
from portal.register.feature import FEATURE as REGISTER
from portal.reminders.feature import FEATURE as REMINDERS
from portal.requests.feature import FEATURE as REQUESTS
from portal.safety.feature import FEATURE as SAFETY
from portal.search.feature import FEATURE as SEARCH
from portal.sessions.feature import FEATURE as SESSIONS
from portal.stuck.feature import FEATURE as STUCK
from portal.teams.feature import FEATURE as TEAMS
from portal.transfers.feature import FEATURE as TRANSFERS
from portal.usage.feature import FEATURE as USAGE

FEATURES: tuple[Feature, ...] = (
    FILES,
    JOURNAL,
    NOTIFICATIONS,
    ORGANISATIONS,
    ACCOUNTS,
    SAFETY,
    TEAMS,
    PEOPLE,
    DOCUMENTS,
    REGISTER,
    CATALOGUE,
    APPLICATIONS,
    REQUESTS,
    ALIKE,
    INTERVENTIONS,
    CONVERSATION,
    PROPOSALS,
    JOINT,
    SESSIONS,
    MAILBOX,
    STUCK,
    REMINDERS,
    NEWS,
    CALENDARS,
    AGENDA,
    DISPATCH,
    TRANSFERS,
    USAGE,
    HOME,
    PERSONAL_DATA,
    SEARCH,
)


def init_app(app: Flask) -> None:
    feature.init_app(app, FEATURES)
    menu.init_app(app)
    topics.init_app(app)

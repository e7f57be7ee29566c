"""What ends by itself: drafts that nobody writes in, links, and what applications tell of people."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from portal import clock
from portal.access.roles import CELL_ROLES, Role
from portal.applications import emails, queries, service, steps
from portal.applications.models import Application, ApplicationEvent, ApplicationLink
from portal.applications.waiting import emails as reminders
from portal.applications.waiting import queries as waiting
from portal.db import db
from portal.files.models import StoredFile
from portal.ladder import Ladder, Rung
from portal.steps import Audience

_NOTHING_LEFT = "–"


def end_draft(application_id: int) -> bool:
    """Warn of a draft that nobody writes in, and delete it two weeks later. False: nothing is due, or no longer."""
    application = queries.locked_if(application_id, queries.is_draft_due())
    if application is None:
        return False
    if application.warned_at is None:
        application.warned_at = clock.now()
        emails.warn_of_end(application, service.new_link(application))
    else:
        service.delete(application)
    return True


def anonymise(application_id: int, day: date) -> bool:
    """Take out of an application untouched since before a day whatever tells who. False: it is no longer so.

    What figures count stays: state, region, stage, sectors, opinion, dates and reasons.
    """
    application = queries.locked_if(application_id, queries.is_old(day))
    if application is None:
        return False
    _anonymise(application)
    return True


def tell_infected(stored: StoredFile, _virus: str) -> None:
    """Who sent this file with an application hears that it is gone."""
    application = queries.of_file(stored.id)
    if application is not None:
        emails.infected(application, service.new_link(application))


def _anonymise(application: Application) -> None:
    for document in list(application.documents):
        service.forget(application, document)
    for name in ("purpose", "audience", "reason", "progress", "expectations", "members", "public_summary"):
        setattr(application, name, "")
    for name in ("lead_organisation", "lead_siret", "lead_rna", "website", "contact_email"):
        setattr(application, name, None)
    application.given_name = application.family_name = application.phone = None
    application.name, application.email = _NOTHING_LEFT, f"{application.reference}@anonyme.invalid"
    application.anonymised_at = clock.now()
    for model, values in (
        (ApplicationEvent, {"message": None, "actor_id": None}),
        (ApplicationLink, {"expires_at": clock.now()}),
    ):
        db.session.execute(
            update(model)
            .where(model.application_id == application.id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


LADDERS = (
    Ladder(
        "applications",
        _l("Applications waiting for a cell"),
        reminders.WHY,
        _l("as soon as the opinion or the decision is given, or more is asked"),
        waiting.waiting,
        waiting.lock,
        (
            Rung(
                "cell",
                _l("the cell that holds it is reminded"),
                _l("the cell that holds it"),
                0,
                reminders.late,
                least=0,
                most=3,
                roles=CELL_ROLES,
            ),
            Rung(
                "national",
                _l("the national cell is told"),
                _l("the national cell"),
                5,
                reminders.late_national,
                least=4,
                most=10,
                roles={Role.NATIONAL_ADMIN},
            ),
        ),
        follows=[emails.kind_of(step, Audience.CELL) for step in steps.LEAVE_IT_TO_US],
        example=date(2026, 3, 25),
    ),
)

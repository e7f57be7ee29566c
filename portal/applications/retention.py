"""What ends by itself: drafts that nobody writes in, links, and what applications tell of people."""

from datetime import date

from sqlalchemy import delete, update

from portal import clock
from portal.applications import emails, queries, rules, service
from portal.applications.models import Application, ApplicationEvent, ApplicationLink
from portal.db import db, require_transaction

_NOTHING_LEFT = "–"


def purge_drafts(_day: date) -> int:
    """Daily job. Warn of drafts that nobody writes in, delete them two weeks later, and forget links that ended.

    Return how many drafts were deleted; harmless when run again.
    """
    require_transaction()
    now = clock.now()
    deleted = 0
    for application in queries.drafts_unchanged_since(clock.days_ago(rules.DRAFT_KEPT - rules.WARNED_BEFORE)):
        if application.warned_at is None:
            application.warned_at = now
            emails.warn_of_end(application, service.new_link(application))
        elif application.warned_at < clock.days_ago(rules.WARNED_BEFORE):
            service.delete(application)
            deleted += 1
    db.session.execute(
        delete(ApplicationLink)
        .where(ApplicationLink.expires_at < now)
        .execution_options(synchronize_session=False)
    )
    return deleted


def anonymise_before(day: date, most: int | None = None) -> int:
    """Take out of the applications untouched since before a day whatever tells who; return how many.

    What figures count stays: state, region, stage, sectors, opinion, dates and reasons.
    """
    require_transaction()
    done = 0
    for application_id in queries.still_since(day, most):
        application = queries.by_id_locked(application_id)
        if application is not None and application.anonymised_at is None:
            _anonymise(application)
            done += 1
    return done


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

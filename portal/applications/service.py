"""What is done to applications: lock, decide, change, remember, tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy
from flask_babel import lazy_gettext as _l

from portal import clock
from portal.access.permissions import permissions_of
from portal.access.roles import Actor, Role
from portal.accounts import emails as account_emails
from portal.accounts import queries as accounts_queries
from portal.accounts import service as accounts
from portal.accounts.attempts import service as attempts
from portal.accounts.rules import Held, new_token, token_hash
from portal.applications import emails, queries, rules, steps
from portal.applications.models import (
    Application,
    ApplicationDocument,
    ApplicationEvent,
    ApplicationLink,
    CompanyRecord,
)
from portal.applications.rules import Company, Opinion
from portal.applications.steps import State
from portal.db import Moment, db, kept_if, require_transaction
from portal.files import service as files
from portal.files.models import StoredFile
from portal.journal import service as journal
from portal.journal.rules import Act, Subject
from portal.organisations import service as organisations
from portal.organisations.history import service as history
from portal.organisations.rules import OrganisationKind, Sector, Stage
from portal.refusals import Conflict, Invalid, NotFound
from portal.steps import Step
from portal.territories import communes


@dataclass(frozen=True, slots=True)
class Details:
    """What somebody says with a step: a word of its vocabulary, a text, the name of the pole that is admitted."""

    reason: str | None = None
    message: str | None = None
    name: str | None = None


NOTHING = Details()


def facts_of_pole(application: Application) -> dict[str, Any]:
    """What the application says of the pole, as `organisations.service.create` takes it."""
    return {
        "name": application.name,
        "town": communes.commune(application.commune_code or ""),
        "sectors": [Sector(sector) for sector in application.sectors],
        "members": dict.fromkeys(rules.member_names(application.members)),
        "lead_organisation": application.lead_organisation,
        "lead_siret": application.lead_siret,
        "lead_rna": application.lead_rna,
        "website": application.website,
        "public_summary": application.public_summary,
        "published": application.publish,
    }


_LINKS = "application"


def begin(email: str, name: str, language: str) -> Held | None:
    """Begin an application, or find the one begun before, and write its link to the address: not too often.

    The same work either way, so that nothing tells who applied. Returns why no link could leave, whoever it is.
    """
    require_transaction()
    held = attempts.begin_link(email, _LINKS)
    with kept_if(held is None):
        begun = queries.draft_of(email, name)
        with kept_if(begun is None):
            new = start(email, name, language)
        application = begun or new
        emails.send_link(application, new_link(application))
    return held


def start(email: str, name: str, language: str, reference: str | None = None) -> Application:
    """A new draft. `reference`: chosen by the demonstration."""
    require_transaction()
    reference = reference or rules.new_reference()
    while queries.reference_exists(reference):
        reference = rules.new_reference()
    application = Application(
        reference=reference, email=email, name=name, language=language, state=State.DRAFT, sectors=[]
    )
    application.documents = []
    db.session.add(application)
    db.session.flush()
    return application


def send_links(email: str) -> Held | None:
    """Write the links of whatever was begun with this address to it, if anything was and not too often.

    The same work however many there are, so that nothing tells who applied. Returns why none could leave, whoever it
    is.
    """
    require_transaction()
    held = attempts.begin_link(email, _LINKS)
    begun = queries.of_address(email)
    nothing = [_nothing() for _ in range(queries.MOST_LINKS - len(begun))]
    for application in (*begun, *nothing):
        with kept_if(held is None and application not in nothing):
            emails.send_link(application, new_link(application))
    return held


def _nothing() -> Application:
    """What is not there, to write as much about."""
    return Application(id=0, reference="C0000-0000", email="nobody@portal.invalid", language="fr")


def new_link(application: Application) -> str:
    """The secret of one more link; those sent before go on working until their own end."""
    require_transaction()
    token, place = new_token(), application.place
    until = clock.end_of(clock.today(place) + rules.LINK_LASTS, place)
    row = sqlalchemy.select(
        Application.id, sqlalchemy.literal(token_hash(token)), sqlalchemy.literal(until, Moment)
    ).where(Application.id == application.id)  # none where there is no application
    columns = ["application_id", "token_hash", "expires_at"]
    db.session.execute(sqlalchemy.insert(ApplicationLink).from_select(columns, row))
    return token


def _opened(token: str) -> Application:
    application = queries.by_token_locked(token)
    if application is None:
        raise NotFound
    return application


def write(token: str, values: Mapping[str, Any]) -> Application:
    """Write some fields, named as the columns, while the applicant may."""
    return fill(_opened(token), values)


def fill(application: Application, values: Mapping[str, Any]) -> Application:
    """The same, of an application already locked."""
    steps.require_editable(application.state)
    for name, value in values.items():
        setattr(application, name, value)
    application.changed_at, application.warned_at = clock.now(), None
    return application


def attach(token: str, stored: StoredFile) -> Application:
    """Add a document that was received, once however often it is sent; Invalid where there are too many."""
    application = _opened(token)
    steps.require_editable(application.state)
    if any(
        (each.file.sha256, each.file.name) == (stored.sha256, stored.name) for each in application.documents
    ):
        return application  # the second content goes with the next daily purge
    if len(application.documents) >= rules.MOST_DOCUMENTS:
        raise Invalid(
            "documents",
            _l("There are already %(count)d documents: remove one first.", count=rules.MOST_DOCUMENTS),
        )
    if not attempts.may_add_document(application.id):
        raise Invalid("documents", _l("Many documents were added today. Go on tomorrow."))
    application.documents.append(ApplicationDocument(file=stored))
    application.changed_at, application.warned_at = clock.now(), None
    return application


def detach(token: str, document_id: int) -> Application:
    """Remove a document."""
    application = _opened(token)
    steps.require_editable(application.state)
    for document in application.documents:
        if document.id == document_id:
            forget(application, document)
            application.changed_at, application.warned_at = clock.now(), None
            return application
    raise NotFound


def forget(application: Application, document: ApplicationDocument) -> None:
    """Delete a document of an application that is locked."""
    application.documents.remove(document)
    db.session.flush()
    files.forget(document.file)


def discard(token: str) -> None:
    """Delete a draft, with all that was written and sent with it."""
    application = _opened(token)
    if application.state is not State.DRAFT:
        raise steps.NotWritable(application.state)
    delete(application)


def delete(application: Application) -> None:
    """Delete a draft that is locked, with all that was written and sent with it."""
    for document in list(application.documents):
        forget(application, document)
    for model in (ApplicationLink, ApplicationEvent):
        db.session.execute(
            sqlalchemy.delete(model)
            .where(model.application_id == application.id)
            .execution_options(synchronize_session=False)
        )
    db.session.delete(application)


def why_not(actor: Actor | None, step: Step[State], application: Application) -> Conflict | None:
    """What stands in the way of a step, of a cell or (None) of the applicant: the table, or that the opinion is the
    regional cell's to give while it has time."""
    rights = permissions_of(actor) if actor else steps.OF_THE_APPLICANT
    if refused := steps.why_not(step, application.state, rights):
        return refused
    is_regional = (
        step is steps.ADVISE
        and actor is not None
        and actor.role is Role.NATIONAL_ADMIN
        and not (application.due_on and clock.is_over(application.due_on, application.place))
        and accounts_queries.region_has_cell(application.region_code)
    )
    return steps.OpinionIsRegional() if is_regional else None


def _begin(actor: Actor, reference: str, step: Step[State]) -> Application:
    """Lock it for a cell, and decide whether the step can be done now."""
    application = queries.get_locked(actor, reference)
    if application is None:
        raise NotFound
    return _decided(actor, step, application)


def _begin_by_link(token: str, step: Step[State]) -> Application:
    """The same, for the applicant."""
    return _decided(None, step, _opened(token))


def _decided(actor: Actor | None, step: Step[State], application: Application) -> Application:
    if refused := why_not(actor, step, application):
        raise refused
    return application


def _finish(
    actor: Actor | None, step: Step[State], application: Application, details: Details
) -> ApplicationEvent:
    """Set the state, remember and tell."""
    before = application.state
    application.state = steps.after(step, has_opinion=application.opinion is not None)
    application.changed_at = clock.now()
    event = ApplicationEvent(
        application=application,
        action=step.name,
        actor_id=actor.person_id if actor else None,
        organisation_id=actor.organisation_id if actor else None,
        from_state=before,
        to_state=application.state,
        reason=details.reason or None,
        message=details.message or None,
    )
    db.session.add(event)
    emails.tell(event, step, actor, new_link)
    return event


def submit(token: str, details: Details = NOTHING) -> Application:
    """The applicant sends it."""
    application = _begin_by_link(token, steps.SUBMIT)
    _require_whole(application)
    application.submitted_at = application.agreed_at = clock.now()
    _due_in(application, steps.WORKING_DAYS_FOR_OPINION)
    return _finish(None, steps.SUBMIT, application, details).application


def answer(token: str, details: Details) -> Application:
    """The applicant replies: the days that the answer took are given back to the cell."""
    application = _begin_by_link(token, steps.ANSWER)
    _require_whole(application)
    place = application.place
    if application.due_on and application.held_on:
        application.due_on = rules.pushed_back(
            application.due_on, application.held_on, clock.today(place), place
        )
    application.held_on = None
    return _finish(None, steps.ANSWER, application, details).application


def withdraw(token: str, details: Details) -> Application:
    """The applicant no longer wants it."""
    application = _begin_by_link(token, steps.WITHDRAW)
    _close(application)
    return _finish(None, steps.WITHDRAW, application, details).application


def advise(actor: Actor, reference: str, details: Details) -> Application:
    """The cell gives its opinion."""
    application = _begin(actor, reference, steps.ADVISE)
    application.opinion = Opinion(details.reason or "")
    _due_in(application, steps.WORKING_DAYS_FOR_DECISION)
    return _note(_finish(actor, steps.ADVISE, application, details))


def ask(actor: Actor, reference: str, details: Details) -> Application:
    """The cell needs to know more: its time stands still."""
    application = _begin(actor, reference, steps.ASK)
    application.held_on = clock.today(application.place)
    return _finish(actor, steps.ASK, application, details).application


def admit(actor: Actor, reference: str, details: Details) -> Application:
    """The pole is created, with all that the application says of it, and its first coordinator invited."""
    application = _begin(actor, reference, steps.ADMIT)
    _close(application)
    application.name = details.name or application.name
    event = _finish(actor, steps.ADMIT, application, details)
    _note(event)
    _welcome(actor, application, event)
    return application


def refuse(actor: Actor, reference: str, details: Details) -> Application:
    """The pole does not become one."""
    application = _begin(actor, reference, steps.REFUSE)
    _close(application)
    return _note(_finish(actor, steps.REFUSE, application, details))


def _due_in(application: Application, working_days: int) -> None:
    place = application.place
    application.due_on = clock.add_working_days(clock.today(place), working_days, place)


def _require_whole(application: Application) -> None:
    if rules.missing(application):
        raise Invalid("agreed", _l("Something is still missing: fill in the parts that say so, then send."))


def _close(application: Application) -> None:
    application.closed_at, application.due_on, application.held_on = clock.now(), None, None


def _note(event: ApplicationEvent) -> Application:
    """Opinions and decisions stand in the journal too."""
    application = event.application
    journal.record(
        Act.DECIDED,
        Subject.APPLICATION,
        application.id,
        f"{application.name} ({application.reference})",
        before={"state": event.from_state},
        after={"state": event.to_state, "reason": event.reason},
    )
    return application


def _welcome(actor: Actor, application: Application, event: ApplicationEvent) -> None:
    facts = facts_of_pole(application)
    pole = organisations.create(actor, OrganisationKind.POLE, facts)
    history.record_stage(actor, pole.id, application.stage or Stage.EMERGING, clock.today())
    application.pole_id = pole.id
    accounts.invite(
        pole,
        application.invited_email,
        application.given_name or "",
        application.family_name or "",
        Role.COORDINATOR,
        application.language,
        emails.admitted_and_invited(event, actor)
        if application.invites_applicant
        else account_emails.invitation,
    )


def remember_company(siret: str, company: Company) -> None:
    """Keep what the public register answered, in place of what it answered before."""
    require_transaction()
    record = db.session.get(CompanyRecord, siret, with_for_update=True, populate_existing=True)
    if record is None:
        record = CompanyRecord(siret=siret)
        db.session.add(record)
    record.found, record.name, record.open = company.found, company.name, company.open
    record.region_code, record.checked_at = company.region_code, clock.now()

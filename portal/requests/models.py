"""Support requests, their assignments to partners, and the append-only record of what happened."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, query_expression, relationship

from portal import acts, clock
from portal.accounts.models import Person
from portal.catalogue.models import Service, ServiceVersion
from portal.catalogue.rules import DAYS_TO_ANSWER
from portal.db import Model, Moment, words
from portal.organisations.models import Organisation, Partner, Pole
from portal.requests.rules import LONGEST_SUBJECT, ContactPreference, Mode
from portal.requests.steps import AssignmentState, Outcome, RequestState


class SupportRequest(Model):
    """What a pole asks for. `service` None: "guide me". `subject`: what it is called, in one line; empty while nothing
    of its need is written.

    `state` is written by `service.settle` alone, from `steps.derive_state`. `region_code` is where the pole was when it
    asked, so that past figures do not move with it. `search_text` is what it says itself, to be searched; names are
    searched where they stand. `service_version`: what its service said when it was sent. `answers`: to questions of
    services, as `answers.rules.as_json` has them; `answers_text`: their words, to be searched. `once`: the key of the
    form that created it; the same form sent twice finds the same request. `changed_at`: when its draft was written
    again, None: never since it was created. `warned_at`: its pole was told that the draft will be deleted.
    `anonymised_at`: nothing left of it tells about people, its contact included; what figures count is as it was.
    """

    __tablename__ = "support_request"
    __table_args__ = (
        UniqueConstraint("pole_id", "once"),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="submitted_has_its_date"),
        Index("ix_support_request_pole_id_state_id", "pole_id", "state", "id"),
        Index("ix_support_request_region_code_state_id", "region_code", "state", "id"),
        Index("ix_support_request_state_id", "state", "id"),
        Index(  # holds all that usage figures count by, so that they read no row
            "ix_support_request_usage", "submitted_at", "state", "service_id", "region_code", "id"
        ),
        Index("ix_support_request_anonymised_at_created_at", "anonymised_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(9), unique=True)
    once: Mapped[str | None] = mapped_column(String(40))
    pole_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    service_version_id: Mapped[int | None] = mapped_column(ForeignKey("service_version.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(String(3))
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT), default="")
    need: Mapped[str] = mapped_column(Text, default="")
    answers: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    answers_text: Mapped[str] = mapped_column(Text, default="")
    wished_from: Mapped[date | None]
    wished_until: Mapped[date | None]
    mode: Mapped[Mode] = mapped_column(words(Mode, "mode"), default=Mode.EITHER)
    phone: Mapped[str | None] = mapped_column(String(30))
    contact_preference: Mapped[ContactPreference] = mapped_column(
        words(ContactPreference, "contact_preference"), default=ContactPreference.EITHER
    )
    state: Mapped[RequestState] = mapped_column(
        words(RequestState, "request_state"), default=RequestState.DRAFT
    )
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    changed_at: Mapped[datetime | None] = mapped_column(Moment)
    warned_at: Mapped[datetime | None] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    anonymised_at: Mapped[datetime | None] = mapped_column(Moment)
    search_text: Mapped[str] = mapped_column(Text, default="")

    has_own_cell: Mapped[bool] = query_expression()  # what `queries.with_its_cell` loads
    has_documents: Mapped[bool] = query_expression()  # what `documents.queries.with_documents` loads
    keeps_documents: Mapped[bool] = query_expression()  # the same, of forms of it that were refused

    pole: Mapped[Pole] = relationship(lazy="raise_on_sql")
    service: Mapped[Service | None] = relationship(lazy="raise_on_sql")
    service_version: Mapped[ServiceVersion | None] = relationship(lazy="raise_on_sql")
    contact: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    assignments: Mapped[list["Assignment"]] = relationship(
        back_populates="request", lazy="raise_on_sql", order_by="Assignment.id"
    )
    events: Mapped[list["RequestEvent"]] = relationship(
        back_populates="request", lazy="raise_on_sql", order_by="RequestEvent.id"
    )


class Assignment(Model):
    """One partner asked for one request. `request` None: it was asked and this was taken back at once, before it heard
    of it; only the history of the request still names it.

    `referent`: who of the partner's team has it, whom the pole talks to once it is accepted. `days_to_answer`: the
    working days it was given, which its service says; `due_on`: the last of them. `held_on`: the clock stands still
    since that day. `resumed_on`: the day it last ran again. `chased_on`: a cell last asked for the answer.
    `answered_on`: accepted or declined that day, after `answer_days` working days of the partner's own time (without
    holds), kept since calendars of holidays change. `completed_on`, `outcome` and `review`: the end. `seen_at`: when
    somebody of the partner first opened the page since the pole last wrote. `reminded_on`, `thanked_on`: by the pole,
    once. `heard_on`: the partner last said that what it accepted goes on. `lead_id`: the assignment whose partner leads
    this one, where they were asked together; None: alone, or it leads.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        Index("ix_assignment_partner_id_state_request_id", "partner_id", "state", "request_id"),
        Index(  # as above
            "ix_assignment_usage",
            "request_id",
            "partner_id",
            "state",
            "answered_on",
            "due_on",
            "answer_days",
            "id",
        ),
        Index(  # whoever is late, in the order of requests
            "ix_assignment_proposed",
            "request_id",
            "due_on",
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(  # answers that are due, in their order
            "ix_assignment_due",
            "due_on",
            "id",
            sqlite_where=text("state = 'proposed'"),
            postgresql_where=text("state = 'proposed'"),
        ),
        Index(  # how long a partner takes to answer: its last ones
            "ix_assignment_answers",
            "partner_id",
            "id",
            "answer_days",
            sqlite_where=text("answer_days IS NOT NULL"),
            postgresql_where=text("answer_days IS NOT NULL"),
        ),
        Index(
            "uq_assignment_live",
            "request_id",
            "partner_id",
            unique=True,
            sqlite_where=text("state IN ('proposed', 'on_hold', 'accepted')"),
            postgresql_where=text("state IN ('proposed', 'on_hold', 'accepted')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("support_request.id"))
    partner_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    state: Mapped[AssignmentState] = mapped_column(words(AssignmentState, "assignment_state"))
    referent_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    days_to_answer: Mapped[int] = mapped_column(default=DAYS_TO_ANSWER)
    due_on: Mapped[date]
    held_on: Mapped[date | None]
    held_days: Mapped[int] = mapped_column(default=0)
    resumed_on: Mapped[date | None]
    chased_on: Mapped[date | None]
    answered_on: Mapped[date | None]
    answer_days: Mapped[int | None]
    completed_on: Mapped[date | None]
    outcome: Mapped[Outcome | None] = mapped_column(words(Outcome, "outcome"))
    review: Mapped[str | None] = mapped_column(Text)
    seen_at: Mapped[datetime | None] = mapped_column(Moment)
    reminded_on: Mapped[date | None]
    heard_on: Mapped[date | None]
    thanked_on: Mapped[date | None]
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))

    request: Mapped[SupportRequest] = relationship(back_populates="assignments", lazy="raise_on_sql")
    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")
    referent: Mapped[Person | None] = relationship(lazy="raise_on_sql")

    @property
    def given_days(self) -> int:
        """Working days that it has since it was asked, those of its questions included."""
        return self.days_to_answer + self.held_days


class RequestEvent(Model):
    """Something that happened: who, what, from, to, why, when. Never changed, never deleted.

    `action`: the name of its step, which may be of a feature above. `actor` None: the portal itself, or somebody of
    `organisation` once the request is anonymised. `reason`: a word of the step's own. `message`: what was said.
    `act`: what it was done with at once, where that could be taken back; what takes it back has the same. `pole_id`:
    the other pole it is between, which partners and cells do not read.
    """

    __tablename__ = "request_event"
    __table_args__ = (
        Index("ix_request_event_request_id_id", "request_id", "id"),
        Index("ix_request_event_act", "act"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("support_request.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    action: Mapped[str] = mapped_column(String(32))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    pole_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    from_state: Mapped[str] = mapped_column(String(32))
    to_state: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str | None] = mapped_column(String(32))
    message: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    act: Mapped[str | None] = mapped_column(String(32), default=acts.current_key)

    request: Mapped[SupportRequest] = relationship(back_populates="events", lazy="raise_on_sql")
    assignment: Mapped[Assignment | None] = relationship(lazy="raise_on_sql")
    actor: Mapped[Person | None] = relationship(lazy="raise_on_sql")
    organisation: Mapped[Organisation | None] = relationship(
        foreign_keys=organisation_id, lazy="raise_on_sql"
    )

"""Acts for the network."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.accounts.models import Person
from portal.db import Model, Moment, words
from portal.interventions.network.rules import NetworkKind
from portal.organisations.models import Organisation


class NetworkAct(Model):
    """One dated act of a partner or a cell, without a pole. `minutes` in quarter hours.

    `practitioners`: how many of its people gave it, as many as its names; it stays when these are removed.
    `participants`: how many took part; `reached`: of which organisations. `once`: the key of the form that created it.
    """

    __tablename__ = "network_act"
    __table_args__ = (
        CheckConstraint("minutes > 0 AND minutes % 15 = 0", name="quarter_hours"),
        CheckConstraint("practitioners > 0", name="by_somebody"),
        Index("ix_network_act_organisation_id_on_id", "organisation_id", "on", "id"),
        Index("ix_network_act_on", "on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    once: Mapped[str | None] = mapped_column(String(40), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[NetworkKind] = mapped_column(words(NetworkKind, "network_kind"))
    on: Mapped[date]
    minutes: Mapped[int]
    practitioners: Mapped[int]
    participants: Mapped[int | None]
    reached: Mapped[str | None] = mapped_column(String(500))
    report: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    practices: Mapped[list["NetworkPractice"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )


class NetworkPractice(Model):
    """Somebody who gave an act for the network."""

    __tablename__ = "network_practice"

    act_id: Mapped[int] = mapped_column(ForeignKey("network_act.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")

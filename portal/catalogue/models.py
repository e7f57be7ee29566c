"""The services of the bundle and who delivers them."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.catalogue.rules import Family, Format, ServiceKind
from portal.db import Model, words
from portal.organisations.models import Partner
from portal.organisations.rules import Stage
from portal.text import search_key


class Service(Model):
    """One offer of one or more partners. French is its language; the `_en` columns are its English.

    `name_key` sorts it, `names_key` finds it by its name in both languages. `direct`: its only covering partner gets
    the request at submission; otherwise the cell routes it.
    `inferred`: deduced from the partners' missions, not from a published page; shown as such.
    """

    __tablename__ = "service"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str] = mapped_column(String(160))
    name_key: Mapped[str] = mapped_column(String(180))
    names_key: Mapped[str] = mapped_column(String(360))
    family: Mapped[Family] = mapped_column(words(Family, "family"))
    kind: Mapped[ServiceKind] = mapped_column(words(ServiceKind, "service_kind"))
    format: Mapped[Format] = mapped_column(words(Format, "format"))
    summary: Mapped[str] = mapped_column(String(300))
    summary_en: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    description_en: Mapped[str] = mapped_column(Text)
    rules: Mapped[str] = mapped_column(Text, default="")
    rules_en: Mapped[str] = mapped_column(Text, default="")
    direct: Mapped[bool] = mapped_column(default=False)
    inferred: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)

    stages: Mapped[list["ServiceStage"]] = relationship(
        back_populates="service", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    deliveries: Mapped[list["Delivery"]] = relationship(
        back_populates="service", lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    @validates("name", "name_en")
    def _key_the_names(self, column: str, name: str) -> str:
        names = {"name": self.name, "name_en": self.name_en, column: name}
        self.name_key = search_key(names["name"] or "")[:180]
        self.names_key = search_key(f"{names['name'] or ''} {names['name_en'] or ''}")[:360]
        return name

    @property
    def texts(self) -> tuple[str, ...]:
        """What lists show of it, in both languages."""
        return (self.name, self.name_en, self.summary, self.summary_en)

    @property
    def admitted_stages(self) -> frozenset[Stage]:
        """The stages that may ask; none: all of them."""
        return frozenset(stage.stage for stage in self.stages)


class ServiceStage(Model):
    """A stage that a service admits; a service with none admits every pole."""

    __tablename__ = "service_stage"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(words(Stage, "stage"), primary_key=True)

    service: Mapped[Service] = relationship(back_populates="stages", lazy="raise_on_sql")


class Delivery(Model):
    """A partner that delivers a service, wherever that partner works."""

    __tablename__ = "delivery"

    service_id: Mapped[int] = mapped_column(ForeignKey("service.id", ondelete="CASCADE"), primary_key=True)
    partner_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    service: Mapped[Service] = relationship(back_populates="deliveries", lazy="raise_on_sql")
    partner: Mapped[Partner] = relationship(lazy="raise_on_sql")

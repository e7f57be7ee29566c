"""What counts need to know of an act that is of no request."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal import clock
from portal.db import Model, Moment
from portal.interventions.models import Intervention


class Gathering(Model):
    """What an act is that is of no request: of which service, in which region (None: in none).

    Its assignment says which partner gives it, and is of no request either. `also_served` has all the poles that it
    is for: those that had somebody there. `noted_at`: when something was last said of it.
    """

    __tablename__ = "gathering"

    intervention_id: Mapped[int] = mapped_column(
        ForeignKey("intervention.id", ondelete="CASCADE"), primary_key=True
    )
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"), index=True)
    region_code: Mapped[str | None] = mapped_column(String(3))
    noted_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)

    intervention: Mapped[Intervention] = relationship(lazy="raise_on_sql")

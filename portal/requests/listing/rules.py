"""What a list of requests is asked for. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Whose(StrEnum):
    """Of those one may read: one's own, those that one's team has taken on, or all."""

    MINE = "moi"
    TEAM = "equipe"
    ALL = "tous"


class Order(StrEnum):
    """`USUAL`: what waits for us oldest first, the rest newest first."""

    USUAL = "habituel"
    OLDEST = "anciennes"
    NEWEST = "recentes"
    DUE = "echeance"
    POLE = "pole"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person is looking for; None: everything."""

    text: str = ""
    service_id: int | None = None
    region_code: str | None = None
    partner_id: int | None = None
    whose: Whose = Whose.ALL
    order: Order = Order.USUAL

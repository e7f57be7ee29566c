"""Which steps an e-mail lets its reader do at once. Pure: no Flask, no database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from portal.requests import steps
from portal.steps import Audience, Step

LASTS = timedelta(days=30)
"""How long such a link opens its page: what it leads to expires before that."""
_DECIDE = (steps.ACCEPT, steps.DECLINE)

OFFERED: Mapping[tuple[str, Audience], Sequence[Step[Any]]] = {
    (steps.ROUTE.name, Audience.PARTNER): _DECIDE,
    (steps.ASSIGN.name, Audience.PARTNER): _DECIDE,
    (steps.CHASE.name, Audience.PARTNER): _DECIDE,
    (steps.REMIND.name, Audience.PARTNER): _DECIDE,
    (steps.ANSWER.name, Audience.PARTNER): _DECIDE,
    (steps.ASK.name, Audience.POLE): (steps.ANSWER,),
    (steps.CHASE_ANSWER.name, Audience.POLE): (steps.ANSWER,),
    (steps.ASK_NEWS.name, Audience.PARTNER): (steps.GO_ON,),
}
"""By what happened and who is told."""


DONE_BY_MAIL = frozenset(step for offered in OFFERED.values() for step in offered)
QUESTION, ANSWER = steps.ASK, steps.ANSWER


class Ticket(NamedTuple):
    """What a link lets one reader do, once. `key`: the act that it becomes; `person_id` None: whoever reads the shared
    mailbox of the organisation, who says their name; `sent_at`: when it was written."""

    key: str
    person_id: int | None
    organisation_id: int
    step: str
    reference: str
    assignment_id: int
    sent_at: datetime

"""What is late or stuck, in words: what it is called, what to do."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from portal.stuck.rules import Basket

BASKETS: Mapping[Basket, tuple[Any, Any]] = {
    Basket.UNANSWERED: (
        _l("No answer after the due date"),
        _l("Remind the partner, or ask another one."),
    ),
    Basket.REFUSED: (
        _l("Refused by all"),
        _l("Everybody who was asked said no: ask another partner, or drop it with a reason."),
    ),
    Basket.NOT_ROUTED: (
        _l("Not routed for three working days"),
        _l("Nobody was asked yet: choose a partner."),
    ),
    Basket.ON_HOLD: (
        _l("Question unanswered for five working days"),
        _l("Remind the pole of the question, or ask another partner."),
    ),
    Basket.SILENT: (
        _l("Accepted, and nothing for thirty days"),
        _l("Ask the partner for news: it answers in one click."),
    ),
    Basket.DUE_SOON: (
        _l("Due within two working days"),
        _l("A word may help, once three working days have passed."),
    ),
}
"""Its name, and what to do."""

"""What a pole may choose while it writes: each service with what is said to it, why not yet."""

from dataclasses import dataclass

from flask_babel import gettext as _

from portal.catalogue.eligibility import queries as eligibility
from portal.catalogue.eligibility import words
from portal.catalogue.eligibility.rules import Eligibility, Weight
from portal.catalogue.models import Service
from portal.catalogue.words import service_name
from portal.requests.listing.page import ASK_FOR_GUIDANCE, service_choices
from portal.requests.models import SupportRequest


@dataclass(frozen=True, slots=True)
class Offer:
    """The services of a form: the choices, what is said of the one chosen, and why others are not open yet."""

    choices: list[tuple[int, str]]
    chosen: Eligibility | None
    not_yet: list[tuple[str, list[str]]]


def offer(pole_id: int, place: str | None, chosen_id: int | None, draft: SupportRequest | None) -> Offer:
    """What a pole may choose; never another one in silence where that of its draft is no longer offered."""
    offered, ended = services(draft), gone(draft)
    ruling = eligibility.of(
        pole_id, place, [number for number, _name in offered if number and not (ended and number == ended.id)]
    )
    if own := eligibility.about(pole_id, place, None):
        ruling = {ASK_FOR_GUIDANCE: own, **ruling}
    against = ((name, ruling[number]) for number, name in offered if number in ruling)
    return Offer(
        choices=[(number, _label(name, ruling.get(number))) for number, name in offered],
        chosen=ruling.get(chosen_id or ASK_FOR_GUIDANCE),
        not_yet=[(name, words.reasons_against(each)) for name, each in against if not each.may_ask],
    )


def services(draft: SupportRequest | None) -> list[tuple[int, str]]:
    """What one may choose: “guide me” first, then what is no longer offered and was chosen, then the services."""
    guide, *offered = service_choices()
    if ended := gone(draft):
        offered.insert(0, (ended.id, _closed(ended)))
    return [guide, *offered]


def gone(draft: SupportRequest | None) -> Service | None:
    """The service of a draft, where it is not offered today."""
    return draft.service if draft and draft.service and not draft.service.is_open else None


def _closed(service: Service) -> str:
    if service.is_shown:
        return _("%(service)s (suspended)", service=service_name(service))
    return _("%(service)s (no longer offered)", service=service_name(service))


def _label(name: str, ruling: Eligibility | None) -> str:
    if ruling is None or ruling.weight is Weight.FOR:
        return name
    return f"{name} – {words.verdict(ruling)}"

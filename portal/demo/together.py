"""Requests that resemble each other in the demonstration: two have a shared session, a third may join it."""

from collections import Counter
from datetime import datetime

from portal import clock
from portal.access.roles import Actor
from portal.alike import queries, service
from portal.catalogue.eligibility import queries as eligibility
from portal.demo import asked
from portal.demo.people import People, signed_by
from portal.demo.present import last_evening
from portal.notifications.outbox import service as outbox
from portal.references import reference_of
from portal.requests import service as requests
from portal.requests.models import SupportRequest
from portal.requests.rules import Wishes

SERVICE = "facilitation-d-un-temps-collectif"
_NEEDS = (
    "Nous préparons un séminaire pour écrire notre charte de gouvernance avec les habitants ; qui pourrait l’animer ?",
    "Un séminaire d’une journée doit aboutir à une charte de gouvernance. Il nous manque quelqu’un pour l’animer.",
    "Nos associations veulent une charte de gouvernance : un séminaire animé par un tiers les y aiderait.",
)
_FIRST_NUMBER = 9_700_001
_TITLE = "Écrire sa charte de gouvernance"
_NOTE = "Proposer une demi-journée commune à mi-chemin, puis un temps par pôle."
_ALL = 10_000


def bring_together(everybody: People, now: datetime) -> None:
    """Neighbours asked for the same; the national cell brings the first two together."""
    with outbox.silent(), clock.travelling_to(last_evening(now)):
        sent = [_ask(actor, number, everybody) for number, actor in enumerate(_neighbours(everybody))]
    service.compare(queries.to_compare(0, _ALL))
    with signed_by(everybody.national):
        first, second, *_third = (request.reference for request in sent)
        service.attach(everybody.national, first, second, _TITLE, _NOTE)


def _neighbours(everybody: People) -> list[Actor]:
    """Coordinators of one region whose poles may ask, as many as there are needs."""
    number = everybody.services[SERVICE]
    may = [
        home
        for home in everybody.homes
        if (ruling := eligibility.of(home.coordinator.organisation_id, None, [number]).get(number))
        and ruling.may_ask
    ]
    region, _count = Counter(home.region_code for home in may).most_common(1)[0]
    return [home.coordinator for home in may if home.region_code == region][: len(_NEEDS)]


def _ask(actor: Actor, number: int, everybody: People) -> SupportRequest:
    wishes = Wishes(
        service_id=everybody.services[SERVICE],
        need=_NEEDS[number],
        answers=asked.answers(SERVICE, number),
    )
    with signed_by(actor):
        reference = reference_of(_FIRST_NUMBER + number)
        draft = requests.draft(actor, f"together-{number}", wishes, reference)
        return requests.submit(actor, draft.reference)

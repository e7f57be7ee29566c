"""Who is told about a sheet: the national cell of a draft to publish, its partners of the rest."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.emails import recipient
from portal.catalogue import steps, words
from portal.catalogue.models import Service
from portal.catalogue.rules import Family, ServiceState
from portal.catalogue.sheets import queries
from portal.ladder import explained
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue_all
from portal.notifications.previews.service import Example
from portal.organisations.queries import place_of
from portal.steps import Audience, Step
from portal.teams import queries as teams
from portal.web.addresses import absolute_url

CHECK_DUE = "catalogue/check_due"
WHY_KEEPER = _l("You receive this message because you keep the sheet of this service.")
_WHY_CELL = _l("You receive this message because your cell publishes the services of the bundle.")
_KEEPERS = frozenset({Role.MANAGER})
_NATIONAL = frozenset({Role.NATIONAL_ADMIN})


def kind_of(step: Step[ServiceState], audience: Audience) -> str:
    """The template of what an audience is told."""
    return f"catalogue/{step.verb}_{'cell' if audience is Audience.CELL else 'partner'}"


def tell(step: Step[ServiceState], service: Service, actor: Actor) -> None:
    """Nobody is told of what they did themselves."""
    letters = [
        Envelope(kind_of(step, audience), to, message(service, actor, audience))
        for audience in sorted(step.tells)
        for person_id, to in (_national() if audience is Audience.CELL else _keepers(service))
        if person_id != actor.person_id
    ]
    enqueue_all(letters)


def check_due(number: int) -> Sequence[Envelope]:
    """Who keeps the sheet."""
    service = queries.whole(number)
    letter = check_message(service)
    return [Envelope(CHECK_DUE, to, letter) for _person_id, to in _keepers(service)]


def _keepers(service: Service) -> Iterable[tuple[int, Recipient]]:
    """The managers of its partners, each once; the national cell where it has none."""
    told: dict[int, Recipient] = {}
    for delivery in service.deliveries:
        if delivery.partner.active:
            for person_id, to in _of(delivery.partner_id, _KEEPERS):
                told.setdefault(person_id, to)
    return told.items() if told else _national()


def _national() -> Iterable[tuple[int, Recipient]]:
    return [person for cell in accounts.cells_of(None) for person in _of(cell.id, _NATIONAL)]


def _of(organisation_id: int, roles: frozenset[Role]) -> Iterable[tuple[int, Recipient]]:
    """Those of an organisation who are there, or stand in."""
    people, place = accounts.people_of(organisation_id), place_of(organisation_id)
    wanted = [person.person_id for person in people if person.role in roles]
    for addressee in teams.addressees(organisation_id, people, wanted, roles) if wanted else ():
        person = addressee.person
        yield person.id, recipient(person, place, organisation_id=organisation_id)


def message(service: Service, actor: Actor, audience: Audience) -> Message:
    """Which service, who did it, until when."""
    return Message(
        action_url=_page(service),
        facts=[
            (_l("Service"), LazyString(words.service_name, service)),
            (_l("By"), actor.signature),
            *([(_l("Reopens on"), service.reopens_on)] if service.reopens_on else []),
        ],
        context={
            "service": LazyString(words.service_name, service),
            "organisation": actor.organisation_name,
            "reopens_on": service.reopens_on,
            "why": _WHY_CELL if audience is Audience.CELL else WHY_KEEPER,
            "action_label": _l("Open the sheet"),
        },
    )


def check_message(service: Service) -> Message:
    """Which service, since when it was not checked."""
    return Message(
        action_url=_page(service),
        facts=[
            (_l("Service"), LazyString(words.service_name, service)),
            (_l("Checked on"), service.checked_on),
        ],
        context={
            "service": LazyString(words.service_name, service),
            "action_label": _l("Read the sheet again"),
        },
    )


def _page(service: Service) -> str:
    return absolute_url("sheets.edit", service_id=service.id)


_READER = Recipient("anne.le-goff@exemple.test", "Anne Le Goff")


def _example(**values: Any) -> Service:
    return Service(
        id=7,
        slug="appui-au-modele-economique",
        name="Appui au modèle économique",
        name_en="Support for the business model",
        family=Family.CONSOLIDATION,
        **values,
    )


def _told(audience: Audience = Audience.PARTNERS, **values: Any) -> tuple[Recipient, Message]:
    actor = Actor(3, "Bertrand Noël", "bertrand@exemple.test", 5, Role.MANAGER, 9, "Agence Alliée")
    return _READER, message(_example(**values), actor, audience)


def _of_a_check() -> tuple[Recipient, Message]:
    service = _example(checked_on=date(2025, 9, 3), check_due_on=date(2026, 3, 4))
    return _READER, explained(check_message(service), WHY_KEEPER, None)


EMAILS: Mapping[str, Example] = {
    kind_of(steps.ASK, Audience.CELL): lambda: _told(Audience.CELL),
    kind_of(steps.PUBLISH, Audience.PARTNERS): _told,
    kind_of(steps.SUSPEND, Audience.PARTNERS): lambda: _told(reopens_on=date(2026, 4, 15)),
    kind_of(steps.ARCHIVE, Audience.PARTNERS): _told,
    CHECK_DUE: _of_a_check,
}

"""Sheets of services in each state: a draft that waits, one suspended, a notice, a check that is due, one archived."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.access.roles import Actor
from portal.catalogue import steps
from portal.catalogue.models import Delivery, Service
from portal.catalogue.rules import Family, Format, ServiceKind
from portal.catalogue.sheets import queries
from portal.catalogue.sheets import service as sheets
from portal.db import db
from portal.demo.accounts import NATIONAL, PARTNERSHIP
from portal.demo.desk import actor_of
from portal.demo.people import signed_by
from portal.notifications.outbox import service as outbox
from portal.requests.models import SupportRequest
from portal.requests.steps import RequestState

_LONG_AGO = timedelta(days=200)
_LATELY = timedelta(days=3)
_EMPTY: dict[str, Any] = {
    "stages": [],
    "regions": [],
    "departments": [],
    "notice_until": None,
    "languages": ["fr"],
}
_DRAFT = {
    **_EMPTY,
    "name": "Atelier d’entraide entre coordinateurs (démo)",
    "name_en": "Peer workshop for coordinators (demo)",
    "summary": "Une demi-journée par trimestre pour parler de ce qui bloque, entre personnes qui animent un pôle.",
    "description": "Un atelier **à huit**, en trois temps :\n\n- chacun dit ce qui l’occupe ;\n- le groupe choisit une "
    "situation ;\n- on cherche ensemble, sans juger.",
    "family": Family.ANIMATION,
    "kind": ServiceKind.FACILITATION,
    "format": Format.COLLECTIVE,
    "days_to_answer": 5,
    "cost": "Gratuit ; les déplacements sont à la charge du pôle.",
}
_ENDED = {
    **_EMPTY,
    "name": "Diagnostic flash (démo)",
    "name_en": "Quick diagnosis (demo)",
    "summary": "Une journée pour dire où en est le pôle. Remplacé par l’appui au modèle économique.",
    "description": "Une personne passe une journée avec l’équipe et rend deux pages.",
    "family": Family.CONSOLIDATION,
    "kind": ServiceKind.COACHING,
    "format": Format.INDIVIDUAL,
    "days_to_answer": 5,
}
_IN_PRACTICE = {
    "cost": "Gratuit pour les pôles du bouquet.",
    "cost_en": "Free for the poles of the bundle.",
    "venue": "Chez vous ou à distance ; dites-nous ce qui rend le lieu accessible à tout le monde.",
    "venue_en": "At your place or remotely; tell us what makes the venue accessible to everybody.",
    "documents_wanted": "Vos statuts ou votre charte, s’ils existent.",
    "documents_wanted_en": "Your statutes or your charter, if there are any.",
}
_NOTICE = "Les places d’automne sont prises : les dates proposées commencent le mois prochain."
_NOTICE_EN = "The autumn places are taken: the dates offered begin next month."


def keep(now: datetime) -> None:
    """What those who keep the catalogue did, up to the present."""
    manager, national = actor_of(PARTNERSHIP), actor_of(NATIONAL)
    own = queries.kept(manager)
    with outbox.silent():
        with clock.travelling_to(now - _LONG_AGO), signed_by(national):
            for service in own:
                _fill(national, service)
            _check(national, own[0], clock.today() + timedelta(days=182))
            ended = sheets.create(national, _ENDED)
            db.session.add(Delivery(service_id=ended.id, partner_id=manager.organisation_id))
            sheets.act(national, ended.id, steps.PUBLISH)
        _asked_for(ended)
        with clock.travelling_to(now - _LATELY), signed_by(national):
            today = clock.today()
            _check(national, own[1], today + timedelta(days=180))
            _change(
                national,
                own[1],
                notice=_NOTICE,
                notice_en=_NOTICE_EN,
                notice_until=today + timedelta(days=40),
            )
            sheets.act(national, _another(own).id, steps.SUSPEND, today + timedelta(days=45))
            sheets.act(national, ended.id, steps.ARCHIVE)
    with clock.travelling_to(now - _LATELY / 3), signed_by(manager):
        sheets.act(manager, sheets.create(manager, _DRAFT).id, steps.ASK)


def _another(own: Any) -> Service:
    """One that the partner of everybody does not deliver: its requests go on being tried."""
    numbers = [service.id for service in own]
    return (
        db.session.scalars(select(Service).where(Service.id.not_in(numbers)).order_by(Service.id)).first()
        or own[-1]
    )


def _fill(actor: Actor, service: Service) -> None:
    _change(actor, service, languages=["fr", "en"], **_IN_PRACTICE)


def _change(actor: Actor, service: Service, **facts: Any) -> None:
    sheets.change(actor, service.id, facts)


def _check(actor: Actor, service: Service, day: Any) -> None:
    sheets.act(actor, service.id, steps.CHECK, day)


def _asked_for(service: Service) -> None:
    """A request that waits to be routed was for this one."""
    waits = SupportRequest.state == RequestState.TO_ROUTE, SupportRequest.service_id.is_(None)
    request = db.session.scalars(
        select(SupportRequest).where(*waits).order_by(SupportRequest.id).limit(1)
    ).one()
    request.service_id = service.id

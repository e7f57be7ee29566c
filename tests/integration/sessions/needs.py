"""Two poles that need the same, and the session that a cell proposes to them."""

from typing import Any

from portal.alike.models import SharedRequest, SharedSession
from portal.db import transaction
from portal.organisations.models import Pole
from portal.requests.undo import service as undo
from portal.sessions.models import CollectiveSession
from portal.sessions.needs import service, steps
from tests.builders import Builder
from tests.integration.requests.steps import World, actor_of
from tests.sessions import raw_session


class Need:
    """Two poles that need the same, a third request of the first, and a session of their service."""

    def __init__(self, make: Builder, world: World) -> None:
        self.make, self.world = make, world
        self.other = make.coordinator(make.pole(name="Pôle d’en face"))
        with transaction() as session:
            session.get_one(Pole, world.coordinator.organisation_id).name = "Pôle voisin"
        self.requests = [
            make.raw_request(who, service=world.service)
            for who in (world.coordinator, self.other, world.coordinator)
        ]
        with transaction() as session:
            self.shared = SharedSession(title="Entre nous seulement")
            session.add(self.shared)
            session.flush()
            session.add_all(
                SharedRequest(request_id=one.id, session_id=self.shared.id) for one in self.requests
            )
        self.session = raw_session(make, world.practitioner, world.service)

    @property
    def path(self) -> str:
        return f"/demandes/seances-communes/{self.shared.id}/session"

    def attach(self, *which: int, by: Any = None, session: CollectiveSession | None = None) -> None:
        actor = actor_of(by or self.world.cell)
        references = [self.requests[number].reference for number in which or (0, 1, 2)]
        with transaction(), undo.act(actor, steps.ATTACH):
            service.attach(actor, self.shared.id, (session or self.session).id, references)

"""Sessions, and the pages where they are read."""

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import update

from portal import clock
from portal.accounts.models import Membership
from portal.calendars import service as calendars
from portal.calendars.models import CalendarInvitation
from portal.catalogue.models import Service
from portal.db import db, transaction
from portal.interventions.confirmation.models import Confirmation
from portal.interventions.confirmation.steps import ConfirmationState
from portal.interventions.gathered.models import Gathering
from portal.interventions.models import AlsoServed, Contribution, Intervention, Practice
from portal.interventions.steps import InterventionState, Place
from portal.notifications.links import service as links
from portal.notifications.outbox import service as outbox
from portal.requests.models import Assignment
from portal.requests.steps import AssignmentState
from portal.sessions.models import CollectiveSession, SessionGiver
from portal.sessions.presence.models import Attendance, HeldSession
from portal.sessions.registrations.models import Registration
from portal.sessions.registrations.queries import LINK
from portal.sessions.registrations.rules import Presence, Standing
from portal.sessions.rules import SessionFacts
from portal.sessions.steps import SessionState
from tests.builders import Builder
from tests.days import days_ago
from tests.shares import raw_network_act


def in_days(count: int) -> date:
    return clock.today() + timedelta(days=count)


def facts_of(service: Service, **changes: Any) -> SessionFacts:
    """A training in twenty days, of twelve seats."""
    values: dict[str, Any] = {
        "title": "Tenir une gouvernance partagée",
        "service_id": service.id,
        "on": in_days(20),
        "starts_at": time(9, 30),
        "minutes": 180,
        "place_kind": Place.ON_SITE,
        "place": "Halle aux Toiles, Rouen",
        "department_code": None,
        "link": None,
        "seats": 12,
        "closes_on": in_days(15),
        "audience": "Coordinatrices et coordinateurs",
        "about": "Une matinée pour essayer trois façons de décider à plusieurs.",
    }
    return SessionFacts(**{**values, **changes})


def raw_session(make: Builder, by: Membership, service: Service, **values: Any) -> CollectiveSession:
    """One that its partner has published, unless another state is said."""
    columns = {name: values.pop(name) for name in ("state", "reason") if name in values}
    facts = facts_of(service, **values)
    named = {name: getattr(facts, name) for name in SessionFacts.__dataclass_fields__}
    return make._save(
        CollectiveSession(
            partner_id=by.organisation_id, **{"state": SessionState.OPEN, "reason": "", **columns}, **named
        )
    )


def raw_giver(make: Builder, session: CollectiveSession, by: Membership) -> SessionGiver:
    """Somebody of its partner gives it."""
    return make._save(SessionGiver(session_id=session.id, person_id=by.person_id))


def given_on(make: Builder, day: date, by: Membership | None = None, **values: Any) -> SessionGiver:
    """One of a day, with who gives it."""
    by = by or make.practitioner()
    session = raw_session(make, by, make.service(by.organisation), on=day, closes_on=day, **values)
    return raw_giver(make, session, by)


def invited_on(make: Builder, day: date, *, gives: bool = True) -> CalendarInvitation:
    """The calendar of who gives one of a day, or has a seat at it, was told of it."""
    giver = given_on(make, day)
    partner_id = db.session.get_one(CollectiveSession, giver.session_id).partner_id
    about = {"session_id": giver.session_id, "organisation_id": partner_id, "digest": "0" * 16}
    person_id = giver.person_id if gives else None
    return make._save(CalendarInvitation(address="b@exemple.test", person_id=person_id, sequence=0, **about))


def given_by_who_left(make: Builder) -> None:
    """Who gives one to come, and has it in their calendar, is no longer of its partner."""
    by = make.practitioner()
    session = raw_session(make, by, make.service(by.organisation))
    raw_giver(make, session, by)
    with transaction() as changing, outbox.silent():
        calendars.settle_sessions([session.id])
        changing.get_one(Membership, by.id).ended_at = clock.now()


def raw_registration(
    make: Builder, session: CollectiveSession, by: Membership, standing: str = "seated", **values: Any
) -> Registration:
    """Somebody of a coordinator's pole."""
    until = clock.now() + timedelta(hours=48) if standing == "offered" else None
    defaults = {
        "name": "Anne Le Goff",
        "email": "anne.le-goff@exemple.test",
        "offered_until": until,
        "registered_by_id": by.person_id,
    }
    return make._save(
        Registration(
            session_id=session.id,
            pole_id=by.organisation_id,
            standing=Standing(standing),
            **{**defaults, **values},
        )
    )


def raw_held(make: Builder, session: CollectiveSession, by: Membership, *came: Registration) -> HeldSession:
    """It took place and was closed, given by somebody."""
    assignment = make._save(
        Assignment(partner_id=session.partner_id, state=AssignmentState.COMPLETED, due_on=session.on)
    )
    given = {"person_id": by.person_id, "assignment_id": assignment.id}
    act = make._save(
        Intervention(
            assignment_id=assignment.id,
            state=InterventionState.DONE,
            on=session.on,
            minutes=session.minutes,
            place_kind=session.place_kind,
            report=session.title,
            participants=len(came),
            practices=[Practice(**given)],
            contributions=[Contribution(assignment_id=assignment.id, practitioners=1)],
            also_served=[AlsoServed(pole_id=pole_id) for pole_id in {each.pole_id for each in came}],
        )
    )
    return _kept_of(make, session, by, act, came)


def _kept_of(
    make: Builder,
    session: CollectiveSession,
    by: Membership,
    act: Intervention,
    came: Sequence[Registration],
) -> HeldSession:
    """What is kept beside the act."""
    make._save(Gathering(intervention_id=act.id, service_id=session.service_id))
    kept = {"partner_name": "Agence Alliée", "given_by": "Bertrand Noël", "closed_by_id": by.person_id}
    held = make._save(HeldSession(session_id=session.id, intervention_id=act.id, **kept))
    for each in came:
        make._save(
            Attendance(registration_id=each.id, session_id=session.id, name="Anne Le Goff", pole_name="Pôle")
        )
    return held


def raw_word(
    make: Builder, held: HeldSession, by: Membership, state: str = "waiting", **values: Any
) -> Confirmation:
    """What a coordinator's pole says of what it received."""
    whose = {"intervention_id": held.intervention_id, "pole_id": by.organisation_id}
    return make._save(Confirmation(state=ConfirmationState(state), **whose, **values))


def held_on(make: Builder, day: date, by: Membership | None = None, **values: Any) -> HeldSession:
    """One of a day, to which somebody came."""
    by = by or make.practitioner()
    session = raw_session(
        make, by, make.service(by.organisation), state=SessionState.HELD, on=day, closes_on=day
    )
    came = raw_registration(make, session, make.coordinator(), presence=Presence.PRESENT, **values)
    return raw_held(make, session, by, came)


def long_closed(make: Builder, by: Membership, service: Service, *came: Membership) -> HeldSession:
    """One that its partner corrects no more, in Normandy."""
    on = in_days(-41)
    session = raw_session(make, by, service, state=SessionState.HELD, on=on, closes_on=on)
    held = raw_held(make, session, by, *(raw_registration(make, session, each) for each in came))
    with transaction() as changing:
        changing.get_one(Gathering, held.intervention_id).region_code = "28"
        row = changing.get_one(HeldSession, held.id)
        row.closed_at = days_ago(40)
    return row


def registered_on(make: Builder, day: date, standing: str = "seated", **values: Any) -> Registration:
    """Somebody who was registered to a session of that day."""
    by = make.practitioner()
    session = raw_session(make, by, make.service(by.organisation), on=day, closes_on=day)
    return raw_registration(make, session, make.coordinator(), standing, **values)


def seated_tomorrow(make: Builder) -> Registration:
    """Somebody has a seat on the next working day where their pole is."""
    by, coordinator = make.practitioner(), make.coordinator()
    place = coordinator.organisation.place
    on = clock.add_working_days(clock.today(place), 1, place)
    service = make.service(by.organisation)
    session = raw_session(make, by, service, on=on, closes_on=on, department_code=place)
    return raw_registration(make, session, coordinator, email="")


def cancelled(_key: str) -> None:
    """Somebody has cancelled it meanwhile."""
    values = {"state": SessionState.CANCELLED, "reason": "Non."}
    db.session.execute(update(CollectiveSession).values(**values))


ALL_DAY: dict[str, Any] = {
    "on": clock.today(),
    "closes_on": clock.today(),
    "starts_at": time(0),
    "minutes": 1440,
}
"""Held now, whenever that is."""
LONG_AGO = timedelta(days=1200)
BY_ITSELF: dict[str, Callable[[Builder], Any]] = {
    "anonymise network work": lambda make: raw_network_act(
        make, make.observer(), on=clock.today() - LONG_AGO
    ),
    "anonymise registrations to sessions": lambda make: registered_on(make, clock.today() - LONG_AGO),
    "anonymise sessions held": lambda make: held_on(make, clock.today() - LONG_AGO),
    "forget who was to give sessions": lambda make: given_on(make, clock.today() - LONG_AGO),
    "forget whom calendars invited to sessions": lambda make: invited_on(make, clock.today() - LONG_AGO),
    "forget addresses of sessions": lambda make: registered_on(make, in_days(-40)),
    "forget addresses of seats in calendars": lambda make: invited_on(make, in_days(-40), gives=False),
    "offer seats to the next who wait": lambda make: registered_on(
        make, in_days(9), "offered", offered_until=days_ago(1)
    ),
}
"""What jobs do to what is of no request: one thing that is due to each."""


def beside_requests(
    make: Builder, by: Membership, service: Service, coordinator: Membership, act: Intervention
) -> None:
    """A row in each table of what is of no request. `act`: any, since older versions know none without a request."""
    raw_network_act(make, by)
    session = raw_session(make, by, service)
    raw_giver(make, session, by)
    _kept_of(make, session, by, act, [raw_registration(make, session, coordinator)])


def fields_of(service: Service, **changes: Any) -> dict[str, Any]:
    """What a browser sends of the same."""
    facts = facts_of(service)
    return {
        "once": "a-key-of-a-form",
        "title": facts.title,
        "service_id": service.id,
        "on": facts.on.isoformat(),
        "starts_at": "09:30",
        "minutes": "3 h",
        "place_kind": "on_site",
        "place": facts.place,
        "department_code": "",
        "link": "",
        "seats": "12",
        "closes_on": facts.closes_on.isoformat(),
        "audience": facts.audience,
        "about": facts.about,
        **changes,
    }


def pages(
    make: Builder, by: Membership, service: Service, coordinator: Membership
) -> list[tuple[str, str, str | None]]:
    """Each page of sessions, and who of the people of a world opens it."""
    session, draft = (raw_session(make, by, service, state=state) for state in ("open", "draft"))
    own = f"/sessions/les-notres/{session.id}"
    registered, offered = (
        raw_registration(make, session, coordinator, each, name=f"Anne {each}")
        for each in ("seated", "offered")
    )
    return [
        ("sessions.index", "/sessions", None),
        ("sessions.show", f"/sessions/{session.id}", None),
        ("sessions.show", f"/sessions/{session.id}", "coordinator"),
        ("registrations.of_pole", f"/sessions/{session.id}/inscriptions", "coordinator"),
        *(
            ("registrations.own", f"/sessions/mon-inscription/{links.signed(LINK, each.id)}", None)
            for each in (registered, offered)
        ),
        ("sessions.kept", "/sessions/les-notres", "practitioner"),
        ("sessions.create", "/sessions/les-notres/nouvelle", "practitioner"),
        ("sessions.manage", own, "practitioner"),
        ("sessions.manage", f"/sessions/les-notres/{draft.id}", "manager"),
        ("sessions.edit", f"{own}/modifier", "practitioner"),
        ("sessions.cancel", f"{own}/annuler", "manager"),
        *_presence_pages(make, by, service, coordinator),
    ]


def _presence_pages(
    make: Builder, by: Membership, service: Service, coordinator: Membership
) -> list[tuple[str, str, str | None]]:
    """Those of one that is held now, and of one that was closed."""
    now = raw_session(make, by, service, **ALL_DAY)
    there = raw_registration(make, now, coordinator)
    closed = held_on(make, in_days(-3), by)
    later = f"/sessions/tenues/{long_closed(make, by, service, coordinator).session_id}"
    held, kept = (f"/sessions/les-notres/{number}" for number in (now.id, closed.session_id))
    return [
        *_received_pages(make, by, service, coordinator),
        ("sessions.show", f"/sessions/{closed.session_id}", None),
        ("sessions.manage", kept, "practitioner"),
        ("presence.close", f"{held}/qui-est-venu", "practitioner"),
        ("presence.close", f"{kept}/qui-est-venu", "practitioner"),
        ("presence.walk_in", f"{held}/venu-sans-place", "practitioner"),
        ("presence.code", f"{held}/code", "manager"),
        ("presence.certificates", f"{kept}/attestations", "practitioner"),
        ("presence.counted", later, "national"),
        ("presence.rectify_later", f"{later}/corriger", "national"),
        ("registrations.own", f"/sessions/mon-inscription/{links.signed(LINK, there.id)}", None),
        ("presence.come", f"/sessions/mon-inscription/{links.signed(LINK, there.id)}/presence", None),
    ]


def _received_pages(
    make: Builder, by: Membership, service: Service, coordinator: Membership
) -> list[tuple[str, str, str | None]]:
    """Of one of which a pole says what it received, and of one that it contests."""
    asked, contested = (long_closed(make, by, service, coordinator) for _number in range(2))
    raw_word(make, asked, coordinator)
    raw_word(make, contested, coordinator, "contested", message="Une heure, selon nous.", minutes=60)
    about = "session.contest", "", asked.session_id
    token = links.to_act(coordinator.person_id, coordinator.organisation_id, about)
    to_settle = f"/sessions/tenues/{contested.session_id}/trancher/{coordinator.organisation_id}"
    return [
        ("received.show", f"/sessions/{asked.session_id}/ce-qui-est-compte", "coordinator"),
        ("received.show", f"/sessions/{contested.session_id}/ce-qui-est-compte", "coordinator"),
        ("received.contest", f"/sessions/{asked.session_id}/contester", "coordinator"),
        ("received.settle", to_settle, "national"),
        ("presence.counted", f"/sessions/tenues/{contested.session_id}", "national"),
        ("received.by_mail", f"/sessions/par-courriel/{token}", None),
    ]

"""The poles that apply in the demonstration: written, sent and examined through the very services of the pages."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from portal import clock, references
from portal.applications import service
from portal.applications.models import Application
from portal.applications.service import Details
from portal.demo.content import DATA
from portal.demo.people import People, signed_by
from portal.demo.timeline import Timeline
from portal.organisations.rules import Stage
from portal.territories import communes

Entry = Mapping[str, Any]

_FIRST_NUMBER = 4_310_216
_STEP = 71_003
_HOUR = time(10, 15)
_WRITTEN = ("purpose", "audience", "reason", "progress", "expectations", "public_summary")
_SAID_OF_IT = ("lead_organisation", "given_name", "family_name")


def apply(people: People, timeline: Timeline) -> None:
    """Play every application, oldest step first."""
    with (DATA / "applications.toml").open("rb") as file:
        entries = tomllib.load(file)["applications"]
    for number, entry in enumerate(entries):
        application = _draft(entry, references.reference_of(_FIRST_NUMBER + _STEP * number), timeline)
        for step in entry["steps"]:
            _play(people, timeline, application, step)


def _draft(entry: Entry, reference: str, timeline: Timeline) -> Application:
    place = communes.commune(entry["commune"])
    if place is None:
        raise ValueError(f"{entry['commune']} is no commune")
    email = f"{entry['given_name'][0].lower()}.candidature@demo.example"
    with clock.travelling_to(_moment(timeline, entry["steps"][0]["ago"] + 3)), signed_by(None):
        application = service.start(email, entry["name"], "fr", f"C{reference}")
        values = {name: entry[name] for name in (*_WRITTEN, *_SAID_OF_IT)}
        return service.fill(
            application,
            {
                **values,
                "stage": Stage(entry["stage"]),
                "sectors": entry["sectors"],
                "members": "\n".join(entry["members"]),
                "contact_email": email,
                "town": place.name,
                "commune_code": place.code,
                "department_code": place.department_code,
                "region_code": place.region_code,
            },
        )


def _play(people: People, timeline: Timeline, application: Application, step: Entry) -> None:
    cell, details = (
        people.cell_of(application.region_code or ""),
        Details(step.get("reason"), step.get("message")),
    )
    with clock.travelling_to(_moment(timeline, step["ago"])):
        match step["action"]:
            case "submit":
                with signed_by(None):
                    service.submit(service.new_link(application))
            case "advise":
                with signed_by(cell):
                    service.advise(cell, application.reference, details)
            case "ask":
                with signed_by(cell):
                    service.ask(cell, application.reference, details)
            case "refuse":
                with signed_by(people.national):
                    service.refuse(people.national, application.reference, details)


def _moment(timeline: Timeline, ago: int) -> datetime:
    return datetime.combine(timeline.back(ago), _HOUR, clock.PARIS)

"""Which step can be undone, and why the others cannot: one table for the documentation, made from the steps."""

from collections.abc import Sequence
from typing import Any

from portal.applications import steps as applications
from portal.catalogue import steps as catalogue
from portal.interventions import steps as interventions
from portal.interventions.confirmation import steps as confirmations
from portal.joint import steps as joint
from portal.proposals import steps as proposals
from portal.requests import steps as requests
from portal.sessions import steps as sessions
from portal.sessions.needs import steps as needs
from portal.steps import Step

EACH: dict[str, Sequence[Step[Any]]] = {
    "a request": requests.OF_REQUESTS,
    "what a partner does with it": requests.OF_ASSIGNMENTS,
    "an intervention": interventions.OF_INTERVENTIONS,
    "proposed dates": proposals.OF_PROPOSALS,
    "what was logged": confirmations.OF_CONFIRMATIONS,
    "another pole": joint.OF_JOINT_POLES,
    "an application": applications.OF_APPLICATIONS,
    "a service": catalogue.OF_SERVICES,
    "a session": sessions.OF_SESSIONS,
    "a session for several requests": needs.OF_NEEDS,
    "what was done last": (requests.UNDO,),
}


def table() -> str:
    lines = ["| of | step | can be undone |", "|---|---|---|"]
    for what, steps in EACH.items():
        lines += [f"| {what} | {step.verb.replace('_', ' ')} | {_answer(step)} |" for step in steps]
    return "\n".join(lines)


def _answer(step: Step[Any]) -> str:
    return f"no: {step.stays}" if step.stays else "for two minutes"

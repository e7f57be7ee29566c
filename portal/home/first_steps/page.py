"""Three steps for somebody who has just joined, gone once they are done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from portal.access.roles import Actor, Role
from portal.home.first_steps import queries


@dataclass(frozen=True, slots=True)
class FirstStep:
    """One thing to begin with."""

    title: Any
    text: Any
    endpoint: str
    of_organisation: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A step as it is drawn."""

    title: Any
    text: Any
    url: str
    done: bool


_COLLEAGUE = FirstStep(
    _l("Invite a colleague"),
    _l("So that a request never waits for one person alone."),
    "teams.invite",
    of_organisation=True,
)
_PHONE = FirstStep(
    _l("Say how you can be called"), _l("A telephone number, in your account."), "accounts.profile"
)
_PROTECTED = FirstStep(
    _l("Protect your account"),
    _l("With a passkey, or with an application on your telephone."),
    "safety.overview",
)
BEGINNINGS: Mapping[Role, tuple[FirstStep, FirstStep, FirstStep]] = {
    Role.COORDINATOR: (
        FirstStep(
            _l("Complete the page of your pole"),
            _l("What you do, where and with whom: partners read it before they answer."),
            "records.edit",
            of_organisation=True,
        ),
        _COLLEAGUE,
        FirstStep(
            _l("Choose a service"),
            _l("What the bundle offers, what it costs and who may have it."),
            "catalogue.index",
        ),
    ),
    Role.MEMBER: (
        _PHONE,
        _PROTECTED,
        FirstStep(
            _l("Choose a service"),
            _l("What the bundle offers, what it costs and who may have it."),
            "catalogue.index",
        ),
    ),
    Role.MANAGER: (
        FirstStep(
            _l("Say what you deliver"),
            _l("Cells choose partners by their services."),
            "catalogue.deliver",
            of_organisation=True,
        ),
        _COLLEAGUE,
        FirstStep(
            _l("Answer a first request"),
            _l("Accept, decline with a next step, or ask what is missing."),
            "requests.index",
        ),
    ),
    Role.PRACTITIONER: (
        _PHONE,
        _PROTECTED,
        FirstStep(
            _l("Log a first intervention"),
            _l("From the page of a request that your team has accepted."),
            "requests.index",
        ),
    ),
    Role.REGIONAL_ADMIN: (_PHONE, _PROTECTED, _COLLEAGUE),
    Role.NATIONAL_ADMIN: (_PHONE, _PROTECTED, _COLLEAGUE),
}
"""Of each role, in the order of `queries.SIGNS`."""


def shown(actor: Actor) -> Sequence[Shown]:
    """The three, until all are done."""
    done = queries.done(actor) if actor.role in BEGINNINGS else ()
    if all(done):
        return ()
    steps = zip(BEGINNINGS[actor.role], done, strict=True)
    return [Shown(step.title, step.text, _url(actor, step), is_done) for step, is_done in steps]


def _url(actor: Actor, step: FirstStep) -> str:
    about: dict[str, Any] = {"organisation_id": actor.organisation_id} if step.of_organisation else {}
    return url_for(step.endpoint, **about)

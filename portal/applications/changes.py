"""What each step changes beside the state, and what an application says of the pole it may become."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from portal import clock
from portal.applications import rules, workflow
from portal.applications.kinds import Opinion
from portal.applications.models import Application
from portal.applications.workflow import Action
from portal.organisations.kinds import Sector
from portal.territories import communes


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says with a step: a word of its vocabulary, a text, the name of the pole that is admitted."""

    reason: str | None = None
    message: str | None = None
    name: str | None = None


NOTHING = Said()


def apply(action: Action, application: Application, said: Said) -> None:
    """Change what the step changes, its state aside."""
    _CHANGES[action](application, said)
    application.changed_at = clock.now()


def _due_in(application: Application, working_days: int) -> None:
    place = application.place
    application.due_on = clock.add_working_days(clock.today(place), working_days, place)


def _submit(application: Application, said: Said) -> None:
    application.submitted_at = application.agreed_at = clock.now()
    _due_in(application, workflow.WORKING_DAYS_FOR_OPINION)


def _advise(application: Application, said: Said) -> None:
    application.opinion = Opinion(said.reason or "")
    _due_in(application, workflow.WORKING_DAYS_FOR_DECISION)


def _ask(application: Application, said: Said) -> None:
    application.held_on = clock.today(application.place)


def _answer(application: Application, said: Said) -> None:
    place = application.place
    if application.due_on and application.held_on:
        application.due_on = rules.pushed_back(
            application.due_on, application.held_on, clock.today(place), place
        )
    application.held_on = None


def _close(application: Application, said: Said) -> None:
    application.closed_at, application.due_on, application.held_on = clock.now(), None, None


def _admit(application: Application, said: Said) -> None:
    _close(application, said)
    application.name = said.name or application.name


_CHANGES: Mapping[Action, Callable[[Application, Said], None]] = MappingProxyType(
    {
        Action.SUBMIT: _submit,
        Action.ADVISE: _advise,
        Action.ASK: _ask,
        Action.ANSWER: _answer,
        Action.ADMIT: _admit,
        Action.REFUSE: _close,
        Action.WITHDRAW: _close,
    }
)


def facts_of_pole(application: Application) -> dict[str, Any]:
    """What the application says of the pole, as `organisations.service.create` takes it."""
    return {
        "name": application.name,
        "town": communes.commune(application.commune_code or ""),
        "sectors": [Sector(one) for one in application.sectors],
        "members": dict.fromkeys(rules.member_names(application.members)),
        "lead_organisation": application.lead_organisation,
        "lead_siret": application.lead_siret,
        "lead_rna": application.lead_rna,
        "website": application.website,
        "public_summary": application.public_summary,
        "published": application.publish,
    }

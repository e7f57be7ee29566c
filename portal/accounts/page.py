"""Who acts, as templates see it: the actor, with words for the role and the organisations to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_login import current_user

from portal.access.roles import Actor
from portal.accounts.words import role_label


@dataclass(frozen=True, slots=True)
class Choice:
    """An organisation one can act for."""

    membership_id: int
    organisation_id: int
    organisation_name: str
    role_label: str
    current: bool


@dataclass(frozen=True, slots=True)
class ShownActor(Actor):
    """The actor in words; `choices` are all their organisations, this one included."""

    role_label: str = ""
    choices: Sequence[Choice] = ()


def shown_actor() -> ShownActor | None:
    """Who acts in this request, None for a visitor or a person of no organisation."""
    actor: Actor | None = getattr(current_user, "actor", None)
    if actor is None:
        return None
    choices = tuple(
        Choice(
            choice.membership_id,
            choice.organisation_id,
            choice.organisation_name,
            role_label(choice.role),
            choice.membership_id == actor.membership_id,
        )
        for choice in current_user.choices
    )
    values = {name: getattr(actor, name) for name in Actor.__dataclass_fields__}
    return ShownActor(**values, role_label=role_label(actor.role), choices=choices)


def context() -> dict[str, ShownActor | None]:
    """For templates: `actor`."""
    return {"actor": shown_actor()}

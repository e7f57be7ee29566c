"""An example of each e-mail about an application: invented people, fixed dates."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import partial
from types import MappingProxyType

from portal.access.roles import Actor, Role
from portal.applications import emails
from portal.applications.kinds import Opinion, RefusalReason
from portal.applications.models import Application, ApplicationEvent
from portal.applications.workflow import TRANSITIONS, Action, Audience, State, after
from portal.notifications.message import Message, Recipient
from portal.notifications.previews import Example

CELL = Recipient("ines.delorme@exemple.test", "Inès Delorme")
_TOKEN = "exemple-de-lien"  # noqa: S105 (opens nothing)
_WITH_OPINION = frozenset({Action.ADVISE, Action.ADMIT, Action.REFUSE})
_REASONS = {Action.ADVISE: Opinion.FAVOURABLE, Action.REFUSE: RefusalReason.TOO_EARLY}
_SAID = {
    Action.ADVISE: "Le projet est déjà porté par sept structures, et la commune le soutient.",
    Action.ASK: "Bonjour,\n\nQui portera le poste de coordination la première année ?",
    Action.ANSWER: "Bonjour,\n\nL’association porteuse, avec l’aide de la communauté de communes.",
    Action.REFUSE: "Retrouvez-nous au printemps, une fois la structure porteuse choisie.",
    Action.WITHDRAW: "Nous rejoignons un pôle voisin.",
}


def _application(action: Action | None = None) -> Application:
    with_opinion = action in _WITH_OPINION
    state = after(action, has_opinion=with_opinion) if action else State.DRAFT
    return Application(
        reference="C4821-0075",
        email="nour.benali@exemple.test",
        language="fr",
        name="Pôle des Trois Rivières",
        given_name="Nour",
        family_name="Benali",
        contact_email="lise.marchand@exemple.test",
        town="Rouen",
        department_code="76",
        region_code="28",
        state=state,
        opinion=Opinion.FAVOURABLE if with_opinion else None,
        due_on=date(2026, 3, 25),
    )


def _event(action: Action) -> tuple[ApplicationEvent, Actor | None]:
    application = _application(action)
    event = ApplicationEvent(
        action=action,
        application=application,
        from_state=State.SUBMITTED,
        to_state=application.state,
        reason=_REASONS.get(action),
        message=_SAID.get(action),
        at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    )
    by_applicant = None in TRANSITIONS[action].sources.values()
    cell = Actor(
        1,
        "Inès Delorme",
        "ines.delorme@exemple.test",
        1,
        Role.REGIONAL_ADMIN,
        1,
        "Cellule régionale inventée",
    )
    return event, None if by_applicant else cell


def example(action: Action, audience: Audience) -> tuple[Recipient, Message]:
    """The e-mail of a step to one of those it concerns."""
    event, actor = _event(action)
    if audience is Audience.APPLICANT:
        message = emails.to_applicant(event, actor, emails.link(_TOKEN))
        return emails.applicant(event.application), message
    return CELL, emails.to_cell(event, actor)


def _of_link() -> tuple[Recipient, Message]:
    return emails.applicant(_application()), emails.link_message("C4821-0075", _TOKEN)


def _of_end() -> tuple[Recipient, Message]:
    application = _application()
    return emails.applicant(application), emails.end_message(application, _TOKEN)


def _of_contact() -> tuple[Recipient, Message]:
    application = _application(Action.SUBMIT)
    to = Recipient(application.contact_email or "", "Lise Marchand")
    return to, emails.contact_message(application)


EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        emails.LINK: _of_link,
        emails.DRAFT_EXPIRES: _of_end,
        emails.CONTACT_NAMED: _of_contact,
        **{
            emails.kind_of(action, audience): partial(example, action, audience)
            for action, move in TRANSITIONS.items()
            for audience in sorted(move.tells)
        },
    }
)

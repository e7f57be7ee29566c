"""Who is told about an application. The applicant has no account: each e-mail to them holds a fresh link."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.attempts import service as attempts
from portal.accounts.emails import TellInvited, invitation_link, recipient
from portal.accounts.models import Invitation, Person
from portal.applications import words
from portal.applications.models import Application, ApplicationEvent
from portal.applications.rules import Opinion, RefusalReason
from portal.applications.steps import TRANSITIONS, Action, Audience, State, after
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import enqueue, is_silent
from portal.notifications.previews.service import Example
from portal.notifications.rules import Wanted, one_each
from portal.organisations.words import whereabouts
from portal.web.addresses import absolute_url

LINK = "applications/link"
DRAFT_EXPIRES = "applications/draft_expires"
CONTACT_NAMED = "applications/contact_named"

_TO_CELLS: Mapping[Action, str] = MappingProxyType(
    {
        Action.SUBMIT: "applications/submit_cell",
        Action.ADVISE: "applications/advise_cell",
        Action.ANSWER: "applications/answer_cell",
        Action.ADMIT: "applications/admit_cell",
        Action.REFUSE: "applications/refuse_cell",
        Action.WITHDRAW: "applications/withdraw_cell",
    }
)
_TO_APPLICANTS: Mapping[Action, str] = MappingProxyType(
    {
        Action.SUBMIT: "applications/submit_applicant",
        Action.ADVISE: "applications/advise_applicant",
        Action.ASK: "applications/ask_applicant",
        Action.ADMIT: "applications/admit_applicant",
        Action.REFUSE: "applications/refuse_applicant",
    }
)
_WHY_APPLICANT = _l("You receive this message because an application was begun with this address.")
_WHY_CELL = _l("You receive this message because your cell follows this application.")


def kind_of(action: Action, audience: Audience) -> str:
    """The template of what an audience is told."""
    return (_TO_APPLICANTS if audience is Audience.APPLICANT else _TO_CELLS)[action]


def tell(event: ApplicationEvent, actor: Actor | None, new_link: Callable[[Application], str]) -> None:
    """Write the e-mails of an event, one to an address; `new_link` makes the applicant's next link.

    None to who acts, but the applicant's receipt of what they sent. Whoever is invited in the same act reads it there.
    """
    if is_silent():
        return
    application = event.application
    without = set() if event.action is Action.SUBMIT else {actor.email if actor else application.email}
    if event.action is Action.ADMIT:
        without.add(application.invited_email)
    for kind, to, _about in one_each(_wanted(event), without):
        if kind in _TO_APPLICANTS.values():
            message = to_applicant(event, actor, link(new_link(application)))
            enqueue(kind, to, message, confidential=True)
        elif kind == CONTACT_NAMED:
            tell_contact(application)
        else:
            enqueue(kind, to, to_cell(event, actor))


def admitted_and_invited(event: ApplicationEvent, actor: Actor) -> TellInvited:
    """The applicant who becomes the coordinator reads both in one e-mail."""

    def tell_them(invitation: Invitation, _inviter: Person | None, token: str) -> None:
        if not is_silent():
            message = invited_message(event, actor, invitation_link(token), invitation.last_day)
            kind = kind_of(event.action, Audience.APPLICANT)
            enqueue(kind, applicant(event.application), message, confidential=True)

    return tell_them


def invited_message(event: ApplicationEvent, actor: Actor, address: str, last_day: date) -> Message:
    """What the applicant reads who opens the account of the pole."""
    message = to_applicant(event, actor, address)
    until = (_l("The link works until"), last_day)
    context = {**message.context, "invited": True, "action_label": _l("Accept the invitation")}
    return replace(message, facts=[*message.facts, until], context=context)


def _wanted(event: ApplicationEvent) -> Iterator[Wanted]:
    """The applicant first, who has nothing else; then the cells, then whoever was named as contact."""
    application, tells = event.application, TRANSITIONS[event.action].tells
    if Audience.APPLICANT in tells:
        yield Wanted(kind_of(event.action, Audience.APPLICANT), applicant(application), event)
    for audience in sorted(tells - {Audience.APPLICANT}):
        for person in _people(audience, event):
            yield Wanted(kind_of(event.action, audience), recipient(person), event)
    if event.action is Action.SUBMIT and application.contact_email:
        yield Wanted(CONTACT_NAMED, Recipient(application.contact_email, application.contact_name), event)


def _people(audience: Audience, event: ApplicationEvent) -> Iterable[Person]:
    """The regional cell where it follows or holds it, else the national one."""
    application = event.application
    national = audience is Audience.HOLDER and application.opinion is not None
    return accounts.cell_people(None if national else application.region_code)


def applicant(application: Application) -> Recipient:
    """Whoever applies, as the outbox writes to them."""
    name = application.contact_name or application.email
    return Recipient(application.email, name, application.language, application.place)


def link(token: str) -> str:
    """The address that a secret opens."""
    return absolute_url("applications.follow", token=token)


def to_applicant(event: ApplicationEvent, actor: Actor | None, address: str) -> Message:
    """What every e-mail about a step says to the applicant."""
    return Message(
        action_url=address,
        facts=_facts(event.application),
        quote=event.message,
        quoted_by=actor.organisation_name if actor and event.message else None,
        reply_to=(actor.person_name, actor.email) if actor else None,
        thread=event.application.reference,
        context=_context(event, actor, _l("Open my application"), _WHY_APPLICANT),
    )


def to_cell(event: ApplicationEvent, actor: Actor | None) -> Message:
    """What every e-mail about a step says to a cell."""
    application = event.application
    contact = (application.contact_name or application.name, application.contact_email or application.email)
    return Message(
        action_url=absolute_url("applications.show", reference=application.reference),
        facts=_facts(application),
        quote=event.message,
        quoted_by=(actor.signature if actor else application.contact_name) if event.message else None,
        reply_to=(actor.person_name, actor.email) if actor else contact,
        thread=application.reference,
        context=_context(event, actor, _l("Open the application"), _WHY_CELL),
    )


def _context(event: ApplicationEvent, actor: Actor | None, action_label: Any, why: Any) -> dict[str, Any]:
    return {
        "event": event,
        "application": event.application,
        "actor": actor,
        "reason": words.reason_label(event.reason),
        "action_label": action_label,
        "why": why,
        "invited": False,
    }


def _facts(application: Application) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_l("Application"), application.reference),
        (_l("Pole"), application.name),
        (_l("Territory"), LazyString(whereabouts, application)),
    ]
    if application.opinion and application.state in {State.ADVISED, State.ADMITTED, State.REFUSED}:
        facts.append((_l("Opinion"), words.OPINIONS[application.opinion].label))
    if application.due_on and application.state in {State.SUBMITTED, State.ADVISED}:
        facts.append((_l("Due by"), application.due_on))
    return facts


def send_link(application: Application, token: str) -> None:
    """The link to write and follow. It repeats nothing that was typed: somebody else may have typed this address."""
    enqueue(LINK, applicant(application), link_message(application.reference, token), confidential=True)


def link_message(reference: str, token: str) -> Message:
    """What the e-mail with the link says."""
    return Message(
        action_url=link(token),
        facts=[(_l("Application"), reference)],
        thread=reference,
        to_stranger=True,
        context={"action_label": _l("Open my application"), "why": _WHY_APPLICANT},
    )


def warn_of_end(application: Application, token: str) -> None:
    """A draft that nobody writes in is deleted soon."""
    enqueue(DRAFT_EXPIRES, applicant(application), end_message(application, token), confidential=True)


def end_message(application: Application, token: str) -> Message:
    """What the warning says."""
    return Message(
        action_url=link(token),
        facts=[(_l("Application"), application.reference)],
        thread=application.reference,
        to_stranger=True,
        context={"action_label": _l("Go on writing"), "why": _WHY_APPLICANT},
    )


def tell_contact(application: Application) -> None:
    """Somebody's name and address were typed by another person: they are told, once (GDPR, article 14)."""
    if application.contact_email and application.contact_email != application.email:
        to = Recipient(application.contact_email, application.contact_name, application.language)
        dedupe = f"application-contact-{application.id}-{application.contact_email}"[:160]
        if attempts.may_write_to(to.email):
            enqueue(CONTACT_NAMED, to, contact_message(application), dedupe=dedupe)


def contact_message(application: Application) -> Message:
    """What the person named as contact is told."""
    return Message(
        action_url=absolute_url("home.privacy"),
        facts=[(_l("Application"), application.reference)],
        thread=application.reference,
        to_stranger=True,
        context={
            "action_label": _l("Read what is done with your data"),
            "why": _l("You receive this message because somebody gave your address as a contact."),
        },
    )


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
        message = to_applicant(event, actor, link(_TOKEN))
        return applicant(event.application), message
    return CELL, to_cell(event, actor)


def _of_link() -> tuple[Recipient, Message]:
    return applicant(_application()), link_message("C4821-0075", _TOKEN)


def _of_end() -> tuple[Recipient, Message]:
    application = _application()
    return applicant(application), end_message(application, _TOKEN)


def _of_contact() -> tuple[Recipient, Message]:
    application = _application(Action.SUBMIT)
    to = Recipient(application.contact_email or "", "Lise Marchand")
    return to, contact_message(application)


EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        LINK: _of_link,
        DRAFT_EXPIRES: _of_end,
        CONTACT_NAMED: _of_contact,
        **{
            kind_of(action, audience): partial(example, action, audience)
            for action, move in TRANSITIONS.items()
            for audience in sorted(move.tells)
        },
    }
)

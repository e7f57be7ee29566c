"""Who is told about an application. The applicant has no account: each e-mail to them holds a fresh link."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import CELL_ROLES, Actor, Role
from portal.accounts import queries as accounts
from portal.accounts.attempts import service as attempts
from portal.accounts.emails import TellInvited, invitation_link, recipient
from portal.accounts.models import Invitation, Person
from portal.applications import steps, words
from portal.applications.models import Application, ApplicationEvent
from portal.applications.rules import Opinion
from portal.applications.steps import State
from portal.applications.waiting import emails as waiting
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope, enqueue, enqueue_all, is_silent
from portal.notifications.previews.service import Example
from portal.notifications.rules import Wanted, one_each
from portal.organisations.words import whereabouts
from portal.steps import Audience, Step
from portal.teams.calling.emails import EXAMPLE, contact
from portal.teams.calling.queries import cells
from portal.web.addresses import absolute_url

LINK = "applications/link"
DRAFT_EXPIRES = "applications/draft_expires"
INFECTED = "applications/infected"
CONTACT_NAMED = "applications/contact_named"

_WHY_APPLICANT = _l("You receive this message because an application was begun with this address.")
_WHY_CELL = _l("You receive this message because your cell follows this application.")


def kind_of(step: Step[State], audience: Audience) -> str:
    """The template of what an audience is told."""
    return f"applications/{step.verb}_{audience}"


def tell(
    event: ApplicationEvent,
    step: Step[State],
    actor: Actor | None,
    new_link: Callable[[Application], str],
) -> None:
    """Write the e-mails of an event, one to an address; `new_link` makes the applicant's next link.

    None to who acts, but the applicant's receipt of what they sent. Whoever is invited in the same act reads it there.
    """
    if is_silent():
        return
    application = event.application
    without = set() if step is steps.SUBMIT else {actor.email if actor else application.email}
    if step is steps.ADMIT:
        without.add(application.invited_email)
    to_cells: list[tuple[str, Recipient]] = []
    for kind, to, _about in one_each(_wanted(event, step), without):
        if kind == kind_of(step, Audience.APPLICANT):
            message = called(event, to_applicant(event, actor, link(new_link(application))))
            enqueue(kind, to, message, confidential=True)
        elif kind == CONTACT_NAMED:
            tell_contact(application)
        else:
            to_cells.append((kind, to))
    if to_cells:
        message = to_cell(event, actor)
        enqueue_all([Envelope(kind, to, message) for kind, to in to_cells])


def admitted_and_invited(event: ApplicationEvent, actor: Actor) -> TellInvited:
    """The applicant who becomes the coordinator reads both in one e-mail."""

    def tell_them(invitation: Invitation, _inviter: Person | None, token: str) -> None:
        if not is_silent():
            message = invited_message(event, actor, invitation_link(token), invitation.last_day)
            kind = kind_of(steps.ADMIT, Audience.APPLICANT)
            enqueue(kind, applicant(event.application), message, confidential=True)

    return tell_them


def invited_message(event: ApplicationEvent, actor: Actor, address: str, last_day: date) -> Message:
    """What the applicant reads who opens the account of the pole."""
    message = called(event, to_applicant(event, actor, address))
    until = (_l("The link works until"), last_day)
    context = {**message.context, "invited": True, "action_label": _l("Accept the invitation")}
    return replace(message, facts=[*message.facts, until], context=context)


def _wanted(event: ApplicationEvent, step: Step[State]) -> Iterator[Wanted]:
    """The applicant first, who has nothing else; then the cell, then whoever was named as contact."""
    application = event.application
    if Audience.APPLICANT in step.tells:
        yield Wanted(kind_of(step, Audience.APPLICANT), applicant(application), event)
    if Audience.CELL in step.tells:
        for person, cell_id in _cell_people(application):
            yield Wanted(kind_of(step, Audience.CELL), recipient(person, organisation_id=cell_id), event)
    if step is steps.SUBMIT and application.contact_email:
        yield Wanted(CONTACT_NAMED, Recipient(application.contact_email, application.contact_name), event)


def _cell_people(application: Application) -> Iterator[tuple[Person, int]]:
    """The cell that must act now, or had to: the national one once an opinion is given; of what it decides, the
    regional one. Its people, with its number."""
    is_national = application.opinion is not None and application.state not in steps.DECIDED
    for cell in accounts.cells_of(None if is_national else application.region_code):
        for person in accounts.members([cell.id], CELL_ROLES):
            yield person, cell.id


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
        facts=_facts(event.application, _l("The cell answers by")),
        quote=event.message,
        quoted_by=actor.organisation_name if actor and event.message else None,
        reply_to=(actor.person_name, actor.email) if actor else None,
        thread=event.application.reference,
        context=_context(event, actor, _l("Open my application"), _WHY_APPLICANT),
    )


def called(event: ApplicationEvent, message: Message) -> Message:
    """The same, with whom to call at the cell of the region."""
    return replace(message, facts=[*message.facts, *contact(cells(event.application.region_code))])


def to_cell(event: ApplicationEvent, actor: Actor | None) -> Message:
    """What every e-mail about a step says to a cell."""
    application = event.application
    contact = (application.contact_name or application.name, application.contact_email or application.email)
    return Message(
        action_url=absolute_url("applications.show", reference=application.reference),
        facts=_facts(application, _l("Due by")),
        quote=event.message,
        quoted_by=(actor.signature if actor else application.contact_name) if event.message else None,
        reply_to=(actor.person_name, actor.email) if actor else contact,
        thread=application.reference,
        waiting=[application.id],
        context=_context(event, actor, _l("Open the application"), _WHY_CELL),
    )


def _context(event: ApplicationEvent, actor: Actor | None, action_label: Any, why: Any) -> dict[str, Any]:
    return {
        "event": event,
        "application": event.application,
        "actor": actor,
        "reason": words.STEPS[event.action].reasons.get(event.reason, ""),
        "action_label": action_label,
        "why": why,
        "invited": False,
    }


def _facts(application: Application, due: Any) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = [
        (_l("Application"), application.reference),
        (_l("Pole"), application.name),
        (_l("Territory"), LazyString(whereabouts, application)),
    ]
    if application.opinion and application.state in {State.ADVISED, *steps.DECIDED}:
        facts.append((_l("Opinion"), words.OPINIONS[application.opinion].label))
    if application.due_on and application.state in steps.WAITING_FOR_US:
        facts.append((due, application.due_on))
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


def infected(application: Application, token: str) -> None:
    """A document of it held a virus, and is gone."""
    enqueue(INFECTED, applicant(application), infected_message(application, token), confidential=True)


def infected_message(application: Application, token: str) -> Message:
    """Its name, which the applicant typed, is on the page."""
    return Message(
        action_url=link(token),
        facts=[(_l("Application"), application.reference)],
        thread=application.reference,
        to_stranger=True,
        context={"action_label": _l("Open the application"), "why": _WHY_APPLICANT},
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
_WORDS = "Bonjour,\n\nSept structures et la commune portent déjà le projet. Parlons-en au printemps."


def _application(step: Step[State] | None = None) -> Application:
    state = steps.after(step, has_opinion=False) if step else State.DRAFT
    with_opinion = state in {State.ADVISED, *steps.DECIDED}
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


def _event(step: Step[State]) -> tuple[ApplicationEvent, Actor | None]:
    application = _application(step)
    event = ApplicationEvent(
        action=step.name,
        application=application,
        from_state=State.SUBMITTED,
        to_state=application.state,
        reason=next(iter(words.STEPS[step.name].reasons), None),
        message=None if State.DRAFT in step.sources else _WORDS,
        at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    )
    by_applicant = step.right in steps.OF_THE_APPLICANT
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


def example(step: Step[State], audience: Audience) -> tuple[Recipient, Message]:
    """The e-mail of a step to one of those it concerns."""
    event, actor = _event(step)
    if audience is Audience.APPLICANT:
        message = to_applicant(event, actor, link(_TOKEN))
        return applicant(event.application), replace(message, facts=[*message.facts, EXAMPLE])
    return CELL, to_cell(event, actor)


def _of_link() -> tuple[Recipient, Message]:
    return applicant(_application()), link_message("C4821-0075", _TOKEN)


def _of_end() -> tuple[Recipient, Message]:
    application = _application()
    return applicant(application), end_message(application, _TOKEN)


def _of_infected() -> tuple[Recipient, Message]:
    application = _application()
    return applicant(application), infected_message(application, _TOKEN)


def _of_contact() -> tuple[Recipient, Message]:
    application = _application(steps.SUBMIT)
    to = Recipient(application.contact_email or "", "Lise Marchand")
    return to, contact_message(application)


EXAMPLES: Mapping[str, Example] = MappingProxyType(
    {
        LINK: _of_link,
        DRAFT_EXPIRES: _of_end,
        INFECTED: _of_infected,
        CONTACT_NAMED: _of_contact,
        **waiting.REMINDERS,
        **{
            kind_of(step, audience): partial(example, step, audience)
            for step in steps.OF_APPLICATIONS
            for audience in sorted(step.tells)
        },
    }
)

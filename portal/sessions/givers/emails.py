"""What those hear who give a session: named, of one that changed, no longer expected. Nobody of what they did."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from portal.access.roles import Actor
from portal.notifications.emails import Message, Recipient
from portal.notifications.outbox.service import Envelope
from portal.notifications.previews.service import Example
from portal.requests import emails as requests
from portal.requests.examples import emails as examples
from portal.requests.telling.queries import practitioners
from portal.sessions import words
from portal.sessions.givers import queries
from portal.sessions.models import CollectiveSession
from portal.sessions.registrations import emails as registrations
from portal.sessions.steps import SessionState
from portal.web import durations
from portal.web.addresses import absolute_url

NAMED, MOVED = "sessions/name_practitioner", "sessions/change_practitioner"
FREED = "sessions/free_practitioner"
Facts = Sequence[tuple[Any, Any]]
_WHY = _l("You receive this message because your organisation counts on you, or did, to give this session.")


def tell(
    session: CollectiveSession,
    actor: Actor,
    before: Collection[int],
    after: Collection[int],
    changes: Facts = (),
) -> set[str]:
    """Who is named, who stays where something changed, who is freed; the addresses that hear of it."""
    about = message(session, queries.names(session), changes)
    about = replace(
        about,
        reply_to=(actor.person_name, actor.email),
        context={**about.context, "name": actor.person_name},
    )
    named, stays, freed = ({*after} - {*before}, {*after} & {*before}, {*before} - {*after})
    told = [
        *_letters(NAMED, session, named, about),
        *_letters(MOVED, session, stays if changes else (), about),
        *_letters(FREED, session, freed, about),
    ]
    return _sent(session, told, {actor.email})


def tell_end(session: CollectiveSession, why: Facts, without: Collection[str]) -> set[str]:
    """That it does not take place; the addresses that hear of it."""
    givers = [each.person_id for each in queries.of_session(session.id)]
    return _sent(session, _letters(FREED, session, givers, message(session, "", why)), without)


def _letters(
    kind: str, session: CollectiveSession, people: Collection[int], about: Message
) -> list[Envelope]:
    readers = practitioners(session.partner_id, people) if people else []
    return requests.letters(kind, (readers, ()), about)


def _sent(session: CollectiveSession, letters: Sequence[Envelope], without: Collection[str]) -> set[str]:
    told = [each for each in letters if each.recipient.email not in without]
    registrations.tell_calendars([session.id], told)
    return {each.recipient.email for each in told}


def message(session: CollectiveSession, names: str = "", more: Facts = ()) -> Message:
    """What, when and where, for those who give it, on the page where their partner keeps it."""
    facts: list[tuple[Any, Any]] = [
        (_l("Collective session"), session.title),
        (_l("When"), LazyString(words.moment, session)),
        (_l("Length"), durations.length(session.minutes)),
        (_l("Where"), LazyString(words.where, session)),
    ]
    if session.link and session.state is SessionState.OPEN:
        facts.append((_l("Link to take part remotely"), session.link))
    if names:
        facts.append((_l("Who gives it"), names))
    return Message(
        action_url=absolute_url("sessions.manage", session_id=session.id),
        facts=[*facts, *more],
        about=session.title,
        context={
            "session": session,
            "on": session.on,
            "action_label": _l("Open the session"),
            "why": _WHY,
        },
    )


def _example(kind: str, more: Facts = ()) -> tuple[Recipient, Message]:
    about = message(registrations.session_of_example(), "Bertrand Noël", more)
    context = {**about.context, "name": "Claire Martin"}
    return examples.READER, replace(about, context=context)


GIVERS_EXAMPLES: Mapping[str, Example] = {
    NAMED: partial(_example, NAMED),
    MOVED: partial(_example, MOVED, registrations.BEFORE),
    FREED: partial(_example, FREED),
}

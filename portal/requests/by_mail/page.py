"""What the pages behind the links of e-mails share, whatever they let do: who acts, once, and how it is taken back.

Programs that look at e-mails open their links and press their buttons: no choice is made before, nothing is done
without the token of the page, and what is done waits two minutes before anybody hears of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from portal import acts, clock
from portal.access.roles import Actor
from portal.db import transaction
from portal.notifications.links import service as links
from portal.notifications.news import service as news
from portal.refusals import NotFound
from portal.requests import steps, words
from portal.requests.by_mail import emails, queries, service
from portal.requests.by_mail.forms import NO, ByMail
from portal.requests.by_mail.rules import LASTS
from portal.requests.models import SupportRequest
from portal.web import flash, kept
from portal.web.doors import Door

_READ = _l("Read the whole request in the portal, after signing in")
SPENT = _l("This link has already been used.")


class PageOf(NamedTuple):
    """What a link is about: what it is called, what stands above that, by whose clocks, where the whole is read."""

    title: Any
    about: Sequence[str]
    place: str | None
    url: str
    read: Any


class LinkDead(NotFound):
    """The link is not ours, is too old, or its reader may no longer do this."""


@dataclass(frozen=True, slots=True)
class Behind:
    """What a link leads to. `link`: as it was read, with its key and who it is of; `actors`: who may use it now;
    several where it was sent to a shared mailbox; `about`: what of the request its door is opened on."""

    link: Any
    door: Door
    actors: Sequence[Actor]
    request: SupportRequest
    about: Any

    @property
    def is_shared(self) -> bool:
        return self.link.person_id is None

    @property
    def page(self) -> PageOf:
        return page_of(self.request)


def page_of(request: SupportRequest) -> PageOf:
    """What a link about a request is about."""
    url = url_for("requests.show", reference=request.reference)
    return PageOf(
        words.title(request), (request.pole.name, request.reference), request.pole.place, url, _READ
    )


def opened(token: str, doors: Mapping[str, Door], get: Callable[[Actor, int], Any]) -> Behind:
    """What a link leads to that is about a thing of a partner's part. `doors`: by the names of their steps; `get`: the
    thing of a number, None where an actor may not read it. LinkDead: the link opens none of them."""
    link = links.opened(token, LASTS)
    door = doors.get(link.about[0]) if link else None
    if link is None or door is None:
        raise LinkDead
    actors = queries.actors(link.person_id, link.organisation_id, door.step.right)
    thing = get(actors[0], link.about[2]) if actors else None
    if thing is None:
        raise LinkDead
    return Behind(link, door, actors, thing.assignment.request, thing)


def for_reader(form: Any, behind: Behind) -> ByMail:
    """Its form, which asks for a name in a shared mailbox alone."""
    if not behind.is_shared:
        del form.name
    by_mail: ByMail = form
    return by_mail


def shown(behind: Behind, undo_url: str, asked: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
    """What is asked there; once it was done, by whom, and for two minutes how to take it back."""
    done = queries.done(behind.link.key)
    if done is None:
        return asked()
    undone = queries.is_undone(behind.link.key)
    may_undo = not undone and clock.now() < done.at + acts.TIME
    return render_template(
        "requests/by_mail/done.html",
        behind=behind,
        done=done,
        undone=undone,
        undo_url=undo_url if may_undo else None,
    )


def acted(
    behind: Behind, form: ByMail, do: Callable[[Actor], object], back: str
) -> ResponseReturnValue | None:
    """Do it in the name of its reader, or of whoever of the team says so in its shared mailbox; or nothing, as was
    chosen. None: its form has to be corrected."""
    if form.choice.data == NO:
        return render_template("requests/by_mail/nothing.html", behind=behind)
    if not form.submitted():
        return None
    with form.refusals(), transaction():
        actor = queries.named(behind.actors, form.name.data or "") if behind.is_shared else behind.actors[0]
        do(actor)
        if behind.is_shared:
            emails.in_your_name(actor, behind.request, behind.door.words.button)
    if form.errors:
        return None
    news.note_read(actor, behind.request.reference)
    flash.success(str(behind.door.words.done))
    return redirect(back)


def taken_back(behind: Behind, back: str) -> ResponseReturnValue:
    """Take back what the link has just done."""
    done = queries.done(behind.link.key)
    actor = next((person for person in behind.actors if done and person.person_id == done.actor_id), None)
    if actor is None:
        raise LinkDead
    with transaction():
        service.take_back(actor, behind.request.reference, behind.link.key)
    flash.success(words.STEPS[steps.UNDO.name].done)
    return redirect(back)


def dead(_refusal: LinkDead) -> ResponseReturnValue:
    """The same whatever is wrong with it: nothing tells which."""
    return render_template("requests/by_mail/dead.html", typed=kept.typed_texts()), 404

"""What a feature brings to the portal: one frozen value each, listed in `portal/screens.py`, read by whoever needs it.

    FEATURE = Feature("usage", screens=(routes.bp,))

A feature above adds what those below ask for, and is never imported by them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask, current_app
from sqlalchemy import ColumnElement, Select

from portal.steps import Words

if TYPE_CHECKING:
    from portal.access.roles import Actor
    from portal.accounts.models import Person
    from portal.catalogue.limits.rules import Measure, Year
    from portal.catalogue.sheets.rules import Hanging
    from portal.documents.queries import Parent
    from portal.files.models import StoredFile
    from portal.interventions.confirmation.rules import ToDecide
    from portal.interventions.models import Intervention
    from portal.journal.rules import Page, Subject
    from portal.ladder import Following, Ladder, Thing
    from portal.mailbox.letters.rules import CalendarReply
    from portal.notifications.outbox.service import Envelope
    from portal.notifications.previews.service import Example
    from portal.organisations.handover import Ending, LeftOpen, Move
    from portal.organisations.models import Pole
    from portal.requests.appointments.service import Diary
    from portal.requests.emails import News
    from portal.requests.models import SupportRequest
    from portal.requests.rules import Happened
    from portal.requests.undo.rules import Restored
    from portal.teams.service import OpenWork
    from portal.web.doors import Part
    from portal.web.forms import PortalForm

_EXTENSION = "portal-features"


@dataclass(frozen=True, slots=True)
class Job:
    """Something done every day to each thing that is due.

    `due`: keys after a key, in order, so many at most, read without a lock. `do`: to these, in a transaction of their
    own, having looked again under lock, since people and other workers act meanwhile; returns to how many it was done.
    `at_once`: how many keys one transaction takes: one where people are told, more where rows only go. `first`: comes
    before every key. `locks` False: it changes no row, or opens a transaction of its own for that. `often`: it is done
    at each round of a worker.
    """

    name: str
    due: Callable[[Any, int], Sequence[Any]]
    do: Callable[[Sequence[Any]], int]
    at_once: int = 1
    first: Any = 0
    locks: bool = True
    often: bool = False
    hourly: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What must be true of stored rows. `faults`: what is counted; `find`: a line for each; `advice`: what to do."""

    faults: str
    find: Callable[[], Iterable[str]]
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word that somebody looks for. The things of a kind, by number, that have it in their title (`named`), or in
    what is kept `apart`."""

    text: str
    named: "Callable[[str], Select[int]]"
    apart: "Callable[[str], Select[int]]"


@dataclass(frozen=True, slots=True)
class Match:
    """A thing as the search shows it. `facts`: what stands beside its title; `texts`: where words are looked for, the
    first that has one is shown; `otherwise`: what is where none has, since it was found by words in another language.
    """

    title: str
    url: str
    facts: Sequence[str] = ()
    texts: Sequence[str] = ()
    otherwise: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Findable:
    """A kind of thing that the search finds, by the words of columns of one table.

    `number`: the column of its number. `titles`, `texts`: the columns whose words are kept; whoever sees the thing may
    read all of them. `apart`: others, which find it only where `beside` says so. `visible`: what somebody may see
    (None: a visitor), asked live. `shown`: some of it, by number. `beside`: for a word, the things that stand beside
    something of that name, so that names are copied nowhere. `order`: after what is called like that.
    `label` None: only found `beside` other things, and needs none of these.
    """

    kind: str
    number: Any
    titles: Sequence[Any] = ()
    texts: Sequence[Any] = ()
    apart: Sequence[Any] = ()
    label: Any = None
    visible: "Callable[[Actor | None], ColumnElement[bool]] | None" = None
    shown: "Callable[[Actor | None, Sequence[int]], Mapping[int, Match]] | None" = None
    beside: "Callable[[Actor | None, Word], Iterable[Select[int]]] | None" = None
    order: Sequence[Any] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One folder of the portal, and what it does for the others.

    `screens`: its pages. `steps`: each name it stores of what happened, in words. `start`: what it sets up in the
    application, before any page. `emails`: each kind it sends, "feature/name", with its example. `jobs`, `checks`:
    what runs by itself, what `flask check` looks at.

    `moves`: what follows an organisation that is merged into another. `left_open`: what one that ends leaves open;
    `tells_ending`: how its people are told. `open_work`: what somebody who leaves holds. `diary`: dates planned for an
    assignment. `restored`: the rows that acts on requests write, which taking an act back puts as they were.
    `joined_poles`: the poles beside the one that asks that some requests, by number, are of; `joined_by`: the
    requests that some poles are beside the one that asks, by number.
    `tells_beside`: what its own readers are told of what one act on requests tells others; `reminds_beside`: the same
    of a date that comes. `invites`: the same letters with what calendars are told of it, and those of whoever would
    hear nothing else; `invites_to_sessions`: the same of an act on sessions, by number.
    `decides`: what of it waits for the decision of a cell, beside what poles contest of their requests.
    `request_part`: the section it adds to the page of a request for a reader, who sees what happened, with its own
    form where one was sent and refused, and what it lets do there. `request_news`: what of some requests, by number, is
    new to a reader, in words; `news_for`: the same, and of so many others at most where it is said to them, the newest
    first.
    `shared_part`: the section it adds to the page of a request for a pole that joined it.
    `service_part`: the section it adds to the page of a service, by number, for everybody.
    `documents_on`: what of it people may send documents on, and who may read them. `tells_infected`: how who
    sent a file hears that it held a virus, by its name. `hangs_on_service`: what of it stands on a service, by
    number, as a reader may know of it. `takes_calendar_reply`: takes what the calendar of an attendee answered to an
    event of its own; False: it is of another.

    `about_person`: the parts of a person's copy, by name; `forgets_person`: takes out who they were. `journal_pages`:
    where a subject is shown; `journal_fields`: what stored fields are called; `journal_words`: stored values in words,
    by field; `journal_names`: what subjects are called that are stored by a key, None where it is none of its keys.

    `ladders`: what people are reminded of, when and whom. `comes_next`: what comes first of what an e-mail of a kind
    asks for, by its number, if nothing moves; `comes_first`: the same of a thing that is not stored yet.

    `findables`: what the search finds of it. `lets_find`: what more of a kind below somebody sees for the sake of this
    feature, by number.

    `counts_use`: what a pole has had of something that is limited, in a year and without one request, as a subquery.
    `counts_given`: what a partner has given of a limit of its own, for its service or all.
    `counts_room`: the same of the places of a service that its requests have taken.

    `to_call`: whom somebody, by number, calls for help, as facts of an e-mail; of nobody: as an example has it.

    `session_is_open`, `browser_of`, `looks_as`: what sign-in asks: is the session of the cookie at hand still open (a
    condition that is built once), from which browser they are known, as whom they look.
    """

    name: str
    screens: Sequence[Blueprint] = ()
    steps: Mapping[str, Words] = field(default_factory=dict)
    start: Callable[[Flask], None] | None = None
    emails: "Mapping[str, Example]" = field(default_factory=dict)
    jobs: Sequence[Job] = ()
    checks: Sequence[Check] = ()
    moves: "Sequence[Move]" = ()
    left_open: "Sequence[LeftOpen]" = ()
    tells_ending: "Callable[[Ending], None] | None" = None
    open_work: "Sequence[OpenWork]" = ()
    diary: "Diary | None" = None
    request_part: "Callable[[Actor, SupportRequest, Sequence[Happened], PortalForm | None], Part | None] | None" = None
    shared_part: "Callable[[SupportRequest], Part | None] | None" = None
    service_part: "Callable[[int], Part | None] | None" = None
    request_news: "Callable[[Actor, Collection[int]], Mapping[int, str]] | None" = None
    news_for: "Callable[[Actor, Collection[int], int], Mapping[int, str]] | None" = None
    restored: "Sequence[Restored]" = ()
    joined_poles: "Callable[[Collection[int]], Mapping[int, Sequence[Pole]]] | None" = None
    joined_by: "Callable[[Select[int]], Select[int]] | None" = None
    tells_beside: "Callable[[Sequence[News]], Sequence[Envelope]] | None" = None
    reminds_beside: "Callable[[Intervention], Sequence[Envelope]] | None" = None
    invites: "Callable[[Sequence[News], Sequence[Envelope]], Sequence[Envelope]] | None" = None
    invites_to_sessions: "Callable[[Collection[int], Sequence[Envelope]], Sequence[Envelope]] | None" = None
    decides: "Callable[[Actor], Sequence[ToDecide]] | None" = None
    documents_on: "Sequence[Parent]" = ()
    hangs_on_service: "Callable[[Actor, int], Sequence[Hanging]] | None" = None
    takes_calendar_reply: "Callable[[CalendarReply], bool] | None" = None
    tells_infected: "Callable[[StoredFile, str], None] | None" = None
    about_person: "Callable[[Person], Mapping[str, Any]] | None" = None
    forgets_person: "Callable[[Person], None] | None" = None
    journal_pages: "Mapping[Subject, Page]" = field(default_factory=dict)
    journal_fields: Mapping[str, Any] = field(default_factory=dict)
    journal_words: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    journal_names: "Callable[[Subject, str], str | None] | None" = None
    ladders: "Sequence[Ladder]" = ()
    comes_next: "Callable[[str, Collection[int]], Mapping[int, Following]] | None" = None
    comes_first: "Callable[[str, Thing], Following | None] | None" = None
    findables: Sequence[Findable] = ()
    counts_room: "Callable[[Any, Year, Any], Any] | None" = None
    counts_use: "Mapping[Measure, Callable[[Any, Year, Any], Any]]" = field(default_factory=dict)
    counts_given: "Mapping[Measure, Callable[[Any, Year], Any]]" = field(default_factory=dict)
    lets_find: "Mapping[str, Callable[[Actor], Select[int]]]" = field(default_factory=dict)
    to_call: "Callable[[int | None], Sequence[tuple[Any, Any]]] | None" = None
    session_is_open: Callable[[], ColumnElement[bool]] | None = None
    browser_of: Callable[[str], str | None] | None = None
    looks_as: "Callable[[Person], None] | None" = None


def features() -> Sequence[Feature]:
    """All features, each after those it stands on."""
    declared: Sequence[Feature] = current_app.extensions[_EXTENSION]
    return declared


def words_of(step: str) -> Words:
    """The words of a stored step, whichever feature it is of."""
    return next(feature.steps[step] for feature in features() if step in feature.steps)


def init_app(app: Flask, declared: Sequence[Feature]) -> None:
    """Start each feature, then open its pages."""
    app.extensions[_EXTENSION] = declared
    for feature in declared:
        if feature.start:
            feature.start(app)
    for feature in declared:
        for blueprint in feature.screens:
            app.register_blueprint(blueprint)

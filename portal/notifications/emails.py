"""One e-mail, from one template: its subject, its text and its HTML, in the reader's language.

A template `<feature>/emails/<name>.html` extends the variable `layout` and fills the blocks `subject`, `lead`
and `next`; it is rendered once in the text layout and once in the HTML one, so the two cannot disagree.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from jinja2 import Environment, Template

from portal.ladder import Thing
from portal.web import templating
from portal.web.links import Link


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who an e-mail is for; `language` is theirs: fr or en. `place`: the department where they work, None: in Paris's
    time. `person_id`: who has an account; `organisation_id`: for which of theirs they read it."""

    email: str
    name: str
    language: str = "fr"
    place: str | None = None
    person_id: int | None = None
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class MailAct:
    """Something that is done by a link. `url`: with a stand-in for the secret of its reader; `about`: what the link
    says beside who that is."""

    label: Any
    url: str
    about: Sequence[Any]


@dataclass(frozen=True, slots=True)
class Message:
    """What an e-mail says beside its template's sentences.

    `action_url`: the very page it is about. `facts`: (label, value) pairs; a date is put in words in the reader's
    language, and links are links. `requests`: those it is about; `also`: others that its facts are of. `quote`: what
    a person wrote. `reply_to`: (name, address) of that person. `context`: what the template needs more. `answers`:
    what an answer by e-mail is of, for whoever reads those. `thread`: the reference of what it is about, under which
    mail programs put all that is said of it together; `about`: what that is called, which the subject says after the
    act. `to_stranger`: the address was typed by somebody else, and nobody has shown yet that they read it; such an
    e-mail repeats nothing that was typed, not even names, or anybody could make the portal carry their words to
    anybody. `acts`: what its reader can do from it at once. `waiting`: the things that wait for its reader, by number,
    as the ladder knows them that follows such e-mails; `begins`: one that has no number yet.
    """

    action_url: str
    facts: Sequence[tuple[Any, Any]] = ()
    requests: Sequence[Link] = ()
    also: Sequence[Link] = ()
    quote: str | None = None
    quoted_by: str | None = None
    reply_to: tuple[str, str] | None = None
    answers: str | None = None
    thread: str | None = None
    about: str = ""
    to_stranger: bool = False
    acts: Sequence[MailAct] = ()
    waiting: Sequence[int] = ()
    begins: Thing | None = None
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(
    kind: str,
    language: str,
    message: Message,
    stop_url: str = "",
    may_act: bool = False,
    calendar_dates: int = 0,
) -> Rendered:
    """Render `kind`, "feature/name". Templates know of the reader no more than the language: who reads the same words
    gets the same e-mail. `stop_url`: where its reader says to get such e-mails less often; `may_act`: they get
    the links by which something is done at once; `calendar_dates`: how many come with it for their calendar."""
    html_env, text_env = _environments()
    with force_locale(language):
        acts = [(str(act.label), act.url) for act in message.acts] if may_act else []
        values = {
            "stop_url": stop_url,
            "acts": acts,
            "calendar_dates": calendar_dates,
            **_values(language, message),
        }
        plain = text_env.get_template(_path(kind))
        values["subject"] = _subject(plain, values, message)
        text = plain.render({**values, "layout": "layouts/email.txt"})
        html = html_env.get_template(_path(kind)).render({**values, "layout": "layouts/email.html"})
    return Rendered(subject=values["subject"], text=_tidy(text), html=html)


def subject(kind: str, language: str, message: Message) -> str:
    """What stands above the e-mail that `render` makes, without making it."""
    _html_env, text_env = _environments()
    with force_locale(language):
        return _subject(text_env.get_template(_path(kind)), _values(language, message), message)


def _path(kind: str) -> str:
    feature, name = kind.split("/")
    return f"{feature}/emails/{name}.html"


def _subject(plain: Template, values: dict[str, Any], message: Message) -> str:
    act = " ".join(_block(plain, "subject", {**values, "layout": "layouts/email.txt"}).split())
    return f"{act} – {message.about}" if message.about else act


def _values(language: str, message: Message) -> dict[str, Any]:
    return {
        "action_url": message.action_url,
        "facts": [(label, _in_words(value)) for label, value in _facts(message)],
        "count": len(message.requests),
        "quote": message.quote,
        "quoted_by": message.quoted_by,
        "may_be_answered": bool(message.answers and current_app.config["MAIL_INBOX"]),
        "portal_url": current_app.config["PORTAL_URL"],
        "demonstration": current_app.config["DEMONSTRATION"],
        "locale": language,
        **message.context,
    }


def _facts(message: Message) -> Iterator[tuple[Any, Any]]:
    """Which requests it is about, each with the address of its page, then the rest."""
    if message.requests:
        yield _("Requests") if len(message.requests) > 1 else _("Request"), message.requests
    if message.also:
        yield _("Concerns as well"), message.also
    yield from message.facts


def _in_words(value: Any) -> Any:
    """A lazy text becomes plain, since templates would take it for markup."""
    if isinstance(value, LazyString):
        return str(value)
    if isinstance(value, datetime):
        return templating.moment_there(value, None)
    return templating.weekday(value) if isinstance(value, date) else value


def _environments() -> tuple[Environment, Environment]:
    """The page environment, and its twin that escapes nothing, for text."""
    html_env = current_app.jinja_env
    text_env: Environment | None = current_app.extensions.get("portal-text-templates")
    if text_env is None:
        text_env = html_env.overlay(autoescape=False)
        current_app.extensions["portal-text-templates"] = text_env
    return html_env, text_env


def _block(template: Template, name: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(values)))


def _tidy(text: str) -> str:
    """No spaces around lines but in the mark of a signature, no more than one empty line in a row."""
    lines: list[str] = []
    for line in (line.strip() for line in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append("-- " if line == "--" else line)
    return "\n".join(lines) + "\n"

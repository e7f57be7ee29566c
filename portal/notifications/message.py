"""One e-mail, from one template: its subject, its text and its HTML, in the reader's language.

A template `<feature>/emails/<name>.html` extends the variable `layout` and fills the blocks `subject`, `lead` and
`next`; it is rendered once in the text layout and once in the HTML one, so the two cannot disagree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from flask_babel import force_locale
from jinja2 import Environment


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who an e-mail is for; `language` is theirs: fr or en."""

    email: str
    name: str
    language: str = "fr"


@dataclass(frozen=True, slots=True)
class Message:
    """What an e-mail says beside its template's sentences.

    `action_url`: the very page it is about. `facts`: (label, value) pairs. `quote`: what a person wrote.
    `reply_to`: (name, address) of that person. `context`: what the template needs more.
    """

    action_url: str
    facts: Sequence[tuple[Any, Any]] = ()
    quote: str | None = None
    quoted_by: str | None = None
    reply_to: tuple[str, str] | None = None
    context: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(kind: str, recipient: Recipient, message: Message) -> Rendered:
    """Render `kind`, "feature/name", for one reader."""
    feature, name = kind.split("/")
    path = f"{feature}/emails/{name}.html"
    values = {
        "recipient": recipient,
        "action_url": message.action_url,
        "facts": message.facts,
        "quote": message.quote,
        "quoted_by": message.quoted_by,
        "portal_url": current_app.config["PORTAL_URL"],
        "demonstration": current_app.config["DEMONSTRATION"],
        "locale": recipient.language,
        **message.context,
    }
    html_env, text_env = _environments()
    with force_locale(recipient.language):
        plain = text_env.get_template(path)
        subject = _block(plain, "subject", {**values, "layout": "layouts/email.txt"})
        text = plain.render({**values, "layout": "layouts/email.txt", "subject": subject})
        html = html_env.get_template(path).render(
            {**values, "layout": "layouts/email.html", "subject": subject}
        )
    return Rendered(subject=" ".join(subject.split()), text=_tidy(text), html=html)


def _environments() -> tuple[Environment, Environment]:
    """The page environment, and its twin that escapes nothing, for text."""
    html_env = current_app.jinja_env
    text_env: Environment | None = current_app.extensions.get("portal-text-templates")
    if text_env is None:
        text_env = html_env.overlay(autoescape=False)
        current_app.extensions["portal-text-templates"] = text_env
    return html_env, text_env


def _block(template: Any, name: str, values: dict[str, Any]) -> str:
    return "".join(template.blocks[name](template.new_context(values)))


def _tidy(text: str) -> str:
    """No trailing spaces, no more than one empty line in a row."""
    lines: list[str] = []
    for line in (line.strip() for line in text.strip().splitlines()):
        if line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"

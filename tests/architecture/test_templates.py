"""Templates: nothing inline, nothing unescaped, nothing unused; icons and e-mails that exist."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Flask
from jinja2 import Environment, nodes
from markupsafe import Markup

from portal.applications.emails import CONTACT_NAMED, DRAFT_EXPIRES, INFECTED, LINK
from portal.applications.steps import OF_APPLICATIONS
from portal.applications.waiting import emails as applications
from portal.calendars import emails as calendars
from portal.interventions.confirmation.emails import REMINDER
from portal.interventions.confirmation.steps import OF_CONFIRMATIONS
from portal.interventions.steps import OF_INTERVENTIONS
from portal.interventions.told.emails import EVENING
from portal.interventions.upcoming import emails as upcoming
from portal.requests.by_mail.emails import IN_YOUR_NAME
from portal.requests.drafts.emails import DRAFT_ENDS
from portal.requests.emails import _TEMPLATE as AUDIENCES
from portal.requests.steps import OF_ASSIGNMENTS, OF_REQUESTS
from tests.architecture.source import ROOT, every_node, files, name, strings
from tests.page_check import SPRITE

TEMPLATES = [*files("templates", ".html"), *files("templates", ".txt")]

INLINE = re.compile(r"""<[^>]*\s(style|on[a-z]+)\s*=|<style|javascript:""", re.IGNORECASE)
# Mail programs read inline styles only.
MAY_STYLE_INLINE = {"templates/layouts/email.html"}
# |safe and Markup(...) say that a text is HTML; each is a promise, kept here.
SAFE_HTML: set[str] = set()
MARKUP = {
    "portal/catalogue/words.py": "words that were looked for, marked: escapes each piece",
    "portal/web/attributes.py": "attributes of tags that WTForms draws: escapes every value",
    "portal/web/languages.py": "our own sentences, which may hold tags: escapes every value",
    "portal/web/markdown.py": "no HTML that people write is read, and what is made of their signs is cleaned",
    "portal/web/templating.py": "paragraphs: escapes every line",
}


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_nothing_is_styled_or_scripted_inline() -> None:
    wrong = [
        name(path) for path in TEMPLATES if name(path) not in MAY_STYLE_INLINE and INLINE.search(text(path))
    ]
    assert not wrong, f"Use a class of static/css or a data attribute read by static/js: {wrong}"


def test_what_a_template_draws_is_called_what_it_is() -> None:
    wrong = {
        f"{name(path)}:{node.lineno}: {node.name}"
        for path in TEMPLATES
        for node in Environment(extensions=["jinja2.ext.i18n"]).parse(text(path)).find_all(nodes.Name)
        if node.name in ("found", "said")
    }
    assert not wrong, f"Use the noun: {sorted(wrong)}"


def test_no_text_is_declared_safe() -> None:
    found = {name(path) for path in TEMPLATES if re.search(r"\|\s*safe\b|autoescape", text(path))}
    assert found == SAFE_HTML, "Let Jinja escape; if a text really is HTML, add its template to SAFE_HTML."
    marked = {
        name(path)
        for path in files("portal", ".py")
        if any(isinstance(node, ast.Name) and node.id == "Markup" for node in every_node(path))
    }
    assert marked == MARKUP.keys(), (
        "Return plain text and let the template draw it; or say in MARKUP why not."
    )


def used_templates(app: Flask) -> Iterator[str]:
    """Names that code and templates say, Flask-Security's settings, error pages, and e-mails by kind."""
    for path in files("portal", ".py"):
        yield from strings(path)
    for value in app.config.values():
        if isinstance(value, str):
            yield value
    for path in TEMPLATES:
        yield from re.findall(r"""["']([\w/]+\.(?:html|txt))["']""", text(path))
    for status in (400, 401, 403, 404, 405, 409, 413, 429):
        yield f"errors/{status}.html"
    for status in (400, 414, 431, 500, 503):
        yield f"errors/plain/{status}.html"
    for path in files("portal", ".py"):
        yield from (f"{kind.replace('/', '/emails/')}.html" for kind in strings(path) if kind.count("/") == 1)
    yield from expected_emails()


def test_every_template_is_used(app: Flask) -> None:
    own = {str(path.relative_to(ROOT / "templates")) for path in TEMPLATES}
    unused = own - set(used_templates(app))
    assert not unused, f"Delete what nothing shows: {sorted(unused)}"


TOLD = {
    "requests": (*OF_REQUESTS, *OF_ASSIGNMENTS),
    "interventions": (*OF_INTERVENTIONS, *OF_CONFIRMATIONS),
    "applications": OF_APPLICATIONS,
}
OF_NO_STEP = {
    LINK,
    DRAFT_ENDS,
    DRAFT_EXPIRES,
    CONTACT_NAMED,
    INFECTED,
    IN_YOUR_NAME,
    *applications.REMINDERS,
    *upcoming.REMINDERS,
    EVENING,
    REMINDER,
    *calendars.EXAMPLES,
}


def expected_emails() -> set[str]:
    """A template for each step and each audience it tells."""
    return {
        f"{feature}/emails/{step.verb}_{AUDIENCES.get(audience, audience)}.html"
        for feature, found in TOLD.items()
        for step in found
        for audience in step.tells
    }


def test_each_thing_told_has_its_email_and_no_other() -> None:
    folders = [ROOT / "templates" / feature / "emails" for feature in TOLD]
    written = {str(path.relative_to(ROOT / "templates")) for folder in folders for path in folder.iterdir()}
    written -= {f"{kind.replace('/', '/emails/')}.html" for kind in OF_NO_STEP}
    assert not (missing := expected_emails() - written), f"Write the e-mails the steps promise: {missing}"
    assert not (spare := written - expected_emails()), f"No step tells anybody these: delete {spare}."


@cache
def parsed(path: Path) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(text(path))


@cache
def components() -> dict[str, list[str]]:
    """The names of each component's arguments."""
    return {"draw_icon": ["name", "more"]} | {
        macro.name: [argument.name for argument in macro.args]
        for path in files("templates/components", ".html")
        for macro in parsed(path).find_all(nodes.Macro)
    }


def named_icons(path: Path) -> Iterator[str]:
    """The icons a template names in calls of components."""
    arguments = components()
    for call in parsed(path).find_all(nodes.Call):
        if not isinstance(call.node, nodes.Name) or call.node.name not in arguments:
            continue
        wanted = "name" if call.node.name == "draw_icon" else "icon"
        given = dict(zip(arguments[call.node.name], call.args, strict=False))
        given |= {one.key: one.value for one in call.kwargs}
        if wanted in given:
            yield from (one.value for one in _constants(given[wanted]))


def _constants(node: nodes.Expr) -> Iterator[nodes.Const]:
    """What an expression may give, not what it compares with."""
    found = [node] if isinstance(node, nodes.Const) else node.find_all(nodes.Const)
    compared = {id(one) for each in node.find_all(nodes.Compare) for one in each.find_all(nodes.Const)}
    return (one for one in found if isinstance(one.value, str) and id(one) not in compared)


def test_icons_of_templates_are_in_the_sprite() -> None:
    for path in files("templates", ".html"):
        missing = set(named_icons(path)) - SPRITE
        assert not missing, f"{name(path)} shows {missing}: add them in static/build.mjs, then make build."


def icons_of_words(path: Path) -> Iterator[str]:
    """The last text of each Tag, the icon of the words of each step, and the texts of each table called …ICONS."""
    for node in every_node(path):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Tag":
            yield from (one.value for one in node.args[2:] if isinstance(one, ast.Constant))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Words":
            yield from (one.value.value for one in node.keywords if one.arg == "icon")
        if isinstance(node, ast.AnnAssign | ast.Assign) and isinstance(node.value, ast.Dict):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if isinstance(target, ast.Name) and target.id.endswith("ICONS"):
                yield from (one.value for one in node.value.values if isinstance(one, ast.Constant))


def test_icons_of_words_are_in_the_sprite() -> None:
    found = {icon for path in files("portal", ".py") for icon in icons_of_words(path)}
    assert found, "The words of states name icons."
    assert not (missing := found - SPRITE), f"Add {missing} in static/build.mjs, then make build."


def test_escaping_is_on(app: Flask) -> None:
    shown = app.jinja_env.from_string("{{ typed }}").render(typed="<b>")
    assert shown == str(Markup("&lt;b&gt;"))

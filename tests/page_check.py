"""What every page of ours must be, beside valid; each problem is said as the thing to do."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from tests.page_tree import HEADINGS, Element, read

CONTROLS = frozenset(["input", "select", "textarea"])
BUTTONS = frozenset(["submit", "button", "reset", "image"])
LABELABLE = CONTROLS | {"button", "meter", "output", "progress"}
REFERENCES = frozenset(
    [
        "aria-labelledby",
        "aria-describedby",
        "aria-controls",
        "aria-owns",
        "aria-errormessage",
        "headers",
    ]
)
# A header or footer in these is not the page's.
SCOPED = frozenset(["article", "aside", "main", "nav", "section"])
SCOPES = frozenset(["col", "row", "colgroup", "rowgroup"])
ADDRESSES = frozenset(["href", "action", "formaction"])
DATA = frozenset(["application/json", "application/ld+json"])
ROLES = frozenset(["alert", "article", "group", "img", "search", "status"])
_SPRITE_FILE = Path(__file__).parents[1] / "static/built/icons.svg"
SPRITE = frozenset(re.findall(r'<symbol id="([^"]+)"', _SPRITE_FILE.read_text(encoding="utf-8")))


def check_page(html: str, path: str, *, refused: bool = False) -> list[str]:
    """The problems of a whole page, none if it is good. `refused`: it shows a form again, with what is wrong."""
    root, problems = read(html)
    page = Page(root)
    problems += _refusal(page, refused=refused)
    problems += [problem for rule in RULES for problem in rule(page)]
    return [f"{path}: {problem}" for problem in problems]


class Page:
    """A page's elements, found once."""

    def __init__(self, root: Element) -> None:
        self.elements = list(root.walk())
        self.with_attributes = [element for element in self.elements if element.attributes]

    def all(self, *tags: str) -> list[Element]:
        if len(tags) == 1:
            return self.by_tag.get(tags[0], [])
        return [element for element in self.elements if element.tag in tags]

    @cached_property
    def by_tag(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for element in self.elements:
            found.setdefault(element.tag, []).append(element)
        return found

    @cached_property
    def by_id(self) -> dict[str, Element]:
        return {element.get("id"): element for element in self.with_attributes if "id" in element.attributes}

    @cached_property
    def labelled(self) -> set[str]:
        """The ids that a label with words names."""
        named = (label for label in self.all("label") if "for" in label.attributes)
        return {label.get("for") for label in named if self.text(label)}

    def text(self, element: Element) -> str:
        """What is read out of the element: its words, and the names of its images."""
        return " ".join("".join(self._words(element)).split())

    def name(self, element: Element) -> str:
        """The element's accessible name."""
        referred = [self.by_id[key] for key in element.get("aria-labelledby").split() if key in self.by_id]
        labelled = " ".join(self.text(target) for target in referred).strip()
        return labelled or element.get("aria-label") or self.text(element) or element.get("title")

    def _words(self, element: Element) -> Iterator[str]:
        for child in element.children:
            if isinstance(child, str):
                yield child
            elif child.get("aria-hidden") != "true" and child.tag not in ("script", "style", "template"):
                yield child.get("alt") or child.get("aria-label")
                yield from self._words(child)
                yield " " if child.tag in ("br", "div", "li", "p", "td", "th") else ""


def _language(page: Page) -> Iterator[str]:
    for html in page.all("html"):
        if not html.get("lang"):
            yield "Say the page's language with lang on <html>."
    if not all(one.line for one in page.all("html", "head", "body")):
        yield "Write <html>, <head> and <body>; is this a whole page?"


def _title(page: Page) -> Iterator[str]:
    titles, headings = page.all("title"), page.all("h1")
    titles = [title for title in titles if title.parent and title.parent.tag == "head"]
    if len(titles) != 1 or not page.text(titles[0]):
        yield "Give the page one <title> with words in it."
    if len(headings) != 1:
        yield f"Give the page exactly one <h1>; it has {len(headings)}."
    elif titles and page.text(headings[0]) not in page.text(titles[0]):
        said, wanted = page.text(titles[0]), page.text(headings[0])
        yield f"Begin <title> with the words of <h1>: “{wanted}”, not “{said}”."


def _refusal(page: Page, *, refused: bool) -> Iterator[str]:
    summaries = [one for one in page.with_attributes if "error-summary" in one.get("class").split()]
    refused = refused or any(one.get("aria-invalid") == "true" for one in page.with_attributes)
    if refused and not summaries:
        yield "Sum up above the form what is wrong: components/errors.html."
    an_example = summaries and not any(one.get("role") == "alert" for one in summaries)
    title = " ".join(page.text(one) for one in page.all("title")[:1])
    if (refused or summaries) and not an_example and not title.startswith(("Erreur : ", "Error: ")):
        yield f"Begin <title> with “Erreur : ” where a form is refused, not “{title}”."


def _headings(page: Page) -> Iterator[str]:
    before = None
    for heading in page.all(*HEADINGS):
        level = int(heading.tag[1])
        if not page.text(heading):
            yield f"Put words into {heading}."
        if before is not None and level > before + 1:
            yield f"Make {heading} a <h{before + 1}>: it follows a <h{before}>, and levels are not skipped."
        before = level


def _landmarks(page: Page) -> Iterator[str]:
    for tag, role in (("main", "main"), ("header", "banner"), ("footer", "contentinfo")):
        own = [e for e in page.elements if e.get("role") == role or (e.tag == tag and _is_own(e))]
        if len(own) != 1:
            yield f'Give the page exactly one <{tag}> (or role="{role}"); it has {len(own)}.'
    navigations = [e for e in page.elements if e.tag == "nav" or e.get("role") == "navigation"]
    names = [page.name(e) if e.get("aria-label") or e.get("aria-labelledby") else "" for e in navigations]
    for element, name in zip(navigations, names, strict=True):
        if len(navigations) > 1 and (not name or names.count(name) > 1):
            yield f"Give {element} an aria-label of its own: the page has {len(navigations)} navigations."


def _is_own(element: Element) -> bool:
    """Whether a main, header or footer is that of the page, and shown."""
    if "hidden" in element.attributes or element.get("role"):
        return False
    return element.tag == "main" or element.inside(SCOPED) is None


def _roles(page: Page) -> Iterator[str]:
    for element in page.with_attributes:
        if element.get("role") not in ROLES | {""}:
            yield f"Correct the role of {element}, or add “{element.get('role')}” to those we use."


def _ids(page: Page) -> Iterator[str]:
    counted = Counter(element.get("id") for element in page.with_attributes if "id" in element.attributes)
    for key, times in counted.items():
        if not key or " " in key:
            yield f"Write an id without spaces instead of “{key}”."
        elif times > 1:
            yield f"Give each element its own id: “{key}” is there {times} times."


def _references(page: Page) -> Iterator[str]:
    for element in page.with_attributes:
        for attribute, key in _targets(element):
            if key not in page.by_id:
                yield f"Correct {attribute} of {element}: no element has the id “{key}”."
        if element.tag == "a" and element.get("href") == "#":
            yield f"Make {element} a button or give it an address: “#” leads nowhere."
        target = page.by_id.get(element.get("for")) if element.tag == "label" else None
        if target and target.tag not in LABELABLE:
            yield f"Point {element} to a field; “{element.get('for')}” is {target}."


def _targets(element: Element) -> Iterator[tuple[str, str]]:
    """The ids the element refers to, with the attribute that does."""
    own = element.attributes
    for attribute in REFERENCES & own.keys():
        for key in own[attribute].split():
            yield attribute, key
    for attribute in {"label": ("for",), "input": ("list", "form"), "button": ("form",)}.get(element.tag, ()):
        if attribute in own:
            yield attribute, own[attribute]
    for attribute in ("href", "data-bs-target"):
        value = own.get(attribute, "")
        if value.startswith("#") and value not in ("#", "#top"):
            yield attribute, value[1:]


def _fields(page: Page) -> Iterator[str]:
    for control in page.all(*CONTROLS):
        kind = control.get("type").lower() if control.tag == "input" else ""
        if kind == "hidden":
            continue
        if kind in BUTTONS:
            said = control.get("value") or control.get("alt") or page.name(control)
            if not said and kind not in ("submit", "reset"):
                yield f"Give {control} a value that says what it does."
        elif not _has_label(page, control):
            yield f"Give {control} a label: <label for>, a label around it, or aria-label."


def _has_label(page: Page, control: Element) -> bool:
    if control.get("id") in page.labelled or control.get("aria-label"):
        return True
    around = control.inside(frozenset(["label"]))
    return bool(around and page.text(around)) or bool(control.get("aria-labelledby") and page.name(control))


def _selects(page: Page) -> Iterator[str]:
    """The first option is nobody's choice: it is empty, or the page says which one is chosen."""
    for select in page.all("select"):
        if "multiple" in select.attributes:
            continue
        options = [e for e in select.walk() if e.tag == "option"]
        empty = bool(options) and options[0].attributes.get("value") == ""
        if "required" in select.attributes and not empty:
            yield f"Begin {select} with an empty option, or take its required away: it is always filled."
        elif not empty and not any("selected" in one.attributes for one in options):
            yield f"Begin {select} with an empty option, or give it a default: nobody chose its first one."


def _names(page: Page) -> Iterator[str]:
    for element in page.all("button", "a", "summary", "iframe"):
        if (element.tag != "a" or "href" in element.attributes) and not page.name(element):
            yield f"Give {element} words that say what it does, or an aria-label."


def _images(page: Page) -> Iterator[str]:
    for image in page.all("img", "area"):
        if "alt" not in image.attributes:
            yield f"Describe {image} in alt, or leave alt empty if it is decoration."
    for drawing in page.all("svg"):
        hidden = any(e.get("aria-hidden") == "true" for e in (drawing, *drawing.ancestors()))
        if not hidden and not (drawing.get("role") in ("img", "group") and page.name(drawing)):
            yield f'Hide {drawing} with aria-hidden="true", or give it role="img" and a name.'


def _icons(page: Page) -> Iterator[str]:
    for use in page.all("use"):
        file, _, name = use.get("href").partition("#")
        if "icons.svg" in file and name not in SPRITE:
            yield f"Add the icon “{name}” to static/build.mjs, or correct its name."


def _forms(page: Page) -> Iterator[str]:
    for form in page.all("form"):
        own = [e for e in form.walk() if e.tag in ("input", "button")]
        if form.get("id"):
            own += [e for e in page.all("input", "button") if e.get("form") == form.get("id")]
        posts = "post" in {form.get("method").lower(), *(e.get("formmethod").lower() for e in own)}
        if posts and not any(e.get("name") == "csrf_token" and e.get("value") for e in own):
            yield f"Put the csrf_token into {form}."


def _policy(page: Page) -> Iterator[str]:
    for element in page.with_attributes:
        for attribute, value in element.attributes.items():
            if attribute == "style":
                yield f"Move the style of {element} into the style sheet."
            elif attribute.startswith("on"):
                yield f"Move {attribute} of {element} into a script file."
            elif attribute in ADDRESSES and value.strip().lower().startswith("javascript:"):
                yield f"Make {element} a real link or button: no javascript: address."


def _scripts_and_styles(page: Page) -> Iterator[str]:
    for style in page.all("style"):
        yield f"Move {style} into the style sheet."
    for script in page.all("script"):
        if not (script.get("src") or script.get("nonce") or script.get("type") in DATA):
            yield f"Give {script} a src or a nonce."


def _tables(page: Page) -> Iterator[str]:
    for table in page.all("table"):
        cells = [e for e in table.walk() if e.tag == "th" and e.inside(frozenset(["table"])) is table]
        if not cells:
            yield f"Say with <th> what the rows or columns of {table} are."
        for cell in cells:
            if cell.get("scope").lower() not in SCOPES:
                yield f"Give {cell} a scope: col or row."
        captions = [e for e in table.walk() if e.tag == "caption" and e.parent is table and page.text(e)]
        if not captions and not table.get("aria-label") and not table.get("aria-labelledby"):
            yield f"Give {table} a <caption> or an aria-label."


RULES: tuple[Callable[[Page], Iterator[str]], ...] = (
    _language,
    _title,
    _headings,
    _landmarks,
    _roles,
    _ids,
    _references,
    _fields,
    _selects,
    _names,
    _images,
    _icons,
    _forms,
    _policy,
    _scripts_and_styles,
    _tables,
)

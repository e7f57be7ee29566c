"""A page read strictly: its elements with their lines, and what a browser would silently repair."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import turbohtml
from turbohtml import TokenType
from turbohtml.conformance import check


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


VOID = _tags("area base br col embed hr img input link meta source track wbr")
BLOCKS = _tags(
    "address article aside blockquote details dialog div dl fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr main menu nav ol p pre search section table ul"
)
HEADINGS = _tags("h1 h2 h3 h4 h5 h6")
PHRASING_ONLY = HEADINGS | _tags(
    "abbr b bdi bdo button cite code data dfn em i kbd label legend mark meter output p pre progress q s samp"
    " small span strong sub summary sup time u var"
)
INTERACTIVE = _tags("a button details embed iframe input label select textarea")
SECTIONS = _tags("article aside footer header nav")
SCRIPTS = _tags("script template")
CHILDREN = {
    "html": _tags("head body"),
    "head": _tags("base link meta noscript script style template title"),
    "ul": _tags("li") | SCRIPTS,
    "ol": _tags("li") | SCRIPTS,
    "menu": _tags("li") | SCRIPTS,
    "dl": _tags("dt dd div") | SCRIPTS,
    "table": _tags("caption colgroup thead tbody tfoot tr") | SCRIPTS,
    "thead": _tags("tr") | SCRIPTS,
    "tbody": _tags("tr") | SCRIPTS,
    "tfoot": _tags("tr") | SCRIPTS,
    "tr": _tags("th td") | SCRIPTS,
    "colgroup": _tags("col template"),
    "select": _tags("option optgroup hr") | SCRIPTS,
    "optgroup": _tags("option") | SCRIPTS,
    "option": _tags(""),
    "title": _tags(""),
}
PARENTS = {
    "li": _tags("ul ol menu"),
    "dt": _tags("dl div"),
    "dd": _tags("dl div"),
    "td": _tags("tr"),
    "th": _tags("tr"),
    "tr": _tags("table thead tbody tfoot"),
    "caption": _tags("table"),
    "option": _tags("select optgroup datalist"),
    "figcaption": _tags("figure"),
    "legend": _tags("fieldset"),
    "summary": _tags("details"),
    "source": _tags("picture video audio"),
}
# Said better in page_check.
OURS = frozenset(["duplicate-id", "img-missing-alt", "missing-lang", "missing-title"])


@dataclass(eq=False, slots=True)
class Element:
    """An element as written in the page."""

    tag: str
    attributes: dict[str, str]
    line: int
    parent: "Element | None"
    children: "list[Element | str]" = field(default_factory=list)

    def __str__(self) -> str:
        own = next((name for name in ("id", "name", "class") if name in self.attributes), None)
        shown = f' {own}="{self.attributes[own]}"' if own else ""
        return f"<{self.tag}{shown}> on line {self.line}"

    def get(self, name: str) -> str:
        """The attribute's value, trimmed; empty when it is absent."""
        return self.attributes.get(name, "").strip()

    def walk(self) -> "Iterator[Element]":
        """This element and all below it, in the order of the page; templates are not the page."""
        yield self
        for child in self.children:
            if not isinstance(child, str) and child.tag != "template":
                yield from child.walk()

    def ancestors(self) -> "Iterator[Element]":
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def inside(self, tags: frozenset[str]) -> "Element | None":
        """The nearest element above with one of these tags."""
        return next((above for above in self.ancestors() if above.tag in tags), None)


def read(html: str) -> tuple[Element, list[str]]:
    """The page's root, and what is not valid about the way it is written."""
    reader = _Reader()
    for token in turbohtml.tokenize(html):
        reader.take(token)
    reader.finish()
    document = turbohtml.parse(html)
    return reader.root, [*_mistakes(html, document), *reader.problems, *_rules(document)]


def _mistakes(html: str, document: turbohtml.Document) -> Iterator[str]:
    """What the standard calls parse errors of the text."""
    lines = html.splitlines() or [""]
    for error in document.errors:
        text = lines[min(error.line, len(lines)) - 1]
        near = text[max(0, error.col - 30) : error.col + 20].strip()
        yield f"Line {error.line}: {error.code.replace('-', ' ')} near “{near}”"


def _rules(document: turbohtml.Document) -> Iterator[str]:
    """What the standard asks of authors: nothing obsolete, only known roles and values."""
    for message in check(document).messages:
        if message.severity == "error" and message.code not in OURS:
            yield f"Line {message.line}: {message.message}"


class _Reader:
    """Builds the tree from what is written; every element must be opened and closed where it may be."""

    def __init__(self) -> None:
        self.root = Element("", {}, 1, None)
        self.open = self.root
        self.problems: list[str] = []
        self.doctype = False

    def take(self, token: turbohtml.Token) -> None:
        match token.type:
            case TokenType.START_TAG:
                self._start(token)
            case TokenType.END_TAG:
                self._end(token)
            case TokenType.TEXT:
                self._text(token.data or "", token.line)
            case TokenType.DOCTYPE:
                self.doctype = token.name == "html" and not token.public_id and not self.root.children

    def finish(self) -> None:
        if not self.doctype:
            self.problems.insert(0, "Begin the page with <!doctype html>.")
        while self.open is not self.root:
            self.problems.append(f"Close {self.open}.")
            self.open = self.open.parent or self.root

    def _start(self, token: turbohtml.Token) -> None:
        element = Element(token.tag or "", _attributes(token), token.line, self.open)
        drawing = self.open.tag == "svg" or self.open.inside(frozenset(["svg"]))
        if not drawing:
            self.problems += _misplaced(element)
        self.open.children.append(element)
        if element.tag not in VOID and not (token.self_closing and (drawing or element.tag == "svg")):
            self.open = element

    def _end(self, token: turbohtml.Token) -> None:
        tag = token.tag or ""
        if tag == self.open.tag:
            self.open = self.open.parent or self.root
        elif opened := self.open.inside(frozenset([tag])):
            while self.open is not opened:
                self.problems.append(f"Close {self.open} before </{tag}> on line {token.line}.")
                self.open = self.open.parent or self.root
            self.open = opened.parent or self.root
        else:
            self.problems.append(f"Remove </{tag}> on line {token.line}: nothing of that name is open there.")

    def _text(self, text: str, line: int) -> None:
        if text.strip() and (self.open.tag in CHILDREN and self.open.tag not in ("option", "title")):
            self.problems.append(f"Move “{text.strip()[:40]}” on line {line} out of <{self.open.tag}>.")
        self.open.children.append(text)


def _attributes(token: turbohtml.Token) -> dict[str, str]:
    return {name: value or "" for name, value in reversed(token.attrs or [])}


def _misplaced(element: Element) -> Iterator[str]:
    """Where the element may not stand."""
    yield from _under_a_wrong_parent(element)
    tag = element.tag
    hidden = element.get("type") == "hidden"
    if tag in INTERACTIVE and not hidden and (above := element.inside(_tags("a button"))):
        yield f"Move {element} out of {above}: one control cannot hold another."
    if tag in ("form", "label") and (above := element.inside(frozenset([tag]))):
        yield f"Move {element} out of {above}: a {tag} cannot hold another."
    if tag == "main" and (above := element.inside(SECTIONS)):
        yield f"Move {element} out of {above}."


def _under_a_wrong_parent(element: Element) -> Iterator[str]:
    tag, parent = element.tag, element.parent
    if parent is None:
        return
    allowed = CHILDREN.get(parent.tag)
    if allowed is not None and tag not in allowed:
        yield f"Move {element} out of <{parent.tag}>, which takes {_words(allowed)}."
    elif tag in PARENTS and parent.tag not in PARENTS[tag] | {"template"}:
        yield f"Put {element} directly into {_words(PARENTS[tag])}; it is in {parent}."
    elif tag in BLOCKS and (above := _phrasing(element)):
        yield f"Move {element} out of {above}, which takes text only."


def _phrasing(element: Element) -> Element | None:
    """The element above that may not hold blocks, if any; a legend and a summary may hold a heading."""
    above = element.inside(PHRASING_ONLY)
    return None if above and above.tag in ("legend", "summary") and element.tag in HEADINGS else above


def _words(tags: frozenset[str]) -> str:
    return " or ".join(f"<{tag}>" for tag in sorted(tags - SCRIPTS)) or "text only"

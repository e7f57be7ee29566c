"""A page read once: its elements with their lines, as a browser reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import turbohtml

HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
# Text that a browser moves out of a table without a word, and html-validate lets stand.
_ASTRAY = re.compile(
    r"(?:<(?:table|thead|tbody|tfoot|tr)\b[^>]*>|</(?:caption|thead|tbody|tfoot|tr|th|td)>)\s*([^<\s][^<]*)"
)


@dataclass(eq=False, slots=True)
class Element:
    """An element of the page; without a line where the page does not write it."""

    tag: str
    attributes: dict[str, str]
    line: int | None
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
        to_come = [self]
        while to_come:
            element = to_come.pop()
            yield element
            to_come += [
                child
                for child in reversed(element.children)
                if not isinstance(child, str) and child.tag != "template"
            ]

    def ancestors(self) -> "Iterator[Element]":
        above = self.parent
        while above is not None:
            yield above
            above = above.parent

    def inside(self, tags: frozenset[str]) -> "Element | None":
        """The nearest element above with one of these tags."""
        return next((above for above in self.ancestors() if above.tag in tags), None)


def read(html: str) -> tuple[Element, list[str]]:
    """The page's root, and what the parser had to repair; where elements may stand is html-validate's business."""
    document = turbohtml.parse(html)
    root = Element("", {}, None, None)
    _grow(root, document)
    return root, [*_mistakes(html, document), *_astray(html)]


def _grow(parent: Element, node: turbohtml.Node) -> None:
    for child in node.children:
        if isinstance(child, turbohtml.Element):
            element = Element(child.tag, _attributes(child), child.source_line, parent)
            parent.children.append(element)
            _grow(element, child)
        elif isinstance(child, turbohtml.Text):
            parent.children.append(child.data)


def _attributes(element: turbohtml.Element) -> dict[str, str]:
    return {
        name: " ".join(value) if isinstance(value, list) else value or ""
        for name, value in element.attrs.items()
    }


def _mistakes(html: str, document: turbohtml.Document) -> Iterator[str]:
    """What the standard calls parse errors of the text."""
    lines = html.splitlines() or [""]
    for error in document.errors:
        text = lines[min(error.line, len(lines)) - 1]
        near = text[max(0, error.col - 30) : error.col + 20].strip()
        yield f"Line {error.line}: {error.code.replace('-', ' ')} near “{near}”"


def _astray(html: str) -> Iterator[str]:
    for found in _ASTRAY.finditer(html):
        yield f"Move “{found[1].strip()[:40]}” on line {html.count(chr(10), 0, found.start(1)) + 1} into a cell."

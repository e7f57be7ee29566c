"""The forms of a page, as a browser would send them without a script."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class DrawnForm:
    """Where a form goes, its hidden fields in order, and the words of its buttons."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    words: str = ""

    @property
    def data(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        return found


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[DrawnForm] = []
        self.in_main = self.in_form = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "main":
            self.in_main = True
        elif tag == "form":
            self.in_form = self.in_main
            self.forms += [DrawnForm(given.get("action", ""), given.get("method", "get"))] * self.in_form
        elif self.in_form and tag == "input" and given.get("type") == "hidden":
            self.forms[-1].fields.append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        self.in_form = self.in_form and tag != "form"

    def handle_data(self, data: str) -> None:
        if self.in_form:
            self.forms[-1].words += data


def forms_of(html: str) -> list[DrawnForm]:
    """The forms in the main part of a page."""
    reader = _Reader()
    reader.feed(html)
    return reader.forms

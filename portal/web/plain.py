"""Pages of failures: in both languages, made when the portal starts, so that nothing can keep them from being shown."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parents[2] / "templates"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
_PAGES = {
    status: _TEMPLATES.get_template(f"errors/plain/{status}.html").render(status=status)
    for status in (400, 414, 431, 500, 503)
}


def page(status: int, reference: str = "-", given_back: str = "") -> str:
    """The page of a status, with the name of the request in the logs and the HTML of what was typed."""
    return _PAGES[status].replace("REFERENCE", reference).replace("<!-- what was typed -->", given_back)

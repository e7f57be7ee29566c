"""Accessibility of a page in the browser, by axe-core."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of its answer the rest is long.
RUN = "async what => (await axe.run(document, {runOnly: what, resultTypes: ['violations']})).violations"


def violations(page: Page) -> list[str]:
    """What axe finds wrong, one readable message per element; works under a strict content policy."""
    return _found(page, {"type": "tag", "values": RULES})


def contrasts(page: Page) -> list[str]:
    """What axe finds hard to read, and nothing else."""
    return _found(page, {"type": "rule", "values": ["color-contrast"]})


def _found(page: Page, what: dict[str, Any]) -> list[str]:
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate(_script())  # a script tag would be blocked by the policy
    found = page.evaluate(RUN, what)
    return [_message(page, rule, node) for rule in found for node in rule["nodes"]]


@cache
def _script() -> str:
    # Closed in a block of its own, so that the text is evaluated as a program and not called as a function.
    return f"{{{SCRIPT.read_text(encoding='utf-8')}\n}}"


def _message(page: Page, rule: dict[str, Any], node: dict[str, Any]) -> str:
    where = " ".join(_selector(part) for part in node["target"])
    what = " ".join(node["failureSummary"].split())
    return (
        f"{page.url}: {rule['id']} ({node['impact']}): {rule['help']}. {where}: {node['html'][:200]} {what}"
    )


def _selector(part: str | list[str]) -> str:
    return part if isinstance(part, str) else " > ".join(part)

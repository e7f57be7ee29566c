"""Accessibility of a page in the browser, by IBM Equal Access: it sees some of what axe does not, and the reverse."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[1] / "node_modules/accessibility-checker-engine/ace.js"
LEVELS = "WCAG_2_2"  # A and AA
RUN = """async ([levels, never]) => {
  const checker = new ace.Checker();
  checker.rulesetRules[levels] = checker.rulesetRules[levels].filter(rule => !never.includes(rule));
  const {results} = await checker.check(document, [levels]);
  return results.filter(one => one.value.join(' ') === 'VIOLATION FAIL')
    .map(one => ({rule: one.ruleId, message: one.message, html: one.snippet}));
}"""
UNFOLD = (
    "document.querySelectorAll('details').forEach(one => { one.open = true })"  # it reads closed ones wrongly
)
# Half of its time, for nothing: they say that something may be wrong, never that it is.
NEVER_FAIL = [
    "element_tabbable_unobscured",
    "element_tabbable_visible",
    "style_color_misuse",
    "style_focus_visible",
    "widget_tabbable_exists",
]
# What it calls a violation and the standards do not: a rule, a part of the element, and the reason.
FALSE = {
    (
        "aria_form_label_unique",
        "<form",
    ): "a form without a name is no landmark (HTML-AAM), so needs none of its own",
    ("input_autocomplete_valid", 'autocomplete="username"'): "HTML lets an e-mail field be the user name",
}


def violations(page: Page) -> list[str]:
    """What it finds wrong, one readable message per element; works under a strict content policy."""
    page.evaluate(_script())
    page.evaluate(UNFOLD)
    found = page.evaluate(RUN, [LEVELS, NEVER_FAIL])
    return [
        f"{page.url}: {one['rule']}: {one['message']}. {one['html'][:200]}"
        for one in found
        if not any(rule == one["rule"] and part in one["html"] for rule, part in FALSE)
    ]


@cache
def _script() -> str:
    # Closed in a block of its own, so that the text is evaluated as a program and not called as a function.
    return f"{{{SCRIPT.read_text(encoding='utf-8')}\n}}"

"""The Tab key alone reaches whatever can be pressed or filled in on a page, and shows where it is."""

from playwright.sync_api import Page

# Notes, of whatever gets the focus, the stops that are reached by it, and whether it can be seen there.
WATCH = """() => {
  const can = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const stops = [...document.querySelectorAll(can)].filter(one => !one.disabled && one.checkVisibility());
  const left = new Set(stops), unseen = new Set(), text = one => one.outerHTML.slice(0, 120);
  const isOutlined = one => {
    const style = getComputedStyle(one);
    return style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  };
  const isSeen = one => {
    const shape = one.closest('.france') && one.querySelector('use');
    return [one, one.closest('.card-link')].filter(Boolean).some(isOutlined)
      || shape && getComputedStyle(shape).strokeWidth === '12px';
  };
  const isReached = (one, other) => other === one
    || one.type === 'radio' && other.type === 'radio' && other.name === one.name && other.form === one.form;
  document.addEventListener('focusin', ({target}) => {
    if (!isSeen(target)) unseen.add(text(target));
    for (const other of [...left]) if (isReached(target, other)) left.delete(other);
  });
  window.walked = () => ({left: [...left].map(text), unseen: [...unseen]});
  return stops.length;
}"""
PARTS_OF_A_DATE = 4


def walk(page: Page, path: str) -> None:
    """Press Tab through the whole page."""
    stops = page.evaluate(WATCH)
    for _ in range(PARTS_OF_A_DATE):
        walked = page.evaluate("walked()")
        if not walked["left"]:
            break
        for _ in range(stops if len(walked["left"]) == stops else len(walked["left"]) * PARTS_OF_A_DATE):
            page.keyboard.press("Tab")
    walked = page.evaluate("walked()")
    assert not walked["unseen"], f"{path}: the focus cannot be seen on {walked['unseen'][:5]}"
    assert not walked["left"], f"{path}: Tab does not reach {walked['left'][:5]}"

// Given styles by name, what is wrong with the page in each: see layout.py.
(dresses) => {
  const SHORT = /[\p{L}\p{N}’_]{2,20}(?![\p{L}\p{N}’_])/gu; // longer words may be broken where they fit no line
  const REFERENCE = /(?<![\p{L}\p{N}])[A-Z]?\d{4}-\d{4}(?![\p{L}\p{N}])/gu;
  const INSIDE = /[\p{L}\p{N}’_/.]$/u;
  const BOXES = "td, th, dd, .card, .tag, .btn, .callout, .stat, .count, .tile, .flash, pre";
  const screen = document.documentElement;
  const name = (one) => one.tagName.toLowerCase() + [...one.classList].map((part) => `.${part}`).join("");
  const isSeen = (one) => one.checkVisibility() && !one.closest(".visually-hidden, svg, select, textarea");

  const words = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.data.trim() || !isSeen(text.parentElement)) continue;
    for (const match of [...text.data.matchAll(SHORT), ...text.data.matchAll(REFERENCE)]) {
      if (INSIDE.test(text.data.slice(0, match.index))) continue;
      const range = document.createRange();
      range.setStart(text, match.index);
      range.setEnd(text, match.index + match[0].length);
      words.push([match[0], range]);
    }
  }

  const isCut = (one) => one.closest("thead")?.offsetHeight === 1; // the heads of a table whose rows are cards
  const isBroken = ([, range]) => {
    if (isCut(range.startContainer.parentElement)) return false;
    const parts = [...range.getClientRects()].filter((one) => one.width > 0.5 && one.height > 0);
    const lines = new Set(parts.map((one) => Math.round(one.top / 4)));
    const width = parts.reduce((sum, one) => sum + one.width, 0);
    return lines.size > 1 && width < screen.clientWidth * 0.6;
  };
  const isWider = (one) => one.clientWidth && one.scrollWidth > one.clientWidth + 1 && isSeen(one);
  const isOut = (one) => one.getBoundingClientRect().right > screen.clientWidth + 1 && !one.closest(".table-scroll");

  const found = [];
  const sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(sheet);
  for (const [dress, style] of Object.entries(dresses)) {
    sheet.replaceSync(style);
    if (screen.scrollWidth > screen.clientWidth) {
      const out = [...document.body.querySelectorAll("*")].filter(isOut).slice(-3).map(name);
      found.push(`${dress}: ${screen.scrollWidth} pixels wide, by ${out.join(", ")}`);
    }
    for (const box of document.querySelectorAll(BOXES)) {
      if (isWider(box)) found.push(`${dress}: ${name(box)} is too narrow for “${box.textContent.trim().slice(0, 40)}”`);
    }
    if (style) continue; // what is as wide as words of ours are meant for our fonts
    for (const word of words.filter(isBroken)) {
      found.push(`${dress}: “${word[0]}” is broken in ${name(word[1].startContainer.parentElement)}`);
    }
  }
  document.adoptedStyleSheets.pop();
  return [...new Set(found)];
};

// Makes static/built/: the theme, the icon sprite and the fonts. The same input gives the same bytes.
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "..", "node_modules");
const built = path.join(here, "built");

// Every icon the templates may use; `icon("name")` in templates/components/icons.html.
const ICONS = [
  "arrow-counterclockwise", "arrow-left", "arrow-left-right", "arrow-repeat", "arrow-return-left", "arrow-right",
  "bar-chart", "bell", "box-arrow-in-right", "box-arrow-right", "box-arrow-up-right", "building", "buildings",
  "calendar-check", "calendar-plus", "calendar-x", "calendar3", "chat-left-text", "check-circle", "check-lg",
  "check2-all", "chevron-down", "chevron-right", "circle", "clipboard-check", "clock", "clock-history", "compass",
  "cone-striped", "diagram-3", "download", "envelope", "exclamation-octagon", "exclamation-triangle", "eye",
  "file-text", "flag", "folder2-open", "funnel", "geo-alt", "globe2", "hourglass-split", "house", "inbox",
  "info-circle", "journal-text", "key", "laptop", "life-preserver", "lightbulb", "list", "lock", "map", "mortarboard",
  "pause-circle", "pencil", "people", "person", "person-check", "person-plus", "play-circle", "plus-lg", "printer",
  "question-circle", "quote", "reply", "search", "send", "signpost-split", "slash-circle", "star", "stopwatch",
  "table", "telephone", "translate", "trash", "x-circle", "x-lg",
];

// Name of the font file in the package → name here, which carries the version so that it can be kept for ever.
const FONT_PACKAGE = "@fontsource-variable/source-sans-3";
const FONTS = ["latin", "latin-ext"];

const read = (...parts) => fs.readFileSync(path.join(modules, ...parts), "utf8");

function icons() {
  const symbols = ICONS.map((name) => {
    const svg = read("bootstrap-icons", "icons", `${name}.svg`);
    const [, viewBox] = svg.match(/viewBox="([^"]+)"/);
    const [, body] = svg.match(/<svg[^>]*>([\s\S]*)<\/svg>/);
    return `<symbol id="${name}" viewBox="${viewBox}">${body.replace(/\s*\n\s*/g, "")}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
}

// "U+0152-0153, U+2C60" as [[0x152, 0x153], [0x2c60, 0x2c60]], and back.
const points = (range) => range.split(",").map((one) => {
  const [first, last = first] = one.trim().slice(2).split("-").map((digits) => parseInt(digits, 16));
  return [first, last];
});
const hex = (point) => point.toString(16).toUpperCase().padStart(4, "0");
const written = (ranges) => ranges.map(([a, b]) => `U+${hex(a)}${a === b ? "" : `-${hex(b)}`}`).join(",");

// What is left of ranges without others: no sign is in two files, so none, such as œ, loads both.
const without = (ranges, others) => others.reduce((left, [first, last]) => left.flatMap(([a, b]) => {
  if (b < first || last < a) return [[a, b]];
  return [[a, first - 1], [last + 1, b]].filter(([from, to]) => from <= to);
}), ranges);

function fonts() {
  let taken = [];
  const { version } = JSON.parse(read(FONT_PACKAGE, "package.json"));
  const faces = FONTS.map((subset) => {
    const source = `source-sans-3-${subset}-wght-normal`;
    const name = `source-sans-3-${subset}-${version}.woff2`;
    const block = read(FONT_PACKAGE, "wght.css").split("@font-face").find((face) => face.includes(`files/${source}.woff2`));
    const [, listed] = block.match(/unicode-range:\s*([^;]+);/);
    const range = without(points(listed), taken);
    taken = [...taken, ...range];
    fs.copyFileSync(path.join(modules, FONT_PACKAGE, "files", `${source}.woff2`), path.join(built, "fonts", name));
    return (
      `@font-face{font-family:"Source Sans 3";font-style:normal;font-weight:200 900;font-display:swap;` +
      `src:url("fonts/${name}") format("woff2");unicode-range:${written(range)}}`
    );
  });
  fs.copyFileSync(path.join(modules, FONT_PACKAGE, "LICENSE"), path.join(built, "fonts", "LICENSE.txt"));
  return faces.join("");
}

function theme() {
  const { css } = sass.compile(path.join(here, "css", "theme.scss"), {
    style: "compressed",
    charset: false,
    loadPaths: [modules],
    quietDeps: true,
    silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
  });
  return css;
}

fs.rmSync(built, { recursive: true, force: true });
fs.mkdirSync(path.join(built, "fonts"), { recursive: true });
fs.writeFileSync(path.join(built, "icons.svg"), icons());
fs.writeFileSync(path.join(built, "theme.css"), `@charset "UTF-8";${fonts()}${theme()}\n`);

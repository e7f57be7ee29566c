// Enhancement only: every page works without this file.
"use strict";

const all = (selector) => document.querySelectorAll(selector);

// The error summary is the first thing to read after a refusal.
document.querySelector("[data-focus]")?.focus();

// A button pressed twice sends once.
let sent = null;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  sent = form;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});

// Coming back with the browser's button finds the page usable again.
addEventListener("pageshow", () => {
  sent = null;
  for (const form of all("form[data-sent]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

// How many characters are left: seen at once, said when typing pauses.
for (const area of all("textarea[data-maxlength]")) {
  const counter = document.getElementById(`${area.id}-counter`);
  if (!counter) continue;
  const maximum = Number(area.dataset.maxlength);
  const seen = document.createElement("span");
  const said = document.createElement("span");
  seen.setAttribute("aria-hidden", "true");
  said.className = "visually-hidden";
  said.setAttribute("role", "status");
  counter.replaceChildren(seen, said);
  let pause;
  const count = () => {
    const left = maximum - area.value.length;
    const words = left < 0 ? counter.dataset.over : counter.dataset.left;
    const text = words.replace("{n}", Math.abs(left).toLocaleString(document.documentElement.lang));
    seen.textContent = text;
    counter.classList.toggle("counter-over", left < 0);
    clearTimeout(pause);
    pause = setTimeout(() => {
      if (document.activeElement === area) said.textContent = left < maximum / 4 ? text : "";
    }, 1200);
  };
  area.addEventListener("input", count);
  count();
}

// Typed text is not lost by leaving the page without a word.
const typed = (field) => field.matches("textarea, input[type=text]") && field.value !== field.defaultValue;
addEventListener("beforeunload", (event) => {
  const kept = [...all("form[method=post]")].filter((form) => form !== sent);
  if (kept.some((form) => [...form.elements].some(typed))) event.preventDefault();
});

// A link to what can be done opens it.
const openTarget = () => {
  const target = location.hash && document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener("hashchange", openTarget);
openTarget();

// On a phone, Escape closes an open menu and gives the focus back to its button.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of all(".acting[open], .menu-toggle[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// What is typed is kept as a draft meanwhile; without this file, a button does it.
const PAUSE = 1500;
for (const form of all("form[data-draft]")) {
  const said = form.querySelector("[data-draft-kept]");
  const read = () => {
    const fields = new FormData(form);
    fields.delete("documents"); // a file goes once, with what is sent
    return fields;
  };
  const inWords = (fields) => new URLSearchParams(fields).toString();
  let pause;
  let kept = inWords(read());
  const keep = async () => {
    const fields = read();
    const words = inWords(fields);
    if (words === kept) return;
    fields.set("intent", "keep");
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body: fields, redirect: "error" });
      if (!answer.ok) throw new Error(answer.statusText);
      kept = words;
      for (const field of form.querySelectorAll("textarea, input[type=text]")) {
        if (fields.has(field.name)) field.defaultValue = fields.get(field.name);
      }
      said.textContent = said.dataset.draftKept;
    } catch {
      said.textContent = said.dataset.draftLost;
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(keep, PAUSE);
  });
  form.addEventListener("submit", () => clearTimeout(pause));
}

// Keys in a list of requests, explained on its page; without this file nothing is lost but them.
"use strict";

const help = document.getElementById("keys");
const wanted = document.getElementById("use-keys");
const rows = [...document.querySelectorAll("main tbody tr")].filter((row) => row.querySelector("th a"));

// Whoever dictates or types with one hand may do without: it stays so in this browser.
const CHOICE = "portal-keys";
const choice = (value) => {
  try {
    if (value !== undefined) localStorage.setItem(CHOICE, value);
    return localStorage.getItem(CHOICE);
  } catch {
    return value ?? null;
  }
};

const here = () => rows.findIndex((row) => row.contains(document.activeElement));
const go = (place) => rows[Math.max(0, Math.min(place, rows.length - 1))]?.querySelector("th a").focus();

const KEYS = {
  j: () => go(here() + 1),
  k: () => go(here() - 1),
  x: () => {
    const box = rows[here()]?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  },
  "?": () => {
    help.open = true;
    help.querySelector("summary").focus();
  },
};

if (help) {
  help.hidden = false;
  wanted.checked = choice() !== "off";
  wanted.addEventListener("change", () => choice(wanted.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), textarea, select");
    if (!wanted.checked || typing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
    event.preventDefault();
    KEYS[event.key]();
  });
}

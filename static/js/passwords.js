// How hard a new password is to guess, said while it is typed, from the server's rules. The server decides.
"use strict";

const letters = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const withoutAll = (text, words) => words.reduce((left, word) => left.replaceAll(word, ""), text);

function isEasy(typed, rules) {
  const own = rules.own.flatMap((text) => letters(text).split(/[@.\s_-]+/)).filter((word) => word.length > 2);
  const known = [...own.sort((a, b) => b.length - a.length), ...rules.obvious];
  const left = withoutAll(letters(typed).replace(/[^\p{L}\p{N}]/gu, ""), known).replace(/(19|20)\d\d/g, "");
  const signs = new Set(typed.replace(/[\p{L}\p{N}\s]/gu, ""));
  return new Set(typed).size < rules.different || left.length + signs.size < rules.unexpected;
}

// From 0, nothing typed, to 4.
function judge(typed, rules) {
  if (!typed) return [0, ""];
  if (typed.length < rules.shortest) return [1, "short"];
  if (isEasy(typed, rules)) return [1, "easy"];
  return typed.length < rules.comfortable ? [3, "good"] : [4, "solid"];
}

for (const place of document.querySelectorAll("[data-meter-of]")) {
  const field = document.getElementById(place.dataset.meterOf);
  const rules = JSON.parse(place.dataset.rules);
  const bar = place.querySelector("meter");
  const said = place.querySelector("p");
  let pause;
  field.addEventListener("input", () => {
    const [level, kind] = judge(field.value, rules);
    place.hidden = level === 0;
    bar.value = level;
    clearTimeout(pause);
    pause = setTimeout(() => {
      const missing = rules.shortest - field.value.length;
      said.textContent = kind ? place.dataset[kind].replace("{n}", missing) : "";
    }, 300);
  });
}

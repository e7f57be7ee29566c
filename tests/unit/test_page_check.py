"""The page check itself: a good page passes, and each rule sees its broken page."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT
from tests.page_check import check_page

GOOD = """<!doctype html>
<html lang="fr">
<head><meta charset="utf-8"><title>Demandes – Portail</title><script src="/static/app.js" defer></script>
<script type="application/json">{"a": "<b>"}</script></head>
<body>
<a href="#contenu">Aller au contenu</a>
<header><nav aria-label="Principale"><ul><li><a href="/">Accueil</a></li></ul></nav></header>
<main id="contenu">
<h1>Demandes</h1>
<nav aria-label="Pages"><a href="?page=2"><span aria-hidden="true">»</span><span>Suite</span></a></nav>
<p>Une phrase &amp; une <b>autre</b>.<br>Fin.</p>
<form method="post" action="/demandes">
<input type="hidden" name="csrf_token" value="jeton">
<label for="titre">Titre</label> <input type="text" id="titre" name="titre" aria-describedby="aide">
<p id="aide">Aide</p> <label>Date <input type="date" name="date"></label>
<select name="region" aria-label="Région"><option value="">Toutes</option></select>
<button type="submit">Envoyer <svg aria-hidden="true" viewBox="0 0 1 1"><path d="M0 0"/></svg></button>
</form>
<form><label for="q">Chercher</label><input type="search" id="q" name="q"><button type="submit">Ok</button></form>
<h2>Liste</h2>
<table><caption>Demandes</caption><thead><tr><th scope="col">Nom</th></tr></thead>
<tbody><tr><td><a href="/1"><img src="/a.png" alt="Demande 1"></a></td></tr></tbody></table>
<svg role="group" aria-label="Carte" viewBox="0 0 1 1"><a href="/01"><title>Ain</title></a></svg>
<article><header><h3>Note</h3></header><footer>Hier</footer></article>
<details><summary>Plus</summary><div>Suite</div></details>
</main>
<footer>Pied <img src="/logo.png" alt=""></footer>
</body>
</html>
"""

IN_TEXT = "<p>Une phrase &amp; une <b>autre</b>.<br>Fin.</p>"

BROKEN = {
    # how it is written
    "attribute twice": (IN_TEXT, '<p class="a" class="b">a</p>', "duplicate attribute"),
    "unknown entity": (IN_TEXT, "<p>&foo;</p>", "unknown named character reference"),
    "bare less-than": (IN_TEXT, "<p>a < b</p>", "invalid first character of tag name"),
    "attributes stuck": (IN_TEXT, '<p class="a"lang="fr">a</p>', "missing whitespace between attributes"),
    "self-closed": (IN_TEXT, "<div/>", "non void html element"),
    "a refused field alone": (
        '<input type="text" id="titre" name="titre"',
        '<input type="text" id="titre" name="titre" aria-invalid="true"',
        "Sum up above the form what is wrong",
    ),
    "invalid role": (IN_TEXT, '<p role="nothing">a</p>', "Correct the role of <p>"),
    "required without an empty choice": (
        '<select name="region" aria-label="Région"><option value="">Toutes</option></select>',
        '<select name="region" aria-label="Région" required><option value="1" selected>Un</option></select>',
        "with an empty option, or take its required away",
    ),
    "a choice nobody made": (
        '<select name="region" aria-label="Région"><option value="">Toutes</option></select>',
        '<select name="region" aria-label="Région"><option value="1">Un</option></select>',
        "or give it a default",
    ),
    "text in table": ("<caption>", "texte <caption>", "Move “texte” on line 21 into a cell"),
    "unknown icon": (
        IN_TEXT,
        '<svg aria-hidden="true"><use href="/static/built/icons.svg#nothing"></use></svg>',
        "Add the icon “nothing”",
    ),
    # the page
    "language": ('<html lang="fr">', "<html>", "Say the page's language"),
    "not a page": ('<html lang="fr">', "", "is this a whole page?"),
    "title": ("<title>Demandes – Portail</title>", "<title> </title>", "one <title>"),
    "title of another page": ("<title>Demandes", "<title>Accueil", "Begin <title> with the words of <h1>"),
    "no h1": ("<h1>Demandes</h1>", "", "exactly one <h1>; it has 0"),
    "two h1": ("<h1>Demandes</h1>", "<h1>Demandes</h1><h1>Autre</h1>", "exactly one <h1>; it has 2"),
    "skipped level": ("<h2>Liste</h2>", "<h3>Liste</h3>", "Make <h3> on line 20 a <h2>"),
    "empty heading": ("<h2>Liste</h2>", "<h2></h2>", "Put words into <h2>"),
    "no header": ("<header><nav", "<div><nav", "exactly one <header>"),
    "two mains": ("</main>", "</main><main>a</main>", "exactly one <main>"),
    "no footer": ("<footer>Pied", "<footer hidden>Pied", "exactly one <footer>"),
    "two headers": ("</main>", "</main><header>a</header>", "exactly one <header>"),
    "unlabelled navigation": ('<nav aria-label="Pages">', "<nav>", "aria-label of its own"),
    "navigations of one name": ('"Pages"', '"Principale"', "aria-label of its own"),
    "duplicate id": (IN_TEXT, '<p id="titre">a</p>', "“titre” is there 2 times"),
    "id with space": (IN_TEXT, '<p id="a b">a</p>', "id without spaces"),
    # references
    "label to nobody": ('<label for="titre">', '<label for="autre">', "Correct for of <label> on line 14"),
    "label to text": (IN_TEXT, '<label for="aide">a</label>', "Point <label> on line 11 to a field"),
    "described by nobody": (
        'aria-describedby="aide"',
        'aria-describedby="aide faute"',
        "no element has the id “faute”",
    ),
    "anchor": ('href="#contenu"', 'href="#rien"', "Correct href of <a>"),
    "empty anchor": ('href="#contenu"', 'href="#"', "“#” leads nowhere"),
    # forms
    "no label": (IN_TEXT, '<input name="x">', 'Give <input name="x"> on line 11 a label'),
    "empty label": (">Titre<", "><", 'Give <input id="titre"> on line 14 a label'),
    "select without label": (' aria-label="Région"', "", 'Give <select name="region">'),
    "textarea without label": (IN_TEXT, "<textarea></textarea>", "Give <textarea> on line 11 a label"),
    "no token": (
        '<input type="hidden" name="csrf_token" value="jeton">',
        "",
        "Put the csrf_token into <form>",
    ),
    "posting button": (
        '<button type="submit">Ok',
        '<button type="submit" formmethod="post">Ok',
        "Put the csrf_token",
    ),
    # names
    "image": (' alt="">', ">", "Describe <img>"),
    "link of an image": ('alt="Demande 1"', 'alt=""', "Give <a> on line 22 words"),
    "button": ('<button type="submit">Envoyer', '<button type="submit">', "Give <button> on line 17 words"),
    "input button": (IN_TEXT, '<input type="button">', "a value that says what it does"),
    "drawing": ('<svg aria-hidden="true"', "<svg", "Hide <svg>"),
    # content policy
    "style attribute": (IN_TEXT, '<p style="color:red">a</p>', "Move the style of <p>"),
    "style element": ("</head>", "<style>p{}</style></head>", "Move <style>"),
    "handler": ("<h2>", '<h2 onclick="x()">', "Move onclick"),
    "javascript address": ('href="/1"', 'href="javascript:x()"', "no javascript: address"),
    "inline script": (IN_TEXT, "<script>x()</script>", "a src or a nonce"),
    # tables
    "no th": ('<th scope="col">Nom</th>', "<td>Nom</td>", "Say with <th>"),
    "no scope": (' scope="col"', "", "Give <th> on line 21 a scope"),
    "no caption": ("<caption>Demandes</caption>", "", "a <caption> or an aria-label"),
}

# What html-validate sees, and its rule.
INVALID = {
    "no doctype": ("<!doctype html>", "", "missing-doctype"),
    "old doctype": (
        "<!doctype html>",
        '<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x">',
        "doctype-html",
    ),
    "not closed": (IN_TEXT, "<div><p>a</p>", "close-order"),
    "never closed": ("</html>", "", "no-implicit-close"),
    "crossed": (IN_TEXT, "<p><b>a</p></b>", "close-order"),
    "closed twice": (IN_TEXT, "<p>a</p></span>", "close-order"),
    "end of a void element": (IN_TEXT, "<p>a<br></br></p>", "void-content"),
    "obsolete": (IN_TEXT, "<center>a</center>", "deprecated"),
    "block in paragraph": (IN_TEXT, "<p><ul><li>a</li></ul></p>", "no-implicit-close"),
    "block in span": (IN_TEXT, "<span><div>a</div></span>", "element-permitted-content"),
    "list": (IN_TEXT, "<ul><div>a</div></ul>", "element-permitted-content"),
    "item": (IN_TEXT, "<div><li>a</li></div>", "element-permitted-parent"),
    "cell": ("<td>", "<td></td><div>a</div><td>", "element-permitted-content"),
    "link in link": (IN_TEXT, '<a href="/">a <button>b</button></a>', "element-permitted-content"),
    "form in form": (IN_TEXT, "<form><form></form></form>", "element-permitted-content"),
    "main in section": (IN_TEXT, "<aside><main>a</main></aside>", "element-permitted-content"),
}


def test_a_good_page_has_no_problem() -> None:
    assert check_page(GOOD, "/demandes") == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_page_is_seen(name: str) -> None:
    before, after, problem = BROKEN[name]
    assert GOOD.count(before) >= 1
    found = check_page(GOOD.replace(before, after, 1), "/demandes")
    assert all(message.startswith("/demandes: ") for message in found)
    assert any(problem in message for message in found), found


def test_html_validate_sees_what_is_not_valid(tmp_path: Path) -> None:
    for name, (before, after, _rule) in INVALID.items():
        (tmp_path / f"{name}.html").write_text(GOOD.replace(before, after, 1))
    (tmp_path / "good.html").write_text(GOOD)
    command = [ROOT / ".ci/node", "npx", "html-validate", "--config", ".htmlvalidate.json", "-f", "json"]
    done = subprocess.run([*command, tmp_path], cwd=ROOT, capture_output=True, text=True, check=False)
    seen = {
        Path(page["filePath"]).stem: {message["ruleId"] for message in page["messages"]}
        for page in json.loads(done.stdout)
    }
    assert "good" not in seen
    assert not {name for name, (*_, rule) in INVALID.items() if rule not in seen.get(name, ())}, seen

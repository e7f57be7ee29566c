"""Headers of every answer: a strict policy, no guessing, no framing, long lives for files that never change."""

import gzip
import re
from pathlib import Path

import pytest
from flask import Flask

import config
from portal import create_app
from portal.web.headers import POLICY

pytestmark = pytest.mark.one_database

FORBIDDEN = ("unsafe-inline", "unsafe-eval", "strict-dynamic", "http:", "https:", "*")
PAGES = ("/", "/connexion", "/nulle-part", "/demandes", "/demandes/0000-0000")


def nonce_of(policy: str) -> str:
    found = re.search(r"'nonce-([\w-]+)'", policy)
    assert found, f"the policy has no nonce: {policy}"
    return found.group(1)


def test_the_policy_is_strict() -> None:
    for word in FORBIDDEN:
        assert word not in POLICY
    for part in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in POLICY
    assert "style-src 'self';" in POLICY, "styles come from our files alone"


def test_each_response_has_its_own_nonce_on_each_of_its_scripts(browse) -> None:
    visitor = browse()
    seen = set()
    for _ in range(3):
        page = visitor.get("/")
        nonce = nonce_of(page.headers["Content-Security-Policy"])
        scripts = re.findall(r"<script[^>]*>", page.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)
        seen.add(nonce)
    assert len(seen) == 3
    assert all(len(nonce) >= 20 for nonce in seen), "not to be guessed"


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_has_the_headers(make, browse, path: str) -> None:
    for browser in (browse(), browse(make.coordinator())):
        headers = browser.get(path).headers
        nonce_of(headers["Content-Security-Policy"])
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]


def test_https_is_asked_for_where_there_is_https(app: Flask, database: None) -> None:
    def answer(secure: bool):
        settings = config.Testing("sqlite://")
        settings.SESSION_COOKIE_SECURE = secure
        with create_app(settings).test_client() as client:
            return client.get("/candidater")

    secure, plain = answer(True), answer(False)
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
    assert "Secure" in secure.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in plain.headers


def test_the_cookie_is_out_of_reach(browse) -> None:
    cookie = browse().get("/connexion").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_what_a_person_sees_is_not_stored(make, browse) -> None:
    person = browse(make.coordinator())
    for path in ("/", "/demandes", "/services", "/nulle-part"):
        assert person.get(path).headers["Cache-Control"] == "no-store", path
    assert browse().get("/services").headers.get("Cache-Control") != "no-store"


def test_files_are_kept_for_a_year_under_an_address_of_their_content(app: Flask, browse) -> None:
    page = browse().get("/").text
    addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
    assert addresses
    for address in addresses:
        assert re.search(r"\?v=[0-9a-f]{10}$", address), f"{address}: write it with asset()"
        with app.test_client().get(address) as file:
            assert file.status_code == 200
            assert file.headers["Cache-Control"] == "max-age=31536000, public"
            assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_the_address_of_a_file_changes_with_it(app: Flask, tmp_path) -> None:
    from portal.web.templating import _fingerprint

    file = tmp_path / "a.css"
    file.write_text("a{}")
    before = _fingerprint(file)
    file.write_text("b{}")
    assert _fingerprint(file) != before


@pytest.mark.parametrize(
    ("path", "encoding"),
    [
        ("/", "br"),
        ("/static/built/theme.css", "gzip"),
        ("/static/js/portal.js", "gzip"),
        ("/static/built/icons.svg", "gzip"),
    ],
)
def test_pages_and_files_travel_compressed(app: Flask, database: None, path: str, encoding: str) -> None:
    client = app.test_client()
    asked = {"Accept-Encoding": "gzip, deflate, br"}
    with client.get(path) as plain, client.get(path, headers=asked) as small:
        assert small.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert "Accept-Encoding" in small.headers["Vary"]
        assert int(small.headers["Content-Length"]) == len(small.data) < len(plain.data) / 2
    if encoding == "gzip":
        assert gzip.decompress(small.data) == plain.data


def test_a_known_file_is_not_sent_again(app: Flask) -> None:
    client = app.test_client()
    with client.get("/static/built/theme.css", headers={"Accept-Encoding": "gzip"}) as first:
        known = {"If-None-Match": first.headers["ETag"], "Accept-Encoding": "gzip"}
    with client.get("/static/built/theme.css", headers=known) as again:
        assert again.status_code == 304
        assert again.data == b""
    with client.head("/static/built/theme.css", headers={"Accept-Encoding": "gzip"}) as head:
        assert head.data == b""
        assert head.headers["Content-Encoding"] == "gzip"


def test_what_is_already_compressed_is_left_alone(app: Flask) -> None:
    font = next(Path(app.static_folder).glob("built/fonts/*.woff2"))
    address = f"/static/built/fonts/{font.name}"
    with app.test_client().get(address, headers={"Accept-Encoding": "gzip"}) as file:
        assert "Content-Encoding" not in file.headers
        assert file.data == font.read_bytes()


def test_a_file_that_is_not_there_is_a_page_that_says_so(browse) -> None:
    assert browse().get("/static/built/nothing.css").status_code == 404
    assert browse().get("/static/../config.py").status_code == 404

"""What never reaches the pages, since it cannot be read, is answered with a page as well, and repeated in no log."""

import re
import socket
from pathlib import Path

from flask import Flask

from tests.browser import keep_page
from tests.integration.operations.conftest import GUNICORN, Start
from tests.integration.operations.test_start import free_port, opened
from tests.page_check import check_page
from tests.production import production
from tests.waiting import LONGEST

SECRET = "zoe-petit-secret"
HOST = "Host: portal.test\r\n"
MANY = f"X-One: {SECRET}\r\n" * 200
UNREAD = {
    "a line too long": (f"GET /services?q={SECRET}{'x' * 5000} HTTP/1.1\r\n{HOST}\r\n", 414),
    "a line without an end": (f"GET /services?q={SECRET}{'x' * 20_000}", 414),
    "a header too long": (f"GET / HTTP/1.1\r\n{HOST}Cookie: a={SECRET}{'x' * 20_000}\r\n\r\n", 431),
    "too many headers": (f"GET / HTTP/1.1\r\n{HOST}{MANY}\r\n", 431),
    "no method": (f"{SECRET}\r\n\r\n", 400),
    "a method nobody knows": (f"G@T /{SECRET} HTTP/1.1\r\n{HOST}\r\n", 400),
    "another protocol": (f"GET /{SECRET} HTTP/7.3\r\n{HOST}\r\n", 400),
    "a name of a header with a space": (f"GET / HTTP/1.1\r\n{HOST}{SECRET} a: b\r\n\r\n", 400),
    "two lengths": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde", 400),
    "a length that is none": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: {SECRET}\r\n\r\n", 400),
    "a coding nobody knows": (f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: {SECRET}\r\n\r\n", 400),
}


def told(port: int, sent: str) -> tuple[int, dict[str, str], str]:
    """The status, the headers and the page that a portal answers on the wire."""
    with socket.create_connection(("127.0.0.1", port), timeout=LONGEST) as wire:
        wire.sendall(sent.encode())
        answer = b""
        while part := wire.recv(65536):
            answer += part
    head, _, page = answer.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    return int(first.split()[1]), headers, page


def test_what_cannot_be_read_is_answered_with_a_page_in_both_languages(
    start: Start, app: Flask, database_url: str, tmp_path: Path
) -> None:
    port = free_port()
    settings = production(tmp_path, DATABASE_URL=database_url, BIND=f"127.0.0.1:{port}", WEB_PROCESSES="1")
    program = start(*GUNICORN, **settings)
    assert opened(f"http://127.0.0.1:{port}/health") == 200
    for name, (sent, expected) in UNREAD.items():
        status, headers, page = told(port, sent)
        assert status == expected, name
        assert not check_page(page, name)
        keep_page(page)
        assert '<html lang="fr">' in page
        assert re.search(r'lang="en">\s*<h2>', page), name
        assert f"Erreur {status}" in page
        assert 'href="/"' in page.partition("<main")[2], "a way on"
        assert int(headers["Content-Length"]) == len(page.encode())
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "max-age" in headers["Strict-Transport-Security"]
        assert SECRET not in page
    for name in ("SCRIPT_NAME", "Script-Name", "X-Script-Name", "X-Forwarded-Prefix"):
        status, _headers, page = told(port, f"GET /services HTTP/1.1\r\n{HOST}{name}: /ailleurs\r\n\r\n")
        assert (status, "/ailleurs" in page) == (200, False), name
    assert told(port, f"GET /services HTTP/1.1\r\n{HOST}\r\n")[0] == 200, "and it goes on"
    program.terminate()
    log, _ = program.communicate(timeout=LONGEST)
    assert SECRET not in log
    assert log.count("was not read") == len(UNREAD)

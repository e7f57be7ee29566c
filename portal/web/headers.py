"""Security headers: a strict content policy with a nonce, and the rest."""

import secrets

from flask import Flask, Response, g

POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

WITHOUT_SCRIPTS = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def csp_nonce() -> str:
    """The nonce of this response."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def for_all(app: Flask) -> dict[str, str]:
    """What every answer of this portal carries, whatever it is."""
    return {**_ALWAYS, **_HTTPS_ONLY} if app.config["SESSION_COOKIE_SECURE"] else _ALWAYS


def init_app(app: Flask) -> None:
    always = for_all(app)

    def add(response: Response) -> Response:
        for name, value in always.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Content-Security-Policy", POLICY.format(nonce=csp_nonce()))
        return response

    app.after_request(add)

"""A passkey in a real browser, whose authenticator is software: made, then used to sign in and as a second step."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.axe import violations
from tests.builders import Builder

SAFETY = "/mon-compte/securite"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named(app: Flask, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The portal under a name: passkeys belong to one, never to an address in figures."""
    name = address.replace("127.0.0.1", "localhost")
    monkeypatch.setitem(app.config, "PORTAL_URL", name)
    return name


def with_authenticator(visitor, name: str):
    visitor.address = name
    protocol = visitor.context.new_cdp_session(visitor.page)
    protocol.send("WebAuthn.enable")
    made = protocol.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return protocol, made["authenticatorId"]


def sign_out(visitor) -> None:
    visitor.press(visitor.words("Sign out"))


@pytest.mark.parametrize("width", [360, 1280])
def test_made_then_used(make: Builder, visit, named: str, width: int) -> None:
    person = make.coordinator().person
    visitor = visit(width=width)
    protocol, authenticator = with_authenticator(visitor, named)
    visitor.sign_in(person.email)
    visitor.open(f"{SAFETY}/cles-d-acces")
    visitor.write(visitor.words("Name of this passkey"), "Mon ordinateur")
    visitor.press(visitor.words("Make the passkey"))
    assert visitor.words("Your recovery codes") in visitor.page.title()
    assert visitor.page.locator(".recovery-codes li").count() == 10
    assert not violations(visitor.page)
    visitor.follow(visitor.words("I have kept them: go on"))
    [key] = protocol.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert (key["rpId"], key["isResidentCredential"]) == ("localhost", True)

    if width == 360:
        visitor.page.locator("summary", has_text="Menu").click()
    sign_out(visitor)
    visitor.open("/connexion")
    visitor.press(visitor.words("Sign in with a passkey"))
    visitor.open(f"{SAFETY}/cles-d-acces")
    page = visitor.page.get_by_role("main").inner_text()
    assert "Mon ordinateur" in page
    assert visitor.words("Never used yet") not in page
    assert not violations(visitor.page)


def test_used_after_the_password(make: Builder, visit, named: str) -> None:
    person = make.coordinator().person
    visitor = visit()
    with_authenticator(visitor, named)
    visitor.sign_in(person.email)
    visitor.open(f"{SAFETY}/cles-d-acces")
    visitor.write(visitor.words("Name of this passkey"), "Mon ordinateur")
    visitor.press(visitor.words("Make the passkey"))
    sign_out(visitor)
    visitor.open("/connexion?next=/mon-compte")
    visitor.write(visitor.words("E-mail address"), person.email)
    visitor.write(visitor.words("Password"), "quatre mots bien ordinaires")
    visitor.press(visitor.words("Sign in"), inside=visitor.page.get_by_role("main"))
    assert visitor.words("Second step") in visitor.page.title()
    assert not violations(visitor.page)
    visitor.press(visitor.words("Use my passkey"))
    assert visitor.page.url == f"{named}/mon-compte"


def test_refused_by_its_owner_it_says_so(make: Builder, visit, named: str) -> None:
    visitor = visit()
    protocol, authenticator = with_authenticator(visitor, named)
    protocol.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    visitor.open("/connexion")
    visitor.page.get_by_role("button", name=visitor.words("Sign in with a passkey")).click()
    visitor.page.get_by_text(visitor.words("No passkey was used. You can try again.")).wait_for()


def test_without_javascript_it_says_why(make: Builder, visit, named: str) -> None:
    visitor = visit(hands="no-javascript")
    visitor.address = named
    visitor.open("/connexion")
    main = visitor.page.get_by_role("main")
    assert (
        visitor.words("Passkeys need JavaScript, which your browser does not run here.") in main.inner_text()
    )
    assert not main.get_by_role("button", name=visitor.words("Sign in with a passkey")).is_visible()

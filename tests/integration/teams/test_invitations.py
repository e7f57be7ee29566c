"""Inviting people: a link that works once, for seven days, for one address."""

import re
from collections.abc import Callable
from datetime import timedelta

from werkzeug.test import TestResponse

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.accounts.steps import emails, english, is_signed_in

Browse = Callable[..., Browser]
GUEST = "nadia@exemple.test"
WORDS = "trois petits chats dorment au grenier"


def invite(browser: Browser, membership: Membership, **fields: str) -> TestResponse:
    """Fill in the form of the membership's organisation."""
    typed = {
        "email": GUEST,
        "given_name": "Nadia",
        "family_name": "Benali",
        "role": "member",
        "language": "fr",
        **fields,
    }
    return browser.post(f"/organisations/{membership.organisation_id}/personnes/inviter", typed)


def link_in(text: str) -> str:
    found = re.search(r"http://portal\.test(/invitation/\S+)", text)
    assert found, text
    return found.group(1)


def accept(browser: Browser, link: str, **fields: str) -> TestResponse:
    typed = {"given_name": "Nadia", "family_name": "Benali", "password": WORDS, "password_confirm": WORDS}
    return browser.post(link, {**typed, **fields})


def test_a_guest_joins_with_a_new_account(make: Builder, browse: Browse) -> None:
    coordinator = make.coordinator()
    answer = invite(browse(coordinator), coordinator)
    assert answer.status_code == 302, answer.text
    (sent,) = emails()
    assert sent.confidential
    assert sent.recipient == GUEST
    guest = english(browse())
    link = link_in(sent.text)
    page = guest.get(link)
    assert page.status_code == 200
    assert coordinator.person.name in page.text
    assert coordinator.organisation.name in page.text
    answer = accept(guest, link)
    assert answer.status_code == 302, answer.text
    assert is_signed_in(guest)
    assert coordinator.organisation.name in guest.get("/").text

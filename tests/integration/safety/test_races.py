"""Two at once: a code works once, a link works once, an address has one account."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portal.accounts import queries as people
from portal.accounts.rules import token_hash
from portal.db import transaction
from portal.safety.models import EmailChange
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.accounts.steps import sign_in
from tests.integration.safety.steps import SECOND_STEP, set_up_application
from tests.races import Meet, all_at_once

Browse = Callable[..., Browser]


def send_at_once(app: Flask, *posts: tuple[Browser, str, dict[str, Any]]) -> list[TestResponse]:
    """Posts at the same moment, from several browsers."""

    def send(number: int, meet: Meet) -> TestResponse:
        browser, path, fields = posts[number]
        meet()
        with app.app_context():
            return browser.client.post(
                path, data={"csrf_token": browser.token, **fields}, headers={"Sec-Fetch-Site": "same-origin"}
            )

    return all_at_once(len(posts), send)


def test_a_recovery_code_used_by_two_opens_for_one(app: Flask, make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    _telephone, codes = set_up_application(browse(member))
    browsers = [browse() for _ in range(3)]
    for browser in browsers:
        sign_in(browser, member.person)
    answers = send_at_once(app, *((browser, SECOND_STEP, {"code": codes[0]}) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422]


def test_a_code_of_the_application_used_by_two_opens_for_one(
    app: Flask, make: Builder, browse: Browse
) -> None:
    member = make.coordinator()
    telephone, _codes = set_up_application(browse(member))
    browsers = [browse() for _ in range(3)]
    for browser in browsers:
        sign_in(browser, member.person)
    code = telephone.code(later=30)
    answers = send_at_once(app, *((browser, SECOND_STEP, {"code": code}) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422]


def test_two_who_confirm_the_same_address_leave_one_account_with_it(
    app: Flask, make: Builder, browse: Browse
) -> None:
    members = [make.coordinator(), make.coordinator()]
    with transaction() as session:
        for number, member in enumerate(members):
            session.add(
                EmailChange(
                    person_id=member.person_id,
                    old_email=member.person.email,
                    new_email="commune@exemple.test",
                    confirm_hash=token_hash(f"confirm-{number}"),
                    stop_hash=token_hash(f"stop-{number}"),
                )
            )
    browsers = [browse(), browse()]
    for number, browser in enumerate(browsers):
        browser.get(f"/nouvelle-adresse/confirm-{number}")
    answers = send_at_once(
        app,
        *((browser, f"/nouvelle-adresse/confirm-{number}", {}) for number, browser in enumerate(browsers)),
    )
    assert sorted(str(answer.location) for answer in answers) == ["/", "/connexion"]
    assert people.by_email("commune@exemple.test") is not None

"""The national cell sees what did not leave, and why; nobody else does."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.access.roles import Role
from portal.db import transaction
from portal.notifications.beats import service as beats
from portal.notifications.claims import service as claims
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.notifications.conftest import Write, change, row, rows

Browse = Callable[..., Browser]
SECRET = "http://portal.test/secret-link"


@pytest.fixture
def national(make: Builder, browse: Browse) -> Browser:
    return browse(make.national_admin())


def give_up(error: str = "550 5.1.1 User unknown") -> None:
    for claimed in claims.claim():
        claims.not_taken(claimed, error, final=True)


def beat(mail_error: str | None = None) -> None:
    with transaction():
        beats.note_worker("a-machine", mail_error)


def test_a_given_up_e_mail_is_shown_with_its_reason_and_without_its_text(
    national: Browser, write: Write
) -> None:
    write("perdu@exemple.test", confidential=True)
    give_up()
    page = national.get("/emails").text
    assert "perdu@exemple.test" in page
    assert "Bonjour Zoé Martin" in page
    assert "550 5.1.1 User unknown" in page
    assert "Une demande" not in page
    assert "http://portal.test/demandes" not in page


def test_late_e_mails_are_shown_apart(national: Browser, write: Write) -> None:
    write("retard@exemple.test")
    change(next_attempt_at=clock.now() - timedelta(minutes=11))
    write("presque@exemple.test")
    page = national.get("/emails?liste=en-retard").text
    assert "retard@exemple.test" in page
    assert "presque@exemple.test" not in page
    assert "retard@exemple.test" not in national.get("/emails").text
    assert national.get("/emails?liste=autre").status_code == 404


def test_trying_again_sends_it_back_to_the_worker(national: Browser, write: Write) -> None:
    write()
    give_up()
    answer = national.post(f"/emails/{row().id}/reessayer")
    assert (answer.status_code, answer.location) == (302, "/emails")
    assert (row().given_up_at, row().attempts, len(claims.claim())) == (None, 0, 1)
    assert national.post(f"/emails/{row().id}/reessayer").status_code == 409


def test_trying_all_again(national: Browser, write: Write) -> None:
    write("a@exemple.test", "b@exemple.test")
    give_up("554 5.7.1 Relay access denied")
    assert national.post("/emails/reessayer").status_code == 302
    assert {one.given_up_at for one in rows()} == {None}


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999"])
def test_an_e_mail_that_does_not_exist(national: Browser, number: str) -> None:
    assert national.post(f"/emails/{number}/reessayer").status_code == 404


def test_the_page_says_whether_the_worker_works(national: Browser) -> None:
    assert "callout-danger" in national.get("/emails").text
    beat()
    assert "callout-" not in national.get("/emails").text
    beat("ConnectionRefusedError: [Errno 111] Connection refused")
    page = national.get("/emails").text
    assert "callout-warning" in page
    assert "ConnectionRefusedError" in page


@pytest.mark.parametrize(
    "role",
    [Role.COORDINATOR, Role.MEMBER, Role.PRACTITIONER, Role.MANAGER, Role.REGIONAL_ADMIN, Role.OBSERVER],
)
def test_others_may_not_look_or_try_again(make: Builder, browse: Browse, write: Write, role: Role) -> None:
    write()
    give_up()
    other = browse(make.member(make.pole(), role))
    assert other.get("/emails").status_code == 403
    for path in ("/emails/reessayer", f"/emails/{row().id}/reessayer"):
        assert other.post(path).status_code == 403
    assert row().given_up_at is not None


def test_a_visitor_is_asked_to_sign_in(browse: Browse) -> None:
    answer = browse().get("/emails")
    assert (answer.status_code, "/connexion" in answer.location) == (302, True)


@pytest.mark.parametrize("path", ["/emails", "/emails?liste=en-retard"])
def test_fifty_rows_cost_what_one_costs(
    national: Browser, write: Write, queries: list[str], path: str
) -> None:
    def cost() -> int:
        queries.clear()
        national.get(path)
        return len(queries)

    def prepare(number: int) -> None:
        write(*(f"a{index}@exemple.test" for index in range(number)))
        if path == "/emails":
            give_up()
        else:
            change(created_at=clock.now() - timedelta(hours=1))

    prepare(1)
    one = cost()
    prepare(49)
    assert cost() == one <= 8


def test_long_lists_come_in_pages(national: Browser, write: Write) -> None:
    write(*(f"a{number:02d}@exemple.test" for number in range(30)))
    give_up()
    page = national.get("/emails").text
    assert page.count("/reessayer") == 25 + 1
    (following,) = {part.split('"')[0] for part in page.split('href="')[1:] if "page=" in part.split('"')[0]}
    assert national.get(following.replace("&amp;", "&")).text.count("/reessayer") == 5 + 1

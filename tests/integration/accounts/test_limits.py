"""Limits are exact when many try at once, let an office in, and lock nobody out of a browser they use."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
import time_machine
from flask import Flask
from itsdangerous import Signer
from sqlalchemy import event

from portal.accounts import rules
from portal.accounts.attempts import service as attempts
from portal.applications.steps import State
from portal.db import db
from portal.feature import Feature
from portal.notifications.models import OutboxEmail
from portal.notifications.outbox import service as outbox
from portal.organisations.models import Organisation
from portal.safety.sign_in import service as safety
from portal.teams import rules as teams
from portal.teams.invitations import service as invitations
from portal.teams.invitations.service import Invited
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.accounts.steps import (
    NEW,
    WRONG,
    ask_link,
    change_password,
    emails,
    english,
    link_in,
    set_password,
    sign_in,
    sign_in_as,
    sign_out,
)
from tests.integration.accounts.test_attempts import HELD, START, fail, from_address
from tests.integration.requests.steps import actor_of
from tests.integration.safety.steps import SECOND_STEP, VERIFY, set_up_application
from tests.races import at_once

Browse = Callable[..., Browser]
AT_ONCE = 8
EMAIL = "personne@exemple.test"


class Tried(NamedTuple):
    """`most`: how many of many tries pass. `act`: one try, in a transaction; True: it passed."""

    most: int
    act: Callable[[], bool]


LIMITS: dict[str, Tried] = {
    "begin_sign_in": Tried(rules.ACCOUNT.free, lambda: not attempts.begin_sign_in(EMAIL).held),
    "begin_sign_in: codes": Tried(
        rules.ACCOUNT.free, lambda: not attempts.begin_sign_in(EMAIL, attempts.CODE).held
    ),
    "begin_link": Tried(rules.LINKS_OF_ACCOUNT.most, lambda: attempts.begin_link(EMAIL) is None),
    "begin_link: applications": Tried(
        rules.LINKS_OF_ACCOUNT.most, lambda: attempts.begin_link(EMAIL, "application") is None
    ),
    "may_write_to": Tried(rules.WRITTEN_TO.most, lambda: attempts.may_write_to(EMAIL)),
    "may_write_to_all": Tried(
        rules.WRITTEN_TO.most, lambda: attempts.may_write_to_all([EMAIL, "autre@exemple.test"])
    ),
    "may_ask_for_address": Tried(rules.LINKS_OF_ACCOUNT.most, lambda: attempts.may_ask_for_address(1)),
    "may_send_invitation": Tried(rules.INVITATION_SENDS.most, lambda: attempts.may_send_invitation(1)),
    "may_ask_for_invitation": Tried(rules.ASKED_AGAIN.most, lambda: attempts.may_ask_for_invitation(1)),
    "may_add_document": Tried(4, lambda: attempts.may_add_document(1)),
    "may_send_document": Tried(4, lambda: attempts.may_send_document(1)),
    "may_send_document_as_guest": Tried(4, lambda: attempts.may_send_document_as_guest(1)),
    "may_answer_by_email": Tried(4, lambda: attempts.may_answer_by_email("1234-5674")),
    "may_tell_strangers": Tried(4, attempts.may_tell_strangers),
    "may_try_code_of_session": Tried(4, lambda: attempts.may_try_code_of_session(1)),
    "may_write_as_guest": Tried(4, lambda: attempts.may_write_as_guest(1)),
}


def limit(usual: rules.Limit, most: int) -> rules.Limit:
    """A smaller one, without waits."""
    return replace(usual, free=most, most=most)


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        *("DOCUMENTS_ADDED", "DOCUMENTS_SENT", "GUEST_DOCUMENTS"),
        *("GUEST_MESSAGES", "ANSWERS_BY_EMAIL", "STRANGERS_TOLD", "SESSION_CODES"),
    ):
        monkeypatch.setattr(rules, name, limit(getattr(rules, name), 4))


def links() -> list[OutboxEmail]:
    """The links to choose a passphrase, oldest first."""
    return [one for one in emails() if one.kind == "accounts/reset_instructions"]


@pytest.fixture
def time() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as coordinates:
        yield coordinates


def test_every_limit_is_tried_here() -> None:
    counted = {
        name
        for name, _ in inspect.getmembers(attempts, inspect.isfunction)
        if name.startswith(("begin_", "may_"))
    }
    assert counted == {name.partition(":")[0] for name in LIMITS}


@pytest.mark.parametrize("name", LIMITS)
def test_no_limit_is_outrun_by_many_at_once(app: Flask, database: None, name: str) -> None:
    passed = sum(sum(at_once(app, *[LIMITS[name].act] * AT_ONCE)) for _round in range(2))
    assert passed == LIMITS[name].most


def test_the_limit_of_a_network_is_not_outrun(
    app: Flask, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "NETWORK", limit(rules.NETWORK, 3))
    acts = [lambda one=one: not attempts.begin_sign_in(f"{one}@x.test").held for one in range(AT_ONCE)]
    assert sum(at_once(app, *acts)) == 3


def test_the_limit_of_a_known_browser_is_not_outrun(
    app: Flask, database: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Feature("known", browser_of=lambda _email: "k" * 64)
    monkeypatch.setattr(attempts, "features", lambda: [known])
    assert sum(at_once(app, *[LIMITS["begin_sign_in"].act] * AT_ONCE)) == rules.ACCOUNT.free


def test_the_invitations_of_a_day_are_not_outrun(
    app: Flask, make: Builder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(teams, "MOST_INVITED_A_DAY", 3)
    head = make.coordinator()
    actor, number, role = actor_of(head), head.organisation_id, head.role
    acts = [
        lambda one=one: invitations.invite(
            actor, db.session.get_one(Organisation, number), Invited(f"{one}@x.test", "A", "B", role, "fr")
        )
        for one in range(AT_ONCE)
    ]
    sent = [one for one in at_once(app, *acts) if not isinstance(one, Exception)]
    assert len(sent) == 3


def test_an_office_behind_one_address_works(make: Builder, browse: Browse) -> None:
    people = [make.person() for _ in range(30)]
    for person in people:
        browser = from_address(browse(), "192.0.2.1")
        for _ in range(2):
            assert "do not go together" in sign_in_as(browser, person.email, WRONG).text
        assert sign_in(browser, person).status_code == 302
    for person in people:
        assert ask_link(from_address(browse(), "192.0.2.1"), person.email).status_code == 302
    assert [one.recipient for one in links()] == [person.email for person in people]


def test_a_stranger_locks_nobody_out_of_a_browser_they_use(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    member = make.coordinator()
    own = from_address(browse(), "192.0.2.1")
    assert sign_in(own, member.person).status_code == 302
    sign_out(own)
    fail(from_address(browse(), "198.51.100.9"), member.person.email)
    assert HELD in sign_in(from_address(browse(), "203.0.113.5"), member.person).text
    own = from_address(own, "203.0.113.77")  # they moved: the browser is the same
    assert sign_in(own, member.person).status_code == 302
    own.get(VERIFY)
    assert own.post(VERIFY, {"password": "quatre mots bien ordinaires"}).status_code == 302
    assert change_password(own, "quatre mots bien ordinaires").status_code == 302
    assert HELD in sign_in(from_address(browse(), "203.0.113.5"), member.person, NEW).text


def test_a_browser_is_known_for_a_year_and_by_its_own_people_alone(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    mine, other = make.coordinator().person, make.coordinator().person
    own = english(browse())
    for person in (mine, other):
        sign_in(own, person)
        sign_out(own)
    stranger = make.person()
    for person in (mine, other, stranger):
        fail(from_address(browse(), "198.51.100.9"), person.email)
    assert sign_in(own, mine).status_code == 302
    sign_out(own)
    assert sign_in(own, other).status_code == 302
    sign_out(own)
    assert HELD in sign_in(own, stranger).text


def test_a_known_browser_has_the_same_limit_of_its_own(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    person = make.coordinator().person
    own = english(browse())
    sign_in(own, person)
    sign_out(own)
    fail(own, person.email)
    assert HELD in sign_in(own, person).text
    assert sign_in(english(browse()), person).status_code == 302, "elsewhere nobody has guessed"


def test_codes_guessed_elsewhere_hold_no_known_browser_and_a_reset_clears_them(
    make: Builder, browse: Browse, time: time_machine.Traveller
) -> None:
    member = make.coordinator()
    own = english(browse())
    sign_in(own, member.person)
    telephone, _codes = set_up_application(own)
    sign_out(own)
    guesser = from_address(browse(), "198.51.100.9")
    sign_in(guesser, member.person)
    for _ in range(5):
        guesser.post(SECOND_STEP, {"code": "000000"})
    elsewhere = from_address(browse(), "203.0.113.5")
    sign_in(elsewhere, member.person)
    assert HELD in elsewhere.post(SECOND_STEP, {"code": telephone.code(later=30)}).text
    assert sign_in(own, member.person).status_code == 200
    assert own.post(SECOND_STEP, {"code": telephone.code(later=30)}).status_code == 302
    ask_link(elsewhere, member.person.email)
    set_password(elsewhere, link_in(links()[0]))
    sign_in(elsewhere, member.person, NEW)
    time.shift(61)
    assert elsewhere.post(SECOND_STEP, {"code": telephone.code()}).status_code == 302


def test_resets_do_not_make_codes_guessable_without_end(
    make: Builder, browse: Browse, time: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CODES_A_DAY", limit(rules.CODES_A_DAY, 8))
    tried: list[str] = []
    monkeypatch.setattr(safety.authenticator, "use_code", lambda _person, code, _shown: tried.append(code))
    member = make.coordinator()
    set_up_application(browse(member))
    thief = english(browse())
    for number in range(3):
        ask_link(thief, member.person.email)
        set_password(thief, link_in(links()[-1]), f"{NEW} {number}")
        sign_in(thief, member.person, f"{NEW} {number}")
        for _ in range(6):
            thief.post(SECOND_STEP, {"code": "000000"})
    assert len(tried) == 8


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch, database: None) -> Iterator[list[str]]:
    """What a request does that takes time: statements, e-mails rendered, tokens signed."""
    done: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: Any) -> None:
        ends = statement.startswith(("RELEASE", "ROLLBACK TO"))  # which take the same time
        done.append("end of savepoint" if ends else " ".join(statement.split())[:60])

    def noted(owner: Any, name: str) -> None:
        real = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *args, **named: (done.append(name), real(*args, **named))[1])

    noted(outbox, "render")
    noted(Signer, "sign")
    event.listen(db.engine, "before_cursor_execute", note)
    yield done
    event.remove(db.engine, "before_cursor_execute", note)


def known_addresses(make: Builder) -> list[str]:
    """Known in as many ways as there are, unknown, and asked for too often."""
    person, closed = make.person(), make.person(active=False)
    for _ in range(3):
        make.raw_application(State.DRAFT, email="trois@exemple.test")
    make.raw_application(State.DRAFT, email="une@exemple.test", name="Lin")
    return [person.email, closed.email, "inconnue@exemple.test", "trois@exemple.test", "une@exemple.test"]


@pytest.mark.parametrize("path", ["/mot-de-passe-oublie", "/candidater/lien-perdu", "/candidater/nouvelle"])
def test_the_work_is_the_same_whatever_is_known_of_an_address(
    make: Builder, browse: Browse, work: list[str], path: str
) -> None:
    seen: dict[str, list[str]] = {}
    for email in known_addresses(make):
        for time_asked in ("first", "second", "third", "too often"):
            browser = browse()
            browser.get(path)
            work.clear()
            browser.post(path, {"email": email, "name": "Lin"})
            seen[f"{email} {time_asked}"] = list(work)
    expected = seen["inconnue@exemple.test first"]
    assert len(expected) > 5
    for who, done in seen.items():
        if who.endswith("too often"):  # counted no more, whoever it is
            continue
        assert done == expected, who
    held = {tuple(done) for who, done in seen.items() if who.endswith("too often")}
    assert len(held) == 1

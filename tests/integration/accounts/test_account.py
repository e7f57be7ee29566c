"""One's own account, and the organisation one acts for."""

from collections.abc import Callable

import pytest

from portal import clock
from portal.access.roles import Role
from portal.accounts import service
from portal.accounts.attempts import service as attempts
from portal.accounts.models import Membership
from portal.accounts.passwords import service as passwords
from portal.db import WriteOutsideTransaction, transaction
from tests.browser import Browser
from tests.builders import Builder
from tests.integration.accounts.steps import english, raw_post, sign_in

Browse = Callable[..., Browser]
PROFILE = "/mon-compte"
SWITCH = "/mon-compte/agir-pour"
TYPED = {"given_name": "Anne", "family_name": "Le Goff", "phone": "06 00 00 00 00", "language": "fr"}


def test_a_person_says_who_they_are(make: Builder, browse: Browse) -> None:
    member = make.coordinator()
    browser = browse(member)
    browser.get(PROFILE)
    answer = browser.post(PROFILE, {**TYPED, "given_name": "  Anne ", "language": "en"})
    assert (answer.status_code, answer.location) == (302, PROFILE)
    person = member.person
    assert (person.given_name, person.family_name, person.phone) == ("Anne", "Le Goff", "06 00 00 00 00")
    assert person.language == "en"
    page = browser.get(PROFILE).text
    assert "Your account is up to date." in page
    assert 'lang="en"' in page
    assert "Anne Le Goff" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("given_name", ""),
        ("given_name", "   "),
        ("family_name", "x" * 81),
        ("family_name", "\x00\u200b"),
        ("phone", "0" * 31),
        ("language", "de"),
        ("language", ""),
    ],
)
def test_what_is_wrong_is_said_and_changes_nothing(
    make: Builder, browse: Browse, field: str, value: str
) -> None:
    member = make.coordinator()
    browser = english(browse(member))
    browser.get(PROFILE)
    answer = raw_post(browser, PROFILE, data={**TYPED, field: value, "csrf_token": browser.token})
    assert answer.status_code == 422
    assert "There is one thing to correct" in answer.text
    assert browser.get(PROFILE).status_code == 200
    assert member.person.given_name == "Zoé"


def test_nobody_changes_the_account_of_another(make: Builder, browse: Browse) -> None:
    member, other = make.coordinator(), make.coordinator()
    browser = browse(member)
    browser.get(PROFILE)
    browser.post(PROFILE, {**TYPED, "id": other.person_id, "person_id": other.person_id})
    assert other.person.given_name == "Zoé"


def test_a_visitor_is_asked_to_sign_in(browse: Browse) -> None:
    assert browse().get(PROFILE).location == "/connexion?next=/mon-compte"
    assert browse().post(SWITCH, {"membership_id": "1"}).status_code == 401


def test_the_header_says_for_whom_one_acts(make: Builder, browse: Browse) -> None:
    first = make.coordinator()
    second = make.member(make.partner(name="Agence Bleue"), Role.MANAGER, first.person)
    page = english(browse(second)).get(PROFILE).text
    summary = page[page.index("You act for") : page.index("acting-panel")]
    assert "Agence Bleue" in summary
    assert "Team manager" in summary
    assert first.organisation.name not in summary
    assert f'name="membership_id" value="{first.id}"' in page
    assert f'name="membership_id" value="{second.id}"' not in page


def test_a_person_acts_for_another_of_their_organisations(make: Builder, browse: Browse) -> None:
    first = make.coordinator()
    second = make.member(make.partner(name="Agence Bleue"), Role.PRACTITIONER, first.person)
    browser = english(browse(first))
    browser.get(PROFILE)
    answer = browser.post(SWITCH, {"membership_id": second.id})
    assert (answer.status_code, answer.location) == (302, "/")
    page = browser.get(PROFILE).text
    assert "You now act for Agence Bleue." in page
    assert "Practitioner" in page[page.index("You act for") : page.index("acting-panel")]


def test_nobody_acts_for_an_organisation_that_is_not_theirs(make: Builder, browse: Browse) -> None:
    member, other = make.coordinator(), make.coordinator()
    ended = make.member(make.partner(), Role.MANAGER, member.person)
    with transaction():
        ended.ended_at = clock.now()
    browser = browse(member)
    browser.get(PROFILE)
    for forged in (other.id, ended.id, 0, -1, "x", "", 10**30):
        assert browser.post(SWITCH, {"membership_id": forged}).status_code == 404
        browser.get(PROFILE)
    assert member.organisation.name in browser.get(PROFILE).text


@pytest.mark.parametrize("what", ["membership", "organisation"])
def test_the_organisation_one_has_left_gives_way_to_the_next(
    make: Builder, browse: Browse, what: str
) -> None:
    first = make.coordinator()
    second = make.member(make.partner(name="Agence Bleue"), Role.MANAGER, first.person)
    browser = browse(second)
    with transaction():
        if what == "membership":
            second.ended_at = clock.now()
        else:
            second.organisation.active = False
    page = browser.get(PROFILE).text
    assert "Agence Bleue" not in page
    assert first.organisation.name in page


def test_without_a_choice_one_acts_for_the_first(make: Builder, browse: Browse) -> None:
    first = make.coordinator()
    for number in range(4):
        make.member(make.partner(name=f"A {number}"), Role.MANAGER, first.person)
    browser = english(browse())
    sign_in(browser, first.person)
    page = browser.get(PROFILE).text
    assert first.organisation.name in page[page.index("You act for") : page.index("acting-panel")]


def test_a_person_of_no_organisation_is_told_what_to_do(make: Builder, browse: Browse) -> None:
    person = make.person()
    browser = english(browse())
    assert sign_in(browser, person).status_code == 302
    page = browser.get(PROFILE).text
    assert "You do not belong to an organisation here yet" in page
    assert person.email in page
    assert "/mon-compte/securite" in page
    assert browser.get("/").status_code == 200
    assert browser.get("/demandes").status_code == 403


def test_people_are_created_and_join_once(make: Builder) -> None:
    pole = make.pole()
    unknown = passwords.hashed_unknown()
    with transaction() as session:
        person = service.create_person(" Anne@Exemple.TEST ", "Anne", "Le Goff", unknown, language="en")
        session.flush()
        first = service.join(person, pole, Role.MEMBER)
        session.flush()
        first.ended_at = clock.now()
        again = service.join(person, pole, Role.COORDINATOR)
    assert person.email == "anne@exemple.test"
    assert (person.password or "").startswith("$argon2id$")
    assert again is first
    assert (again.role, again.ended_at) == (Role.COORDINATOR, None)


def test_services_refuse_to_work_outside_a_transaction(make: Builder) -> None:
    member: Membership = make.coordinator()
    with pytest.raises(WriteOutsideTransaction):
        service.create_person("anne@exemple.test", "Anne", "Le Goff", "hashed")
    with pytest.raises(WriteOutsideTransaction):
        service.join(member.person, member.organisation, Role.MEMBER)
    with pytest.raises(WriteOutsideTransaction):
        service.send_reset_link(member.person.email)
    with pytest.raises(WriteOutsideTransaction):
        attempts.forget_failures(member.person.email)

"""Looking at the portal as somebody else: what one sees, when it ends, what it leaves behind."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Membership, Person
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act, Subject
from portal.notifications.models import OutboxEmail
from portal.people.models import Viewing
from tests.browser import IN_THE_HEADER, Browser
from tests.builders import Builder
from tests.days import days_ago
from tests.jobs import do

Browse = Callable[[Membership | None], Browser]
REASON = "Vos demandes ne s’affichent plus."
BANNER = 'class="viewing"'
STOP = "/personnes/arreter"


def look(browser: Browser, membership: Membership, reason: str = REASON):
    answer = browser.post(f"/personnes/voir-comme/{membership.id}", {"reason": reason})
    if answer.status_code == 302:
        browser.get("/")
    return answer


@pytest.fixture
def viewer(make: Builder) -> Membership:
    return make.national_admin()


@pytest.fixture
def viewed(make: Builder) -> Membership:
    return make.coordinator(make.pole(name="Pôle du Lin"))


@pytest.fixture
def looking(browse: Browse, viewer: Membership, viewed: Membership) -> Browser:
    """The browser of somebody who looks at the portal as `viewed`."""
    browser = browse(viewer)
    assert look(browser, viewed).status_code == 302
    return browser


def journal() -> list[JournalEntry]:
    return list(db.session.scalars(select(JournalEntry).order_by(JournalEntry.id)))


def how_many(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def is_looking(browser: Browser) -> bool:
    return BANNER in browser.get("/").text


def test_it_begins_with_a_reason(browse: Browse, viewer: Membership, viewed: Membership) -> None:
    browser = browse(viewer)
    refused = look(browser, viewed, "  ")
    assert refused.status_code == 422
    assert "Dites en quelques mots pourquoi" in refused.text
    assert look(browser, viewed, "x" * 201).status_code == 422
    assert not how_many(Viewing)
    assert not is_looking(browser)


def test_it_asks_for_a_recent_sign_in(browse: Browse, viewer: Membership, viewed: Membership) -> None:
    browser = browse(viewer)
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 0
    assert look(browser, viewed).status_code == 401
    assert not how_many(Viewing)


def test_one_sees_what_the_person_sees(
    make: Builder, looking: Browser, viewed: Membership, browse: Browse
) -> None:
    mine = make.raw_request(viewed)
    other = make.raw_request()
    page = looking.get("/").text
    assert BANNER in page
    assert f"comme {viewed.person.name}, en lecture seule" in page
    assert '<section class="viewing" aria-label=' in page
    assert looking.get(f"/demandes/{mine.reference}").status_code == 200
    assert looking.get(f"/demandes/{other.reference}").status_code == 404
    assert looking.get("/journal").status_code == 403, "the viewer’s own rights are put aside"
    assert not is_looking(browse(viewed))


def test_nothing_can_be_changed_whoever_tries(make: Builder, looking: Browser, viewed: Membership) -> None:
    request = make.raw_request(viewed)
    before = how_many(JournalEntry), how_many(OutboxEmail)
    response = looking.post(
        f"/demandes/{request.reference}/retirer", {"reason": "solved", "message": "Merci.", "understood": "y"}
    )
    assert response.status_code == 403
    assert "Ce que vous venez de faire n’a rien changé" in response.text
    assert STOP in response.text, "the page says how to leave"
    assert (how_many(JournalEntry), how_many(OutboxEmail)) == before


@pytest.mark.parametrize(
    "path", ["/mon-compte", "/mon-compte/mot-de-passe", "/mot-de-passe-oublie", "/connexion"]
)
def test_what_is_personal_stays_shut(looking: Browser, path: str) -> None:
    response = looking.get(path)
    assert response.status_code == 403
    assert STOP in response.text


def test_nothing_is_downloaded(make: Builder, browse: Browse, viewer: Membership) -> None:
    browser = browse(viewer)
    look(browser, make.observer())
    assert browser.get("/usage").status_code == 200
    response = browser.get("/usage/mois.csv")
    assert response.status_code == 403
    assert "text/csv" not in response.content_type
    assert STOP in response.text


def test_it_is_remembered_with_its_reason_and_its_length(
    looking: Browser, viewer: Membership, viewed: Membership
) -> None:
    with clock.travelling_to(clock.now() + timedelta(minutes=11, seconds=5)):
        assert looking.post(STOP).status_code == 302
    began, ended = journal()
    assert (began.act, began.subject_id, began.actor_id) == (
        Act.VIEWED_AS,
        viewed.person_id,
        viewer.person_id,
    )
    assert began.changes == {"organisation": [None, "Pôle du Lin"], "reason": [None, REASON]}
    assert (ended.act, ended.subject_id, ended.actor_id) == (
        Act.VIEWING_ENDED,
        viewed.person_id,
        viewer.person_id,
    )
    assert ended.actor_organisation == viewer.organisation.name, "who really acts"
    assert ended.changes["minutes"] == [None, 12]
    assert not how_many(Viewing)
    assert not is_looking(looking)


def test_the_person_is_told(looking: Browser, viewer: Membership, viewed: Membership) -> None:
    email = db.session.scalars(select(OutboxEmail)).one()
    assert email.recipient == viewed.person.email
    assert email.reply_to == viewer.person.email
    assert REASON in email.text


def test_language_and_signing_out_stay_open(looking: Browser) -> None:
    assert looking.post("/langue", {"language": "en", "next": "/"}).status_code == 302
    assert 'lang="en"' in looking.get("/").text
    assert looking.post("/deconnexion").status_code == 302
    assert [entry.act for entry in journal()] == [Act.VIEWED_AS, Act.VIEWING_ENDED]


def test_it_ends_after_half_an_hour(looking: Browser) -> None:
    now = clock.now()
    with clock.travelling_to(now + timedelta(minutes=29)):
        assert is_looking(looking)
    with clock.travelling_to(now + timedelta(minutes=31)):
        page = looking.get("/").text
        assert BANNER not in page
        assert "Vous voyez de nouveau le portail en votre nom" in page
        assert looking.get("/journal").status_code == 200


def test_what_was_meant_for_the_person_is_not_done_in_ones_own_name(make: Builder, looking: Browser) -> None:
    request = make.raw_request()
    path = f"/demandes/{request.reference}/classer-sans-suite"
    fields = {"reason": "no_partner", "message": "Personne ne peut aider.", "understood": "y"}
    with clock.travelling_to(clock.now() + timedelta(minutes=31)):
        late = looking.post(path, fields)
        assert late.status_code == 409
        assert "trente minutes au plus" in late.text
        assert looking.post(path, fields).status_code == 302, "the next time one acts as oneself"


def own_name_sent(browser: Browser, token: str | None, viewer: Membership) -> tuple[int, str]:
    """The form about oneself, as a page opened before would send it; the answer and one's name then."""
    typed = {"given_name": "Autre", "family_name": "Nom", "language": "fr", "csrf_token": token}
    answer = browser.post("/mon-compte", typed)
    return answer.status_code, viewer.person.name


def test_a_form_opened_before_it_begins_or_while_it_lasts_is_refused_after(
    browse: Browse, viewer: Membership, viewed: Membership
) -> None:
    """In another tab of the browser, where the banner cannot have followed."""
    browser, name = browse(viewer), viewer.person.name
    browser.get("/mon-compte")
    before = browser.token
    look(browser, viewed)
    meanwhile = browser.token
    assert browser.post(STOP).status_code == 302
    for token in (before, meanwhile):
        assert own_name_sent(browser, token, viewer) == (400, name)
    browser.get("/mon-compte")
    assert own_name_sent(browser, browser.token, viewer) == (302, "Autre Nom")


@pytest.mark.parametrize("ends", ["/", "/nulle-part", "/langue"])
def test_a_form_opened_while_it_lasts_is_refused_once_it_is_over(
    looking: Browser, viewer: Membership, ends: str
) -> None:
    """Whatever is asked for first after the half hour; what stays open meanwhile still works."""
    meanwhile, name = looking.token, viewer.person.name
    with clock.travelling_to(clock.now() + timedelta(minutes=31)):
        if ends == "/langue":
            assert looking.post(ends, {"language": "fr", "next": "/"}).status_code == 302
            looking.get("/")
        else:
            looking.get(ends)
        assert own_name_sent(looking, meanwhile, viewer) == (400, name)


def test_it_can_be_left_and_signed_out_of_once_it_is_over(looking: Browser) -> None:
    with clock.travelling_to(clock.now() + timedelta(minutes=31)):
        assert looking.post(STOP).status_code == 302
        assert looking.get("/journal").status_code == 200
        assert looking.post("/deconnexion").status_code == 302


def test_the_daily_job_notes_what_nobody_ended(looking: Browser, viewed: Membership) -> None:
    assert do("end forgotten looks") == 0
    with clock.travelling_to(clock.now() + timedelta(hours=9)):
        assert do("end forgotten looks") == 1
    ended = journal()[-1]
    assert (ended.act, ended.changes["minutes"]) == (Act.VIEWING_ENDED, [None, 30])


def _close(viewer: Membership, viewed: Membership, make: Builder) -> None:
    viewed.person.active = False


def _end_membership(viewer: Membership, viewed: Membership, make: Builder) -> None:
    viewed.ended_at = clock.now()


def _close_organisation(viewer: Membership, viewed: Membership, make: Builder) -> None:
    viewed.organisation.active = False


def _demote_viewer(viewer: Membership, viewed: Membership, make: Builder) -> None:
    viewer.ended_at = clock.now()


@pytest.mark.parametrize("change", [_close, _end_membership, _close_organisation, _demote_viewer])
def test_it_ends_when_what_allowed_it_does(
    make: Builder, looking: Browser, viewer: Membership, viewed: Membership, change
) -> None:
    with transaction() as session:
        session.add_all([viewer, viewed])
        change(viewer, viewed, make)
    assert not is_looking(looking)


def test_it_ends_when_the_person_joins_a_cell(make: Builder, looking: Browser, viewed: Membership) -> None:
    make.member(make.regional_cell("11"), Role.REGIONAL_ADMIN, viewed.person)
    assert not is_looking(looking)


def test_two_tabs_are_one_person(make: Builder, looking: Browser, viewed: Membership) -> None:
    """A form opened before, in another tab, is refused while looking."""
    other = make.coordinator()
    assert look(looking, other).status_code == 403
    assert looking.get(f"/personnes/{viewed.person_id}").status_code == 403
    assert how_many(Viewing) == 1


def test_another_browser_looks_at_another_and_ends_the_first(
    make: Builder, browse: Browse, looking: Browser, viewer: Membership
) -> None:
    other = browse(viewer)
    assert not is_looking(other), "another browser is not concerned"
    assert look(other, make.coordinator()).status_code == 302
    assert not is_looking(looking)
    assert [entry.act for entry in journal()] == [Act.VIEWED_AS, Act.VIEWING_ENDED, Act.VIEWED_AS]


def test_a_stolen_key_opens_nothing(
    make: Builder, browse: Browse, looking: Browser, viewed: Membership
) -> None:
    viewing = db.session.scalars(select(Viewing)).one()
    for thief in (make.national_admin(), make.coordinator()):
        browser = browse(thief)
        with browser.client.session_transaction() as session:
            session["viewing"] = viewing.key
        assert not is_looking(browser)


def test_stopping_twice_is_harmless(looking: Browser) -> None:
    assert looking.post(STOP).status_code == 302
    assert looking.post(STOP).status_code == 302
    assert len(journal()) == 2


def test_it_costs_two_queries(
    make: Builder, browse: Browse, looking: Browser, viewed: Membership, queries: list[str]
) -> None:
    for _ in range(5):
        make.raw_request(viewed)
    theirs = browse(viewed)
    counted = []
    for browser in (theirs, looking):
        browser.get("/demandes")
        queries.clear()
        browser.get("/demandes")
        counted.append(len(queries))
    assert counted[1] == counted[0] - IN_THE_HEADER + 2


def test_nobody_is_seen_to_come(looking: Browser, viewer: Membership, viewed: Membership) -> None:
    long_ago = days_ago(9)
    with transaction() as session:
        for person in (viewer.person, viewed.person):
            session.add(person)
            person.last_seen_at = long_ago
    with looking.client.session_transaction() as cookie:
        cookie["seen_at"] = 0
    assert looking.get("/").status_code == 200
    seen = db.session.scalars(select(Person.last_seen_at)).all()
    assert set(seen) == {long_ago}


def test_the_database_takes_nothing_from_a_page_nobody_thought_of(looking: Browser, monkeypatch) -> None:
    """A page that writes when it is read is refused, and says why."""

    def forgetful() -> str:
        with transaction() as session:
            session.add(
                JournalEntry(act=Act.CREATED, subject=Subject.PERSON, subject_name="", search_text="")
            )
        return "done"

    monkeypatch.setitem(looking.app.view_functions, "home.legal", forgetful)
    before = how_many(JournalEntry)
    response = looking.get("/mentions-legales")
    assert response.status_code == 403
    assert STOP in response.text
    assert how_many(JournalEntry) == before


class TestNever:
    """People whom nobody looks at the portal as."""

    def test_oneself(self, make: Builder, browse: Browse, viewer: Membership) -> None:
        also = make.member(make.pole(), Role.COORDINATOR, viewer.person)
        assert look(browse(viewer), also).status_code == 404

    @pytest.mark.parametrize("role", [Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN])
    def test_whoever_runs_the_portal_even_elsewhere(
        self, make: Builder, browse: Browse, viewer: Membership, viewed: Membership, role: Role
    ) -> None:
        cell = make.national_cell() if role is Role.NATIONAL_ADMIN else make.regional_cell()
        admin = make.member(cell, role, viewed.person)
        browser = browse(viewer)
        assert look(browser, admin).status_code == 404
        assert look(browser, viewed).status_code == 404
        assert "voir-comme" not in browser.get(f"/personnes/{viewed.person_id}").text

    def test_a_closed_account(
        self, make: Builder, browse: Browse, viewer: Membership, viewed: Membership
    ) -> None:
        with transaction() as session:
            session.add(viewed.person)
            viewed.person.active = False
        assert look(browse(viewer), viewed).status_code == 404

    def test_nobody(self, browse: Browse, viewer: Membership) -> None:
        browser = browse(viewer)
        assert browser.post("/personnes/voir-comme/999", {"reason": REASON}).status_code == 404
        assert browser.get("/personnes/voir-comme/999").status_code == 404

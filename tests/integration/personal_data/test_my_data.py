"""What I read about me, and the copy I take."""

import json
from typing import Any

from sqlalchemy import select

from portal import clock
from portal.access.roles import Role
from portal.accounts.models import Invitation
from portal.db import db, transaction
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.notifications.models import OutboxEmail
from portal.personal_data import words
from tests.browser import Browser
from tests.builders import PASSPHRASE
from tests.integration.personal_data import old

PAGE = "/mon-compte/mes-donnees"
DOWNLOAD = f"{PAGE}/telecharger"


def copy_of(browser: Browser) -> dict[str, Any]:
    answer = browser.post(DOWNLOAD)
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.text)
    return found


def test_the_page_says_who_i_am_and_what_is_known(make, browse) -> None:
    me = make.coordinator()
    page = browse(me).get(PAGE).text
    assert me.person.email in page
    assert "Pourquoi" in page
    assert f'href="{PAGE}/copie"' in page


def test_the_page_costs_little(make, browse, queries) -> None:
    me = make.coordinator()
    mine = browse(me)
    mine.get(PAGE)
    queries.clear()
    mine.get(PAGE)
    assert len(queries) <= 4


def test_the_copy_is_a_file_that_programs_read(make, browse) -> None:
    answer = browse(make.coordinator()).post(DOWNLOAD)
    assert answer.mimetype == "application/json"
    assert "attachment; filename=" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_copy_holds_what_i_wrote_and_nobody_elses(make, browse) -> None:
    me, other = make.coordinator(), make.coordinator()
    make.raw_request(me, need="Mon besoin à moi.")
    make.raw_request(other, need="Le besoin du voisin.")
    copy = copy_of(browse(me))
    assert [one["need"] for one in copy["requests"]] == ["Mon besoin à moi."]
    assert "voisin" not in json.dumps(copy, ensure_ascii=False)


def test_each_part_of_the_copy_is_explained(make, browse) -> None:
    copy = copy_of(browse(make.coordinator()))
    parts = copy.keys() - {"made_at", "language_of_explanations", "what_each_part_holds"}
    assert parts == words.SECTIONS.keys()
    assert copy["what_each_part_holds"].keys() == parts


def test_the_copy_of_a_practitioner_holds_reports_and_assignments(make, browse) -> None:
    old.finished(make)
    copy = copy_of(browse(old.the_practitioner()))
    assert copy["interventions"][0]["report"] == f"Avec {old.SECRET}."
    assert copy["assignments_as_referent"][0]["review"] == f"{old.SECRET} est ravie."
    assert copy["things_done_on_requests"][0]["message"] == f"Merci {old.SECRET}."


def test_taking_a_copy_is_written_in_the_journal(make, browse) -> None:
    me = make.coordinator()
    browse(me).post(DOWNLOAD)
    entry = db.session.scalars(select(JournalEntry)).one()
    assert (entry.act, entry.subject_id, entry.actor_id) == (Act.EXPORTED, me.person_id, me.person_id)


def test_a_copy_asks_for_a_recent_sign_in(make, browse) -> None:
    mine = browse(make.coordinator())
    with mine.client.session_transaction() as session:
        session["fs_paa"] = 0.0
    answer = mine.post(DOWNLOAD)
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    assert db.session.scalars(select(JournalEntry)).all() == []


def test_no_secret_is_in_the_copy(make, browse) -> None:
    me = make.coordinator()
    with transaction() as session:
        session.add(
            OutboxEmail(
                kind="accounts/reset_instructions",
                recipient=me.person.email,
                recipient_name="Zoé",
                language="fr",
                subject="Choisissez",
                text="https://portail.test/secret-link",
                html="https://portail.test/secret-link",
                message_id="<1@x>",
                confidential=True,
            )
        )
        session.add(
            Invitation(
                organisation_id=me.organisation_id,
                email=me.person.email,
                given_name="Zoé",
                family_name="Martin",
                role=Role.MEMBER,
                token_hash="hash-of-a-link",
                expires_at=clock.now(),
            )
        )
    text = json.dumps(copy_of(browse(me)))
    assert "Choisissez" in text
    for secret in ("secret-link", "hash-of-a-link", me.person.password, me.person.fs_uniquifier):
        assert secret not in text


def test_a_visitor_and_a_person_of_no_organisation(make, browse) -> None:
    assert browse().get(PAGE).status_code == 302
    assert browse().post(DOWNLOAD).status_code == 401


def test_the_copy_is_explained_before_it_is_made(make, browse) -> None:
    page = browse(make.coordinator()).get(f"{PAGE}/copie").text
    assert page.count("<dt>") == len(words.SECTIONS)
    assert f'action="{DOWNLOAD}"' in page


def test_an_old_sign_in_is_renewed_then_leads_back_to_the_copy(make, browse) -> None:
    mine = browse(make.coordinator())
    with mine.client.session_transaction() as session:
        session["fs_paa"] = 0.0
    asked = mine.get(f"{PAGE}/copie")
    assert asked.status_code == 302
    proved = mine.post(asked.location, {"password": PASSPHRASE, "next": f"{PAGE}/copie"})
    assert proved.location.endswith(f"{PAGE}/copie")
    assert mine.get(f"{PAGE}/copie").status_code == 200

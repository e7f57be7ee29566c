"""The mailed link is the only key: not guessable, kept as a hash, for one application, for a time; and nothing tells
who applied."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.accounts import rules
from portal.accounts.rules import new_token, token_hash
from portal.applications.models import Application, ApplicationDocument, ApplicationLink
from portal.applications.steps import State
from portal.db import db
from tests.builders import Builder
from tests.integration.applications import steps


def test_the_database_holds_no_secret(make: Builder, browse) -> None:
    path = steps.begin(browse(None))
    token = path.rpartition("/")[2]
    link = db.session.scalars(select(ApplicationLink)).one()
    assert link.token_hash == token_hash(token)
    assert token not in str(link.__dict__)
    assert len(token) >= 43, "256 bits"
    assert all(one.confidential for one in steps.emails()), "bodies are blanked once sent"


def test_tokens_do_not_repeat() -> None:
    assert len({new_token() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "change", [lambda token: token[:-1], lambda token: f"{token}a", lambda token: token.swapcase()]
)
def test_a_link_that_is_not_quite_right_opens_nothing(make: Builder, browse, change) -> None:
    token = make.link(make.raw_application(State.DRAFT))
    response = browse(None).get(f"/candidater/suivi/{change(token)}")
    assert response.status_code == 404
    assert "Ce lien n’ouvre rien" in response.text


def test_an_old_link_opens_nothing_and_says_no_more_than_a_wrong_one(make: Builder, browse) -> None:
    application = make.raw_application(State.DRAFT)
    old = make.link(application, lasts=timedelta(seconds=-1))
    visitor = browse(None)
    answers = [visitor.get(f"/candidater/suivi/{token}") for token in (old, "b" * 43)]
    assert [one.status_code for one in answers] == [404, 404]
    texts = [one.text.replace(old, "").replace("b" * 43, "") for one in answers]
    without_nonce = [text.partition("<main")[2] for text in texts]
    assert without_nonce[0] == without_nonce[1]


def test_a_link_opens_one_application_alone(make: Builder, browse) -> None:
    mine, other = (
        make.raw_application(State.DRAFT),
        make.raw_application(State.DRAFT, name="Secret des voisins"),
    )
    path, theirs = (f"/candidater/suivi/{make.link(one)}" for one in (mine, other))
    visitor = browse(None)
    for one in (path, theirs):
        assert steps.upload(visitor, one, "statuts.pdf", steps.PDF).status_code == 302
    assert "Secret des voisins" not in visitor.get(path).text
    document = db.session.scalars(
        select(ApplicationDocument.id).where(ApplicationDocument.application_id == other.id)
    ).one()
    assert visitor.get(f"{path}/documents/{document}").status_code == 404
    assert visitor.post(f"{path}/documents/{document}/retirer").status_code == 404
    with visitor.get(f"{theirs}/documents/{document}") as answer:
        assert answer.status_code == 200


def test_pages_behind_a_link_stay_out_of_caches_and_search_engines(make: Builder, browse) -> None:
    response = browse(None).get(f"/candidater/suivi/{make.link(make.raw_application(State.DRAFT))}")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"


def test_nothing_tells_whether_an_address_applied(make: Builder, browse) -> None:
    make.raw_application(State.DRAFT, email="connue@exemple.test")
    visitor = browse(None)
    answers = [
        visitor.post("/candidater/lien-perdu", {"email": email})
        for email in ("connue@exemple.test", "inconnue@exemple.test")
    ]
    assert {(one.status_code, one.location, one.text) for one in answers} == {
        (302, "/candidater/lien-envoye", answers[0].text)
    }
    assert [one.recipient for one in steps.emails("applications/link")] == ["connue@exemple.test"]


def test_links_are_limited_in_silence(make: Builder, browse) -> None:
    visitor = browse(None)
    for _ in range(5):
        response = visitor.post("/candidater/nouvelle", {"email": "nour@exemple.test", "name": "Lin"})
        assert (response.status_code, response.location) == (302, "/candidater/lien-envoye")
    assert len(steps.emails("applications/link")) == 3
    assert len(db.session.scalars(select(Application)).all()) == 1, "the same draft is found again"


def test_one_network_cannot_write_to_everybody_and_is_told(
    make: Builder, browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LINKS_OF_NETWORK", replace(rules.LINKS_OF_NETWORK, free=10, most=10))
    visitor = browse(None)
    for number in range(14):
        fields = {"email": f"cible{number}@exemple.test", "name": "Lin"}
        answer = visitor.post("/candidater/nouvelle", fields)
    assert len(steps.emails("applications/link")) == 10
    assert answer.status_code == 429
    assert fields["email"] in answer.text, "what was typed stays"
    assert visitor.post("/candidater/lien-perdu", {"email": "cible1@exemple.test"}).status_code == 429


def test_the_first_message_repeats_nothing_that_was_typed(make: Builder, browse) -> None:
    steps.begin(browse(None), name="Gagnez un million sur http://escroc.example")
    assert "escroc" not in steps.emails("applications/link")[0].text


def test_a_lost_link_does_not_kill_the_one_in_use(make: Builder, browse) -> None:
    visitor = browse(None)
    path = steps.begin(visitor)
    visitor.post("/candidater/lien-perdu", {"email": "NOUR@exemple.test "})
    again = steps.link_in(steps.emails("applications/link")[-1])
    assert again != path
    assert {visitor.get(one).status_code for one in (path, again)} == {200}


def test_a_discarded_draft_is_gone_with_its_links(make: Builder, browse) -> None:
    visitor = browse(None)
    path = steps.begin(visitor)
    steps.upload(visitor, path, "statuts.pdf", steps.PDF)
    assert visitor.post(f"{path}/supprimer").status_code == 302
    assert visitor.get(path).status_code == 404
    assert db.session.scalars(select(Application)).all() == []
    assert db.session.scalars(select(ApplicationLink)).all() == []

"""Every e-mail is in a list that says what became of it, and why."""

from datetime import timedelta

import pytest

from portal import clock
from portal.db import transaction
from portal.notifications.claims import service as claims
from portal.notifications.returns import service as returns
from tests.browser import Browser
from tests.integration.dispatch.outbox import KIND, row, sent, write

AWAY = {"next_attempt_at": None}
FATES = [
    (
        "abandonnes",
        {**AWAY, "given_up_at": True, "last_error": "552 5.2.2 full"},
        "La boîte aux lettres est pleine.",
    ),
    ("attente", {}, "Il est sur le point de partir."),
    ("attente", {"attempts": 1, "last_error": "451 4.7.1 later"}, "demandé de réessayer plus tard"),
    ("retenus", {**AWAY, "held_at": True}, "en pause"),
    ("recapitulatifs", {**AWAY, "digest_at": True}, "dans le récapitulatif du"),
    ("partis", {**AWAY, "sent_at": True}, "Il est parti"),
    ("non-partis", {**AWAY, "digested_at": True}, "Il est parti dans un récapitulatif"),
    ("non-partis", {**AWAY, "dropped_at": True}, "La cellule nationale l’a écarté"),
    ("non-partis", AWAY, "dans le portail seulement"),
]


@pytest.mark.parametrize(("place", "values", "why"), FATES)
def test_each_stands_in_one_list_with_its_reason(
    national: Browser, place: str, values: dict, why: str
) -> None:
    write(**{name: clock.now() if value is True else value for name, value in values.items()})
    for other in {place for place, _, _ in FATES}:
        page = national.get(f"/emails?liste={other}").text
        assert ("Lisez ceci" in page) == (other == place), other
        assert (why in page) == (other == place), other


def test_what_waits_for_an_hour_says_which(national: Browser) -> None:
    write(next_attempt_at=clock.now() + timedelta(hours=9))
    assert "Il part le" in national.get("/emails?liste=attente").text


@pytest.mark.parametrize("place", ["attente", "retenus", "recapitulatifs", "partis", "non-partis"])
def test_lists_cost_the_same_however_long(national: Browser, queries: list[str], place: str) -> None:
    when = {"retenus": "held_at", "recapitulatifs": "digest_at", "partis": "sent_at"}.get(place)
    values = {} if place == "attente" else AWAY | ({when: clock.now()} if when else {})
    costs = []
    for more in (1, 12):
        for _ in range(more):
            write(**values, thread="1203-4078", answers="message-1")
        queries.clear()
        national.get(f"/emails?liste={place}")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12


def test_figures_count_what_arrived_how_soon_and_where_it_failed(national: Browser) -> None:
    now = clock.now()
    for minutes in (1, 2, 60):
        sent(created_at=now - timedelta(minutes=minutes), sent_at=now)
    lost = row(sent(created_at=now - timedelta(minutes=3), sent_at=now))
    with transaction():
        returns.note("zoe@plein.test", lost.message_id, "552 5.2.2 full")
    page = " ".join(national.get("/emails/chiffres").text.split())
    assert "plein.test" in page.replace("<wbr>", "")
    assert "La boîte aux lettres est pleine." in page
    left, delivered = page.index("Envoyés"), page.index("Remis")
    assert ">4<" in page[left - 200 : left + 200]
    assert ">3<" in page[delivered - 200 : delivered + 200]
    assert "2 minutes" in page or "3 minutes" in page


def test_figures_of_nothing(national: Browser) -> None:
    assert national.get("/emails/chiffres").status_code == 200


def test_what_left_is_sent_again_once_under_a_name_of_its_own(national: Browser) -> None:
    number = sent(thread="1203-4078")
    answer = national.post(f"/emails/{number}/renvoyer")
    assert answer.status_code == 302
    (again,) = claims.claim()
    assert (again.kind, again.recipient, again.text, again.thread) == (
        KIND,
        "zoe@exemple.test",
        "Bonjour Zoé",
        "1203-4078",
    )
    assert again.message_id != row(number).message_id
    assert national.post(f"/emails/{number}/renvoyer").status_code == 409


@pytest.mark.parametrize("values", [{"confidential": True, "text": ""}, {"text": ""}])
def test_what_is_no_longer_kept_is_not_sent_again(national: Browser, values: dict) -> None:
    assert national.post(f"/emails/{sent(**values)}/renvoyer").status_code == 409
    assert claims.claim() == []


def test_what_does_not_exist_is_not_found(national: Browser) -> None:
    for path in ("/emails/0", "/emails/999999", "/emails/0?format=html"):
        assert national.get(path).status_code == 404
    assert national.post("/emails/999999/renvoyer").status_code == 404

"""Files that cannot be read, whose they are, and how long they are kept."""

import io
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from portal import clock
from portal.db import db
from portal.journal.models import JournalEntry
from portal.journal.rules import Act
from portal.organisations.models import Pole
from portal.transfers.models import Transfer, TransferLine
from tests.builders import Builder
from tests.integration.transfers.files import apply, look, rows_of, seen, send, text_of
from tests.jobs import do


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Ce fichier est vide"),
        (b"PK\x03\x04classeur", "Ce n’est pas un fichier CSV"),
        (b"a;b\n1;2\n", "ne nomme aucune des colonnes"),
        (b"Nom;Couleur<b>\n1;2\n", "La colonne « Couleur&lt;b&gt; » est inconnue"),
        (b"Nom;nom\n1;2\n", "figure deux fois"),
        (b"Site\nx\n", "La colonne « Nom » manque"),
        (b"Nom\n", "rien au-dessous"),
        (b'Nom;Site\n"a;b\n', "à partir de la ligne 2"),
        (b"Nom\n" + b"x" * 200_000, "trop longue pour être lue"),
        (b"Nom\n" + b"x\n" * 20_001, "plus de 20000 lignes"),
    ],
)
def test_what_cannot_be_read_is_said_on_the_field(make: Builder, browse, content: bytes, said: str) -> None:
    answer = send(browse(make.national_admin()), "poles", content)
    assert answer.status_code == 422
    assert said in answer.text.replace("\u00a0", " ")
    assert count(Transfer) == 0


def test_no_file_is_said_too(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    for fields in ({}, {"file": (io.BytesIO(b""), "")}, {"file": "du texte"}):
        answer = browser.post("/transferts/imports/poles", fields)
        assert answer.status_code == 422
        assert "Choisissez un fichier" in answer.text


def test_cells_that_cannot_be_kept_are_errors_of_their_lines(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    content = text_of(("Nom", "Activité"), ("\x00\u200b", "x"), ("x" * 201, ""), ("Bon", "y" * 300))
    _address, page = look(browser, "poles", content)
    assert "3 lignes à corriger" in page
    assert "Nom – remplissez cette cellule" in page
    assert "201 caractères" in page
    assert "\x00" not in page


def test_a_file_may_be_larger_than_other_posts_up_to_a_setting(
    app: Flask, make: Builder, browse, monkeypatch
) -> None:
    large = text_of(("Nom", "Source"), *((f"Pôle {number}", "z" * 900) for number in range(100)))
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 50_000)
    admin = make.national_admin()
    assert send(browse(admin), "poles", large).status_code == 302
    monkeypatch.setitem(app.config, "LARGEST_IMPORT", 60_000)
    assert send(browse(admin), "poles", large).status_code == 413
    assert browse(admin).post("/mon-compte", {"given_name": "z" * 60_000}).status_code == 413
    assert send(browse(make.regional_admin()), "poles", large).status_code == 403


def test_a_file_is_its_owner_s_alone(make: Builder, browse) -> None:
    admin = make.national_admin()
    address, page = look(browse(admin), "poles", text_of(("Nom",), ("Pôle du Lin",)))
    other = browse(make.national_admin())
    assert other.get(address).status_code == 404
    assert other.post(f"{address}/rapport.csv").status_code == 404
    assert apply(other, address, seen(page)).status_code == 404
    assert other.post(f"{address}/abandonner").status_code == 404
    assert "Fichiers en attente" not in other.get("/transferts").text
    assert "Fichiers en attente" in browse(admin).get("/transferts").text
    assert count(Pole) == 0


def test_a_file_given_up_or_a_day_old_is_forgotten(make: Builder, browse) -> None:
    admin = make.national_admin()
    address, _page = look(browse(admin), "poles", text_of(("Nom",), ("Pôle du Lin",)))
    browse(admin).post(f"{address}/abandonner")
    assert (count(Transfer), count(TransferLine)) == (0, 0)
    address, page = look(browse(admin), "poles", text_of(("Nom",), ("Pôle du Lin",)))
    with time_machine.travel(
        clock.end_of(clock.today() + timedelta(days=1)) + timedelta(minutes=1), tick=False
    ):
        assert apply(browse(admin), address, seen(page)).status_code == 404
        do("forget imported files")
    assert (count(Transfer), count(TransferLine), count(Pole)) == (0, 0, 0)


def test_once_imported_the_content_is_gone_and_the_journal_keeps_the_counts(make: Builder, browse) -> None:
    admin = make.national_admin()
    browser = browse(admin)
    address, page = look(browser, "poles", text_of(("Nom",), ("Un",), ("Deux",)))
    apply(browser, address, seen(page))
    assert db.session.scalar(select(Transfer.content)) == b""
    (entry,) = db.session.scalars(select(JournalEntry).where(JournalEntry.act == Act.IMPORTED))
    assert (entry.actor_id, entry.changes["create"]) == (admin.person_id, [None, 2])


def test_the_whole_report_can_be_downloaded(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    rows = [("Nom", "Site"), *((f"Pôle {number}", "") for number in range(60)), ("=Faux", "?")]
    address, page = look(browser, "poles", text_of(*rows))
    assert page.count('scope="row"') == 25
    assert "Page suivante" in page
    with browser.post(f"{address}/rapport.csv") as answer:
        lines = rows_of(answer)
    assert len(lines) == 62
    assert lines[1][:3] == ["2", "Pôle 0", "Création"]
    assert lines[-1][1] == "'=Faux"
    assert "À corriger" in lines[-1]
    shown = browser.get(f"{address}?lignes=a-corriger").text
    assert shown.count('scope="row"') == 1


def test_importing_asks_for_a_recent_sign_in(make: Builder, browse) -> None:
    browser = browse(make.national_admin())
    address, page = look(browser, "poles", text_of(("Nom",), ("Pôle du Lin",)))
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 0.0
    assert apply(browser, address, seen(page)).status_code == 401
    assert count(Pole) == 0
    with browser.client.session_transaction() as session:
        session["fs_paa"] = 4_000_000_000.0
    answer = browser.post(f"{address}/importer", {"seen": seen(page), "resume": "1"})
    assert (answer.status_code, answer.location) == (302, address), "the report is read again, then imported"
    assert count(Pole) == 0

"""How long large imports take: 10,000 lines looked at with three bad ones, then corrected, kept and imported.

    python -m bench.transfers [--database postgresql|sqlite] [--lines 10000] [--kind poles|people]

The bar: a look and an import together under a minute, so that they hold in the time that a web process has.
"""

import argparse
import csv
import io
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import flask_migrate

from bench.__main__ import ROOT, _database
from config import Testing
from portal import create_app
from portal.access.roles import Actor
from portal.accounts.models import Membership
from portal.db import db, transaction
from portal.territories import communes
from portal.transfers import service
from portal.transfers.rules import Line, Outcome, TransferKind
from tests.builders import Builder

BAR_SECONDS = 60.0
ORGANISATIONS = 50
TOWNS = ("Rouen", "Évreux", "Caen", "Lyon", "Lille", "Brest", "Nantes", "Toulouse", "Bourges", "Dijon")
POLE_HEADS = (
    "Nom",
    "Commune",
    "Stade",
    "Stade depuis",
    "Reconnaissances",
    "Structure porteuse",
    "Membres",
    "Site",
    "Résumé public",
    "Publié",
    "Source",
)
PEOPLE_HEADS = ("Adresse électronique", "Prénom", "Nom", "Organisation", "Rôle")
SUMMARY = "Le pôle réunit des structures du territoire autour d’un projet commun. " * 4


def _poles(lines: int) -> Iterator[tuple[str, ...]]:
    labels = [one.label for town in TOWNS for one in communes.search(town)]
    yield POLE_HEADS
    for number in range(lines):
        yield (
            f"Pôle numéro {number}",
            labels[number % len(labels)],
            "Émergent",
            "01/02/2024",
            "AMI phase 2 (2021)",
            "Association du pôle",
            "Coopérative A | Commune B | Association C",
            "https://exemple.fr",
            SUMMARY,
            "oui",
            "https://exemple.fr/article",
        )


def _people(lines: int) -> Iterator[tuple[str, ...]]:
    yield PEOPLE_HEADS
    for number in range(lines):
        pole = f"Pôle {number % ORGANISATIONS}"
        yield (f"personne{number}@exemple.fr", "Zoé", "Petit", pole, "Membre du PTCE")


def _text(rows: Iterator[tuple[str, ...]], bad: tuple[int, ...] = ()) -> bytes:
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";")
    for number, row in enumerate(rows, 1):
        writer.writerow((row[0], "?", *row[2:3], "?", *row[4:]) if number in bad else row)
    return lines.getvalue().encode()


def _timed(name: str, work: Callable[[], Any]) -> tuple[float, Any]:
    began, processor = time.perf_counter(), time.process_time()
    found = work()
    seconds = time.perf_counter() - began
    print(f"{name:<28}{seconds:7.1f} s {time.process_time() - processor:7.1f} s of processor", flush=True)
    return seconds, found


def _actor(membership: Membership) -> Actor:
    return Actor(
        person_id=membership.person_id,
        person_name=membership.person.name,
        email=membership.person.email,
        membership_id=membership.id,
        role=membership.role,
        organisation_id=membership.organisation_id,
        organisation_name=membership.organisation.name,
    )


def _keep(actor: Actor, kind: TransferKind, content: bytes, lines: list[Line]) -> tuple[int, str]:
    with transaction():
        transfer = service.keep(actor, kind, "bench.csv", content, lines)
    return transfer.id, transfer.digest


def _apply(actor: Actor, kept: tuple[int, str]) -> object:
    prepared = service.prepare(actor, kept[0])
    with transaction():
        return service.apply(actor, *kept, prepared)


def _measure(kind: TransferKind, lines: int) -> float:
    make = Builder()
    actor = _actor(make.national_admin())
    if kind is TransferKind.PEOPLE:
        for number in range(ORGANISATIONS):
            make.pole(name=f"Pôle {number}")
    rows = _people if kind is TransferKind.PEOPLE else _poles
    bad = (3, lines // 2, lines)
    _, found = _timed("look, three bad lines", lambda: service.look(kind, _text(rows(lines), bad)))
    wrong = [line.number for line in found if line.outcome is Outcome.ERROR]
    print(f"bad lines: {wrong}, expected {list(bad)}")
    content = _text(rows(lines))
    look, found = _timed("look, corrected", lambda: service.look(kind, content))
    keep, kept = _timed("keep with its report", lambda: _keep(actor, kind, content, found))
    apply, result = _timed("import", lambda: _apply(actor, kept))
    _again, found = _timed("look again", lambda: service.look(kind, content))
    left = sum(line.outcome is not Outcome.NOTHING for line in found)
    print(f"{result}; a second import would change {left} lines; {len(content) // 1024} KiB")
    return look + keep + apply if wrong == list(bad) and not left else float("inf")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("--database", choices=("postgresql", "sqlite"), default="postgresql")
    arguments.add_argument("--lines", type=int, default=10_000)
    arguments.add_argument("--kind", choices=("poles", "people"), default="poles")
    chosen = arguments.parse_args()
    with _database(chosen.database) as url, ExitStack() as stack:
        app = create_app(Testing(url))
        stack.enter_context(app.app_context())
        flask_migrate.upgrade(str(ROOT / "migrations"))
        stack.callback(db.engine.dispose)
        print(f"{chosen.lines} lines of {chosen.kind} on {chosen.database}")
        seconds = _measure(TransferKind(chosen.kind), chosen.lines)
    verdict = "holds" if seconds <= BAR_SECONDS else "OVER"
    print(f"look and import {seconds:.1f} s, bar {BAR_SECONDS:.0f} s: {verdict}")
    return 0 if seconds <= BAR_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())

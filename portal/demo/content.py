"""What the demonstration is made of: the invented bodies, people and sentences of data/*.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "data"
GUIDE = "guide"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What somebody writes, with the word of the vocabulary that goes with it, or without ("")."""

    text: str
    code: str = ""


class Need(NamedTuple):
    """What a pole asks for, in one line and in full."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question of a partner and the answer of the pole."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Report:
    """What an intervention was about."""

    text: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Texts:
    """Everything people write, by occasion; needs and reports by slug of service."""

    needs: Mapping[str, Sequence[Need]]
    reports: Mapping[str, Sequence[Report]]
    exchanges: Sequence[Exchange]
    declines: Sequence[Sentence]
    hand_backs: Sequence[Sentence]
    withdrawals: Sequence[Sentence]
    drops: Sequence[Sentence]
    reviews: Sequence[Sentence]
    welcomes: Sequence[Sentence]
    routings: Sequence[Sentence]
    reopenings: Sequence[Sentence]
    additions: Sequence[Sentence]
    reminders: Sequence[Sentence]
    thanks: Sequence[Sentence]
    call_offs: Sequence[str]
    places: Sequence[str]


def organisations() -> dict[str, Any]:
    """People's names, poles and partners, as written."""
    return _read("organisations")


def texts() -> Texts:
    data = _read("texts")
    return Texts(
        needs={slug: [Need(*entry) for entry in needs] for slug, needs in _read("needs").items()},
        reports=_reports(data["reports"]),
        exchanges=[Exchange(**entry) for entry in data["questions"]],
        declines=[
            Sentence(f"{entry['reason']} {entry['next_step']}", entry["code"]) for entry in data["declines"]
        ],
        hand_backs=[Sentence(**entry) for entry in data["hand_backs"]],
        withdrawals=[Sentence(**entry) for entry in data["withdrawals"]],
        drops=[Sentence(**entry) for entry in data["drops"]],
        reviews=[Sentence(entry["text"], entry["outcome"]) for entry in data["reviews"]],
        welcomes=[Sentence(**entry) for entry in data["welcomes"]],
        routings=[Sentence(**entry) for entry in data["routings"]],
        reopenings=[Sentence(**entry) for entry in data["reopenings"]],
        additions=[Sentence(**entry) for entry in data["additions"]],
        reminders=[Sentence(**entry) for entry in data["reminders"]],
        thanks=[Sentence(**entry) for entry in data["thanks"]],
        call_offs=data["call_offs"],
        places=data["places"],
    )


def _reports(entries: Sequence[dict[str, str]]) -> dict[str, list[Report]]:
    """The reports of each service, in the order they follow each other."""
    reports: dict[str, list[Report]] = {}
    for entry in entries:
        report = Report(f"{entry['why']} {entry['worked_on']}", entry["next_step"])
        reports.setdefault(entry["service"], []).append(report)
    return reports


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))

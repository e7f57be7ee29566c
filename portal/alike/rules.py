"""Do requests of two poles resemble each other? Pure: no Flask, no database."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple
from unicodedata import normalize

import snowballstemmer

from portal.territories.reference import NEIGHBOURS
from portal.text import search_key

WORDS_IN_COMMON = 2
"""So many of the words of two needs, where both are for the same service."""
WORDS_WITHOUT_SERVICE = 4
"""And where neither names a service: nothing but their words says what is meant."""
WORDS_SHOWN = 8

_SHORTEST_WORD = 4
_WORD = re.compile(r"[^\W_]+")
_STEMMER = snowballstemmer.stemmer("french")
_USUAL_WORDS = """
    aimerait aimerions chose choses deja dire garder partir personne personnes prend prendre semaine semaines temps
    venir
    accompagnement accompagner accueillir afin ainsi ans annee apres appui appuyer aider aide alors aucun aujourd
    aussi autre autres avant avec avoir avons beaucoup besoin besoins bien bonjour cela cette chaque cherche
    chercher cherchons chez comme comment concret concrete contre dans debut demande demander demarche depuis deux
    dont elle elles encore ensemble entre equipe etaient etre faire fait faut fois grand jour jours leur leurs lors
    mais membre membres merci mettre meme mois monter moins nombre nombreux notre nous nouveau nouvelle objectif ont
    parce pendant plus plusieurs pole poles porter pour pourquoi pourrait premier presque prochain projet projets
    propose ptce quand quatre quelle quelles quels quel question questions reunion sans savoir sera serait service
    services ses seul sont souhaite souhaitons sous structure structures tous tout toute toutes travail travailler
    trois trouver trop utile vers voir votre voudrait voulons vous
"""


class Near(StrEnum):
    """How near two poles are, the nearest first."""

    DEPARTMENT = "department"
    REGION = "region"
    NEIGHBOUR = "neighbour"


@dataclass(frozen=True, slots=True)
class Need:
    """What a pole asked for, and where it is."""

    pole_id: int
    service_id: int | None
    text: str
    region_code: str | None
    department_code: str | None


class Likeness(NamedTuple):
    """What two needs have in common: how near their poles are, and words, as the first has them."""

    near: Near
    shared: tuple[str, ...]


def alike(need: Need, other: Need) -> Likeness | None:
    """What speaks for one session for both; None: they do not resemble each other."""
    near = nearness(need, other)
    if near is None or need.pole_id == other.pole_id or need.service_id != other.service_id:
        return None
    mine, theirs = stems(need.text), stems(other.text)
    shared = tuple(word for stem, word in mine.items() if stem in theirs)
    enough = WORDS_IN_COMMON if need.service_id else WORDS_WITHOUT_SERVICE
    return Likeness(near, shared[:WORDS_SHOWN]) if len(shared) >= enough else None


def nearness(need: Need, other: Need) -> Near | None:
    """How near their poles are; None: far, or nobody knows where."""
    if need.region_code is None or other.region_code is None:
        return None
    if need.department_code and need.department_code == other.department_code:
        return Near.DEPARTMENT
    if need.region_code == other.region_code:
        return Near.REGION
    return Near.NEIGHBOUR if other.region_code in NEIGHBOURS.get(need.region_code, ()) else None


def regions_near(region_code: str) -> frozenset[str]:
    """A region and those beside it."""
    return NEIGHBOURS.get(region_code, frozenset()) | {region_code}


def stems(text: str) -> dict[str, str]:
    """The words that say what is meant: their stems, each with the first word that has it, as it is written."""
    by_stem: dict[str, str] = {}
    for word, written in _words(text):
        by_stem.setdefault(_STEMMER.stemWord(word), written)
    return by_stem


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Each without accents, since typed with them or not a word is the same, and as it is shown: with them, and without
    the capital of its sentence."""
    for written in _WORD.findall(normalize("NFC", text)):
        word = search_key(written)
        if len(word) >= _SHORTEST_WORD and word.isalpha() and word not in _USUAL:
            yield word, written if written.isupper() else written.lower()


_USUAL = frozenset(_USUAL_WORDS.split())

"""The words of a text as they are kept and asked for, and where they stand in what is shown. Pure.

A word is kept as it is, without accents and case, and by its stems: "Créées" and "créés" are one, and so are "studies"
and "study". Accents go before stems are taken, so that what is typed without them finds as much.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from portal.text import one_line, search_key

LONGEST_ASKED = 1000
MOST_WORDS = 12
SHORTEST_BEGINNING = 3
EXCERPT = 220
_LONGEST_WORD = 40
_TITLE, _APART = "^", "~"
_KIND = "="
_STEMMERS = tuple(snowballstemmer.stemmer(language) for language in ("french", "english"))
_USUAL = frozenset(
    [
        "au",
        "aux",
        "avec",
        "ce",
        "ces",
        "cet",
        "cette",
        "dans",
        "de",
        "des",
        "du",
        "elle",
        "elles",
        "en",
        "est",
        "et",
        "il",
        "ils",
        "je",
        "la",
        "le",
        "les",
        "leur",
        "leurs",
        "lui",
        "ma",
        "mais",
        "me",
        "mes",
        "moi",
        "mon",
        "ne",
        "nos",
        "notre",
        "nous",
        "on",
        "ou",
        "par",
        "pas",
        "pour",
        "qu",
        "que",
        "qui",
        "sa",
        "se",
        "ses",
        "son",
        "sont",
        "sur",
        "ta",
        "te",
        "tes",
        "toi",
        "ton",
        "tu",
        "un",
        "une",
        "vos",
        "votre",
        "vous",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "for",
        "from",
        "has",
        "have",
        "he",
        "her",
        "his",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "my",
        "no",
        "not",
        "of",
        "or",
        "our",
        "she",
        "so",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "us",
        "was",
        "we",
        "were",
        "will",
        "with",
        "you",
        "your",
    ]
)
"""Words that nearly every text has, in both languages: neither kept nor looked for."""
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")
_NUMBER = re.compile(r"(?<![^\W_])(?:\+ ?)?[0-9]+(?:[\s.\-‐‑–/()]{1,3}[0-9]+)*(?![^\W_])")
_NUMBER_OR_WORD = re.compile(f"{_NUMBER.pattern}|{_WORD.pattern}")
_FROM_ABROAD = re.compile(r"^(?:\+ ?|00 ?)33[\s.\-]*(?:\(0\))?[\s.\-]*0?(?=[1-9])")
_SHORTEST_NUMBER, _LONGEST_NUMBER = 6, 14


@dataclass(frozen=True, slots=True)
class Token:
    """A word as it is kept; `begins`: the beginning of one is enough."""

    text: str
    begins: bool = False

    def is_in(self, words: Iterable[str]) -> bool:
        """Is it one of these?"""
        return any(word.startswith(self.text) if self.begins else word == self.text for word in words)


@dataclass(frozen=True, slots=True)
class Term:
    """One of the words asked for: `ways` to say it, each some words that must all be there."""

    text: str
    ways: tuple[tuple[Token, ...], ...]

    def in_titles(self) -> "Term":
        """The same, where it must stand in a title."""
        return self._marked(_TITLE)

    def apart(self) -> "Term":
        """The same, where it must stand in what is kept apart."""
        return self._marked(_APART)

    def _marked(self, mark: str) -> "Term":
        ways = (tuple(Token(mark + token.text, token.begins) for token in way) for way in self.ways)
        return Term(self.text, tuple(ways))

    def is_in(self, words: Sequence[str]) -> bool:
        return any(all(token.is_in(words) for token in way) for way in self.ways)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for. `cut`: there were more words than are looked for."""

    typed: str = ""
    terms: tuple[Term, ...] = ()
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Some of a text; `found`: it is what was asked for."""

    text: str
    found: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    """A word or a number where it stands in a text, and the words that are kept of it."""

    start: int
    end: int
    words: tuple[str, ...]


def of_kind(kind: str) -> Term:
    """What stands in every key of a kind, and in no text."""
    return Term(kind, ((Token(_KIND + kind),),))


Texts = Iterable[str | None]


def key(kind: str, titles: Texts, texts: Texts, apart: Texts = ()) -> str:
    """All words of a thing, once each, to be kept; empty where it says nothing. `apart`: not found by these alone."""
    named, told = _words(titles), _words(texts)
    words = {*told, *named, *(_TITLE + word for word in named), *(_APART + word for word in _words(apart))}
    return " ".join(sorted({_KIND + kind, *words})) if words else ""


def asked(typed: str) -> Asked:
    """The words somebody looks for; those that every text has, and single letters, are left aside."""
    text = one_line(typed[:LONGEST_ASKED])
    terms = {term.text: term for term in _terms(text)}
    return Asked(
        text, tuple(terms.values())[:MOST_WORDS], len(terms) > MOST_WORDS or len(typed) > LONGEST_ASKED
    )


def _terms(text: str) -> Iterator[Term]:
    for place in _places(text):
        term = text[place.start : place.end]
        if groups := _groups(term):
            joined = Token("".join(groups)[:_LONGEST_WORD], begins=True)
            apart = tuple(Token(group, begins=len(groups) == 1) for group in groups)
            yield Term(joined.text, ((joined,), apart) if len(groups) > 1 else ((joined,),))
        else:
            for word in _plain_words(term):
                yield Term(word, tuple((way,) for way in _ways(word)))


def _ways(word: str) -> Iterator[Token]:
    yield Token(word, begins=len(word) >= SHORTEST_BEGINNING)
    yield from (Token(stem) for stem in _stems(word) if stem != word)


def _words(texts: Texts) -> set[str]:
    return {word for text in texts if text for place in _places(text) for word in place.words}


def _places(text: str) -> Iterator[_Place]:
    """Each number and word of a text, in order."""
    for match in _NUMBER_OR_WORD.finditer(text):
        if words := _words_of(match[0]):
            yield _Place(match.start(), match.end(), words)


@lru_cache(maxsize=32768)
def _words_of(text: str) -> tuple[str, ...]:
    if groups := _groups(text):
        return (*groups, *_joined(groups))
    plain = _plain_words(text)
    return tuple(dict.fromkeys(stem for word in plain for stem in (word, *_stems(word))))


def _plain_words(text: str) -> list[str]:
    words = (word[:_LONGEST_WORD] for word in search_key(text).split())
    return [word for word in words if word not in _USUAL and (len(word) > 1 or word.isdigit())]


def _stems(word: str) -> Iterable[str]:
    """One of each language, which may be the same."""
    return dict.fromkeys(stemmer.stemWord(word) for stemmer in _STEMMERS) if word.isalpha() else ()


def _groups(text: str) -> list[str]:
    """The groups of digits of a number; of a telephone number written for abroad, as it is dialled in France."""
    if not _NUMBER.fullmatch(text):
        return []
    return re.findall("[0-9]+", _FROM_ABROAD.sub("0", text))


def _joined(groups: Sequence[str]) -> Iterator[str]:
    """Groups that stand beside one another as one number, as references and telephone numbers are typed too."""
    for first in range(len(groups)):
        number = groups[first]
        for group in groups[first + 1 :]:
            number += group
            if len(number) > _LONGEST_NUMBER:
                break
            if len(number) >= _SHORTEST_NUMBER:
                yield number


def marked(text: str, wanted: Asked) -> list[Piece]:
    """A text in pieces, of which those that were asked for are told."""
    pieces, start = [], 0
    for place in _found_in(text, wanted):
        if place.start > start:
            pieces.append(Piece(text[start : place.start]))
        pieces.append(Piece(text[place.start : place.end], found=True))
        start = place.end
    return [*pieces, Piece(text[start:])] if start < len(text) else pieces


def _found_in(text: str, wanted: Asked) -> list[_Place]:
    return [place for place in _places(text) if any(_is_part(term, place.words) for term in wanted.terms)]


def _is_part(term: Term, words: Sequence[str]) -> bool:
    """Is any of the words of a term among these? Where numbers stand apart, each is marked."""
    return any(token.is_in(words) for way in term.ways for token in way)


def excerpt(texts: Iterable[str], wanted: Asked) -> list[Piece]:
    """Where most of the words stand together, in the first of the texts that has one; nothing where none has."""
    for text in map(one_line, texts):
        if places := _found_in(text, wanted):
            return marked(_around(text, _best(text, places, wanted)), wanted)
    return []


def _best(text: str, places: Sequence[_Place], wanted: Asked) -> _Place:
    """The place from which most of what is asked for can be read."""

    def terms_near(first: _Place) -> int:
        near = [place.words for place in places if first.start <= place.start < first.start + EXCERPT]
        return sum(any(_is_part(term, words) for words in near) for term in wanted.terms)

    return max(places[:50], key=terms_near)


def _around(text: str, place: _Place) -> str:
    """Some of a long text, from whole word to whole word."""
    if len(text) <= EXCERPT:
        return text
    start = max(0, min(place.start - EXCERPT // 4, len(text) - EXCERPT))
    end = max(start + EXCERPT, place.end)
    if start:
        start = text.find(" ", start, place.start) + 1 or place.start
    if end < len(text):
        end = max(text.rfind(" ", place.end, end), place.end)
    return ("… " if start else "") + text[start:end] + (" …" if end < len(text) else "")

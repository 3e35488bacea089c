"""Phrases of the data files, and which of them a text says.

A phrase is words: «стояк*» any ending, «льет|хлещет» either, `<вода>` a list of the same file.
Words side by side stand so in the text; «a + b» stand near each other in any order; «- c» must not
be there at all; «a .. b» in that order with at most three words between; «a b / c» is «a b» or «c».
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from services.understanding.reading.repair import Repair
from services.understanding.reading.words import Said, hear
from services.understanding.words import fold

FOLDER = Path(__file__).parent.parent / "trade" / "reading"
BETWEEN = 3
OFTEN = 8
"""Of a word that is said more often, the first ones count."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the latter takes ten times as long


@cache
def load(name: str) -> Any:
    return yaml.load((FOLDER / name).read_text("utf-8"), _LOADER)  # noqa: S506 a safe one


class Lexicon:
    """All words of all phrases. What a word is there, is looked up once for all of them."""

    def __init__(self) -> None:
        self._exact: dict[str, set[int]] = {}
        self._stems: dict[str, set[int]] = {}
        self._numbers: dict[frozenset[str], int] = {}
        self._found: dict[str, tuple[int, ...]] = {}
        self._repair: Repair | None = None

    def number(self, patterns: Sequence[str]) -> int:
        key = frozenset(fold(pattern) for pattern in patterns)
        if key in self._numbers:
            return self._numbers[key]
        number = self._numbers[key] = len(self._numbers)
        for pattern in key:
            if pattern.endswith("*"):
                self._stems.setdefault(pattern[:-1], set()).add(number)
            else:
                self._exact.setdefault(pattern, set()).add(number)
        self._repair = None
        self._found.clear()
        return number

    def terms(self, word: str) -> tuple[int, ...]:
        found = self._found.get(word)
        if found is None:
            numbers = set(self._exact.get(word, ()))
            for length in range(1, len(word) + 1):
                numbers |= self._stems.get(word[:length], set())
            if len(self._found) > 50_000:
                self._found.clear()
            found = self._found[word] = tuple(numbers)
        return found

    def hear(self, text: str) -> Said:
        if self._repair is None:
            self._repair = Repair(
                {stem for stem in self._stems if len(stem) >= 3},
                set(self._exact),
                load("misspelt.yaml"),
            )
        said = hear(text, self._repair)
        for place, word in enumerate(said.words):
            for number in self.terms(word):
                found = said.at.setdefault(number, [])
                if len(found) < OFTEN:
                    found.append(place)
        return said


LEXICON = Lexicon()


@dataclass(frozen=True)
class Part:
    terms: tuple[int, ...]
    follows: bool
    """Stands after the part before it, not merely near."""


@dataclass(frozen=True)
class Phrase:
    words: str
    label: str
    weight: float
    parts: tuple[Part, ...]
    without: tuple[Part, ...]


@dataclass(frozen=True)
class Match:
    phrase: Phrase
    places: tuple[int, ...]
    """Where the parts begin."""
    covered: tuple[int, ...]
    """Every word of them."""


class Phrases:
    """`reach` is how many words a phrase may span besides its own, within one sentence; without
    it a phrase may lie anywhere in the text."""

    def __init__(self, lists: Mapping[str, Sequence[str] | str], reach: int | None = None) -> None:
        self._lists = {
            name: words.split()
            if isinstance(words, str)
            else [w for one in words for w in one.split()]
            for name, words in lists.items()
        }
        self._reach = reach
        self._by_term: dict[int, list[Phrase]] = {}

    def add(self, words: str, label: str, weight: float = 1) -> None:
        wanted, *unwanted = words.split(" - ")
        without = tuple(
            Part(self._terms(either), follows=False)
            for part in unwanted
            for either in part.split(" / ")
        )
        choices = []
        for near in wanted.split(" + "):
            for place, part in enumerate(near.split(" .. ")):
                choices.append(
                    [Part(self._terms(either), follows=place > 0) for either in part.split(" / ")]
                )
        for parts in product(*choices):
            phrase = Phrase(words, label, weight, parts, without)
            self._by_term.setdefault(parts[0].terms[0], []).append(phrase)

    def _terms(self, part: str) -> tuple[int, ...]:
        terms = []
        for word in part.split():
            patterns = []
            for either in word.split("|"):
                if either.startswith("<"):
                    patterns += self._patterns(either[1:-1])
                else:
                    patterns.append(either)
            terms.append(LEXICON.number(patterns))
        return tuple(terms)

    def _patterns(self, name: str) -> list[str]:
        found = []
        for word in self._lists[name]:
            found += self._patterns(word[1:-1]) if word.startswith("<") else [word]
        return found

    def find(self, said: Said) -> Iterator[Match]:
        """Every way in which each phrase is said, but no more than one for each first word."""
        for term in said.at.keys() & self._by_term.keys():
            for phrase in self._by_term[term]:
                if any(next(places(said, part), None) is not None for part in phrase.without):
                    continue
                if any(part.terms[0] not in said.at for part in phrase.parts[1:]):
                    continue
                for first in places(said, phrase.parts[0]):
                    match = self._from(said, phrase, first)
                    if match:
                        yield match

    def says(self, said: Said) -> bool:
        return next(self.find(said), None) is not None

    def _from(self, said: Said, phrase: Phrase, first: int) -> Match | None:
        chosen = [first]
        covered = list(range(first, first + len(phrase.parts[0].terms)))
        for part in phrase.parts[1:]:
            best = None
            for place in places(said, part):
                if place in covered:
                    continue
                gap = place - chosen[-1]
                if part.follows and not 0 < gap <= BETWEEN + 1 + len(part.terms):
                    continue
                if self._reach is not None:
                    if said.sentences[place] != said.sentences[first]:
                        continue
                    span = max(*covered, place) - min(*covered, place) + 1
                    if span > self._reach + len(covered) + len(part.terms):
                        continue
                if best is None or abs(place - first) < abs(best - first):
                    best = place
            if best is None:
                return None
            chosen.append(best)
            covered += range(best, best + len(part.terms))
        return Match(phrase, tuple(chosen), tuple(covered))


def places(said: Said, part: Part) -> Iterator[int]:
    first, *rest = part.terms
    for place in said.at.get(first, ()):
        if all(place + n in said.at.get(term, ()) for n, term in enumerate(rest, 1)):
            yield place

"""A text as the features it is compared by: dictionary forms, roots, synonym groups and pieces of
its words, each a number."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from services.understanding.vocabulary import Vocabulary
from services.understanding.words import is_common, lemma, root, split_words

LEMMA, ROOT, CONCEPT, GRAM = range(4)
FAMILIES = 4
Ids = npt.NDArray[np.int32]
_KEPT = 20_000  # words whose features are kept at hand
_EXPLAINED = 3  # synonyms that stand in for a word nobody else uses
_NONE: Ids = np.empty(0, np.int32)


@dataclass(frozen=True)
class Features:
    """`ids` repeat as often as the feature is met; `unknown` counts, by family, those that no
    text of the space has."""

    ids: Ids
    unknown: tuple[int, ...] = (0,) * FAMILIES


class Space:
    """Numbers the features of a vocabulary's texts and of articles. Growing is locked, looking up
    is not: an id once given stays."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._ids: dict[str, int] = {}
        self.families: list[int] = []
        self._of_word: dict[str, tuple[Ids, tuple[int, ...]]] = {}
        self._growing = threading.Lock()
        self._concepts: dict[str, list[tuple[tuple[str, ...], int]]] = defaultdict(list)
        self._names: dict[int, list[list[str]]] = {}
        self._name_concepts(vocabulary)

    def __len__(self) -> int:
        return len(self.families)

    def _name_concepts(self, vocabulary: Vocabulary) -> None:
        groups: list[Iterable[str]] = [*vocabulary.synonyms]
        groups += [(key, value) for key, value in vocabulary.short.items()]
        for number, group in enumerate(groups):
            concept = self._number(f"c:{number}", CONCEPT)
            names = self._names[concept] = [split_words(name) for name in group]
            for words in names:
                key = tuple(map(lemma, words))
                if key and not all(map(is_common, key)):
                    self._concepts[key[0]].append((key, concept))
        for known in self._concepts.values():
            known.sort(key=lambda each: -len(each[0]))

    def _number(self, feature: str, family: int) -> int:
        number = self._ids.get(feature)
        if number is None:
            number = self._ids[feature] = len(self.families)
            self.families.append(family)
        return number

    @property
    def named(self) -> Iterator[str]:
        """The words of the synonym groups."""
        return (word for names in self._names.values() for words in names for word in words)

    def forget_words(self) -> None:
        """Gives back the memory of words seen while learning; those still met are learnt anew."""
        self._of_word.clear()
        root.cache_clear()

    def add(self, forms: Sequence[str]) -> Ids:
        """Features of a text that others will be compared with: new ones get a number."""
        with self._growing:
            lemmas = [lemma(form) for form in forms]
            parts = [self._grow(form, name) for form, name in zip(forms, lemmas, strict=True)]
            parts.append(np.array(self._find_concepts(lemmas), np.int32))
            parts.append(np.array([self._number(p, LEMMA) for p in _pairs(lemmas)], np.int32))
            return np.concatenate(parts)

    def explain(self, forms: Sequence[str]) -> list[str]:
        """What else may be said for those words that no text has: their synonyms that are met."""
        lemmas = [lemma(form) for form in forms]
        others: list[str] = []
        for at, name in enumerate(lemmas):
            for key, concept in self._concepts.get(name, ()):
                if tuple(lemmas[at : at + len(key)]) == key and not self._has(key):
                    met = [names for names in self._names[concept] if self._has(map(lemma, names))]
                    others += [word for names in met[:_EXPLAINED] for word in names]
        return others

    def _has(self, lemmas: Iterable[str]) -> bool:
        return all(is_common(name) or f"l:{name}" in self._ids for name in lemmas)

    def look(self, forms: Sequence[str]) -> Features:
        lemmas = [lemma(form) for form in forms]
        parts: list[Ids] = []
        unknown = [0] * FAMILIES
        for form, name in zip(forms, lemmas, strict=True):
            ids, missing = self._look_up(form, name)
            parts.append(ids)
            for family, count in enumerate(missing):
                unknown[family] += count
        parts.append(np.array(self._find_concepts(lemmas), np.int32))
        pairs = [self._ids.get(pair) for pair in _pairs(lemmas)]
        parts.append(np.array([p for p in pairs if p is not None], np.int32))
        return Features(np.concatenate(parts) if parts else _NONE, tuple(unknown))

    def _grow(self, form: str, name: str) -> Ids:
        ids, missing = self._look_up(form, name)
        if any(missing):
            ids = np.array(
                [self._number(f, family) for f, family in _features(form, name)], np.int32
            )
            self._of_word[form] = ids, (0,) * FAMILIES
        return ids

    def _look_up(self, form: str, name: str) -> tuple[Ids, tuple[int, ...]]:
        found = self._of_word.get(form)
        if found is None:
            ids, missing = [], [0] * FAMILIES
            for feature, family in _features(form, name):
                number = self._ids.get(feature)
                if number is None:
                    missing[family] += 1
                else:
                    ids.append(number)
            found = np.array(ids, np.int32), tuple(missing)
            if not any(missing) and len(self._of_word) < _KEPT:
                self._of_word[form] = found
        return found

    def _find_concepts(self, lemmas: Sequence[str]) -> list[int]:
        found = []
        for at, name in enumerate(lemmas):
            for key, concept in self._concepts.get(name, ()):
                if len(key) == 1 or tuple(lemmas[at : at + len(key)]) == key:
                    found.append(concept)
        return found


def _features(form: str, name: str) -> list[tuple[str, int]]:
    if is_common(name) or is_common(form) or form.isdigit():  # a flat, a day, a sum
        return []
    found = [(f"l:{name}", LEMMA)]
    if stem := root(name):
        found.append((f"r:{stem}", ROOT))
    edged = f" {form} "
    for size in (3, 4):
        found += [(f"g:{edged[i : i + size]}", GRAM) for i in range(len(edged) - size + 1)]
    return found


def _pairs(lemmas: Sequence[str]) -> list[str]:
    """«не» belongs to what it denies."""
    return [f"l:не {b}" for a, b in pairwise(lemmas) if a in ("не", "нет")]

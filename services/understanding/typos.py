"""Misspelt and glued words, repaired to words that the trade or the articles use."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from services.understanding.words import is_known, is_russian

_LONGEST = 40  # letters: no Russian word of the trade is longer; a glued message may be
_GLUED_LONGEST = 120
_ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_SOUNDS = (
    "ао",
    "еи",
    "еэ",
    "иы",
    "ея",
    "иэ",
    "бп",
    "вф",
    "гк",
    "дт",
    "жш",
    "зс",
    "шщ",
    "чщ",
    "цс",
    "ьъ",
    "ую",
)
_HEARD = (
    ("тьс", "ц"), ("тс", "ц"), ("дс", "ц"), ("сч", "щ"), ("зч", "щ"), ("жч", "щ"), ("тч", "ч"),
    ("стн", "сн"), ("здн", "зн"), ("вств", "ств"), ("ого", "ова"), ("его", "ева"), ("чт", "шт"),
)  # fmt: skip
_SKELETON = str.maketrans("оеыэяюбвгджзщ", "аииииупфктшсш", "ъь")
_SMALL = """
    а в и к о с у я вы до за из ли мы на не ни но об он от по то ты уж бы да же где как кто мне
    мой мою мои нас нам при про раз так там что это эту чем для или их ее его без под над
"""
_LITTLE = frozenset(_SMALL.split())


def _near_keys() -> dict[str, set[str]]:
    near: dict[str, set[str]] = defaultdict(set)
    for row, keys in enumerate(_ROWS):
        for place, key in enumerate(keys):
            for other_row in (row - 1, row, row + 1):
                if 0 <= other_row < len(_ROWS):
                    around = _ROWS[other_row][max(0, place - 1) : place + 2]
                    near[key] |= set(around) - {key}
    return near


_CHEAP = {pair for two in _SOUNDS for pair in ((two[0], two[1]), (two[1], two[0]))}
_NEAR = {(key, other) for key, others in _near_keys().items() for other in others}


class Speller:
    """Knows word forms with how often they are met. Read-only after it is made."""

    def __init__(self, forms: Mapping[str, int], base: Speller | None = None) -> None:
        self._forms = forms
        self._base = base
        # Hashes and places instead of a dictionary of lists: a twentieth of the memory.
        self._words = [f for f in forms if 4 <= len(f) <= _LONGEST and is_russian(f)]
        hashes = [np.fromiter((hash(key) for key in _keys(form)), np.int64) for form in self._words]
        places = np.repeat(np.arange(len(hashes), dtype=np.int32), list(map(len, hashes)))
        keys = np.concatenate([np.empty(0, np.int64), *hashes])
        order = np.argsort(keys, kind="stable")
        self._keys, self._places = keys[order], places[order]
        self._repaired: dict[str, tuple[str, ...]] = {}

    def knows(self, word: str) -> bool:
        return word in self._forms or (self._base is not None and self._base.knows(word))

    def count(self, word: str) -> int:
        return self._forms.get(word, 0) + (self._base.count(word) if self._base else 0)

    def repair(self, word: str) -> tuple[str, ...]:
        """The words meant by a folded one: itself, another, or several that were glued."""
        if len(word) < 4 or self.knows(word) or not is_russian(word):
            return (word[:_LONGEST],)
        found = self._repaired.get(word)
        if found is None:
            found = self._look_up(word)
            if len(self._repaired) < 20_000:
                self._repaired[word] = found
        return found

    def _look_up(self, word: str) -> tuple[str, ...]:
        if len(word) <= _LONGEST and is_known(word):
            return (word,)
        if "-" in word:
            parts = tuple(p for part in word.split("-") for p in self.repair(part))
            if all(map(self.knows, parts)):
                return parts
        best, cost = self._nearest(word) if len(word) <= _LONGEST else ("", math.inf)
        if best and cost <= 1.0:
            return (best,)
        if len(word) >= 7 and (parts := self._unglue(word[:_GLUED_LONGEST])):
            return parts
        return (best or word[:_LONGEST],)

    def _nearest(self, word: str) -> tuple[str, float]:
        allowed = 1.0 if len(word) < 5 else 1.4 if len(word) < 8 else 2.1
        best, best_rank, best_cost = "", math.inf, math.inf
        for other in self._candidates(word):
            cost = min(measure_typo(word, other), 0.4 + measure_typo(_hear(word), _hear(other)))
            if cost > allowed:
                continue
            rank = cost - 0.06 * math.log(self.count(other) + 1)
            if (rank, other) < (best_rank, best):
                best, best_rank, best_cost = other, rank, cost
        return best, best_cost

    def _candidates(self, word: str) -> set[str]:
        keys = np.array([hash(key) for key in _keys(word)], np.int64)
        begins, ends = (np.searchsorted(self._keys, keys, side) for side in ("left", "right"))
        found = {
            self._words[place]
            for begin, end in zip(begins, ends, strict=True)
            for place in self._places[begin:end]
        }
        if self._base is not None:
            found |= self._base._candidates(word)
        return {other for other in found if abs(len(other) - len(word)) <= 2}

    def _unglue(self, word: str) -> tuple[str, ...]:
        """The likeliest way to cut it into known words, none if there is no such way."""
        best: list[tuple[float, int]] = [(0.0, 0)] + [(math.inf, 0)] * len(word)
        for end in range(1, len(word) + 1):
            for begin in range(max(0, end - 20), end):
                if best[begin][0] == math.inf:
                    continue
                piece = word[begin:end]
                if end - begin < 3:
                    price = 5.0 if piece in _LITTLE else math.inf
                elif known := self.count(piece):
                    price = 9.0 - math.log(known + 1) - 0.2 * len(piece)
                elif piece in _LITTLE:
                    price = 6.0
                else:
                    continue
                if best[begin][0] + price < best[end][0]:
                    best[end] = best[begin][0] + price, begin
        if best[-1][0] == math.inf or best[-1][0] > 1.1 * len(word):
            return ()
        parts: list[str] = []
        end = len(word)
        while end:
            parts.append(word[best[end][1] : end])
            end = best[end][1]
        return tuple(reversed(parts))


def _keys(word: str) -> Iterator[str]:
    """Its sound in rough letters, and that with any one letter missing."""
    rough = _hear(word).replace("-", "").translate(_SKELETON)
    skeleton = "".join(c for i, c in enumerate(rough) if not i or c != rough[i - 1])
    yield skeleton
    for at in range(len(skeleton)):
        yield skeleton[:at] + skeleton[at + 1 :]


def _hear(word: str) -> str:
    """As it is pronounced, where that is written with other letters: «щетчик», «делаеца»."""
    for letters, sound in _HEARD:
        if letters in word:
            word = word.replace(letters, sound)
    return word


def measure_typo(one: str, other: str) -> float:
    """Edits between two words; a neighbouring key, a vowel or consonant that sounds alike, a
    doubled letter, a soft sign cost half, a wrong first letter more."""
    before: list[float] = []
    last = [_price_of(c, other[i - 1] if i else "") for i, c in enumerate(other)]
    row = [0.0]
    for price in last:
        row.append(row[-1] + price)
    earlier = row
    for i, a in enumerate(one, 1):
        row = [earlier[0] + _price_of(a, one[i - 2] if i > 1 else "")]
        for j, b in enumerate(other, 1):
            cost = min(
                earlier[j] + _price_of(a, one[i - 2] if i > 1 else ""),
                row[j - 1] + _price_of(b, other[j - 2] if j > 1 else ""),
                earlier[j - 1] + _price_of_swap(a, b, first=i == 1 and j == 1),
            )
            if i > 1 and j > 1 and a == other[j - 2] and b == one[i - 2]:
                cost = min(cost, before[j - 2] + (0.0 if a == b else 0.7))
            row.append(cost)
        before, earlier = earlier, row
    return earlier[-1]


def _price_of(letter: str, previous: str) -> float:
    return 0.4 if letter in "ьъ-" or letter == previous else 1.0


def _price_of_swap(a: str, b: str, *, first: bool) -> float:
    if a == b:
        return 0.0
    price = 0.5 if (a, b) in _CHEAP else 0.7 if (a, b) in _NEAR else 1.0
    return price + 0.3 * (first and price > 0.5)

"""Misspelt and glued words, back to the words that the phrases of the data files are made of.

The phrases are stems as much as words («батаре*»), so a slip is undone within the stem and the
ending is kept as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz.distance import OSA

from services.understanding.words import fold, is_known

SHORTEST = 5  # letters of what a word may be a slip of
ENDING = 5  # letters behind a stem
GLUED, LONGEST = 14, 80
"""An unknown word of so many letters may be several; one of more is none at all."""
SKIPPED = 4  # the price of a letter that belongs to no word, see `price`

_CYRILLIC = re.compile("[а-я]")
_STRETCHED = re.compile(r"([а-я])\1{2,}")  # «пожааар»
_DOUBLE = re.compile(r"(.)\1")
_DIGITS = str.maketrans("03", "оз")
_SMALL = frozenset((
    "в", "во", "на", "у", "с", "со", "из", "к", "ко", "по", "за", "от", "до", "и", "а",
    "не", "мы", "я", "нас", "меня", "мне", "нам", "уже", "без", "под", "это", "что",
))  # fmt: skip


class Repair:
    """Brings a word that is not in the dictionary back to the words that phrases are made of."""

    def __init__(self, stems: set[str], whole: set[str], misspelt: Mapping[str, str]) -> None:
        """`misspelt`: what is no word of the dictionary, or never the one that was meant."""
        self._misspelt = {
            fold(wrong): tuple(fold(right).split()) for wrong, right in misspelt.items()
        }
        self._stems = stems
        self._whole = whole
        self._near: dict[str, list[str]] = {}
        for stem in stems | whole:
            if len(stem) >= SHORTEST:
                for one in shorter(stem):
                    self._near.setdefault(one, []).append(stem)
        self._sound: dict[str, list[str]] = {}
        for stem in sorted(stems | whole):
            if len(stem) >= SHORTEST:
                self._sound.setdefault(sound(stem), []).append(stem)
        self._kept: dict[str, tuple[str, ...]] = {}

    def knows(self, word: str) -> bool:
        return word in self._misspelt or word in self._whole or is_known(word) or self.begins(word)

    def begins(self, word: str, shortest: int = SHORTEST) -> bool:
        """Whether it begins as one of ours, with so many letters or more."""
        return any(word[:n] in self._stems for n in range(shortest, len(word) + 1))

    def remember(self, word: str) -> tuple[str, ...]:
        """What is known without looking long; nothing where the word wants mending."""
        if word in self._misspelt:
            return self._misspelt[word]
        if not 4 <= len(word) <= LONGEST or word.isdigit() or word in self._whole or is_known(word):
            return (word,)
        return self._kept.get(word, ())

    def mend(self, word: str) -> tuple[str, ...]:
        """One word, or several where the spaces were left out."""
        if len(self._kept) > 50_000:
            self._kept.clear()
        mended = self._kept[word] = self._mend(word)
        return mended

    def _mend(self, word: str) -> tuple[str, ...]:
        if _CYRILLIC.search(word):  # «г0рит»
            word = word.translate(_DIGITS)
        word = _STRETCHED.sub(r"\1", word)
        if len(word) < 4 or is_known(word) or word in self._whole:
            return (word,)
        if near := self.whole(word):
            return (near,)
        if "-" in word:
            return tuple(part for part in word.split("-") if part)
        if self.begins(word, max(SHORTEST, len(word) - ENDING)):
            return (word,)
        if len(word) >= GLUED:
            return self.part(word) or (word,)
        if self.begins(word):
            return (word,)
        near = self.near(word)
        return (near,) if near != word or len(word) < 6 else self.part(word) or (word,)

    def whole(self, word: str) -> str:
        """The one word of the phrases that is a slip of the finger away; empty if none is."""
        if len(word) < SHORTEST:
            return ""
        if alike := self.alike(word, self._whole):
            return alike
        for one in shorter(word):
            for known in self._near.get(one, ()):
                if known in self._whole and OSA.distance(word, known, score_cutoff=1) <= 1:
                    return known
        return ""

    def price(self, word: str) -> int:
        """Of taking this for one of the glued words; nought where it is none."""
        if word in _SMALL:
            return 3 if len(word) == 1 else 2
        if len(word) > 2 and word in self._whole:
            return 2
        return 5 if len(word) > 4 and is_known(word) else 0

    def alike(self, word: str, among: set[str]) -> str:
        """What sounds the same; of several the one written most alike."""
        found = [known for known in self._sound.get(sound(word), ()) if known in among]
        return min(found, key=lambda known: OSA.distance(word, known), default="")

    def near(self, word: str) -> str:
        """With one slip of the finger undone at most."""
        for length in range(min(len(word), 14), max(SHORTEST, len(word) - ENDING) - 1, -1):
            start = word[:length]
            if alike := self.alike(start, self._stems):
                return alike + word[length:]
            for one in (start, *shorter(start)):
                for stem in self._near.get(one, ()):
                    if stem in self._stems and OSA.distance(start, stem, score_cutoff=1) <= 1:
                        return stem + word[length:]
        return word

    def part(self, word: str) -> tuple[str, ...]:
        """«пахнетгазом» as two words; nothing where too much of it would be left over."""
        best: list[tuple[int, int, tuple[str, ...]]] = [(0, 0, ())]
        """For each length: what it cost, letters left over, words."""
        for end in range(1, len(word) + 1):
            cost, left, words = best[-1]
            choice = (cost + SKIPPED, left + 1, words)
            for begin in range(max(0, end - 16), end):
                one = word[begin:end]
                price = self.price(one)
                if price and (before := best[begin])[0] + price < choice[0]:
                    choice = (before[0] + price, before[1], (*before[2], one))
            best.append(choice)
        _, left, words = best[-1]
        allowed = len(word) // 3 if len(word) >= GLUED else 0
        return words if len(words) > 1 and left <= allowed else ()


_SOUND = str.maketrans("оеиыэябвдзгжю", "аииииипфтскшу")


def sound(word: str) -> str:
    """A key that «атапление» and «отопление» share: vowels without stress, voiced and voiceless."""
    key = word.replace("ь", "").replace("ъ", "").translate(_SOUND)
    key = key.replace("тс", "ц").replace("сч", "щ").replace("зч", "щ").replace("стн", "сн")
    return _DOUBLE.sub(r"\1", key)


def shorter(word: str) -> set[str]:
    """The word itself and all that it becomes without one letter."""
    return {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))}

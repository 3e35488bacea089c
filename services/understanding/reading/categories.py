"""What a text is about, by the weighted words of `trade/reading/categories.yaml`."""

from __future__ import annotations

from collections.abc import Collection

from services.understanding.reading.phrases import Phrases, load
from services.understanding.reading.words import Said

ELSE = "other"
FURTHER = 0.5
SURE = 2.5


def _learn() -> tuple[Phrases, tuple[str, ...]]:
    data = load("categories.yaml")
    phrases = Phrases(data["words"])
    for category, weights in data["categories"].items():
        for weight, lines in weights.items():
            for line in lines:
                phrases.add(line, category, float(weight))
    return phrases, tuple(data["categories"])


_PHRASES, CATEGORIES = _learn()
_OF_DANGER: dict[str, list[str]] = load("categories.yaml")["dangers"]


def sort_out(said: Said, danger: str = "") -> tuple[str, bool]:
    """The category, `other` where no word tells, and whether it is more than a guess. A danger
    leaves only the categories it may belong to."""
    scores = dict.fromkeys(CATEGORIES, 0.0)
    for category, evidence in weigh(said).items():
        scores[category] = add_up(evidence.values())
    if danger in _OF_DANGER:
        return max(_OF_DANGER[danger], key=scores.__getitem__), True
    best = max(CATEGORIES, key=scores.__getitem__)
    return best if scores[best] > 0 else ELSE, best != ELSE and scores[best] >= SURE


def add_up(weights: Collection[float]) -> float:
    """Each further phrase adds less than the one before: they often share their words."""
    against = sum(weight for weight in weights if weight < 0)
    found = sorted((weight for weight in weights if weight > 0), reverse=True)
    return against + sum(weight * FURTHER**place for place, weight in enumerate(found))


def weigh(said: Said) -> dict[str, dict[str, float]]:
    """Of each category the phrases found and their weights; the same phrase counts once."""
    found: dict[str, dict[str, float]] = {}
    for match in _PHRASES.find(said):
        phrase = match.phrase
        found.setdefault(phrase.label, {})[phrase.words] = phrase.weight
    return found

"""What the writer wants, by the weighted phrases of `trade/reading/kinds.yaml` and plain marks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from services.understanding.reading.phrases import LEXICON, Phrases, load
from services.understanding.reading.words import Said

SHORT, LONG = 3, 5  # words
_BEGS = re.compile(r"(?:[иьй]те|[иьй]тесь)$")
_USUALLY = re.compile(r"(?:[аяе]вайте|[аяеу]йте|жайте|щайте|мойте|сылайте)$")


def _learn() -> tuple[Phrases, dict[str, dict[str, float]], int]:
    data = load("kinds.yaml")
    phrases = Phrases(data["words"])
    for kind, weights in data["kinds"].items():
        for weight, lines in weights.items():
            for line in lines:
                phrases.add(line, kind, float(weight))
    return phrases, data["marks"], LEXICON.number(data["words"]["вопрос"].split())


_PHRASES, _MARKS, _ASKING = _learn()
_IDLE, _ONCE = (frozenset(load("kinds.yaml")[name].split()) for name in ("no_begging", "once"))
KINDS = ("request", "complaint", "question", "gratitude", "suggestion", "smalltalk")
"""Of two that weigh the same the first wins."""


def begs(said: Said) -> bool:
    return any(len(word) > 4 and word not in _IDLE and _BEGS.search(word) for word in said.words)


def begs_always(said: Said) -> bool:
    """«Предупреждайте», «мойте»: a verb that says how it should be from now on."""
    return any(
        len(word) > 4 and word not in _IDLE | _ONCE and _USUALLY.search(word) for word in said.words
    )


def see(said: Said) -> dict[str, bool]:
    """Marks that need no list of words."""
    asking = said.at.get(_ASKING, [])
    first = {said.sentences.index(number) for number in set(said.sentences)}
    return {
        "asks": said.asks,
        "first": any(place in first or place - 1 in first for place in asking),
        "order": bool(asking),
        "begs": begs(said),
        "usually": begs_always(said),
        "short": len(said.words) <= SHORT,
        "long": len(said.words) > LONG,
        "shouts": said.loud,
        "exclaims": "!" in said.text,
    }


def weigh(said: Said, known: Mapping[str, bool]) -> dict[str, dict[str, float]]:
    """Of each kind what speaks for it and how much. `known` are the marks `trade`, `danger`,
    `sad`, `glad`, `bare`, `nuisance` and `dirt`, which others find out."""
    marks = {**see(said), **known}
    if marks["asks"] or marks["begs"]:
        marks |= dict.fromkeys(("nuisance", "dirt", "money"), False)
    found: dict[str, dict[str, float]] = {kind: {} for kind in KINDS}
    for kind, weights in _MARKS.items():
        found[kind] |= {mark: weight for mark, weight in weights.items() if marks.get(mark)}
    for match in _PHRASES.find(said):
        found[match.phrase.label][match.phrase.words] = match.phrase.weight
    if not marks.get("bare"):  # «да» and «привет» around something else
        found["smalltalk"] = {}
    elif marks["long"]:
        found["smalltalk"] = {words: by / 2 for words, by in found["smalltalk"].items()}
    return found


def tell(said: Said, known: Mapping[str, bool]) -> str:
    scores = {kind: sum(evidence.values()) for kind, evidence in weigh(said, known).items()}
    return max(KINDS, key=scores.__getitem__)

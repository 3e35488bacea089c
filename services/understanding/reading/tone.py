"""How a text sounds, by the weighted phrases of `trade/reading/tone.yaml`."""

from __future__ import annotations

import re

from services.understanding.reading.phrases import Phrases, load
from services.understanding.reading.words import Said

_AMAZED = re.compile(r"\?!|!\?|\?\?")


def _learn() -> tuple[Phrases, dict[str, float], dict[str, list[float]]]:
    data = load("tone.yaml")
    phrases = Phrases({})
    for weight, lines in data["tone"].items():
        for line in lines:
            phrases.add(line, "", float(weight))
    return phrases, data["marks"], data["bounds"]


_PHRASES, _MARKS, _BOUNDS = _learn()


def weigh(said: Said) -> dict[str, float]:
    """What speaks for a good mood, above nought, and for a bad one, below."""
    text = said.text
    marks = {
        "shouts": said.loud,
        "amazed": bool(_AMAZED.search(text)),
        "exclaims": "!" in text,
        "frowns": "((" in text or ":(" in text,
        "smiles": "))" in text or ":)" in text,
    }
    found = {mark: _MARKS[mark] for mark, seen in marks.items() if seen}
    for match in _PHRASES.find(said):
        found[match.phrase.words] = match.phrase.weight
    return found


def call(mood: float, kind: str) -> str:
    """The same words are bitter in a complaint and plain in a question, so each kind has its own
    bounds; `any` is for who does not know the kind yet, `danger` for an emergency."""
    below, above = _BOUNDS[kind]
    return "negative" if mood < below else "positive" if mood > above else "neutral"

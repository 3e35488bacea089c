"""Wishes that should not wait although nobody is in danger."""

from __future__ import annotations

from services.understanding.reading.phrases import Phrases, load
from services.understanding.reading.words import Said


def _learn() -> Phrases:
    phrases = Phrases({}, reach=6)
    for line in load("haste.yaml")["urgent"]:
        phrases.add(line, "")
    return phrases


_PHRASES = _learn()


def is_urgent(said: Said) -> bool:
    return _PHRASES.says(said)

"""What was written, as words to look phrases up in: repaired, in sentences and clauses."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from services.understanding.letters import read_letters
from services.understanding.reading.repair import Repair
from services.understanding.words import fold

HEAD, TAIL = 350, 150
"""Of a longer text the beginning and the end are read: people ramble in the middle."""
REPAIRED = 100
"""Letters of unknown words that are looked at in one text; who writes more writes no Russian."""
LOUD = 0.6  # of the letters are capitals

_PIECE = re.compile(
    r"(?P<word>[a-zа-я0-9]+(?:[-'’`][a-zа-я0-9]+)*)"
    r"|(?P<stop>[.!?;…\n]+)|(?P<comma>[,:()–—-]+)"
    r"|(?P<sign>[\u2600-\u27bf\u2b50\u2764\U0001f300-\U0001faff])"
)


@dataclass(frozen=True)
class Said:
    words: tuple[str, ...]
    sentences: tuple[int, ...]
    """Of each word; a sentence ends at a full stop, a clause at a comma too."""
    clauses: tuple[int, ...]
    asks: bool
    """A sentence ends with a question mark."""
    text: str
    """Folded, not repaired."""
    loud: bool
    """Written in capitals, or with three exclamation marks."""
    at: dict[int, list[int]] = field(default_factory=dict)
    """Where each term of the lexicon stands."""


def cut(text: str) -> str:
    return text if len(text) <= HEAD + TAIL else f"{text[:HEAD]} \n {text[-TAIL:]}"


def is_loud(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    capitals = sum(c.isupper() for c in letters)
    return "!!!" in text or (len(letters) > 8 and capitals > len(letters) * LOUD)


def hear(text: str, repair: Repair) -> Said:
    text = cut(text)
    folded = fold(read_letters(text, repair.knows))
    words: list[str] = []
    sentences: list[int] = []
    clauses: list[int] = []
    sentence = clause = 0
    asks = False
    left = REPAIRED
    for piece in _PIECE.finditer(folded):
        if piece.lastgroup in ("stop", "comma"):
            clause += 1
            sentence += piece.lastgroup == "stop"
            asks |= "?" in piece[0]
            continue
        parts = repair.remember(piece[0])
        if not parts:
            parts = repair.mend(piece[0]) if left > 0 else (piece[0],)
            left -= len(piece[0])
        for word in parts:
            words.append(word)
            sentences.append(sentence)
            clauses.append(clause)
    return Said(tuple(words), tuple(sentences), tuple(clauses), asks, folded, is_loud(text))

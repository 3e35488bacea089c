"""What a message is: danger, kind, category, tone, haste."""

from __future__ import annotations

from dataclasses import dataclass

from services.understanding.reading import categories, danger, haste, kinds, tone
from services.understanding.reading.phrases import LEXICON
from services.understanding.reading.words import Said


@dataclass(frozen=True)
class Reading:
    danger: str
    """gas fire lift sparks sewage burst flood blackout falling other, or empty."""
    kind: str
    category: str
    sentiment: str
    urgent: bool
    """Wanted quickly though nothing is in danger."""


def read(text: str) -> Reading:
    """Of a long text the beginning and the end are read."""
    return weigh(LEXICON.hear(text))


def weigh(said: Said) -> Reading:
    found = danger.judge(said)
    category, sure = categories.sort_out(said, found)
    mood = sum(tone.weigh(said).values())
    kind = kinds.tell(
        said,
        {
            "danger": bool(found),
            "trade": sure,
            "bare": not sure and not found,
            "money": category == "billing",
            "nuisance": category in ("noise", "parking", "security"),
            "dirt": category in ("cleaning", "garbage"),
            "sad": tone.call(mood, "any") == "negative",
            "glad": tone.call(mood, "any") == "positive",
        },
    )
    if kind in ("gratitude", "smalltalk"):  # they ask for nothing of the trade
        category = categories.ELSE
    sentiment = tone.call(mood, "danger" if found else kind)
    return Reading(found, kind, category, sentiment, haste.is_urgent(said) and not found)

"""Words of danger. Whoever uses them is never kept waiting, folded or turned away."""

from __future__ import annotations

from collections.abc import Iterable

from services.messaging.types import Attachment
from services.understanding.reading.danger import find_danger

VOICES = ("voice", "video_note")


def sounds_dangerous(text: str) -> bool:
    """Of what happens now, not of what is over, denied or only feared."""
    return bool(find_danger(text))


def holds_voice(files: Iterable[Attachment]) -> bool:
    """What nobody can read: somebody is to listen to it."""
    return any(file.kind in VOICES for file in files)

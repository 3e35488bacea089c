"""Words of danger. Whoever uses them is never kept waiting, folded or turned away."""

from __future__ import annotations

from services.understanding.reading.danger import find_danger


def sounds_dangerous(text: str) -> bool:
    """Of what happens now, not of what is over, denied or only feared."""
    return bool(find_danger(text))

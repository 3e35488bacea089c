"""What services refuse. A docstring of a refusal is its meaning; the words are the handlers'."""

from __future__ import annotations


class Refused(Exception):
    """A rule says no. Nothing was changed; the person is told why in words."""


class NotYours(Refused):
    """Whoever asks may not see or touch this. Never says whether the thing exists."""


class NotFound(Refused):
    """There is no such place, number or thread."""


class AlreadySo(Refused):
    """The thing is in that state already: a second press, or someone was quicker."""


class StaleButton(Refused):
    """The button belongs to a conversation that has moved on."""

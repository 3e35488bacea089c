"""Which of a few short labels somebody's words mean: an option of a form, a kind of request."""

from __future__ import annotations

from collections.abc import Sequence

from services.understanding.words import is_common, lemma, root, split_words

ENOUGH = 0.6  # of the label's words
NOTHING = ("другой", "иной", "прочее", "иное")  # a label that says nothing of its own


def keys_of(text: str) -> list[str]:
    """What the words of a text are compared by: their roots, or dictionary forms of the short."""
    lemmas = [lemma(word) for word in split_words(text)]
    return [root(each) or each for each in lemmas if not is_common(each)]


def likeness(words: str, label: str) -> float:
    """The share of the label's words that were said, 0…1."""
    wanted = keys_of(label)
    if not wanted or any(lemma(each) in NOTHING for each in split_words(label)):
        return 0.0
    said = set(keys_of(words))
    return sum(key in said for key in wanted) / len(wanted)


def choose_label(words: str, labels: Sequence[str]) -> int | None:
    """The only one that is meant; None where several may be, or none."""
    shares = [likeness(words, label) for label in labels]
    best = max(shares, default=0.0)
    if best < ENOUGH or shares.count(best) > 1:
        return None
    return shares.index(best)

"""Questions grouped by likeness: one thing asked in many ways is one group.

Pure. Two texts are alike by the weight of the words they share, a word being the weightier the
fewer texts have it; words that mean the same by the trade's dictionary of roots count together.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from services.understanding.words import is_common, lemma, root, split_words

ALIKE = 0.42  # of the weight of both; below, the one is about something else
MOST_TEXTS = 600
LONGEST = 400  # characters of each that are looked at

# They tell when from where, and not one thing from another.
_ASKING = frozenset(
    """
    как что когда где куда кто почему зачем сколько какой какая какое чей ли можно нет есть
    делать сделать узнать быть мочь стать дать взять
    """.split()  # noqa: SIM905 (a list of words reads better)
)


@dataclass(frozen=True)
class Group:
    """`members` are places in what was given, in its order; `typical` the one most like the
    others, of those the shortest."""

    members: tuple[int, ...]
    typical: int


def group(texts: Sequence[str]) -> list[Group]:
    """The biggest first, of equals the one begun earlier. A text without a word that means
    anything is alone. Beyond `MOST_TEXTS` the rest is left out."""
    bags = [_words_of(text) for text in texts[:MOST_TEXTS]]
    counted = Counter(word for bag in bags for word in bag)
    weight = {word: math.log(1 + len(bags) / (n + 1)) + 0.3 for word, n in counted.items()}
    groups: list[list[int]] = []
    where: dict[str, set[int]] = {}  # the groups that have a word
    for place, bag in enumerate(bags):
        near = {each for word in bag for each in where.get(word, ())}
        best, score = -1, 0.0
        for each in sorted(near):
            found = sum(_likeness(bag, bags[other], weight) for other in groups[each])
            found /= len(groups[each])
            if found > score:
                best, score = each, found
        if score < ALIKE:
            best = len(groups)
            groups.append([])
        groups[best].append(place)
        for word in bag:
            where.setdefault(word, set()).add(best)
    found_groups = [Group(tuple(each), _typical(each, bags, texts, weight)) for each in groups]
    return sorted(found_groups, key=lambda each: (-len(each.members), each.members[0]))


def _words_of(text: str) -> frozenset[str]:
    """Roots where a word has one: «оплата» and «оплатить» are one thing to ask about."""
    lemmas = {lemma(word) for word in split_words(text[:LONGEST])}
    told = {word for word in lemmas if not is_common(word) and word not in _ASKING}
    return frozenset(root(word) or word for word in told or lemmas)


def _likeness(one: frozenset[str], other: frozenset[str], weight: dict[str, float]) -> float:
    """0…1: the weight of what they share, of the weight of each, half and half."""
    shared = sum(weight[word] for word in one & other)
    if not shared:
        return 0.0
    mine, theirs = (sum(weight[word] for word in bag) for bag in (one, other))
    return shared / math.sqrt(mine * theirs)


def _typical(
    members: Sequence[int],
    bags: Sequence[frozenset[str]],
    texts: Sequence[str],
    weight: dict[str, float],
) -> int:
    def stands_for_all(place: int) -> tuple[float, int, int]:
        alike = sum(_likeness(bags[place], bags[other], weight) for other in members)
        return (-round(alike, 6), len(texts[place]), place)

    return min(members, key=stands_for_all)

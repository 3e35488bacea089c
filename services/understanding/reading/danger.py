"""Danger in a text: gas, fire, flood and the like, happening now.

Phrases of `trade/reading/danger.yaml` say what sounds dangerous. It counts unless every word of it
is denied («не искрит»), meant otherwise («горит лампочка»), over («вчера затопило») or only thought
of («если запахнет газом»). What is said in the present tense is never over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from services.understanding.reading.phrases import LEXICON, Match, Phrases, load
from services.understanding.reading.words import Said

REACH = 6  # words that may stand between those of a phrase
NEAR = 3  # a «не» so many words before still denies, if only small words stand between
_PRESENT = (
    "ет", "ит", "ут", "ют", "ят", "ат", "ется", "ится", "утся", "ются", "ятся", "атся",
    "им", "ем", "имся", "емся", "ешь", "ишь",
)  # fmt: skip


@dataclass(frozen=True)
class _Words:
    danger: Phrases
    harmless: Phrases
    over: Phrases
    now: Phrases
    perhaps: Phrases
    here: Phrases
    cancels: dict[str, Phrases]
    alone: dict[str, str]
    beside: frozenset[str]
    deny: frozenset[str]
    small: frozenset[str]
    no_verbs: frozenset[str]
    order: tuple[str, ...]


def _learn() -> _Words:
    data = load("danger.yaml")

    def learn(lines: Iterable[str]) -> Phrases:
        found = Phrases(data["words"], REACH)
        for line in lines:
            found.add(line, "")
        return found

    danger = Phrases(data["words"], REACH)
    for kind, lines in data["danger"].items():
        for line in lines:
            danger.add(line, kind)
    return _Words(
        danger=danger,
        harmless=learn(data["harmless"]),
        over=learn(data["over"]),
        now=learn(data["now"]),
        perhaps=learn(data["perhaps"]),
        here=learn(data["here"]),
        cancels={kind: learn(lines) for kind, lines in data["cancels"].items()},
        alone={word: kind for kind, words in data["alone"].items() for word in words},
        beside=frozenset(data["beside"].split()),
        deny=frozenset(data["deny"].split()),
        small=frozenset(data["small"].split()),
        no_verbs=frozenset(data["no_verbs"].split()),
        order=tuple(data["danger"]),
    )


_WORDS = _learn()


def find_danger(text: str) -> str:
    """The gravest kind: gas fire lift sparks sewage burst flood blackout falling other, or none."""
    return judge(LEXICON.hear(text))


def judge(said: Said) -> str:
    kinds = {match.phrase.label for match in weigh(said)}
    return min(kinds, key=_WORDS.order.index, default="") or alone(said)


def alone(said: Said) -> str:
    """«Газ!!!»"""
    kinds = [_WORDS.alone[word] for word in said.words if word in _WORDS.alone]
    rest = [word for word in said.words if word not in _WORDS.alone]
    bare = all(word in _WORDS.beside or word.isdigit() for word in rest)
    return kinds[0] if kinds and bare and not said.asks else ""


def weigh(said: Said) -> list[Match]:
    """The phrases that count."""
    found = list(_WORDS.danger.find(said))
    if not found:
        return found
    harmless: set[int] = set()
    for match in _WORDS.harmless.find(said):
        harmless |= set(match.covered)
    is_over = _WORDS.over.says(said) and not _WORDS.now.says(said)
    is_here = _WORDS.here.says(said)
    perhaps = set(supposed(said))
    cancelled = {
        kind
        for kind in {match.phrase.label for match in found} & _WORDS.cancels.keys()
        if _WORDS.cancels[kind].says(said)
    }
    counted = []
    for match in found:
        lasting = any(is_lasting(said.words[place]) for place in match.covered)
        if match.phrase.label in cancelled:
            continue
        if all(place in harmless for place in match.covered):
            continue
        if any(is_denied(said, place, match) for place in match.places):
            continue
        if is_over and not lasting:
            continue
        if perhaps.issuperset(match.places) and not (is_here and lasting):
            continue
        counted.append(match)
    return counted


def supposed(said: Said) -> list[int]:
    """Words after «если» and the like, up to the next comma."""
    places = []
    for match in _WORDS.perhaps.find(said):
        first = min(match.covered)
        for place in range(first, len(said.words)):
            if said.clauses[place] != said.clauses[first]:
                break
            places.append(place)
    return places


def is_denied(said: Said, place: int, match: Match) -> bool:
    for before in range(place - 1, max(place - NEAR - 1, -1), -1):
        if said.sentences[before] != said.sentences[place] or before in match.covered:
            return False
        if said.words[before] in _WORDS.deny:
            return True
        if said.words[before] not in _WORDS.small:
            return False
    return False


def is_lasting(word: str) -> bool:
    """A verb in the present tense, as far as its ending tells."""
    return len(word) > 3 and word.endswith(_PRESENT) and word not in _WORDS.no_verbs

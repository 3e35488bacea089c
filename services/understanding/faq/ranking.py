"""From likenesses to an answer: which article comes first, and whether it is sure, likely or
none of them. The weights were fitted by `python -m bench.fitting` and stand in `weights.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np

from services.understanding.faq.bank import share_out
from services.understanding.faq.index import Floats

Decision = Literal["answer", "suggest", "handoff"]
WEIGHTS = Path(__file__).parent / "weights.yaml"
VERBATIM = 0.7
FAINT = 0.05  # a likeness that means nothing
COVERS = 0.3  # an article as like a topic as that, answers it as often as not


@dataclass(frozen=True)
class Evidence:
    """What a query has in common with each article: `direct` with its question or the nearest of
    its phrasings, `said` with all of those together, `told` with its answer, `broad` and `sharp`
    by way of the topics. `topics`: the query's likeness to each topic; `words`: how many it has.
    """

    direct: Floats
    told: Floats
    said: Floats
    broad: Floats
    sharp: Floats
    topics: Floats
    words: int


@dataclass(frozen=True)
class Weights:
    """`rank` by kind of evidence; `sure` and `likely`, by name of a sign, are logistic."""

    rank: Mapping[str, float]
    sure: Mapping[str, float]
    likely: Mapping[str, float]
    answer_from: float
    suggest_from: float


@cache
def load_weights() -> Weights:
    import yaml

    return Weights(**yaml.safe_load(WEIGHTS.read_text("utf-8")))


def profile(likeness: Floats, power: float) -> Floats:
    """Likenesses as a direction: above the middling, the higher the `power` the fewer count."""
    if not likeness.shape[-1]:
        return likeness
    above = np.maximum(likeness - np.median(likeness, axis=-1, keepdims=True), 0) ** power
    length = np.sqrt((above * above).sum(axis=-1, keepdims=True))
    return np.asarray(above / np.maximum(length, 1e-9))


def rank(evidence: Evidence, weights: Weights) -> Floats:
    """Log-odds, up to a constant, that each article answers."""
    by = weights.rank
    return np.asarray(
        by["direct"] * evidence.direct
        + by["told"] * evidence.told
        + by["said"] * evidence.said
        + by["broad"] * evidence.broad
        + by["sharp"] * evidence.sharp
    )


def find_signs(evidence: Evidence, ranks: Floats, likeness: Floats) -> dict[str, float]:
    """What tells whether the first article, or one of the first three, is right. `likeness`: of
    each article to each topic."""
    order = np.argsort(-ranks)
    first = order[0]
    shares = np.exp(ranks - ranks[first])
    shares /= shares.sum()
    signs = {
        "rank": ranks[first],
        "ahead": np.log(shares[first]),
        "ahead_three": np.log(shares[order[:3]].sum()),
        "direct": evidence.direct[first],
        "told": evidence.told[first],
        "said": evidence.said[first],
        "broad": evidence.broad[first],
        "sharp": evidence.sharp[first],
        "words": np.log1p(evidence.words),
        **_find_topic_signs(evidence.topics, likeness, first),
    }
    return {name: float(value) for name, value in signs.items()}


def _find_topic_signs(topics: Floats, likeness: Floats, first: int) -> dict[str, float]:
    """Whether what is asked about is something the articles speak of at all."""
    if len(topics) < 2:
        return dict.fromkeys(("topic", "topic_ahead", "covered", "covered_by_any"), 0.0)
    shares = share_out(topics, 40.0)
    best, second = np.argsort(-topics)[:2]
    covered = 1 / (1 + np.exp(-20.0 * (likeness.max(axis=0) - COVERS)))
    return {
        "topic": topics[best],
        "topic_ahead": topics[best] - topics[second],
        "covered": shares @ covered,
        "covered_by_any": likeness[:, best].max(),
    }


def estimate(signs: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """A probability."""
    total = weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in signs.items())
    return float(1 / (1 + np.exp(-np.clip(total, -30, 30))))


def is_faint(evidence: Evidence) -> bool:
    """Nothing in it is like anything known: what then comes first, comes first by chance."""
    return (
        len(evidence.topics) > 0
        and evidence.topics.max() < FAINT
        and evidence.direct.max() < 2 * FAINT
    )


def is_verbatim(evidence: Evidence, first: int) -> bool:
    """The article's question, or a phrasing, was typed nearly word by word, and no other's."""
    others = np.delete(evidence.direct, first).max(initial=0.0)
    return bool(evidence.direct[first] >= max(VERBATIM, others + 0.15))


def decide(sure: float, likely: float, weights: Weights) -> Decision:
    if sure >= weights.answer_from:
        return "answer"
    return "suggest" if likely >= weights.suggest_from else "handoff"

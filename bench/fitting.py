"""`python -m bench.fitting`: fits `services/understanding/faq/weights.yaml` on the known set of
questions alone, and prints what the weights do to articles they were not fitted on.

Besides the set's own unanswerable questions it leaves articles out, a quarter at a time: what was
asked of them has no answer then.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import yaml

from services.understanding.faq.library import Library
from services.understanding.faq.ranking import (
    WEIGHTS,
    Evidence,
    Weights,
    estimate,
    find_signs,
    rank,
)
from services.understanding.vocabulary import read_trade
from tests.understanding.measuring import read_set

KINDS = ("direct", "said", "told", "broad", "sharp")
LEFT_OUT_COUNTS = 0.5  # what a question whose article was left out weighs in the fit
PHRASINGS = 6  # that the articles have when everything is fitted with them once more
PHRASED_COUNTS = 0.33
# The known set's failures were mended in `more.yaml`. With it the weights would trust the
# vocabulary more than it deserves over articles that nobody has seen.
UNMENDED = read_trade(skip=("more",))
PARTS = 5  # for the check on articles that the weights were not fitted on
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Case:
    """A question with its evidence; `right` is the place of its article, -1 for none. `group`
    keeps the questions of one article together."""

    evidence: Evidence
    likeness: Array
    right: int
    group: int
    counts: float = 1.0
    left_out: bool = False


def read_cases(name: str, phrasings: int = 0) -> tuple[list[Case], int]:
    entries, questions = read_set(name, phrasings)
    places = {entry.id: i for i, entry in enumerate(entries)}
    library = Library(entries, UNMENDED)
    cases = []
    for i, asked in enumerate(questions):
        right = places[asked["right"]] if asked["right"] else -1
        group = right if right >= 0 else len(entries) + i
        evidence = library.weigh_up(library.read(asked["text"]))
        counts = PHRASED_COUNTS if phrasings else 1.0
        cases.append(Case(evidence, library.likeness, right, group, counts))
    return cases, len(entries)


def leave_out(cases: Sequence[Case], count: int) -> list[Case]:
    """The questions of each quarter of the articles, asked of the other three."""
    order = np.random.RandomState(0).permutation(count)
    left = []
    for quarter in range(4):
        out = set(order[quarter::4].tolist())
        keep = np.array([i for i in range(count) if i not in out])
        for case in cases:
            if case.right in out:
                rest = {kind: getattr(case.evidence, kind)[keep] for kind in KINDS}
                left.append(
                    replace(
                        case,
                        evidence=replace(case.evidence, **rest),
                        likeness=case.likeness[keep],
                        right=-1,
                        counts=LEFT_OUT_COUNTS * case.counts,
                        left_out=True,
                    )
                )
    return left


def fit_rank(cases: Sequence[Case]) -> dict[str, float]:
    """Weights under which the right article is likeliest among all; none below zero."""
    told = [case for case in cases if case.right >= 0]
    evidence = np.array([[getattr(case.evidence, kind) for kind in KINDS] for case in told])
    right = np.array([case.right for case in told])
    counts = np.array([case.counts for case in told])
    counts /= counts.sum()
    weights, slope, spread = np.ones(len(KINDS)), np.zeros(len(KINDS)), np.zeros(len(KINDS))
    for turn in range(1, 1501):
        ranks = np.einsum("k,nka->na", weights, evidence)
        shares = np.exp(ranks - ranks.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        shares[np.arange(len(right)), right] -= 1
        gradient = np.einsum("n,na,nka->k", counts, shares, evidence) + 2e-5 * weights
        slope = 0.9 * slope + 0.1 * gradient
        spread = 0.999 * spread + 0.001 * gradient**2
        step = (slope / (1 - 0.9**turn)) / (np.sqrt(spread / (1 - 0.999**turn)) + 1e-8)
        weights = np.maximum(weights - 0.05 * step, 0)
    return {kind: round(float(w), 3) for kind, w in zip(KINDS, weights, strict=True)}


def fit_logistic(
    signs: Array, true: Array, counts: Array, names: Sequence[str]
) -> dict[str, float]:
    """Ridge-regularised; in the signs' own units."""
    mean, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    features = np.c_[(signs - mean) / spread, np.ones(len(signs))]
    ridge = np.r_[np.full(signs.shape[1], 3.0), 1e-6]
    weights = np.zeros(features.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-features @ weights))
        gradient = features.T @ (counts * (chance - true)) + ridge * weights
        curve = (features.T * (counts * chance * (1 - chance))) @ features + np.diag(ridge)
        weights -= np.linalg.solve(curve, gradient)
    own = weights[:-1] / spread
    bias = weights[-1] - own @ mean
    return {"bias": round(float(bias), 4)} | {
        name: round(float(w), 4) for name, w in zip(names, own, strict=True)
    }


@dataclass(frozen=True)
class Outcome:
    sure: float
    likely: float
    first: bool
    three: bool
    case: Case


def fit(cases: Sequence[Case]) -> Weights:
    by_rank = fit_rank([case for case in cases if not case.left_out])
    weights = Weights(by_rank, {}, {}, 0.7, 0.3)
    rows, first, three, counts = [], [], [], []
    for case in cases:
        ranks = rank(case.evidence, weights)
        signs = find_signs(case.evidence, ranks, case.likeness)
        order = np.argsort(-ranks)[:3]
        rows.append(list(signs.values()))
        first.append(float(order[0] == case.right))
        three.append(float(case.right in order))
        counts.append(case.counts)
    table, names = np.array(rows), list(signs)
    sure = fit_logistic(table, np.array(first), np.array(counts), names)
    likely = fit_logistic(table, np.array(three), np.array(counts), names)
    return replace(weights, sure=sure, likely=likely)


def judge(cases: Sequence[Case], weights: Weights) -> list[Outcome]:
    outcomes = []
    for case in cases:
        ranks = rank(case.evidence, weights)
        signs = find_signs(case.evidence, ranks, case.likeness)
        order = np.argsort(-ranks)[:3]
        outcomes.append(
            Outcome(
                estimate(signs, weights.sure),
                estimate(signs, weights.likely),
                bool(order[0] == case.right),
                case.right in order,
                case,
            )
        )
    return outcomes


def judge_fairly(cases: Sequence[Case]) -> list[Outcome]:
    """Each case by weights fitted without its article."""
    groups = np.unique([case.group for case in cases])
    np.random.RandomState(1).shuffle(groups)
    outcomes = []
    for part in range(PARTS):
        held = set(groups[part::PARTS].tolist())
        weights = fit([case for case in cases if case.group not in held])
        outcomes += judge([case for case in cases if case.group in held], weights)
    return outcomes


def tell(outcomes: Sequence[Outcome], answer_from: float, suggest_from: float) -> str:
    asked = [o for o in outcomes if not o.case.left_out and o.case.counts == 1]
    can = [o for o in asked if o.case.right >= 0]
    cannot = [o for o in asked if o.case.right < 0]
    left = [o for o in outcomes if o.case.left_out and o.case.counts == LEFT_OUT_COUNTS]
    sure = [o for o in asked if o.sure >= answer_from]

    def shown(o: Outcome) -> bool:
        return o.sure >= answer_from or o.likely >= suggest_from

    def reached(o: Outcome) -> bool:
        return o.first if o.sure >= answer_from else o.likely >= suggest_from and o.three

    def share(those: Sequence[Outcome], what: Sequence[Outcome]) -> str:
        return f"{len(what) / max(1, len(those)):.3f}"

    return "  ".join(
        f"{name} {value}"
        for name, value in {
            "first": share(can, [o for o in can if o.first]),
            "three": share(can, [o for o in can if o.three]),
            "sure": share(can, [o for o in can if o.sure >= answer_from]),
            "of it right": share(sure, [o for o in sure if o.first]),
            "none: sure": share(cannot, [o for o in cannot if o.sure >= answer_from]),
            "shown": share(cannot, [o for o in cannot if shown(o)]),
            "left out: sure": share(left, [o for o in left if o.sure >= answer_from]),
            "shown ": share(left, [o for o in left if shown(o)]),
            "reached": share(can, [o for o in can if reached(o)]),
        }.items()
    )


def main() -> None:
    cases, count = read_cases("known")
    cases += leave_out(cases, count)
    phrased, _ = read_cases("known", PHRASINGS)
    cases += phrased + leave_out(phrased, count)
    fair = judge_fairly(cases)
    for answer_from in (0.6, 0.7, 0.8):
        for suggest_from in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4):
            print(f"{answer_from} {suggest_from}:", tell(fair, answer_from, suggest_from))
    if "--write" in sys.argv:
        weights = fit(cases)
        answer_from, suggest_from = map(float, sys.argv[-2:])
        text = yaml.safe_dump(
            {
                "rank": dict(weights.rank),
                "sure": dict(weights.sure),
                "likely": dict(weights.likely),
                "answer_from": answer_from,
                "suggest_from": suggest_from,
            },
            sort_keys=False,
        )
        note = "# Fitted by `python -m bench.fitting`; see services/understanding/faq/ranking.py.\n"
        WEIGHTS.write_text(note + text)


if __name__ == "__main__":
    main()

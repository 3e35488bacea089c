"""Texts as vectors of weighted features, and how near a query is to each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.understanding.faq.space import FAMILIES, Features, Ids

Floats = npt.NDArray[np.float32]
_AT_ONCE = 100  # documents: all together would take much memory for a moment
_NONE: Ids = np.empty(0, np.int32)
UNKNOWN = 0.6  # how much a feature nobody has weighs in a query, against the rarest known one


class Weighing:
    """How telling each feature is: the rarer in the texts, the more; and what a feature of each
    family counts for beside the others, its `shares`."""

    def __init__(self, idf: Floats, families: Sequence[int], shares: Sequence[float]) -> None:
        self.size = len(idf)
        self.idf = idf
        self.families = np.asarray(families[: self.size], np.int8)
        self.shares = np.sqrt(np.asarray(shares, np.float32))
        self.rarest = float(idf.max(initial=1.0))
        self._all = families  # the space's own list: it grows

    def widen(self, families: Sequence[int]) -> Weighing:
        """The same with features met since, each as telling as the rarest known one."""
        idf = np.full(len(families), self.rarest, np.float32)
        idf[: self.size] = self.idf
        wider = Weighing(idf, families, [float(each) for each in self.shares**2])
        wider.rarest = self.rarest
        return wider

    def weigh(self, features: Features) -> tuple[Ids, Floats]:
        """Each feature once, and its weight. What was not met when the weights were taken counts
        in the length alone."""
        unknown = np.array(features.unknown, np.float64)
        for late in features.ids[features.ids >= self.size]:
            unknown[self._all[late]] += 1
        ids, counts = np.unique(features.ids[features.ids < self.size], return_counts=True)
        weights = (1 + np.log(counts)).astype(np.float32) * self.idf[ids]
        families = self.families[ids]
        squares = unknown * (UNKNOWN * self.rarest) ** 2
        squares += np.bincount(families, weights * weights, FAMILIES)
        norm = np.sqrt(max(float(squares @ self.shares**2), 1e-9))
        return ids, weights * (self.shares[families] / norm).astype(np.float32)


def tell_apart(frequency: Floats, total: int) -> Floats:
    """The inverse document frequency of each feature, from how many documents of all have it."""
    return np.log1p((total + 1) / (frequency + 0.5)).astype(np.float32)


def count_features(documents: Sequence[Ids], size: int) -> tuple[Ids, Ids, Ids]:
    """Document, feature, how often: one of each for every pair that is met."""
    parts = [
        _count(documents[at : at + _AT_ONCE], at, max(size, 1))
        for at in range(0, max(len(documents), 1), _AT_ONCE)
    ]
    of, ids, counts = (np.concatenate(each) for each in zip(*parts, strict=True))
    return of, ids, counts


def _count(documents: Sequence[Ids], first: int, size: int) -> tuple[Ids, Ids, Ids]:
    lengths = [len(ids) for ids in documents]
    of = np.repeat(np.arange(len(documents), dtype=np.int64), lengths)
    pairs = np.sort(of * size + np.concatenate([_NONE, *documents]))
    new = np.flatnonzero(np.diff(pairs, prepend=-1))
    counts = np.diff(new, append=len(pairs))
    of, ids = np.divmod(pairs[new], size)
    return (of + first).astype(np.int32), ids.astype(np.int32), counts.astype(np.int32)


def saturate(counts: Ids) -> Floats:
    """What a feature counts for that is met so often: the second time adds less than the first."""
    return (2.2 * counts / (counts + 1.2)).astype(np.float32)


class Index:
    """Vectors of documents by feature: asking touches only what the query has."""

    def __init__(self, documents: Sequence[Ids], weighing: Weighing) -> None:
        self.count = len(documents)
        size = max(weighing.size, 1)
        of, ids, counts = count_features(documents, size)
        weights = saturate(counts) * weighing.idf[ids]
        family = weighing.families[ids]
        weights = weights * weighing.shares[family]
        norms = np.sqrt(np.bincount(of, weights * weights, self.count))
        weights = weights / np.maximum(norms[of], 1e-9)
        order = np.argsort(ids, kind="stable")
        self._docs = of[order]
        self._weights = weights[order].astype(np.float32)
        self._starts = np.searchsorted(ids[order], np.arange(size + 1))

    def near(self, ids: Ids, weights: Floats) -> Floats:
        """0…1 for each document."""
        starts, ends = self._starts[ids], self._starts[ids + 1]
        lengths = ends - starts
        total = int(lengths.sum())
        if not total:
            return np.zeros(self.count, np.float32)
        shift = np.repeat(starts - np.concatenate(([0], np.cumsum(lengths)[:-1])), lengths)
        places = np.arange(total) + shift
        found = np.bincount(
            self._docs[places], self._weights[places] * np.repeat(weights, lengths), self.count
        )
        return found.astype(np.float32)

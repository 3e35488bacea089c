"""What of the trade a text is about: its likeness to every topic of the vocabulary."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import numpy as np

from services.understanding.faq.index import Floats, Index, Weighing, count_features, tell_apart
from services.understanding.faq.space import Features, Space
from services.understanding.typos import Speller
from services.understanding.vocabulary import Vocabulary
from services.understanding.words import split_words

SHARES = (1.0, 0.2, 0.1, 0.15)  # dictionary forms, roots, synonym groups, pieces of words


class Bank:
    """Read-only after it is made, but for the space, which articles add their words to."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.space = Space(vocabulary)
        self.codes = [topic.code for topic in vocabulary.topics]
        forms = Counter(self.space.named)
        met = np.zeros(0, np.float32)  # of how many phrasings each feature is part
        total = 0
        topics = []
        for topic in vocabulary.topics:
            own = []
            for text in (topic.about, *topic.says, *topic.everyday, *topic.asks):
                words = split_words(text)
                forms.update(words)
                own.append(self.space.add(words))
            met = np.pad(met, (0, len(self.space) - len(met)))
            for ids in own:
                met[np.unique(ids)] += 1
            total += len(own)
            topics.append(np.concatenate(own))
        families = self.space.families
        met = np.pad(met, (0, len(families) - len(met)))
        self.weighing = Weighing(tell_apart(met, total), families, SHARES)
        _, ids, _ = count_features(topics, len(families))
        met = np.bincount(ids, minlength=len(families)).astype(np.float32)
        self._weighing = Weighing(tell_apart(met, len(topics)), families, SHARES)
        self._topics = Index(topics, self._weighing)
        self.space.forget_words()
        self.speller = Speller(forms)

    def liken(self, features: Features) -> Floats:
        """To each topic, 0…1. Whole topics are compared, not their phrasings one by one: measured,
        it is both the better and the faster way."""
        return self._topics.near(*self._weighing.weigh(features))


def share_out(likeness: Floats, sharpness: float) -> Floats:
    """Likenesses as shares that add up to one."""
    if not len(likeness):
        return likeness
    power = np.exp(sharpness * (likeness - likeness.max()))
    return np.asarray(power / power.sum())


@lru_cache(maxsize=8)
def bank_of(vocabulary: Vocabulary) -> Bank:
    return Bank(vocabulary)

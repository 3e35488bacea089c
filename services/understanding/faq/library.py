"""The company's articles, and which of them answer a question: the machine behind the FAQ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.understanding.faq.bank import bank_of
from services.understanding.faq.chatting import CHAT, is_chat
from services.understanding.faq.index import Floats, Index
from services.understanding.faq.rambles import cap, part
from services.understanding.faq.ranking import (
    Decision,
    Evidence,
    decide,
    estimate,
    find_signs,
    is_faint,
    is_verbatim,
    load_weights,
    profile,
    rank,
)
from services.understanding.faq.space import Features
from services.understanding.letters import read_letters
from services.understanding.typos import Speller
from services.understanding.vocabulary import Vocabulary, load_trade
from services.understanding.words import split_words

MOST = 10  # articles named in an answer

STRANGE = 16  # words that no text has, read of what is told and of what is asked
BROAD, SHARP = 1.0, 1.5
ANSWER = 1.0  # what an article's answer tells of its topics, beside its question


@dataclass(frozen=True)
class Entry:
    """An article as residents may ask for it. `phrases`: other ways to ask, by the company."""

    id: str
    question: str
    answer: str
    phrases: tuple[str, ...] = ()
    topic: str = ""


@dataclass(frozen=True)
class Scored:
    """`score` is 0…1: how likely this is the article wanted."""

    id: str
    score: float


@dataclass(frozen=True)
class Found:
    """`answers` are named best first whatever the decision, for whoever wants to look."""

    query: str
    answers: tuple[Scored, ...]
    decision: Decision


class Library:
    """Built when the articles change; read from any thread."""

    def __init__(self, entries: Sequence[Entry], vocabulary: Vocabulary | None = None) -> None:
        self.entries = tuple(entries)
        self.bank = bank_of(vocabulary or load_trade())
        self.weights = load_weights()
        space = self.bank.space
        questions = [split_words(entry.question) for entry in entries]
        answers = [split_words(entry.answer) for entry in entries]
        phrases = [[split_words(each) for each in entry.phrases] for entry in entries]
        texts = [*questions, *answers, *(words for each in phrases for words in each)]
        self._speller = Speller(Counter(w for words in texts for w in words), self.bank.speller)
        asked = [space.add(words) for words in questions]
        told = [space.add(words) for words in answers]
        ways = [
            [ids, *(space.add(words) for words in each)]
            for ids, each in zip(asked, phrases, strict=True)
        ]
        self._firsts = np.cumsum([0, *map(len, ways)])[:-1]
        self._weighing = self.bank.weighing.widen(space.families)
        self._direct = Index([ids for each in ways for ids in each], self._weighing)
        self._told = Index(told, self._weighing)
        said = [np.concatenate(each) for each in ways]
        self._said = Index(said, self._weighing)
        self.likeness = np.array(
            [
                self.bank.liken(Features(question)) + ANSWER * self.bank.liken(Features(answer))
                for question, answer in zip(said, told, strict=True)
            ]
        ).reshape(len(entries), len(self.bank.codes))
        self._chats = np.array([code.startswith(CHAT) for code in self.bank.codes])
        self._broad = profile(self.likeness, BROAD)
        self._sharp = profile(self.likeness, SHARP)

    def read(self, query: str) -> list[str]:
        """The words meant: right letters, no typos, nothing glued. Of a story the last sentence
        counts twice."""
        before, last = part(read_letters(cap(query), self._speller.knows))
        asked = self._spell(last, STRANGE)
        return [*self._spell(before, STRANGE), *asked, *asked] if before else asked

    def _spell(self, text: str, strange: int) -> list[str]:
        """Of the words that no text has only so many are read, the last ones: each takes time."""
        words: list[str] = []
        for typed in reversed(split_words(text)):
            strange -= not self._speller.knows(typed)
            if strange >= 0:
                words += reversed(self._speller.repair(typed))
        return words[::-1]

    def weigh_up(self, words: Sequence[str]) -> Evidence:
        space = self.bank.space
        features = space.look([*words, *space.explain(words)])
        ids, weights = self._weighing.weigh(features)
        topics = self.bank.liken(features)
        return Evidence(
            direct=np.maximum.reduceat(self._direct.near(ids, weights), self._firsts),
            told=self._told.near(ids, weights),
            said=self._said.near(ids, weights),
            broad=self._broad @ profile(topics, BROAD),
            sharp=self._sharp @ profile(topics, SHARP),
            topics=topics,
            words=len(words),
        )

    def ask(self, query: str) -> Found:
        words = self.read(query) if self.entries else []
        evidence = self.weigh_up(words) if words else None
        if evidence is None:
            return Found(query, (), "handoff")
        ranks = rank(evidence, self.weights)
        signs = find_signs(evidence, ranks, self.likeness)
        sure = estimate(signs, self.weights.sure)
        likely = estimate(signs, self.weights.likely)
        decision = decide(sure, likely, self.weights)
        if is_verbatim(evidence, int(ranks.argmax())):
            decision = "answer"
        elif is_faint(evidence) or is_chat(query, words, evidence.topics, self._chats, likely):
            decision = "handoff"
        return Found(query, self._score(ranks, likely), decision)

    def _score(self, ranks: Floats, likely: float) -> tuple[Scored, ...]:
        order = np.argsort(-ranks, kind="stable")[:MOST]
        shares = np.exp(ranks - ranks[order[0]])
        shares = likely * shares / shares.sum()
        return tuple(Scored(self.entries[i].id, float(shares[i])) for i in order)

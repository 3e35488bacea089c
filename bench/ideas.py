"""`python -m bench.ideas`: what each idea of the FAQ brings, and each phrasing a company adds, as
the tables of docs/understanding.md. Weights are fitted anew for every row, on the known set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.fitting import KINDS, UNMENDED, Case, fit_rank
from services.understanding.faq import bank
from services.understanding.faq.library import STRANGE, Library
from services.understanding.faq.rambles import cap
from services.understanding.faq.ranking import Evidence
from services.understanding.letters import read_letters
from services.understanding.vocabulary import Vocabulary, load_trade
from services.understanding.words import split_words
from tests.understanding.measuring import ask_set, count, read_set

SETS = ("known", "unseen")
TYPES = ("paraphrase", "colloquial", "noisy", "ramble")
WORDS_ALONE = ("direct", "said", "told")


@dataclass(frozen=True)
class Idea:
    """`shares` as in the bank; `repairs`: letters, typos, glued words; `kinds` of evidence."""

    name: str
    shares: tuple[float, float, float, float]
    kinds: tuple[str, ...] = WORDS_ALONE
    repairs: bool = False
    synonyms: bool = False
    stresses: bool = False
    mended: bool = False
    """With the words that were added after the known set's failures had been read."""


IDEAS = (
    Idea("pieces of words (3 and 4 letters) alone", (0.0, 0.0, 0.0, 1.0)),
    Idea("+ dictionary forms and roots", (1.0, 0.2, 0.0, 0.15)),
    Idea("+ keyboard layout, translit, typos, glued words", (1.0, 0.2, 0.0, 0.15), repairs=True),
    Idea("+ synonyms", (1.0, 0.2, 0.1, 0.15), repairs=True, synonyms=True),
    Idea("+ topics", (1.0, 0.2, 0.1, 0.15), KINDS, repairs=True, synonyms=True),
    Idea(
        "+ the last sentence counts twice",
        (1.0, 0.2, 0.1, 0.15),
        KINDS,
        repairs=True,
        synonyms=True,
        stresses=True,
    ),
    Idea(
        "+ words added after reading the known set's failures",
        (1.0, 0.2, 0.1, 0.15),
        KINDS,
        repairs=True,
        synonyms=True,
        stresses=True,
        mended=True,
    ),
)


def make_cases(idea: Idea, name: str, vocabulary: Vocabulary) -> list[tuple[Case, str]]:
    entries, questions = read_set(name)
    library = Library(entries, vocabulary)
    places = {entry.id: i for i, entry in enumerate(entries)}
    cases = []
    for asked in questions:
        if asked["right"] is None:
            continue
        evidence = library.weigh_up(read(library, idea, asked["text"]))
        case = Case(limit(evidence, idea.kinds), library.likeness, places[asked["right"]], 0)
        cases.append((case, asked["type"]))
    return cases


def read(library: Library, idea: Idea, text: str) -> list[str]:
    if idea.stresses:
        return library.read(text)
    if not idea.repairs:
        return split_words(cap(text))
    return library._spell(read_letters(cap(text), library._speller.knows), 2 * STRANGE)


def limit(evidence: Evidence, kinds: Sequence[str]) -> Evidence:
    none = np.zeros_like(evidence.direct)
    return replace(evidence, **{kind: none for kind in KINDS if kind not in kinds})


def tell_idea(idea: Idea) -> str:
    bank.SHARES = idea.shares
    trade = load_trade() if idea.mended else UNMENDED
    vocabulary = replace(trade) if idea.synonyms else replace(trade, synonyms=(), short={})
    sets = {name: make_cases(idea, name, vocabulary) for name in SETS}
    fitted = idea if not idea.mended else replace(idea, mended=False)
    known = make_cases(fitted, "known", replace(UNMENDED)) if idea.mended else sets["known"]
    weights = fit_rank([case for case, _ in known])
    cells = []
    for name in SETS:
        places = [(place_of(case, weights), kind) for case, kind in sets[name]]
        cells.append(share([place < 1 for place, _ in places]))
        cells.append(share([place < 3 for place, _ in places]))
        cells += [share([p < 1 for p, k in places if k == kind]) for kind in TYPES]
    return f"| {idea.name} | {' | '.join(cells)} |"


def place_of(case: Case, weights: dict[str, float]) -> int:
    ranks = sum(weights[kind] * getattr(case.evidence, kind) for kind in KINDS)
    return int((ranks > ranks[case.right]).sum())


def share(those: Sequence[bool]) -> str:
    return f"{sum(those) / len(those):.2f}"


def main() -> None:
    head = "first | three | para | coll | noisy | ramble"
    print(f"| | {head} | {head} |")
    print(f"|---{'|---' * 12}|")
    for idea in IDEAS:
        print(tell_idea(idea), flush=True)
    bank.SHARES = IDEAS[-1].shares
    print("\n| phrasings | known: paraphrases | all | unseen: paraphrases | all |")
    print("|---|---|---|---|---|")
    for phrasings in (0, 1, 2, 3, 4, 6, 8, 12):
        cells = [str(phrasings)]
        for name in SETS:
            figures = count(ask_set(name, phrasings))
            cells += [f"{figures['first, paraphrase']:.2f}", f"{figures['first']:.3f}"]
        print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()

"""A set of questions put to its articles, and what came of it.

`python -m tests.understanding.measuring` prints the figures of both sets and writes the failures
of the known one, for a person to read, to `tests/understanding/failures.md`. The unseen set is
there to be measured, not to be read: nothing here prints its texts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from services.understanding.faq.library import Entry, Found, Library

SETS = Path(__file__).parent / "sets"
FAILURES = Path(__file__).parent / "failures.md"
BARS = {
    "first": 0.75,
    "among three": 0.90,
    "sure: right": 0.95,
    "unanswerable: sure": 0.03,
    "unanswerable: shown": 0.35,
    "reached": 0.88,
}
AT_MOST = ("unanswerable: sure", "unanswerable: shown")


@dataclass(frozen=True)
class Asked:
    text: str
    type: str
    right: str | None
    found: Found

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.found.answers]

    @property
    def first(self) -> bool:
        return self.right in self.ids[:1]

    @property
    def among_three(self) -> bool:
        return self.right in self.ids[:3]

    @property
    def sure(self) -> bool:
        return self.found.decision == "answer"

    @property
    def reached(self) -> bool:
        """The resident sees the right article: as the answer, or among the buttons."""
        return self.first if self.sure else self.found.decision == "suggest" and self.among_three


@cache
def read_set(name: str, phrasings: int = 0) -> tuple[tuple[Entry, ...], tuple[dict[str, str], ...]]:
    """Articles, each with so many of its example phrasings, and questions."""
    folder = SETS / name
    examples = yaml.safe_load((folder / "phrasings.yaml").read_text("utf-8")) if phrasings else {}
    entries = tuple(
        Entry(**each, phrases=tuple(map(str, examples.get(each["id"], ())[:phrasings])))
        for each in yaml.safe_load((folder / "articles.yaml").read_text("utf-8"))
    )
    return entries, tuple(yaml.safe_load((folder / "questions.yaml").read_text("utf-8")))


def put(library: Library, questions: Sequence[dict[str, str]]) -> list[Asked]:
    return [
        Asked(each["text"], each["type"], each["right"], library.ask(each["text"]))
        for each in questions
    ]


@cache
def ask_set(name: str, phrasings: int = 0) -> tuple[Asked, ...]:
    entries, questions = read_set(name, phrasings)
    return tuple(put(Library(entries), questions))


def count(asked: Sequence[Asked]) -> dict[str, float]:
    can = [each for each in asked if each.right]
    cannot = [each for each in asked if not each.right]

    def share(those: Sequence[Asked], which: Callable[[Asked], bool]) -> float:
        return sum(map(which, those)) / len(those) if those else 0.0

    return {
        "first": share(can, lambda a: a.first),
        "among three": share(can, lambda a: a.among_three),
        "sure": share(can, lambda a: a.sure),
        "sure: right": share([a for a in asked if a.sure], lambda a: a.first),
        "unanswerable: sure": share(cannot, lambda a: a.sure),
        "unanswerable: shown": share(cannot, lambda a: a.found.decision != "handoff"),
        "reached": share(can, lambda a: a.reached),
    } | {
        f"first, {kind}": share([a for a in can if a.type == kind], lambda a: a.first)
        for kind in ("paraphrase", "colloquial", "noisy", "ramble")
    }


def describe_failures(asked: Sequence[Asked]) -> str:
    """Each question that went wrong in any way, with what was wanted and what was found."""
    lines = []
    for each in asked:
        got = ", ".join(f"{a.id} {a.score:.2f}" for a in each.found.answers[:3])
        if each.right and not each.reached:
            what = "not reached"
        elif each.right and not each.first:
            what = "not first"
        elif not each.right and each.found.decision != "handoff":
            what = "no article answers it"
        else:
            continue
        lines.append(
            f"* {what} ({each.type}, {each.found.decision}): «{each.text}»  \n"
            f"  wanted {each.right or 'nothing'}; found {got}"
        )
    return "\n".join(lines)


def main() -> None:
    figures = {name: count(ask_set(name)) for name in ("known", "unseen")}
    print("| figure | bar | known | unseen |\n|---|---|---|---|")
    for name in figures["known"]:
        sign = "≤" if name in AT_MOST else "≥"
        bar = f"{sign} {BARS[name]:.2f}" if name in BARS else ""
        print(f"| {name} | {bar} | {figures['known'][name]:.3f} | {figures['unseen'][name]:.3f} |")
    FAILURES.write_text(
        "# What still goes wrong on the known set\n\n"
        "Written by `python -m tests.understanding.measuring`.\n\n"
        f"{describe_failures(ask_set('known'))}\n",
        "utf-8",
    )


if __name__ == "__main__":
    main()

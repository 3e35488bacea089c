"""Where everything stands in the file, and what is wrong with it: the three passes share it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.company.declaration import Declaration, Entry
from services.company.reading.mistakes import Mistake
from services.company.reading.vocabulary import NOUNS
from services.company.reading.words import choose, guess, shown

Loc = tuple[str | int, ...]
"""The way to a value, as pydantic gives it: ("complexes", 0, "houses", 1, "code")."""


class Source:
    def __init__(self) -> None:
        self.lines: dict[Loc, int] = {(): 1}
        self.written: dict[Loc, str] = {}
        self.entries: dict[Loc, type[Entry]] = {(): Declaration}
        self.mistakes: list[Mistake] = []
        self.told: set[Loc] = set()  # whose values need no second complaint

    def line(self, loc: Loc) -> int:
        while loc not in self.lines:
            loc = loc[:-1]
        return self.lines[loc]

    def entry(self, loc: Loc) -> type[Entry]:
        while loc not in self.entries:
            loc = loc[:-1]
        return self.entries[loc]

    def where(self, loc: Loc) -> str:
        """«ЖК «Лесной» → дом «ул. Садовая, 5» → подъезд 2»."""
        steps: list[str] = []
        for length in range(1, len(loc) + 1):
            entry = self.entries.get(loc[:length])
            if entry is None:
                continue
            noun = NOUNS[entry]
            name = self.written.get((*loc[:length], noun.named_by), "")
            steps.append(f"{noun.name} «{shown(name)}»" if name else noun.name)
        return " → ".join(steps) or "файл"

    def say(self, loc: Loc, what: str, fix: str, line: int | None = None) -> None:
        self.mistakes.append(Mistake(line or self.line(loc), self.where(loc), what, fix))

    def say_repeated(self, values: Iterable[tuple[Loc, str]], what: str, fix: str) -> None:
        """`what` and `fix` may name the {value} and the {line} where it stood first."""
        first: dict[str, Loc] = {}
        for loc, value in values:
            if not value:
                continue
            seen = first.setdefault(value, loc)
            if seen != loc:
                words = {"value": value, "line": self.line(seen)}
                self.say(loc, what.format(**words), fix.format(**words))

    def say_unknown(self, loc: Loc, code: str, known: Sequence[str], what: str) -> None:
        """`what` is «ЖК с кодом», «группы с кодом»: the sentence goes on with the code."""
        if not code or code in known or not known:
            return
        meant = guess(code, known, {})
        fix = f"Напишите {meant}" if meant else choose(known)
        self.say(loc, f"{what} «{code}» в файле нет", fix)

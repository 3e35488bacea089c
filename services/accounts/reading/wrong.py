"""What is wrong with a file, as codes: the sentences are the handlers'."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

KEPT = 200  # of each code are told one by one, the rest counted


class FileWrong(Exception):
    """The file is of no use: nothing of it is taken. `row` counts from 1 as a spreadsheet does,
    0: it is about the whole file. `said` is what stands there."""

    def __init__(self, code: str, *, row: int = 0, column: str = "", said: str = "") -> None:
        super().__init__(code)
        self.problem = Problem(code, row, column, said)


@dataclass(frozen=True)
class Problem:
    code: str
    row: int = 0
    column: str = ""
    said: str = ""


class CellWrong(ValueError):
    """A cell that cannot be read. `args[0]` is the code."""


@dataclass
class Problems:
    """`errors` refuse the file, `notes` are for the eye. `counts` has every one of both."""

    errors: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    refused: int = 0  # errors, those not kept among them

    def error(self, code: str, row: int = 0, column: str = "", said: str = "") -> None:
        self.refused += 1
        self._keep(self.errors, Problem(code, row, column, said[:60]))

    def note(self, code: str, row: int = 0, column: str = "", said: str = "") -> None:
        self._keep(self.notes, Problem(code, row, column, said[:60]))

    def _keep(self, where: list[Problem], problem: Problem) -> None:
        self.counts[problem.code] += 1
        if self.counts[problem.code] <= KEPT:
            where.append(problem)

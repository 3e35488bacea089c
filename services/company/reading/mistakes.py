"""A mistake in the company's file, as its author is told of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """`line` is 0 for a mistake of the whole file; `where` is the place in words."""

    line: int
    where: str
    what: str
    fix: str

    def __str__(self) -> str:
        start = f"строка {self.line}: " if self.line else ""
        return f"{start}{self.what}. {self.fix}"


class CompanyFileWrong(Exception):
    """The company's file cannot be used as it is."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = mistakes
        super().__init__(mistakes)

    def __str__(self) -> str:
        more = len(self.mistakes) - 1
        return f"{self.mistakes[0]}{f' (и ещё {_count(more)})' if more else ''}"


def refuse(line: int, what: str, fix: str) -> CompanyFileWrong:
    """A mistake after which there is nothing more to read."""
    return CompanyFileWrong([Mistake(line, "файл", what, fix)])


def _count(number: int) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return f"{number} ошибка"
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return f"{number} ошибки"
    return f"{number} ошибок"

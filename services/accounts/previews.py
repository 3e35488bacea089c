"""What an import would do, before it does anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from services.accounts.reading.wrong import Problem, Problems

SHOWN = 10  # of each kind of change


@dataclass(frozen=True)
class Sample:
    """One row of many: for the eye of whoever imports, and for no log. `before` and `now` are
    kopecks where it is about sums."""

    row: int
    number: str
    before: int | None = None
    now: int | None = None


@dataclass
class Preview:
    """`counts` by kind of change: new, back, changed, gone, same, unknown, repeated, restored
    (leading zeros put back), tenfold, compared; of accounts also holder, flat, housed; of meters
    readings (taken) and kept (a resident's own, that the file does not know yet). `doubts`
    want a second word before anything is applied. `total` and `total_before`: the debt of all, in
    kopecks."""

    kind: str
    file_name: str
    sha256: str
    form: str
    sheet: str
    columns: dict[str, str]
    named: dict[str, str]
    missing: list[str]
    month: date | None
    months: list[date]
    rows: int
    skipped: int
    problems: Problems
    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, list[Sample]] = field(default_factory=dict)
    doubts: list[Problem] = field(default_factory=list)
    total: int | None = None
    total_before: int | None = None

    @property
    def refused(self) -> bool:
        return self.problems.refused > 0

    @property
    def changes(self) -> int:
        names = ("new", "back", "changed", "gone", "readings")
        return sum(self.counts.get(name, 0) for name in names)

"""A file from the accounting system, read: what it is, its columns, its rows and its problems."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain, islice
from pathlib import Path

from services.accounts.reading.addresses import Houses
from services.accounts.reading.columns import SEARCHED, Heads, find_heads, load_fields, score_of
from services.accounts.reading.kinds import tell_kind
from services.accounts.reading.meter_records import FIGURES, MeterReader, MeterRow
from services.accounts.reading.records import AccountReader, AccountRow, DebtReader, DebtRow
from services.accounts.reading.sheets import SheetFile
from services.accounts.reading.texts import TextFile
from services.accounts.reading.values import Num, squeeze
from services.accounts.reading.wrong import FileWrong, Problems

MOST_ROWS = 500_000
MOST_SHEETS = 100
MOST_WRONG = 5000  # after so many there is no use in reading on
TOTALS = ("итого", "всего", "в том числе", "total")
SIGNED = ("бухгалтер", "директор", "исполнитель", "подпись", "ответственный", "руководитель",
          "составил", "проверил")  # fmt: skip
Rows = Iterator[tuple[int, list[str]]]


class Table:
    """Of a file "accounts", "debts" or "meters". `own`: the file's names of columns that go before
    all others, by field; those of `remembered` only where the file has them. `month` stands for
    every row that names none. Raises `FileWrong`, while its rows are read as well. Close it."""

    def __init__(
        self,
        path: Path,
        kind: str,
        *,
        own: Mapping[str, str] | None = None,
        remembered: Mapping[str, str] | None = None,
        month: date | None = None,
    ) -> None:
        self.kind = kind
        self.problems = Problems()
        self.rows = 0
        self.skipped = 0
        self.left: list[str] = []  # sheets with a table that are not read
        self.numbers_as_numbers = 0
        self._file: TextFile | SheetFile = (
            SheetFile(path)
            if tell_kind(path) == "xlsx"
            else TextFile(path, lambda row: score_of(kind, row))
        )
        try:
            self.heads, self.sheet, self._data = self._find_table(own or {}, remembered or {})
            self.month = month or self.heads.month
            dated = kind == "debts" or any(each in self.heads.at for each in FIGURES)
            if dated and self.month is None and "month" not in self.heads.at:
                raise FileWrong("no_month")
        except BaseException:
            self.close()
            raise

    @property
    def form(self) -> str:
        return self._file.form

    @property
    def done(self) -> float:
        """Which part of the file is read, 0 to 1."""
        return self._file.done

    @property
    def columns(self) -> dict[str, str]:
        """What the file calls each field."""
        return dict(self.heads.called)

    @property
    def missing(self) -> list[str]:
        """Titles of the columns it does not have."""
        fields = load_fields(self.kind)
        return [about.title for field, about in fields.items() if field not in self.heads.at]

    def close(self) -> None:
        if isinstance(self._file, SheetFile):
            self._file.close()

    def _find_table(
        self, own: Mapping[str, str], remembered: Mapping[str, str]
    ) -> tuple[Heads, str, Rows]:
        """In the first sheet that has one."""
        first: FileWrong | None = None
        tables = self._file.tables()
        for sheet, rows in tables:
            top = list(islice(rows, SEARCHED))
            if not any(cell.strip() for _, cells in top for cell in cells):
                first = first or FileWrong("no_rows")
                continue
            try:
                start, heads = self._find_heads([cells for _, cells in top], own, remembered)
            except FileWrong as wrong:
                if first is None or first.problem.code in ("no_rows", "no_heads"):
                    first = self._at_row(wrong, top)
                continue
            self._width = max(map(len, (cells for _, cells in top[start : start + heads.depth])))
            self.left = [name for name, more in islice(tables, MOST_SHEETS) if self._is_like(more)]
            return heads, sheet, chain(top[start + heads.depth :], rows)
        raise first or FileWrong("no_rows")

    def _is_like(self, rows: Rows) -> bool:
        """Whether this sheet is a table of the same kind, with something in it."""
        top = [cells for _, cells in islice(rows, SEARCHED)]
        try:
            start, heads = find_heads(self.kind, top, {})
        except FileWrong:
            return False
        at = heads.at["number"]
        below = (cells[at] for cells in top[start + heads.depth :] if at < len(cells))
        return any(letter.isdigit() for cell in below for letter in cell)

    def _find_heads(
        self, top: Sequence[Sequence[str]], own: Mapping[str, str], remembered: Mapping[str, str]
    ) -> tuple[int, Heads]:
        if remembered and not own:
            try:
                return find_heads(self.kind, top, remembered, all_own=False)
            except FileWrong:
                pass  # another program's file: its own names may do
        return find_heads(self.kind, top, own)

    @staticmethod
    def _at_row(wrong: FileWrong, top: Sequence[tuple[int, list[str]]]) -> FileWrong:
        """Rows without a cell are not counted in a sheet, but have numbers there."""
        about = wrong.problem
        row = top[about.row - 1][0] if 0 < about.row <= len(top) else about.row
        return FileWrong(about.code, row=row, column=about.column, said=about.said)

    def records(self, houses: Houses | None = None) -> Iterator[AccountRow | DebtRow | MeterRow]:
        """What can be read of it; the rest is in `problems`. Only once."""
        reader = self._reader(houses or Houses(()))
        number_at = self.heads.at["number"]
        worth = [at for field, at in self.heads.at.items() if field not in ("number", "month")]
        said = tuple(map(squeeze, self.heads.called.values()))
        before = True  # nothing but heads and their numbers yet
        for row, cells in self._data:
            number = cells[number_at] if number_at < len(cells) else ""
            if before and _counts_columns(cells):
                continue
            if not number.strip():
                self._look_at_other(row, cells, worth)
                continue
            if _is_total(number) or self._is_title(row, number, cells):
                self.skipped += any(cell.strip() for cell in cells)
                continue
            if not number[:1].isdigit() and self._is_heads(cells, said):
                self.skipped, before = self.skipped + 1, True  # a page of paper begins
                continue
            if any(_is_total(cell) for cell in cells if cell[:1] in "ИиВвTt"):
                self.skipped += 1
                self.problems.note("not_account", row, self.heads.called["number"], number)
                continue
            before = False
            self.rows += 1
            if self.rows > MOST_ROWS:
                raise FileWrong("too_many_rows", row=row)
            if isinstance(number, Num):
                self.numbers_as_numbers += 1
            record = None if self._is_torn(row, cells) else reader.read(row, cells)
            if record is not None:
                yield record
            elif self.problems.refused >= MOST_WRONG:
                raise FileWrong("too_many_wrong", row=row)
        if not self.rows and not self.problems.refused:
            raise FileWrong("no_rows")

    def _is_heads(self, cells: Sequence[str], said: Sequence[str]) -> bool:
        places = self.heads.at.values()
        here = [squeeze(cells[at]) if at < len(cells) else "" for at in places]
        return all(name.endswith(cell) for name, cell in zip(said, here, strict=True))

    def _is_torn(self, row: int, cells: Sequence[str]) -> bool:
        """Of a text alone: a mark that stands within a cell moves all that follow."""
        if isinstance(self._file, SheetFile):
            return False
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            self.problems.error("row_wide", row)
            return True
        if len(cells) < self._width:
            for field, about in load_fields(self.kind).items():
                if about.required and self.heads.at[field] >= len(cells):
                    self.problems.error("row_short", row, self.heads.called[field])
                    return True
        return False

    def _reader(self, houses: Houses) -> AccountReader | DebtReader | MeterReader:
        if self.kind == "accounts":
            return AccountReader(self.heads, self.problems, houses)
        if self.kind == "meters":
            return MeterReader(self.heads, self.problems, self.month)
        return DebtReader(self.heads, self.problems, self.month)

    def _look_at_other(self, row: int, cells: Sequence[str], worth: Sequence[int]) -> None:
        """A row without an account: a total, a signature, the name of a house; or a mistake."""
        said = [cell for cell in cells if cell.strip()]
        if not said:
            return
        filled = [cells[at] for at in worth if at < len(cells) and cells[at].strip()]
        speaks = any(letter.isdigit() for cell in filled for letter in cell)
        words = " ".join(said).casefold()
        general = any(map(_is_total, said)) or any(word in words for word in SIGNED)
        if len(filled) > 1 and speaks and not general:
            self.problems.error("no_number", row, self.heads.called["number"], "")
            return
        self.skipped += 1
        if filled and speaks and not general and any(letter.isalpha() for letter in words):
            self.problems.note("no_account", row, self.heads.called["number"], "")

    def _is_title(self, row: int, number: str, cells: Sequence[str]) -> bool:
        """Words alone where the account should be: a house over its accounts, a signature."""
        text = squeeze(number)
        if sum(letter.isalpha() for letter in text) < 3:
            return False
        signed = any(word in text.casefold() for word in SIGNED)
        if " " not in text and not (signed and not any(letter.isdigit() for letter in text)):
            return False
        lonely = sum(bool(cell.strip()) for cell in cells) == 1
        if not lonely and text.casefold().startswith(("лицевой", "л/с", "лс", "счет", "счёт")):
            return False
        if not lonely:
            self.problems.note("not_account", row, self.heads.called["number"], text)
        return True


def _counts_columns(cells: Sequence[str]) -> bool:
    """1, 2, 3 under the heads: their numbers."""
    said = [cell.strip() for cell in cells if cell.strip()]
    return len(said) > 2 and said == [str(n) for n in range(1, len(said) + 1)]


def _is_total(text: str) -> bool:
    return squeeze(text).casefold().startswith(TOTALS)

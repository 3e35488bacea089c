"""A row of the table → what is staged of it, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.accounts.reading.addresses import Houses
from services.accounts.reading.columns import Heads
from services.accounts.reading.values import (
    Num,
    read_area,
    read_day,
    read_money,
    read_month,
    read_number,
    read_phone,
    squeeze,
)
from services.accounts.reading.wrong import CellWrong, Problems

LONGEST_TEXT = 200
MONEY = ("billed", "paid", "debt", "overdue", "penalties")


class AccountRow(NamedTuple):
    """As staged: see `services/accounts/staging.py`. `area`: hundredths of a square metre."""

    row: int
    number: str
    house_id: int | None
    flat_key: str
    place: str
    kind: str
    area: int | None
    holder: str
    phone: str | None


class DebtRow(NamedTuple):
    """Sums are kopecks; `debt` below nought is paid ahead."""

    row: int
    number: str
    month: date
    billed: int | None
    paid: int | None
    debt: int
    overdue: int | None
    penalties: int | None
    pay_by: date | None


class Cells:
    """A row by the names of its fields."""

    def __init__(self, heads: Heads, problems: Problems) -> None:
        self._at = heads.at
        self._called = heads.called
        self._problems = problems
        self.row = 0
        self.cells: Sequence[str] = ()
        self.fine = True

    def take(self, row: int, cells: Sequence[str]) -> None:
        self.row, self.cells, self.fine = row, cells, True

    def has(self, field: str) -> bool:
        return field in self._at

    def text(self, field: str) -> str:
        at = self._at.get(field)
        return self.cells[at] if at is not None and at < len(self.cells) else ""

    def words(self, field: str) -> str:
        text = self.text(field)
        if "  " in text or text != text.strip() or not text.isprintable():
            text = squeeze(text)
        if len(text) > LONGEST_TEXT:
            self.wrong("text_long", field, text)
            return ""
        if "\x00" in text:
            self.wrong("text_odd", field, "")
            return ""
        return text

    def read(self, field: str, how: Callable[[str], Any], *, only_note: bool = False) -> Any:
        """None where it cannot be read: then the row is not fine, unless it is `only_note`."""
        try:
            return how(self.text(field))
        except CellWrong as wrong:
            if only_note:
                self.note(wrong.args[0], field, self.text(field))
            else:
                self.wrong(wrong.args[0], field, self.text(field))
            return None

    def wrong(self, code: str, field: str, said: str) -> None:
        self.fine = False
        self._problems.error(code, self.row, self._called.get(field, ""), squeeze(said))

    def note(self, code: str, field: str, said: str) -> None:
        self._problems.note(code, self.row, self._called.get(field, ""), squeeze(said))


class AccountReader:
    def __init__(self, heads: Heads, problems: Problems, houses: Houses) -> None:
        self.cells = Cells(heads, problems)
        self._houses = houses
        self._has_address = any(map(self.cells.has, ("address", "street", "house")))

    def read(self, row: int, cells: Sequence[str]) -> AccountRow | None:
        own = self.cells
        own.take(row, cells)
        number = own.read("number", read_number)
        house_id, flat, place = self._where(own)
        holder, kind = own.words("holder"), own.words("kind")
        area = own.read("area", read_area) if own.has("area") else None
        phone = own.read("phone", read_phone, only_note=True) if own.has("phone") else None
        if not own.fine:
            return None
        return AccountRow(row, number, house_id, flat, place, kind, area, holder, phone)

    def _where(self, own: Cells) -> tuple[int | None, str, str]:
        """The house if it is known, the key of the flat, and the address as it was written."""
        if not self._has_address:
            return None, "", ""
        parts = [own.words("address"), own.words("street")]
        house, block, flat = own.words("house"), own.words("block"), own.words("flat")
        if house:
            parts.append(house if re.match(r"(д|дом)\b", house.lower()) else f"д. {house}")
        if block and block != "0":
            parts.append(block if re.match(r"[а-яё]", block.lower()) else f"корп. {block}")
        address = ", ".join(part for part in parts if part)
        found = self._houses.find(address, flat)
        said = f"кв. {flat}" if flat[:1].isdigit() else flat
        place = f"{address}, {said}" if said else address
        if address and found.house_id is None:
            own.note(
                "house_twice" if found.several else "house_unknown",
                "address" if own.has("address") else "house",
                address,
            )
        return found.house_id, found.flat_key, place


class DebtReader:
    """`month`: of the whole file, where a row names none."""

    def __init__(self, heads: Heads, problems: Problems, month: date | None) -> None:
        self.cells = Cells(heads, problems)
        self._month = month
        self._months: dict[str, date | None] = {}
        self._days: dict[str, date | None] = {}

    def read(self, row: int, cells: Sequence[str]) -> DebtRow | None:
        own = self.cells
        own.take(row, cells)
        number = own.read("number", read_number)
        month = self._known(self._months, "month", read_month) or self._month
        sums = {f: own.read(f, read_money) if own.has(f) else None for f in MONEY}
        if own.has("overpaid") and (ahead := own.read("overpaid", read_money)):
            sums["debt"] = (sums["debt"] or 0) - abs(ahead)
        pay_by = self._known(self._days, "pay_by", read_day)
        if month is None and own.fine:
            own.wrong("month_missing", "month", "")
        if not own.fine or month is None:
            return None
        return DebtRow(
            row, number, month, sums["billed"], sums["paid"], sums["debt"] or 0,
            sums["overdue"], sums["penalties"], pay_by,
        )  # fmt: skip

    def _known(
        self, seen: dict[str, date | None], field: str, how: Callable[[str], date | None]
    ) -> date | None:
        """A file has one or two months in all of its rows."""
        own = self.cells
        if not own.has(field):
            return None
        text = own.text(field)
        if isinstance(text, Num) or text not in seen:
            found: date | None = own.read(field, how)
            if own.fine and not isinstance(text, Num):
                seen[text] = found
            return found
        return seen[text]

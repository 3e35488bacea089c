"""A row of a table of meters → what is staged of it, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from services.accounts.reading.columns import Heads
from services.accounts.reading.meter_values import (
    read_digits,
    read_reading,
    read_resource,
    read_serial,
    read_tariffs,
)
from services.accounts.reading.records import Cells
from services.accounts.reading.values import read_day, read_month, read_number
from services.accounts.reading.wrong import Problems

FIGURES = ("first", "second", "third")


class MeterRow(NamedTuple):
    """As staged: see `services/accounts/staging.py`. `figures`: a JSON list of thousandths."""

    row: int
    number: str
    resource: str
    serial: str
    title: str
    tariffs: int
    digits: int | None
    verified_until: date | None
    month: date | None
    figures: str | None


class MeterReader:
    def __init__(self, heads: Heads, problems: Problems, month: date | None) -> None:
        self.cells = Cells(heads, problems)
        self._month = month

    def read(self, row: int, cells: Sequence[str]) -> MeterRow | None:
        own = self.cells
        own.take(row, cells)
        number = own.read("number", read_number)
        resource = own.read("resource", read_resource)
        serial = own.read("serial", read_serial)
        tariffs = own.read("tariffs", read_tariffs) if own.has("tariffs") else None
        digits = own.read("digits", read_digits) if own.has("digits") else None
        until = own.read("verified_until", read_day) if own.has("verified_until") else None
        found = [own.read(each, read_reading) for each in FIGURES if own.has(each)]
        title = own.words("title")
        month = own.read("month", read_month) if own.has("month") else None
        month = month or self._month
        if not own.fine:
            return None
        figures = self._figures(found, tariffs)
        if figures and month is None:
            own.wrong("month_missing", "month", "")
            return None
        if figures is None:
            return None
        return MeterRow(
            row, number, resource, serial, title, tariffs or max(1, len(figures)), digits, until,
            month.replace(day=1) if month and figures else None,
            f"[{','.join(map(str, figures))}]" if figures else None,
        )  # fmt: skip

    def _figures(self, found: list[int | None], tariffs: int | None) -> list[int] | None:
        """None where they do not fit the tariffs."""
        said = [each for each in found if each is not None]
        if not said:
            return []
        own = self.cells
        if found[: len(said)] != said or (tariffs is not None and len(said) < tariffs):
            own.wrong("reading_missing", "first", "")
            return None
        if tariffs is not None and len(said) > tariffs:
            own.wrong("too_many_readings", FIGURES[tariffs], "")
            return None
        return said

"""One cell of a meter: its resource, its tariffs, what it shows. Readings are thousandths; no float
is ever made. Each raises `CellWrong`."""

from __future__ import annotations

import re
from decimal import Decimal

from services.accounts.reading.values import Num, squeeze
from services.accounts.reading.wrong import CellWrong

MOST_DIGITS = 9  # before the comma
RESOURCES = (
    ("hot_water", r"гвс|горяч|hot.?water"),
    ("cold_water", r"хвс|холод|водоснаб|вода|cold.?water"),
    ("electricity", r"электр|эл\b|э/э|свет|electric"),
    ("gas", r"газ|gas"),
    ("heating", r"отопл|тепл|heating"),
)
TARIFFS = (("одно", 1), ("двух", 2), ("трех", 3), ("много", 3))
_READING = re.compile(r"0*(\d{1,9})(?:[.,](\d{1,9}))?")


def read_resource(cell: str) -> str:
    text = squeeze(cell).casefold()
    found = [name for name, pattern in RESOURCES if re.search(pattern, text)]
    if "hot_water" in found:  # «горячая вода» has both words
        found = [name for name in found if name not in ("cold_water", "heating")]
    if len(found) != 1:
        raise CellWrong("resource_odd")
    return found[0]


def read_serial(cell: str) -> str:
    """Its number, zeros kept."""
    text = squeeze(cell).removeprefix("'").lstrip("№ ")
    if not text:
        raise CellWrong("serial_missing")
    if text.startswith(("=", "#")) or re.fullmatch(r"\d+[.,]\d+[eE]\+\d+", text):
        raise CellWrong("serial_odd")
    if len(text) > 60 or not any(each.isalnum() for each in text):
        raise CellWrong("serial_odd")
    return text


def read_tariffs(cell: str) -> int | None:
    text = squeeze(cell).casefold().replace("ё", "е")
    if not text:
        return None
    if text in ("1", "2", "3"):
        return int(text)
    for begins, count in TARIFFS:
        if text.startswith(begins):
            return count
    raise CellWrong("tariffs_odd")


def read_digits(cell: str) -> int | None:
    text = squeeze(cell)
    if not text:
        return None
    found = re.fullmatch(r"(\d{1,2})(?:[.,]\d+)?", text)
    if found is None or not 3 <= int(found[1]) <= MOST_DIGITS:
        raise CellWrong("digits_odd")
    return int(found[1])


def read_reading(cell: str) -> int | None:
    """Thousandths: «123,4», «00123.400»; empty for none."""
    text = squeeze(cell).replace(" ", "")
    if not text or text in ("-", "–", "—"):
        return None
    if isinstance(cell, Num):
        text = _near(text)
    found = _READING.fullmatch(text)
    if found is None:
        raise CellWrong("reading_odd")
    rest = (found[2] or "").rstrip("0")
    if len(rest) > 3:
        raise CellWrong("reading_fraction")
    return int(found[1]) * 1000 + int(rest.ljust(3, "0"))


def _near(text: str) -> str:
    """A spreadsheet's own 123.40000000000001."""
    if not re.fullmatch(r"\d{1,9}(?:\.\d+)?", text):
        return text
    value = Decimal(text)
    near = round(value, 3)
    return f"{near:f}" if abs(value - near) < Decimal("0.0000001") else text

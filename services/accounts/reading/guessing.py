"""What a file is for, where nobody said so, and which names of columns it has to choose from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from services.accounts.reading.archives import holds_bills
from services.accounts.reading.columns import SEARCHED, find_heads, load_fields, plain, score_of
from services.accounts.reading.kinds import tell_kind
from services.accounts.reading.sheets import SheetFile
from services.accounts.reading.texts import TextFile
from services.accounts.reading.values import squeeze
from services.accounts.reading.wrong import FileWrong

TABLES = ("accounts", "debts", "meters")
MOST_HEADS = 24  # buttons
SAID = (
    ("meters", r"показани|сч[её]тчик|прибор|ипу"),
    ("debts", r"долг|задолж|начисл|сальдо|оборот|ведомост|долж"),
    ("accounts", r"лицев\w* сч|счета\b|абонент|собственник|реестр лс"),
)
BILLS = r"квитанц|платежк|епд"
_DIGIT = re.compile(r"\d")
Remembered = Mapping[str, Mapping[str, str]]


def hear_kind(name: str, words: str = "") -> str:
    """By what a file is called and the words beside it; empty where they say nothing, or two
    things. What an archive is shows when it is opened."""
    if name.casefold().endswith(".zip"):
        return ""
    said = f"{words} {name}".casefold().replace("_", " ")
    found = [kind for kind, pattern in SAID if re.search(pattern, said)]
    return found[0] if len(found) == 1 else ""


def names_accounts(name: str) -> bool:
    """Whether its very name speaks of what people owe, have or are billed."""
    said = name.casefold().replace("_", " ")
    return any(re.search(pattern, said) for _, pattern in (*SAID, ("bills", BILLS)))


def guess_kind(path: Path, remembered: Remembered) -> str:
    """By the names of its columns; empty where they fit several or none. Raises `FileWrong`."""
    if holds_bills(path):
        return "bills"
    fits: dict[str, set[str]] = {}
    for rows in _tops(path):
        for kind in TABLES:
            try:
                _, heads = find_heads(kind, rows, remembered.get(kind, {}), all_own=False)
            except FileWrong:
                continue
            fits.setdefault(kind, set()).update(heads.at)
    if "meters" in fits:
        return "meters"
    if "debts" in fits:
        both = fits.get("accounts", set()) & {"address", "street", "flat", "phone", "area"}
        return "" if both else "debts"
    own = fits.get("accounts", set()) - {"number"}
    return "accounts" if own else ""


def list_heads(path: Path, kind: str) -> list[str]:
    """Names of columns to choose from: of the row that looks most like heads."""
    best: tuple[tuple[int, int], Sequence[str]] = ((0, 0), ())
    for rows in _tops(path):
        for row in rows:
            names = [squeeze(cell) for cell in row if cell.strip()]
            words = [name for name in names if not _DIGIT.fullmatch(name[:1]) and len(name) < 60]
            worth = (score_of(kind, row), len(words) if len(words) == len(names) else 0)
            if len(names) > 1 and worth > best[0]:
                best = worth, names
    return list({plain(name): name for name in best[1]}.values())[:MOST_HEADS]


def _tops(path: Path) -> list[list[list[str]]]:
    """The first rows of each sheet."""
    file: TextFile | SheetFile = (
        SheetFile(path)
        if tell_kind(path) == "xlsx"
        else TextFile(path, lambda row: max(score_of(kind, row) for kind in TABLES))
    )
    try:
        return [
            [cells for _, cells in islice(rows, SEARCHED)] for _, rows in islice(file.tables(), 20)
        ]
    finally:
        if isinstance(file, SheetFile):
            file.close()


def field_of(kind: str, title: str) -> str:
    """By its title in `columns.yaml`."""
    return next((name for name, each in load_fields(kind).items() if each.title == title), "")

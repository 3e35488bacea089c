"""Which column is what: the names people give them (`columns.yaml`), in one row or in up to three,
the upper ones merged, below whatever stands over the table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from services.accounts.reading.values import NAMED_MONTH, month_of, read_month, squeeze
from services.accounts.reading.wrong import CellWrong, FileWrong

DEEPEST = 3  # rows of heads
LAST = 1000  # after all names that fit whole
SEARCHED = 60  # rows in which the heads of the columns must stand
_UNITS = re.compile(r"\b(?:в\s+)?(?:руб(?:лей|лях|ля|ль)?|р|rub)\b(?:\s+коп\w*)?")
_AS_OF = re.compile(r"\b\d{1,2} \d{1,2} \d{4}\b|(?:\s(?:за|на|г|год|года|по состоянию))+$")
_DATE = re.compile(r"\b(\d{1,2})[./-](\d{1,2})[./-](\d{4})\b")
_ONLY_MONTH = re.compile(r"(?<![\d.])(0?[1-9]|1[0-2])[./](20\d\d)(?![\d.])")
_OTHER = re.compile(r"[^\w№]+")


@dataclass(frozen=True)
class Field:
    title: str
    names: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class Heads:
    """`at`: of each field its place in a row, `called`: what the file calls it. Data follow after
    `depth` rows of heads. `month`: as the heads or what stands over them name it."""

    at: Mapping[str, int]
    called: Mapping[str, str]
    depth: int
    month: date | None


@cache
def load_fields(kind: str) -> dict[str, Field]:
    """Of "accounts", "debts" or "meters", in their order."""
    import yaml

    text = Path(__file__).with_suffix(".yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)

    def names(field: str, content: dict[str, Any]) -> tuple[str, ...]:
        listed = content["names"]
        return tuple(data[listed][field]["names"] if isinstance(listed, str) else listed)

    return {
        field: Field(content["title"], names(field, content), content.get("required", False))
        for field, content in data[kind].items()
    }


def plain(name: str) -> str:
    """The name of a column without what does not matter in it."""
    text = squeeze(name).casefold().replace("ё", "е")
    text = NAMED_MONTH.sub(" ", text)
    text = squeeze(_OTHER.sub(" ", text).replace("№", " № ").replace("_", " "))
    text = squeeze(_UNITS.sub(" ", text))
    return squeeze(_AS_OF.sub("", squeeze(_AS_OF.sub(" ", text))))


@cache
def _known(kind: str) -> dict[str, tuple[str, int]]:
    """Of each name its field and its place among that field's names."""
    found: dict[str, tuple[str, int]] = {}
    for field, about in load_fields(kind).items():
        for place, name in enumerate((about.title, *about.names)):
            found.setdefault(plain(name), (field, place))
    return found


def score_of(kind: str, row: Sequence[str]) -> int:
    known = _known(kind)
    return len({known[name][0] for cell in row if (name := plain(cell[:80])) in known})


def parse_columns(kind: str, text: str) -> dict[str, str]:
    """«долг=Сальдо кон.; лицевой счёт=Код» → what the file calls each field. Raises `FileWrong`."""
    given: dict[str, str] = {}
    titles = {plain(about.title): field for field, about in load_fields(kind).items()}
    for pair in filter(None, (part.strip() for part in text.split(";"))):
        ours, is_pair, theirs = pair.partition("=")
        field = titles.get(plain(ours)) or (ours.strip() if ours.strip() in titles.values() else "")
        if not is_pair or not theirs.strip() or not field:
            raise FileWrong("columns_option", said=pair)
        given[field] = theirs.strip()
    return given


def find_heads(
    kind: str, rows: Sequence[Sequence[str]], own: Mapping[str, str], *, all_own: bool = True
) -> tuple[int, Heads]:
    """Where they begin among `rows`, and what they say. `own`: names that go before all others;
    with `all_own` each must be there. Raises `FileWrong`."""
    best: tuple[int, int, Heads] | None = None
    for start in range(len(rows)):
        for depth in range(1, min(DEEPEST, len(rows) - start) + 1):
            below = rows[start + depth] if start + depth < len(rows) else ()
            heads = _match(kind, rows[start : start + depth], below, own)
            if heads and (best is None or len(heads.at) > best[0]):
                best = len(heads.at), start, heads
    lost = sorted(set(own) - set(best[2].at if best else ())) if all_own else []
    if lost:
        raise FileWrong("no_named_column", column=own[lost[0]])
    if best is None:
        raise FileWrong("no_heads")
    _, start, heads = best
    fields = load_fields(kind).items()
    missing = [f.title for name, f in fields if f.required and name not in heads.at]
    if missing:
        there = ", ".join(squeeze(cell) for cell in rows[start] if cell.strip())
        raise FileWrong("no_column", row=start + 1, column=missing[0], said=there[:200])
    above = [cell for row in rows[: start + heads.depth] for cell in row]
    return start, Heads(heads.at, heads.called, heads.depth, _find_month(above))


def _join(rows: Sequence[Sequence[str]]) -> list[str]:
    """A merged head stands over the first of its columns, the rest of it is empty."""
    names = []
    parents = [""] * len(rows)
    for n in range(max(map(len, rows))):
        own = [row[n] if n < len(row) else "" for row in rows]
        lowest = max((level for level, cell in enumerate(own) if cell.strip()), default=0)
        for level, cell in enumerate(own):
            if cell.strip():
                parents[level:] = [cell] + [""] * (len(rows) - level - 1)
        names.append(" ".join(filter(None, (*parents[:lowest], own[lowest]))).strip())
    return names


def _go_on(below: Sequence[str], number: int) -> bool:
    """Whether this row is one of heads: «на начало» and «на конец» under a merged «Долг»."""
    said = [cell for cell in below if cell.strip()]
    spoken = any(letter.isdigit() for cell in said for letter in cell)
    return len(said) > 1 and not spoken and not "".join(below[number : number + 1]).strip()


def _match(
    kind: str, rows: Sequence[Sequence[str]], below: Sequence[str], own: Mapping[str, str]
) -> Heads | None:
    known, names, lowest = _known(kind), _join(rows), rows[-1]
    mine = {plain(name): field for field, name in own.items()}
    found: dict[str, tuple[int, int]] = {}  # of a field: the place of the name, of the column
    twice: dict[str, str] = {}
    for column, name in enumerate(names):
        key = plain(name[:120])
        if not key:
            continue
        field, place = (mine[key], -1) if key in mine else known.get(key, ("", 0))
        if not field and column < len(lowest):  # «Лицевой счёт» under «Абонент»; no sum by half
            field, place = known.get(plain(lowest[column][:120]), ("", 0))  # of its name
            field, place = (field, place + LAST) if field == "number" else ("", 0)
        if not field:
            continue
        if field in found and found[field][0] == place:
            twice[field] = name
        if field not in found or place < found[field][0]:
            twice.pop(field, None)
            found[field] = (place, column)
    if "number" not in found:
        return None
    if twice:
        raise FileWrong("column_twice", column=squeeze(next(iter(twice.values()))))
    at = {field: column for field, (_, column) in found.items()}
    if _go_on(below, at["number"]):  # half a name is no name, unless somebody says that it is
        at = {
            field: n for field, n in at.items()
            if found[field][0] < 0 or n >= len(below) or not below[n].strip()
        }  # fmt: skip
    return Heads(at, {field: squeeze(names[n]) for field, n in at.items()}, len(rows), None)


def _find_month(cells: Sequence[str]) -> date | None:
    """«за октябрь 2026», «10.2026», «с 01.10.2026 по 31.10.2026»; two different ones are none."""
    months: set[date] = set()
    for cell in cells:
        text = cell[:300]
        try:
            months |= {month_of(found) for found in NAMED_MONTH.finditer(text)}
            months |= {
                date(int(found[2]), int(found[1]), 1) for found in _ONLY_MONTH.finditer(text)
            }
            days = [read_month(found[0]) for found in _DATE.finditer(text)]
        except CellWrong:
            continue
        if len(days) == 2 and days[0] is not None and days[0] == days[1]:
            months.add(days[0])  # a lone day may well be that of the printing
    return months.pop() if len(months) == 1 else None

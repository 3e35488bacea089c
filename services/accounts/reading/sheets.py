"""The rows of an XLSX, one after another, with the memory of its texts alone.

Numbers keep the text that stands in the file: no float is made of them. One whose format is all
noughts (000000) is shown with its leading zeros, as on the screen.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path

from services.accounts.reading.packages import Attributes, Package, bare
from services.accounts.reading.values import Day, Num, day_of_number
from services.accounts.reading.wrong import CellWrong, FileWrong

MOST_COLUMNS = 256  # what stands further right is no table of ours
MOST_CELLS = 12_000_000
MOST_TEXTS = 4_000_000
LONGEST_CELL = 2000
LONGEST_TEXT = 100_000  # letters; Excel itself allows 32 767
LAST_ROW, LAST_COLUMN = 2**20, 2**14
PATIENCE, LONGEST_ROW = 8 * 2**20, 20_000  # bytes
_DATES = {*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_PADDING = re.compile(r"\[[^\]]*\]|_.|\*.")  # of a format: colours and room, nothing that is shown
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')


class SheetFile:
    """Raises `FileWrong`, while its rows are read as well."""

    form = "XLSX"

    def __init__(self, path: Path) -> None:
        self._package = Package(path)
        self._texts = bytearray()
        self._ends = array("Q", [0])
        self._dates: set[str] = set()
        self._widths: dict[str, int] = {}
        self._read, self._size = 0, 1
        try:
            self._load_texts()
            self._load_styles()
        except BaseException:
            self._package.close()
            raise

    @property
    def done(self) -> float:
        """Which part of the sheet is read, 0 to 1."""
        return min(1.0, self._read / self._size)

    def tables(self) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
        """Each visible sheet's name and rows."""
        for sheet in self._package.sheets:
            yield sheet.name, self._rows(sheet.part)

    def close(self) -> None:
        self._package.close()

    def _load_texts(self) -> None:
        """Into one block of bytes: half a million texts as objects would take 50 MB more."""
        part = self._package.texts_part()
        if not part:
            return
        pieces: list[str] = []
        inside = phonetic = False

        def start(tag: str, _: Attributes) -> None:
            nonlocal inside, phonetic
            name = bare(tag)
            if name == "t":
                inside = not phonetic
            elif name == "rPh":
                phonetic = True

        def end(tag: str) -> None:
            nonlocal inside, phonetic
            name = bare(tag)
            if name == "t":
                inside = False
            elif name == "rPh":
                phonetic = False
            elif name == "si":
                self._texts += "".join(pieces)[: LONGEST_CELL + 1].encode("utf-8", "replace")
                self._ends.append(len(self._texts))
                pieces.clear()
                if len(self._ends) > MOST_TEXTS:
                    raise FileWrong("bomb")

        def text(words: str) -> None:
            if inside:
                pieces.append(words)
                if len(pieces) > LONGEST_TEXT:
                    raise FileWrong("cell_long")

        for done in self._package.stream(part, start, end, text):
            _check_worth(done, len(self._ends), LONGEST_CELL)

    def _load_styles(self) -> None:
        """Which styles show a number as a date, and which with so many digits."""
        part = self._package.styles_part()
        if not part:
            return
        codes: dict[int, str] = {}
        styles: list[int] = []
        inside = False

        def start(tag: str, at: Attributes) -> None:
            nonlocal inside
            name = bare(tag)
            if name == "numFmt":
                codes[_whole(at.get("numFmtId"))] = at.get("formatCode", "")
            elif name == "cellXfs":
                inside = True
            elif name == "xf" and inside:
                styles.append(_whole(at.get("numFmtId")))

        def end(tag: str) -> None:
            nonlocal inside
            inside = inside and bare(tag) != "cellXfs"

        self._package.parse(part, start, end)
        for number, key in enumerate(styles):
            code = codes.get(key, "").split(";")[0]
            plain = _QUOTED.sub("", code)
            if key in _DATES or re.search(r"[dyдгm]", plain.lower().replace("general", "")):
                self._dates.add(str(number))
            elif re.fullmatch(r"0{2,32}", shown := _PADDING.sub("", code)):
                self._widths[str(number)] = len(shown)

    def _text(self, index: str) -> str:
        try:
            at = int(index)
            if at < 0:
                raise IndexError
            text = self._texts[self._ends[at] : self._ends[at + 1]].decode("utf-8", "replace")
        except (ValueError, IndexError):
            raise FileWrong("torn") from None
        return unescape(text)

    def _number(self, text: str, style: str) -> str:
        if not text.isdigit():
            text = _write_out(text)
        if style in self._widths and text.isdigit():
            return text.zfill(self._widths[style])
        if style in self._dates:
            try:
                day = day_of_number(text, from_1904=self._package.from_1904)
                return Day(day.isoformat())
            except CellWrong:
                pass
        return Num(text)

    def _rows(self, part: str) -> Iterator[tuple[int, list[str]]]:
        size = max(1, self._package.size(part))
        ready: list[tuple[int, list[str]]] = []
        row: list[str] = []
        number = column = cells = given = 0
        kind = style = value = ""
        inside = formula = False

        def start(tag: str, at: Attributes) -> None:
            nonlocal row, number, column, kind, style, value, inside, formula, cells
            if tag == "c" or bare(tag) == "c":
                column = _column(at["r"]) if "r" in at else column + 1
                kind, style = at.get("t", "n"), at.get("s", "")
                value, formula = "", False
                cells += 1
                if cells > MOST_CELLS:
                    raise FileWrong("too_many_rows")
            elif tag == "v" or tag == "t":
                inside = True
            elif (name := bare(tag)) == "row":
                number = _whole(at.get("r")) or number + 1
                if number > LAST_ROW:
                    raise FileWrong("torn")
                row, column = [], 0
            elif name in ("v", "t"):
                inside = True
            elif name == "f":
                formula = True

        def end(tag: str) -> None:
            nonlocal inside
            name = tag if tag in ("v", "t", "c") else bare(tag)
            if name in ("v", "t"):
                inside = False
            elif name == "c":
                if value and column <= MOST_COLUMNS:
                    put(value)
                elif formula and column <= MOST_COLUMNS:
                    put("")
            elif name == "row" and row:
                ready.append((number, row))

        def put(said: str) -> None:
            if not said:
                said = "=" if kind != "str" else ""  # a formula that nobody has worked out
            elif kind == "s":
                said = self._text(said)
            elif kind == "n":
                said = self._number(said, style)
            elif kind == "b":
                said = "ИСТИНА" if said == "1" else "ЛОЖЬ"
            else:
                said = unescape(said)
            if len(said) > LONGEST_CELL:
                raise FileWrong("cell_long", row=number)
            while len(row) < column:
                row.append("")
            row[column - 1] = said

        def text(words: str) -> None:
            nonlocal value
            if inside:
                value += words
                if len(value) > LONGEST_TEXT:
                    raise FileWrong("cell_long", row=number)

        for done in self._package.stream(part, start, end, text):
            self._read, self._size = done, size
            given += len(ready)
            _check_worth(done, given, LONGEST_ROW)
            yield from ready
            ready.clear()


def unescape(text: str) -> str:
    """«_x000D_» is how the format writes a letter that XML has no place for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(
        lambda found: said if (said := chr(int(found[1], 16))).isprintable() else " ", text
    )


def _write_out(text: str) -> str:
    """Some libraries write 10100001 as 1.0100001E7, and 15 as 15.0."""
    if "E" not in text and "e" not in text and not text.endswith(".0"):
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if not value.is_finite() or abs(value.adjusted()) > 15:
        return text
    return str(int(value)) if value == value.to_integral_value() else f"{value:f}"


def _check_worth(done: int, found: int, each: int) -> None:
    """Many megabytes that say nothing are there to keep us busy."""
    if done > PATIENCE and found * each < done:
        raise FileWrong("bomb")


def _column(place: str) -> int:
    """ "AB12" → 28."""
    column = 0
    for letter in place:
        if not "A" <= letter <= "Z":
            break
        if column > LAST_COLUMN:
            raise FileWrong("torn")
        column = column * 26 + ord(letter) - 64
    if not column:
        raise FileWrong("torn")
    return column


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0

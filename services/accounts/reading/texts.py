"""CSV as accounting systems write it: which letters, which mark between cells."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from services.accounts.reading.wrong import FileWrong

Rows = Iterator[tuple[int, list[str]]]
MARKS = (";", ",", "\t", "|")
HIGH = (0, 4)  # of a letter of two bytes the higher one, in Latin and in Cyrillic
LONGEST_CELL = 2000  # letters; a quote that is never closed swallows the rest of the file
LONGEST_LINE = 500_000
MOST_COLUMNS = 256  # what stands further right is no table of ours
SAMPLE = 64 * 2**10
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_WORD = re.compile(r"[а-яё]{2,}", re.IGNORECASE)


class _LineWrong(Exception):
    """Of a line, before it is known which row it is in. The text is the code."""


class TextFile:
    """`score` says how many names of columns a row has: by it the mark between cells is chosen.
    Raises `FileWrong`, while its rows are read as well."""

    def __init__(self, path: Path, score: Callable[[Sequence[str]], int]) -> None:
        self._path = path
        self._size = max(1, path.stat().st_size)
        self._raw: io.BufferedReader | None = None
        self.encoding = tell_encoding(path)
        try:
            with path.open(encoding=self.encoding, newline="") as file:
                sample = file.read(SAMPLE)
        except UnicodeError:
            raise FileWrong("letters") from None
        if "\x00" in sample:
            raise FileWrong("binary")
        self._skip = 0
        self.mark = ""
        if said := re.match(r"\ufeff?sep=([;,\t|:^~])\r?\n", sample):  # a line for Excel alone
            self.mark, self._skip = said[1], 1
        self.mark = self.mark or _choose_mark(sample, score)

    @property
    def form(self) -> str:
        return "CSV, " + {"utf-8-sig": "UTF-8", "utf-8": "UTF-8"}.get(self.encoding, self.encoding)

    @property
    def done(self) -> float:
        """Which part of the file is read, 0 to 1."""
        return 0.0 if self._raw is None or self._raw.closed else self._raw.tell() / self._size

    def tables(self) -> Iterator[tuple[str, Rows]]:
        yield "", self._rows()

    def _rows(self) -> Rows:
        with self._path.open("rb") as self._raw:
            text = io.TextIOWrapper(self._raw, encoding=self.encoding, newline="")
            reader = csv.reader(self._lines(text), delimiter=self.mark)
            number = width = lines = 0
            try:
                for number, row in enumerate(reader, 1):
                    if number <= self._skip:
                        continue
                    row = row[:MOST_COLUMNS]
                    width, torn = max(width, len(row)), reader.line_num - lines > 1
                    lines = reader.line_num
                    for n, cell in enumerate(row):
                        if len(cell) > LONGEST_CELL:
                            raise FileWrong("quote" if torn else "cell_long", row=number)
                        if torn and self._swallows(cell, width):
                            raise FileWrong("quote", row=number)
                        if cell[:2] == '="' and cell[-1] == '"':
                            row[n] = cell[2:-1]  # so do programs keep the zeros of ="00101"
                    yield number, row
            except UnicodeError:
                raise FileWrong("letters", row=number + 1) from None
            except csv.Error:
                torn = reader.line_num - lines > 1
                raise FileWrong("quote" if torn else "cell_long", row=number + 1) from None
            except _LineWrong as wrong:
                raise FileWrong(str(wrong), row=number + 1) from None

    @staticmethod
    def _lines(text: io.TextIOWrapper) -> Iterator[str]:
        while line := text.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE:
                raise _LineWrong("line_long")
            if "\x00" in line:
                raise _LineWrong("text_odd")
            yield line

    def _swallows(self, cell: str, width: int) -> bool:
        """Whether a quote that is not closed has taken the next rows into this cell. An address of
        two lines may well have commas."""
        if "\n" not in cell:
            return False
        return cell.count(self.mark) >= (1 if self.mark != "," else max(2, width - 2))


def tell_encoding(path: Path) -> str:
    """By the mark at the beginning, else by what the bytes can be."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
        if start.startswith(codecs.BOM_UTF8):
            return _check_utf8(path, "utf-8-sig")
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        zeros = start.count(0)
        if zeros:
            even, odd = (sum(map(half.count, HIGH)) for half in (start[::2], start[1::2]))
            if max(even, odd) > len(start) * 0.45 and min(even, odd) <= max(even, odd) // 4:
                return "utf-16-le" if odd > even else "utf-16-be"
            raise FileWrong("binary")
    try:
        return _check_utf8(path, "utf-8")
    except FileWrong as wrong:
        if wrong.problem.code == "utf8_torn":
            raise
    return _tell_eight_bits(path)


def _check_utf8(path: Path, encoding: str) -> str:
    """Raises `FileWrong`: "utf8_torn" where it is meant as UTF-8 and a byte of it is broken."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    row, good = 1, 0
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            try:
                text = decoder.decode(part)
            except UnicodeDecodeError as wrong:
                valid = wrong.object[: wrong.start]
                rest = wrong.object[wrong.end :].decode("utf-8", "ignore")
                good += sum(ord(letter) > 127 for letter in valid.decode("utf-8") + rest[:2000])
                broken = wrong.object[wrong.start : wrong.start + 2000]
                bad = sum(letter == "\ufffd" for letter in broken.decode("utf-8", "replace"))
                if encoding == "utf-8-sig" or good > 10 * bad:
                    raise FileWrong("utf8_torn", row=row + valid.count(b"\n")) from None
                raise FileWrong("letters") from None
            row += text.count("\n")
            good += len(_CYRILLIC.findall(text))
    if decoder.getstate()[0]:
        raise FileWrong("utf8_torn", row=row)
    return encoding


def _tell_eight_bits(path: Path) -> str:
    """cp1251, or cp866 of old programs: read as the other, either loses half of its letters. Of
    words alone: the spaces and dashes that cp1251 has between sums are letters of cp866."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    letters = {
        encoding: sum(
            2 if letter in "оеаинтсрвл" else 1
            for word in _WORD.findall(start.decode(encoding, "replace"))
            for letter in word.lower()
        )
        for encoding in ("cp1251", "cp866")
    }
    return "cp866" if letters["cp866"] > letters["cp1251"] else "cp1251"


def _choose_mark(sample: str, score: Callable[[Sequence[str]], int]) -> str:
    """The one that makes the most names of columns; without any, the most even cells."""
    lines = sample.splitlines(keepends=True)[:80]

    def fits(mark: str) -> tuple[int, int]:
        try:
            rows = [row[:MOST_COLUMNS] for row in csv.reader(lines, delimiter=mark) if row]
        except csv.Error:
            return 0, 0
        return max(map(score, rows), default=0), max(map(len, rows), default=0)

    return max(MARKS, key=fits)

"""A ZIP of bills, a PDF for each account: `00012345.pdf`, or `00012345_2026-10.pdf` with its month.

Nothing in it is trusted: names are only read for the account, never written anywhere; sizes are
looked at before a part is unpacked and counted on the way.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO

from services.accounts.reading.values import NAMED_MONTH, month_of, read_number
from services.accounts.reading.wrong import CellWrong, FileWrong, Problems
from services.accounts.reading.zips import open_zip

MOST_PACKED = 2 * 2**30  # bytes
MOST_BILLS = 200_000
MOST_UNPACKED = 6 * 2**30
LARGEST = 5 * 2**20  # of one bill
RATIO, RATIO_FROM = 200, 2**20  # a PDF is packed already; a bomb packs a thousand times
CHUNK = 1 << 16
START = 1024  # within so many bytes a PDF says that it is one
_NAME = re.compile(r"(.+?)(?:[ _](20\d\d)[-_.](0[1-9]|1[0-2]))?\.pdf", re.IGNORECASE)
_MONTH = re.compile(r"(?<!\d)(20\d\d)[-_.](0[1-9]|1[0-2])(?!\d)")
_JUNK = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini")


@dataclass(frozen=True)
class BillFile:
    """`row`: its place in the archive, from 1."""

    row: int
    number: str
    month: date
    name: str
    size: int
    sha256: str


class Bills:
    """Raises `FileWrong`; what is wrong with single files is in `problems`. Close it."""

    def __init__(self, path: Path, name: str = "", month: date | None = None) -> None:
        self.problems = Problems()
        self.month = month or month_in(name)
        self.rows = 0
        self.skipped = 0
        self._done = 0
        try:
            packed = path.stat().st_size
            if packed == 0:
                raise FileWrong("empty")
            if packed > MOST_PACKED:
                raise FileWrong("bill_archive_large", said=str(packed // 2**20))
            self._zip = open_zip(path, MOST_BILLS, "bill_too_many")
            self._parts = self._zip.infolist()
        except FileNotFoundError:
            raise FileWrong("no_file") from None
        except (zipfile.BadZipFile, ValueError, NotImplementedError):
            with path.open("rb") as file:
                torn = file.read(2) == b"PK"
            raise FileWrong("torn" if torn else "bill_not_zip") from None
        except IsADirectoryError:
            raise FileWrong("folder") from None
        except OSError:
            raise FileWrong("no_access") from None
        try:
            self._look_at_sizes(packed)
        except BaseException:
            self._zip.close()
            raise

    def _look_at_sizes(self, packed: int) -> None:
        if len(self._parts) > MOST_BILLS:
            raise FileWrong("bill_too_many")
        if {"[Content_Types].xml", "xl/workbook.xml"} & {each.filename for each in self._parts}:
            raise FileWrong("bill_table")
        total = sum(part.file_size for part in self._parts)
        overlap = sum(part.compress_size for part in self._parts) > packed
        if total > MOST_UNPACKED or overlap:
            raise FileWrong("bill_bomb")
        for part in self._parts:
            if part.file_size > RATIO_FROM and part.file_size > RATIO * max(1, part.compress_size):
                raise FileWrong("bill_bomb")

    @property
    def done(self) -> float:
        """Which part of the archive is read, 0 to 1."""
        return self._done / max(1, len(self._parts))

    def close(self) -> None:
        self._zip.close()

    def files(self) -> Iterator[BillFile]:
        """Those that can be taken."""
        seen: dict[tuple[str, date], int] = {}
        for row, part in enumerate(self._parts, 1):
            self._done = row
            bare = PurePosixPath(part.filename).name
            low = part.filename.lower()
            if part.is_dir() or low.startswith(_JUNK[0]) or bare.lower() in _JUNK:
                self.skipped += 1
                continue
            self.rows += 1
            found = self._read(row, part, bare)
            if found is None:
                continue
            key = found.number, found.month
            if key in seen:
                self.problems.error("bill_twice", row, "", f"{bare}|{seen[key]}")
                continue
            seen[key] = row
            yield found
        if not self.rows:
            raise FileWrong("bill_none")

    def _read(self, row: int, part: zipfile.ZipInfo, bare: str) -> BillFile | None:
        code = self._wrong_with(part)
        named = _NAME.fullmatch(bare) if not code else None
        number = ""
        if named is not None:
            try:
                number = read_number(named[1])
            except CellWrong:
                named = None
        if not code and named is None:
            code = "bill_name"
        month = self.month
        if named is not None and named[2]:
            month = date(int(named[2]), int(named[3]), 1)
        if not code and month is None:
            raise FileWrong("no_month")
        sha256 = ""
        if not code:
            try:
                sha256 = self._digest(part)
            except CellWrong as wrong:
                code = str(wrong)
        if code or month is None:
            self.problems.error(code, row, "", bare)
            return None
        return BillFile(row, number, month, part.filename, part.file_size, sha256)

    @staticmethod
    def _wrong_with(part: zipfile.ZipInfo) -> str:
        pieces = re.split(r"[/\\]", part.filename)
        if ".." in pieces or pieces[0] == "" or ":" in part.filename or "\x00" in part.filename:
            return "bill_path"
        if (part.external_attr >> 16) & 0o170000 == 0o120000:
            return "bill_path"  # a link to somewhere
        if part.flag_bits & 1:
            return "bill_locked"
        if part.file_size > LARGEST:
            return "bill_large"
        return "" if part.file_size else "bill_empty"

    def _digest(self, part: zipfile.ZipInfo) -> str:
        """Raises `CellWrong`."""
        digest, size = hashlib.sha256(), 0
        with _reading(), self._zip.open(part) as file:
            start = file.read(START)
            if b"%PDF-" not in start:
                raise CellWrong("bill_not_pdf")
            chunk = start
            while chunk:
                size += len(chunk)
                if size > LARGEST:
                    raise CellWrong("bill_large")
                digest.update(chunk)
                chunk = file.read(CHUNK)
        return digest.hexdigest()

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        """One that `files` gave. Raises `CellWrong`."""
        with _reading(), self._zip.open(name) as file:
            yield file


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        raise CellWrong("bill_torn") from None
    except RuntimeError:  # zipfile's word for a password
        raise CellWrong("bill_locked") from None


def month_in(name: str) -> date | None:
    """«квитанции_2026-10.zip», «Квитанции октябрь 2026.zip»"""
    if found := _MONTH.search(name):
        return date(int(found[1]), int(found[2]), 1)
    if named := NAMED_MONTH.search(name.replace("_", " ")):
        try:
            return month_of(named)
        except CellWrong:
            return None
    return None


def holds_bills(path: Path) -> bool:
    """Whether it is an archive with a PDF in it, and no table."""
    try:
        with open_zip(path, MOST_BILLS, "bill_too_many") as package:
            names = [name.lower() for name in package.namelist()[:1000]]
    except (FileWrong, zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return "xl/workbook.xml" not in names and any(name.endswith(".pdf") for name in names)

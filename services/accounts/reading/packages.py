"""An XLSX as a package: what is in it, whether it may be opened at all, where its sheets are.

Nothing of it is trusted: sizes are looked at before a part is unpacked, no part may declare
entities, and every part is read as a stream.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from services.accounts.reading import zips
from services.accounts.reading.wrong import FileWrong
from services.accounts.reading.zips import open_zip

MOST_PARTS = 3000
MOST_UNPACKED = 350 * 2**20  # of one part; a sheet of 500 000 rows is two thirds of it
MOST_TOGETHER = 700 * 2**20
MOST_TEXTS = 150 * 2**20  # the shared texts, which stay in memory
RATIO, RATIO_FROM = 120, 8 * 2**20  # a sheet packs ten times, a bomb a thousand
CHUNK = 1 << 16
LONGEST_PIECE = 4 * 2**20  # a tag that does not end is kept in memory until it does
Attributes = dict[str, str]


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str


class Package:
    """Close it at the end. Raises `FileWrong`, of each part as it is read."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = open_zip(path, zips.MOST_PARTS, "bomb")
            self._parts = {part.filename: part for part in self._zip.infolist()}
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise FileWrong("torn") from None
        try:
            self._look_at_sizes()
            main = self._related("_rels/.rels", "").get("officeDocument", "xl/workbook.xml")
            self._main = main if main in self._parts else "xl/workbook.xml"
            self.from_1904 = False
            self.sheets = self._list_sheets()
        except BaseException:
            self._zip.close()
            raise

    def close(self) -> None:
        self._zip.close()

    def _look_at_sizes(self) -> None:
        if len(self._parts) > MOST_PARTS:
            raise FileWrong("bomb")
        if sum(part.file_size for part in self._parts.values()) > MOST_TOGETHER:
            raise FileWrong("bomb")
        for part in self._parts.values():
            if part.flag_bits & 1:
                raise FileWrong("locked")
            packed = max(1, part.compress_size)
            if part.file_size > MOST_UNPACKED or (
                part.file_size > RATIO_FROM and part.file_size / packed > RATIO
            ):
                raise FileWrong("bomb")
            if part.filename.endswith("sharedStrings.xml") and part.file_size > MOST_TEXTS:
                raise FileWrong("bomb")

    def size(self, name: str) -> int:
        return self._parts[name].file_size if name in self._parts else 0

    def texts_part(self) -> str:
        return self._beside("sharedStrings", "xl/sharedStrings.xml")

    def styles_part(self) -> str:
        return self._beside("styles", "xl/styles.xml")

    def _beside(self, kind: str, usual: str) -> str:
        name = self._related(self._rels(self._main), posixpath.dirname(self._main)).get(kind, usual)
        return name if name in self._parts else ""

    @staticmethod
    def _rels(part: str) -> str:
        folder, name = posixpath.split(part)
        return posixpath.join(folder, "_rels", f"{name}.rels")

    def _related(self, part: str, folder: str, *, by_id: bool = False) -> dict[str, str]:
        found: dict[str, str] = {}

        def start(tag: str, at: Attributes) -> None:
            if bare(tag) == "Relationship" and "Target" in at:
                key = at.get("Id", "") if by_id else at.get("Type", "").rpartition("/")[2]
                target = at["Target"]
                whole = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}"
                found.setdefault(key, posixpath.normpath(whole.lstrip("/")))

        if part in self._parts:
            self.parse(part, start)
        return found

    def _list_sheets(self) -> list[Sheet]:
        if self._main not in self._parts:
            raise FileWrong("torn")
        folder = posixpath.dirname(self._main)
        places = self._related(self._rels(self._main), folder, by_id=True)
        sheets: list[Sheet] = []

        def start(tag: str, at: Attributes) -> None:
            name = bare(tag)
            if name == "workbookPr":
                self.from_1904 = at.get("date1904") in ("1", "true")
            elif name == "sheet" and at.get("state", "visible") == "visible":
                key = next((value for name, value in at.items() if bare(name) == "id"), "")
                place = places.get(key, "")
                if place in self._parts:
                    sheets.append(Sheet(at.get("name", ""), place))

        self.parse(self._main, start)
        if not sheets:
            raise FileWrong("no_sheets")
        return sheets

    def parse(
        self,
        name: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> None:
        for _ in self.stream(name, start, end, text):
            pass

    def stream(
        self,
        name: str,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] | None = None,
        text: Callable[[str], None] | None = None,
    ) -> Iterator[int]:
        """The bytes parsed so far, after each part of them."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.StartDoctypeDeclHandler = _refuse_doctype
        done = 0
        with _reading(), self._zip.open(name) as file:
            while part := file.read(CHUNK):
                parser.Parse(part)
                done += len(part)
                if done - parser.CurrentByteIndex > LONGEST_PIECE:
                    raise FileWrong("bomb")
                yield done
            parser.Parse(b"", True)
            yield done


def _refuse_doctype(*_: object) -> None:
    """No program that writes tables declares anything there: it is how entity bombs begin."""
    raise FileWrong("entities")


@contextmanager
def _reading() -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError):
        raise FileWrong("torn") from None
    except RuntimeError:  # zipfile's word for a password
        raise FileWrong("locked") from None
    except (expat.ExpatError, ValueError):
        raise FileWrong("torn") from None


def bare(tag: str) -> str:
    """Without the prefix of its namespace: some programs write `x:row`."""
    return tag.rpartition(":")[2]

"""Archives of bills, whole and broken."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def make_zip(files: dict[str, bytes], *, pack: bool = True) -> bytes:
    out = io.BytesIO()
    how = zipfile.ZIP_DEFLATED if pack else zipfile.ZIP_STORED
    with zipfile.ZipFile(out, "w", how) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def paper(words: str) -> bytes:
    return PDF + f"% {words}\n".encode()


def _locked() -> bytes:
    data = bytearray(make_zip({"0000101.pdf": PDF}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        data[at + place] |= 1
    return bytes(data)


def _twice() -> bytes:
    return make_zip({"0000101.pdf": PDF, "a/0000101_2026-10.pdf": PDF})


def _spoilt() -> bytes:
    data = make_zip({"0000101.pdf": PDF + b"x" * 500}, pack=False)
    return data.replace(b"x" * 500, b"x" * 499 + b"y")


def _overlapping() -> bytes:
    """Many names for the same bytes: each of the directory's entries points at the first part."""
    whole = make_zip({f"{n:07}.pdf": PDF + bytes(50_000) for n in range(2)}, pack=False)
    end = whole.rindex(b"PK\x05\x06")
    count, size, at = struct.unpack_from("<HII", whole, end + 10)
    directory = whole[at:end]
    many = b"".join(directory.replace(b"0000000", f"{n:07}".encode()) for n in range(50))
    tail = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count * 50, count * 50, size * 50, at, 0)
    return whole[:at] + many + tail


@dataclass(frozen=True)
class BrokenBills:
    """`words` must stand in what is said of it, and the place of the file where it has one."""

    name: str
    make: Callable[[], bytes]
    words: str
    row: int = 0


BROKEN = (
    BrokenBills("nothing", lambda: b"", "пустой"),
    BrokenBills("no archive", lambda: PDF, "архивом .zip"),
    BrokenBills("half of one", lambda: make_zip({"0000101.pdf": PDF * 50})[:80], "повреждён"),
    BrokenBills("no files", lambda: make_zip({"folder/": b""}), "ни одного файла"),
    BrokenBills("a table", lambda: make_zip({"xl/workbook.xml": b"<a/>"}), "таблица"),
    BrokenBills("way up", lambda: make_zip({"../../etc/0000101.pdf": PDF}), "другую папку", 1),
    BrokenBills("from the root", lambda: make_zip({"/etc/0000101.pdf": PDF}), "другую папку", 1),
    BrokenBills("way up of Windows", lambda: make_zip({"..\\0000101.pdf": PDF}), "папку", 1),
    BrokenBills("a disk", lambda: make_zip({"C:\\0000101.pdf": PDF}), "другую папку", 1),
    BrokenBills("another kind", lambda: make_zip({"0000101.pdf": PDF, "a.exe": b"MZ"}),
        "не похоже на номер счёта", 2),
    BrokenBills("a name in words", lambda: make_zip({"квитанция.pdf": PDF}), "номер счёта", 1),
    BrokenBills("no PDF", lambda: make_zip({"0000101.pdf": b"<html>"}), "не PDF", 1),
    BrokenBills("an empty paper", lambda: make_zip({"0000101.pdf": b""}), "пустой", 1),
    BrokenBills("a big paper", lambda: make_zip(
        {"0000101.pdf": PDF + bytes(range(256)) * 24_000}, pack=False),
        "больше 5 МБ", 1),
    BrokenBills("a bomb", lambda: make_zip({"0000101.pdf": PDF + bytes(200 << 20)}),
        "распаковывается"),
    BrokenBills("parts that overlap", _overlapping, "распаковывается"),
    BrokenBills("a password", _locked, "закрыт паролем", 1),
    BrokenBills("a byte of it changed", _spoilt, "повреждён", 1),
    BrokenBills("two for one", _twice, "уже есть файл 1", 2),
    BrokenBills("nobody known", lambda: make_zip({"7777777.pdf": PDF}), "нет в базе"),
)  # fmt: skip

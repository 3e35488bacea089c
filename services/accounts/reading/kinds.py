"""What a file is by its first bytes, whatever it is called. Raises `FileWrong`."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path

from services.accounts.reading.wrong import FileWrong
from services.accounts.reading.zips import MOST_PARTS, open_zip

MOST_BYTES = 64 * 2**20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names in an OLE folder are UTF-16: a workbook with a password is one stream of such a file.
LOCKED = "EncryptedPackage".encode("utf-16-le")
STARTS = (
    (b"%PDF", "pdf"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
    (b"{\\rtf", "document"),
    (b"1CDBMSV8", "database"),
    (b"SQLite format", "database"),
    (b"MOXCEL", "mxl"),
    (b"MIME-Version", "html"),
    (b"\x03", "dbf"),
)


def tell_kind(path: Path) -> str:
    """ "xlsx" or "text"."""
    try:
        about = path.stat()
    except FileNotFoundError:
        raise FileWrong("no_file") from None
    except OSError:
        raise FileWrong("no_access") from None
    if stat.S_ISDIR(about.st_mode):
        raise FileWrong("folder")
    if not stat.S_ISREG(about.st_mode):
        raise FileWrong("no_file")
    if about.st_size == 0:
        raise FileWrong("empty")
    if about.st_size > MOST_BYTES:
        raise FileWrong("too_large", said=str(about.st_size // 2**20))
    try:
        with path.open("rb") as file:
            start = file.read(1 << 16)
            if start.startswith(OLE):
                file.seek(max(0, about.st_size - (1 << 20)))
                raise FileWrong("locked" if LOCKED in start + file.read() else "old_excel")
    except OSError:
        raise FileWrong("no_access") from None
    if start.startswith(b"PK"):
        return _of_zip(path)
    return _of_start(start)


def _of_start(start: bytes) -> str:
    for begins, code in STARTS:
        if start.startswith(begins):
            if code == "dbf" and b"\x0d" not in start[:4096]:
                continue
            raise FileWrong(code)
    low = start[:1024].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if low.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise FileWrong("html")
    if low.startswith((b"<?xml", b"<workbook", b"<")):
        raise FileWrong("xml")
    if low.startswith((b"{", b"[")):
        raise FileWrong("json")
    return "text"


def _of_zip(path: Path) -> str:
    try:
        with open_zip(path, MOST_PARTS, "archive") as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise FileWrong("torn") from None
    if "xl/workbook.bin" in names:
        raise FileWrong("old_excel")
    if "word/document.xml" in names:
        raise FileWrong("document")
    if "mimetype" in names and "content.xml" in names:
        raise FileWrong("ods")
    if "[Content_Types].xml" not in names and "xl/workbook.xml" not in names:
        raise FileWrong("archive")
    return "xlsx"

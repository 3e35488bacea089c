"""A ZIP, opened with an eye on its directory: that of a file of 64 MB may name a million parts, and
`zipfile` makes an object of each before anybody can count them."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from services.accounts.reading.wrong import FileWrong

MOST_PARTS = 20_000  # of what is to be a table
LARGE, LARGEST = 2**18, 64 * 2**20  # bytes read at once: only the directory is
PART = b"PK\x01\x02"


class _Sparing(io.BufferedReader):
    def __init__(self, path: Path, most: int, code: str) -> None:
        super().__init__(path.open("rb", buffering=0))
        self._most, self._code = most, code

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > LARGEST:
            raise FileWrong(self._code)
        data = super().read(size)
        if size is not None and size > LARGE and data.count(PART) > self._most:
            raise FileWrong(self._code)
        return data


class _Zip(zipfile.ZipFile):
    def __init__(self, file: _Sparing) -> None:
        self._file = file
        super().__init__(file)

    def close(self) -> None:
        super().close()
        self._file.close()


def open_zip(path: Path, most: int, code: str) -> zipfile.ZipFile:
    """Raises `FileWrong` with this code where it has more parts than that, and what `zipfile`
    raises."""
    file = _Sparing(path, most, code)
    try:
        return _Zip(file)
    except BaseException:
        file.close()
        raise

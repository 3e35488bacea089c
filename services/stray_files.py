"""Files of ours that no row names: what was drawn in a transaction that came to nothing, what a
killed process left behind. They go in the nights, a sixteenth of the folder at a time."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from services.tables import Resident

if TYPE_CHECKING:
    from services.work import Work

CALLED = "stray files "
PARTS = {CALLED + digit: place for place, digit in enumerate("0123456789abcdef")}
YOUNG = timedelta(days=2)  # what writes it may not be over yet
AT_ONCE = 1000
OURS = re.compile(r"[0-9a-f]{2}")  # the folders that we make; any other is somebody else's

NAMED = text(
    """
    SELECT path FROM files WHERE path <> '' AND path = ANY(:paths)
    UNION SELECT path FROM uploads WHERE path = ANY(:paths)
    UNION SELECT sheet FROM uploads WHERE sheet = ANY(:paths)
    """
)


async def find_due(work: Work) -> list[int]:
    """Sixteenths not looked at this night."""
    return sorted(PARTS[called] for called in await work.retention.due_of(PARTS))


async def clear(work: Work, place: int) -> int:
    """Returns how many files are gone. Twice at the same time does no harm."""
    called = next(each for each, found in PARTS.items() if found == place)
    begin = await work.session.scalar(select(Resident.created_at).order_by(Resident.id).limit(1))
    count = 0
    if begin is not None:
        old = (begin, work.now - YOUNG)
        found = await asyncio.to_thread(lambda: list(list_old(work.files, called[-1], *old)))
        for at in range(0, len(found), AT_ONCE):
            count += await _clear(work, found[at : at + AT_ONCE], *old)
    await work.retention.mark(called)
    return count


async def _clear(work: Work, paths: list[str], since: datetime, until: datetime) -> int:
    named = set(await work.session.scalars(NAMED, {"paths": paths}))
    stray = [work.files / path for path in paths if path not in named]
    return await asyncio.to_thread(remove, stray, since, until)


def list_old(files: Path, digit: str, since: datetime, until: datetime) -> Iterator[str]:
    """Paths inside the folder. What is older than the database is not its own: it may be a new one
    that somebody started beside the files of another."""
    for folder in sorted(files.glob(f"{digit}?")):
        if OURS.fullmatch(folder.name) and folder.is_dir():
            for path in folder.iterdir():
                if is_old(path, since, until):
                    yield f"{folder.name}/{path.name}"


def is_old(path: Path, since: datetime, until: datetime) -> bool:
    try:
        if path.is_symlink() or not path.is_file():
            return False
        return since < datetime.fromtimestamp(path.stat().st_mtime, UTC) < until
    except FileNotFoundError:
        return False


def remove(paths: list[Path], since: datetime, until: datetime) -> int:
    """Asked once more: what is written anew under its old name is young."""
    count = 0
    for path in paths:
        if is_old(path, since, until):
            path.unlink(missing_ok=True)
            count += 1
    return count

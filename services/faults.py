"""Faults: errors nobody foresaw. Each gets a short number that the person is told and the log
holds, so that the two can be brought together."""

from __future__ import annotations

import logging
import secrets
import traceback
from pathlib import Path

log = logging.getLogger("faults")

ROOT = str(Path(__file__).resolve().parent.parent)


def log_fault(failure: BaseException, what: str, *args: object, number: str = "") -> str:
    """Logs where it broke and returns its number, a fresh one unless the same thing broke before.
    The text of the exception is left out: it may quote what a person wrote."""
    number = number or f"{secrets.randbelow(90_000) + 10_000}"
    log.error(
        "fault %s: " + what + ": %s\n%s", number, *args, type(failure).__name__, where(failure)
    )
    return number


def where(failure: BaseException) -> str:
    """Our own lines, and the innermost one, whosever it is: libraries are dozens of lines deep."""
    if isinstance(failure, BaseExceptionGroup):
        return "".join(where(each) for each in failure.exceptions)
    frames = traceback.extract_tb(failure.__traceback__)
    ours = [frame for frame in frames[:-1] if frame.filename.startswith(ROOT)]
    ours = [frame for frame in ours if "site-packages" not in frame.filename]
    return "".join(traceback.format_list([*ours[-12:], *frames[-1:]]))

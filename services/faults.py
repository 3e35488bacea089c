"""Faults: errors nobody foresaw. Each gets a short number that the person is told and the log
holds, so that the two can be brought together."""

from __future__ import annotations

import logging
import secrets
import traceback

log = logging.getLogger("faults")


def log_fault(failure: BaseException, what: str, *args: object) -> str:
    """Logs where it broke and returns its number. The text of the exception is left out: it may
    quote what a person wrote."""
    number = f"{secrets.randbelow(90_000) + 10_000}"
    frames = "".join(traceback.format_tb(failure.__traceback__)[-12:])
    log.error("fault %s: " + what + ": %s\n%s", number, *args, type(failure).__name__, frames)
    return number

"""A machine that is laid aside in the middle of a run fails no test."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

from tests.support.running import ROOT

WAITS = """
import asyncio, sys
from tests.support.patience import count_lived_seconds

async def wait():
    async with asyncio.timeout({patience}):
        print("waits", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
    print("was told in time", flush=True)

count_lived_seconds()
try:
    asyncio.run(wait())
except TimeoutError:
    print("lost patience", flush=True)
"""


def told_after(stopped: float, *, patience: float, lived: float = 0.0) -> str:
    with subprocess.Popen(
        [sys.executable, "-c", WAITS.format(patience=patience)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as waiting:  # fmt: skip
        assert waiting.stdin is not None
        assert waiting.stdout is not None
        assert waiting.stdout.readline() == "waits\n"
        waiting.send_signal(signal.SIGSTOP)
        time.sleep(stopped)
        waiting.send_signal(signal.SIGCONT)
        time.sleep(lived)
        waiting.stdin.write("\n")
        waiting.stdin.close()
        return waiting.stdout.readline().strip()


def test_time_in_which_the_process_stood_still_does_not_count() -> None:
    assert told_after(4, patience=3) == "was told in time"


def test_time_in_which_it_lived_does() -> None:
    assert told_after(0, patience=1, lived=2.5) == "lost patience"

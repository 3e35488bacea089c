"""The server's own process, as its files and the system know it."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bot.postgres_binaries import ourselves
from bot.postgres_place import PORT, Place


@dataclass(frozen=True)
class Postmaster:
    """What `postmaster.pid` says; `status` is "starting", "ready", "stopping" or empty."""

    pid: int
    sockets: Path
    status: str


def find_running(place: Place) -> Postmaster | None:
    postmaster = read_pid_file(place)
    if postmaster and _serves(postmaster.pid, place.cluster):
        return postmaster
    return None


def read_pid_file(place: Place) -> Postmaster | None:
    try:
        lines = (place.cluster / "postmaster.pid").read_text().splitlines()
        status = lines[7].strip() if len(lines) > 7 else ""
        return Postmaster(int(lines[0]), Path(lines[4]), status)
    except (FileNotFoundError, IndexError, ValueError):
        return None  # none, or still being written


def _serves(pid: int, cluster: Path) -> bool:
    """Whether the process is the server of this data, and not a stranger with a reused number."""
    if not Path("/proc/self/cmdline").exists():
        return str(cluster) in ourselves().run(["ps", "-ww", "-o", "command=", "-p", str(pid)])[1]
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return os.fsencode(cluster) in command.split(b"\0")


def clear_after_a_kill(place: Place) -> None:
    """PostgreSQL clears away what a dead server left, but takes any living pid for that server.

    Processes of the dead server are still noticed, by its shared memory.
    """
    for name in (f".s.PGSQL.{PORT}", f".s.PGSQL.{PORT}.lock"):
        (place.folder / name).unlink(missing_ok=True)
    postmaster = read_pid_file(place)
    if postmaster is None:
        return
    with suppress(ProcessLookupError, PermissionError):
        os.kill(postmaster.pid, 0)
        (place.cluster / "postmaster.pid").unlink()

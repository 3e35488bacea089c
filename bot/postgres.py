"""The private PostgreSQL of a program that was given no `DATABASE_URL`.

The server runs while somebody uses it and whoever leaves last stops it, so it does not matter
who started it: a command joins the server of the program, the program takes over the server of
a command, and a server left behind by a killed program is adopted. What the programs agree
about stands in files of DATA_DIR, see `postgres_place.py`; the locks on them end with the
process that holds them, however it ends.

It listens on a Unix socket only, in a folder closed to everyone but its account and root.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import asyncpg

from bot.postgres_binaries import Binaries, ServerFailed, Source, find_binaries
from bot.postgres_place import (
    PORT,
    ROLE,
    Place,
    explained,
    failure,
    make_data_dir,
    open_lock,
    prepare,
    printed_since,
    settle,
    socket_folder,
)
from bot.postgres_process import Postmaster, clear_after_a_kill, find_running, read_pid_file

__all__ = ["Binaries", "Hold", "Server", "ServerFailed", "find_binaries", "hold", "start"]

DATABASE = "domovoy"

START_PATIENCE = 120.0  # seconds; recovery after a crash replays the log first
STOP_PATIENCE = 30.0
LOCK_PATIENCE = 60.0
PAUSE = 0.01

DYING_PROCESSES = "pre-existing shared memory block"  # as PostgreSQL says it

log = logging.getLogger(__name__)


class Server:
    """A share in the running server. `url` is for SQLAlchemy with asyncpg.

    `started` is False when the server was already running.
    """

    def __init__(
        self, place: Place, sockets: Path, users: int, process: subprocess.Popen[bytes] | None
    ) -> None:
        self.url = f"postgresql+asyncpg://{ROLE}@/{DATABASE}?host={quote(str(sockets))}&port={PORT}"
        self.started = process is not None
        self._place = place
        self._process = process
        self._users: int | None = users

    async def stop(self) -> None:
        """Give up the share; the last one to do so stops the server. May be called twice."""
        if self._users is None:
            return
        users, self._users = self._users, None
        try:
            async with _starting_or_stopping(self._place.data_dir):
                if _lock(users, fcntl.LOCK_EX):
                    await _shut_down(self._place, self._process)
                elif self._process is not None and self._process.poll() is None:
                    # Else Python warns of a child that runs on; this one is meant to.
                    self._process.returncode = 0
        finally:
            os.close(users)


class Hold:
    """The right to be the one full program over a DATA_DIR; ends with the process at the latest."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Hold:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


def hold(data_dir: Path) -> Hold:
    """Refuse a second full program over the same DATA_DIR; commands do not ask for this."""
    with explained(data_dir):
        data_dir = make_data_dir(data_dir)
        descriptor = open_lock(data_dir / "running.lock")
        if not _lock(descriptor, fcntl.LOCK_EX):
            pid = os.read(descriptor, 32).decode().strip()
            os.close(descriptor)
            raise ServerFailed(
                f"another copy is running with DATA_DIR={data_dir} (pid {pid}): stop it, or give "
                "this one a DATA_DIR of its own"
            )
        os.ftruncate(descriptor, 0)
        os.write(descriptor, f"{os.getpid()}\n".encode())
    return Hold(descriptor)


async def start(data_dir: Path, *, source: Source = "any", durable: bool = True) -> Server:
    """Join the server of this DATA_DIR, starting it (and making its data) when there is none.

    `source` says where binaries may come from. `durable=False` is for tests: faster, and a power
    cut destroys the data; a server already running stays as it was started.
    """
    with explained(data_dir):
        data_dir = make_data_dir(data_dir)
        async with _starting_or_stopping(data_dir):
            place = await asyncio.to_thread(settle, data_dir)
            users = open_lock(data_dir / "users.lock")
            try:
                # Nobody keeps it exclusively for longer than we hold the start lock.
                _lock(users, fcntl.LOCK_SH)
                return await _join_or_launch(place, users, source, durable)
            except BaseException:
                os.close(users)
                raise


async def _join_or_launch(place: Place, users: int, source: Source, durable: bool) -> Server:
    if postmaster := await _wait_for_running(place):
        await _ensure_database(place, postmaster.sockets)
        log.info("joined the PostgreSQL that runs in %s (pid %d)", place.folder, postmaster.pid)
        return Server(place, postmaster.sockets, users, None)
    binaries = await asyncio.to_thread(prepare, place, source, durable=durable)
    process, sockets = await _launch(place, binaries, durable=durable)
    try:
        await _ensure_database(place, sockets)
    except BaseException:
        _abandon(process)
        raise
    log.info("started PostgreSQL %s in %s (pid %d)", binaries.version, place.folder, process.pid)
    return Server(place, sockets, users, process)


async def _ensure_database(place: Place, sockets: Path) -> None:
    """Also the proof that the server answers."""
    try:
        connection = await asyncpg.connect(
            host=str(sockets), port=PORT, user=ROLE, database="postgres", ssl=False, timeout=10
        )
        try:
            known = "SELECT 1 FROM pg_database WHERE datname = $1"
            if not await connection.fetchval(known, DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()
    except (asyncpg.PostgresError, OSError, TimeoutError) as error:
        told = f"{type(error).__name__}: {error}"
        raise failure("PostgreSQL runs and does not answer", told, place) from error


async def _launch(
    place: Place, binaries: Binaries, *, durable: bool
) -> tuple[subprocess.Popen[bytes], Path]:
    """A process that is ready, and the folder of its socket."""
    sockets = await asyncio.to_thread(socket_folder, place)
    deadline = time.monotonic() + STOP_PATIENCE
    try:
        while True:
            sizes = place.log_sizes()
            with tempfile.TemporaryFile() as output:
                command = _command(place, binaries, sockets, durable=durable)
                process = place.account.spawn(
                    command, cwd=place.folder, output=output, detached=True
                )
                if await _is_ready(place, process):
                    return process, sockets
                output.seek(0)
                printed = printed_since(place, sizes, output.read())
            # A killed server's processes need a moment to notice and go.
            if DYING_PROCESSES not in printed or time.monotonic() > deadline:
                raise failure("PostgreSQL did not start", printed, place)
            await asyncio.sleep(0.1)
    except BaseException:
        _remove_sockets(place, sockets)
        raise


def _command(place: Place, binaries: Binaries, sockets: Path, *, durable: bool) -> list[str | Path]:
    """With the settings the program relies on, whatever `postgresql.conf` says."""
    settings = {
        "listen_addresses": "",
        "port": PORT,
        "unix_socket_directories": sockets,
        "unix_socket_permissions": "0700",
        "random_page_cost": "1.1",  # no turning discs: else big tables are read whole for a page
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings["max_connections"] = "400"  # many programs at once, each with its pool
    command: list[str | Path] = [binaries.folder / "postgres", "-D", place.cluster]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return command


def _remove_sockets(place: Place, sockets: Path) -> None:
    """Only a folder made by `socket_folder`, and only when the server left it empty."""
    if sockets != place.folder and sockets.name.startswith("domovoy-"):
        with suppress(OSError):
            sockets.rmdir()


def _abandon(process: subprocess.Popen[bytes]) -> None:
    """Leave no server behind a start that failed; blocks for as long as it takes to go."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGQUIT)
        process.wait()


async def _is_ready(place: Place, process: subprocess.Popen[bytes]) -> bool:
    """False when the process ended instead."""
    deadline = time.monotonic() + START_PATIENCE
    try:
        while process.poll() is None:
            postmaster = read_pid_file(place)
            if postmaster and postmaster.pid == process.pid and postmaster.status == "ready":
                return True
            if time.monotonic() > deadline:
                raise _too_slow(place, process.pid)
            await asyncio.sleep(PAUSE)
    except BaseException:
        _abandon(process)
        raise
    return False


def _too_slow(place: Place, pid: int) -> ServerFailed:
    return ServerFailed(
        f"PostgreSQL (pid {pid}) in {place.folder} is not ready after {START_PATIENCE:.0f} s: its "
        f"log is in {place.cluster / 'log'}"
    )


async def _wait_for_running(place: Place) -> Postmaster | None:
    """The server that already serves this data, once it is ready; None when there is none."""
    deadline = time.monotonic() + START_PATIENCE
    while postmaster := find_running(place):
        if postmaster.status == "ready":
            return postmaster
        if time.monotonic() > deadline:
            raise _too_slow(place, postmaster.pid)
        await asyncio.sleep(PAUSE)
    clear_after_a_kill(place)
    return None


async def _shut_down(place: Place, process: subprocess.Popen[bytes] | None) -> None:
    postmaster = find_running(place)
    if postmaster is not None:
        pid = postmaster.pid
    elif process is not None and process.poll() is None:
        pid = process.pid  # dying, or its data was removed under it
    else:
        return
    for how in (signal.SIGINT, signal.SIGQUIT):
        with suppress(ProcessLookupError):
            os.kill(pid, how)
        if await _is_gone(place, process):
            break
    else:
        raise ServerFailed(f"PostgreSQL (pid {pid}) does not stop: kill it")
    if postmaster is not None:
        _remove_sockets(place, postmaster.sockets)
    log.info("stopped PostgreSQL in %s", place.folder)


async def _is_gone(place: Place, process: subprocess.Popen[bytes] | None) -> bool:
    deadline = time.monotonic() + STOP_PATIENCE
    while find_running(place) or (process and process.poll() is None):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(PAUSE)
    return True


def _lock(descriptor: int, kind: int) -> bool:
    """At once or not at all. The kernel lets go of it when the process ends, however it ends."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@asynccontextmanager
async def _starting_or_stopping(data_dir: Path) -> AsyncIterator[None]:
    descriptor = open_lock(data_dir / "start.lock")
    try:
        deadline = time.monotonic() + LOCK_PATIENCE
        while not _lock(descriptor, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise ServerFailed(
                    f"another program is starting or stopping PostgreSQL in {data_dir} for "
                    f"{LOCK_PATIENCE:.0f} s: wait for it or stop it"
                )
            await asyncio.sleep(PAUSE)
        yield
    finally:
        os.close(descriptor)

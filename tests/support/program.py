"""The real program as a process of its own, to be watched, stopped and killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp

from tests.support.patience import PATIENCE
from tests.support.running import ROOT

COMPANY = ROOT / "tests" / "support" / "company.yaml"
# The messengers' limits, made wider; all else is `python -m bot`.
FASTER = """
import gc
import sys
gc.disable()
from functools import partial
import bot.cli
bot.cli.App = partial(bot.cli.App, limits_factor={factor})
sys.exit(bot.cli.main())
"""
UNPACED = 1000  # so wide that a dialogue is not paced


def hear_ctrl_c() -> None:
    """What a background job starts is born deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Program:
    """`settings` are names of the environment; nothing else of ours reaches the process.
    `faster`: times the messengers' limits."""

    def __init__(
        self, folder: Path, *, unpaced: bool = False, faster: float = 1, **settings: object
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.stderr = folder / "stderr.txt"
        self.stdout = folder / "stdout.txt"
        self.process: asyncio.subprocess.Process | None = None
        factor = UNPACED if unpaced else faster
        self.arguments = ["-m", "bot"] if factor == 1 else ["-c", FASTER.format(factor=factor)]
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        given = {name: str(value) for name, value in settings.items()}
        self.env = {
            **kept,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "DATA_DIR": str(folder / "data"),
            "COMPANY_FILE": str(COMPANY),
            "HTTP_PORT": str(self.port),
            **given,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.env['HTTP_PORT']}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def start(self, *arguments: str) -> None:
        """Does not wait until it works."""
        with self.stderr.open("ab") as stderr, self.stdout.open("ab") as stdout:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *self.arguments, *arguments,
                env=self.env, cwd=self.folder, stdin=asyncio.subprocess.DEVNULL,
                stdout=stdout, stderr=stderr, preexec_fn=hear_ctrl_c,
            )  # fmt: skip

    async def works(
        self, channel: str = "", state: str = "up", seconds: float = 2 * PATIENCE
    ) -> Any:
        """Waits until `/health` shows the channel in that state, or answers 200. Returns it."""
        health: Any = None
        try:
            async with asyncio.timeout(seconds):
                while True:
                    code, health = await self.health()
                    if channel:
                        found = (health or {}).get("channels", {}).get(channel, {})
                        if found.get("state") == state:
                            return health
                    elif code == 200:
                        return health
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(
                f"{channel or 'nothing'} is not {state} within {seconds} s: {health}\n"
                + self.stderr.read_text()[-3000:]
            ) from None

    async def health(self) -> tuple[int, Any]:
        """Status and body; 0 where nobody answers."""
        assert self.process is not None
        if self.process.returncode is not None:
            raise AssertionError(
                f"it ended with {self.process.returncode}:\n{self.stderr.read_text()[-3000:]}"
            )
        try:
            async with aiohttp.ClientSession() as session, session.get(f"{self.url}/health") as got:
                return got.status, json.loads(await got.text())
        except (aiohttp.ClientError, OSError):
            return 0, None

    async def ends(self, seconds: float = PATIENCE) -> tuple[int, str]:
        """Exit code and all it wrote to stderr."""
        assert self.process is not None
        async with asyncio.timeout(seconds):
            code = await self.process.wait()
        return code, self.stderr.read_text()

    async def stop(self, seconds: float = PATIENCE) -> int:
        if self.process is None:
            return 0
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return (await self.ends(seconds))[0]
        except TimeoutError:
            await self.kill()
            raise AssertionError(f"it did not end within {seconds} s of SIGTERM") from None

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()

    async def __aenter__(self) -> Program:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process is not None and self.process.returncode is None:
            await self.kill()

"""The whole program, wired: settings in, a running «Домовой» out."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import tempfile
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

from aiohttp import web

import handlers
from bot.alerting import Alerting
from bot.background import LAST_WORDS, Background
from bot.carrying import Carrying
from bot.http import make_http
from bot.media import Media
from bot.metrics import Metrics
from bot.outside.drafts import make_drafts
from bot.own_page import OwnPage
from bot.platforms import (
    Answers,
    Routes,
    Wiring,
    channels_of,
    make_desk,
    make_web,
    messengers_of,
)
from bot.platforms.web.pages import Doorkeeper
from bot.settings import Settings
from bot.state import State
from bot.switched_off import SwitchedOff
from bot.uploading import Uploading
from bot.ways_in import write_down
from handlers import outcomes
from handlers.chores import CHORES
from services.bell import Bells
from services.chores import Chores
from services.clock import Clock
from services.company.apply import Change, Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database, migrate
from services.faults import log_fault
from services.messaging.handling import Handling
from services.messaging.port import Channel

log = logging.getLogger(__name__)


class CannotStart(Exception):
    """`str()` is one clear line."""


class App:
    """`start`, then `stop`. `url` is a database that exists; `limits_factor` makes messengers
    faster for tests and benchmarks; `own_process`: nothing but this app lives in it."""

    def __init__(
        self,
        settings: Settings,
        url: str,
        *,
        clock: Clock | None = None,
        limits_factor: float = 1,
        own_process: bool = False,
    ) -> None:
        self.settings = settings
        self.db = Database(url, clock)
        self.db.files = settings.files_dir
        self.bells = Bells(self.db)
        self.metrics = Metrics()
        self.state = State(data_dir=settings.data_dir)
        alarming = Alerting(self.state, settings.data_dir)
        off = SwitchedOff(channels_of(settings), outcomes.TELLING)
        self.chores = Chores(self.db, self.bells, (off.chore, *CHORES, alarming.chore))
        self.drafts = make_drafts(settings, self.db, self.bells, self.state, self.metrics)
        self.background = Background()
        self.media = Media(self.db, settings.files_dir)
        self.uploading = Uploading(self.db, self.bells, self.media)
        self.channels: dict[str, Channel] = {}
        self.address = ""
        self._limits_factor = limits_factor
        self._own_process = own_process
        self._runner: web.AppRunner | None = None
        self._webhooks: dict[str, Answers] = {}
        self._carrying = Carrying(
            self.db, self.bells, self.metrics, self.state, outcomes.TELLING
        )  # fmt: skip

    async def start(self) -> None:
        """Migrates, applies the company file, opens the port, starts the loops. Raises
        `CannotStart`, `CompanyFileWrong` or an error of the database."""
        self._check_data_dir()
        await migrate(self.db.url)
        await self.apply_company_file(self.settings.company_file)
        async with self.db.work() as work:
            await write_down(work, self.settings)
        self._make_browser_channels()
        self._messengers = messengers_of(self.settings)
        for name in self._messengers:
            self.state.set(name, "starting")
        await self._open_port()
        self.background.keep("bells", self.bells.listen)
        handling = Handling(self.db, self.bells, handlers.handle, outcomes.tell_fault, self.metrics)
        self.background.keep("handling", handling.run)
        self.background.keep("chores", self.chores.run)
        self.background.keep("uploading", self.uploading.run)
        if self.drafts is not None:
            self.background.keep("drafts", self.drafts.run)
        for channel in list(self.channels.values()):
            self._carry(channel)
        self.background.start("load messengers", self._add_messengers())

    def _check_data_dir(self) -> None:
        folder = self.settings.files_dir
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder) as trial:
                trial.write(bytes(4096))
        except OSError as refused:
            raise CannotStart(
                f"DATA_DIR: nothing can be written to {folder} ({refused.strerror}), "
                "free it for this account or set another DATA_DIR"
            ) from None

    async def apply_company_file(
        self, path: Path, *, force: bool = False, dry_run: bool = False
    ) -> list[Change]:
        """In one transaction with the admins of the settings."""
        declaration = await asyncio.to_thread(read_declaration, path)
        staff_chat = self.settings.telegram_staff_chat
        messengers = Messengers(
            telegram=self.settings.telegram_on, staff_chat=str(staff_chat or "")
        )
        async with self.db.work() as work:
            changes = await apply_declaration(
                work, declaration, messengers, force=force, folder=path.parent
            )
            await work.staff.grant_admins(self.settings.admins)
            if dry_run:
                await work.session.rollback()
        for change in changes:
            if change.what == "conflict":
                log.warning("%s %s was changed in the chat and in the file", *change_name(change))
        return changes

    async def sign_in_address(self) -> str:
        """A fresh one-time link to the desk for the first admin; empty when there is none."""
        async with self.db.work() as work:
            members = await work.staff.desk_members()
            if not members:
                return ""
            token = await work.staff.make_sign_in_link(members[0].id)
        return f"{self.base_url}/desk/enter?token={token}"

    @property
    def base_url(self) -> str:
        return self.settings.public_url or self.address

    def _make_browser_channels(self) -> None:
        door = Doorkeeper(self.settings.public_url)
        if self.settings.web_chat:
            self.channels["web"] = make_web(self.db, self.bells, self.media, door)
        self.channels["desk"] = make_desk(self.db, self.bells, self.media, door)

    async def _add_messengers(self) -> None:
        """Seconds of imports must not keep the site waiting, nor one messenger another."""
        for name, load in self._messengers.items():
            try:
                make = await asyncio.to_thread(load)
                channel = make(
                    Wiring(
                        self.settings, self.db, self.bells, self.media, self.background,
                        self._limits_factor,
                    )
                )  # fmt: skip
            except Exception as failure:  # noqa: BLE001 (the others must come up)
                log_fault(failure, "loading %s", name)
                self.state.set(name, "down", "could not be loaded, see the log")
                continue
            self.channels[name] = channel
            self._webhooks[name] = channel.webhook(self._carrying.hear_for(name))
            self._carry(channel)
        self._loaded()

    def _loaded(self) -> None:
        """What is there now stays to the end. To walk over all of it again and again would stop
        every dialogue for a quarter of a second."""
        if self._own_process:
            gc.collect()
            gc.freeze()
            gc.enable()

    def _carry(self, channel: Channel) -> None:
        self.state.set(channel.name, "starting")
        self.media.channels[channel.name] = channel
        self.background.keep(f"carry {channel.name}", lambda: self._carrying.carry(channel))

    async def _open_port(self) -> None:
        routes: list[web.RouteDef] = []
        for channel in self.channels.values():
            if isinstance(channel, Routes):
                routes += channel.routes(self._carrying.hear_for(channel.name))
        routes += OwnPage(self.db, self.media, Doorkeeper(self.settings.public_url)).routes()
        for name in self.settings.webhooks:
            routes.append(web.post(f"/{name}", partial(self._receive_webhook, name)))
        http = make_http(
            self.db,
            self.metrics,
            self.state,
            routes,
            self.settings.metrics_token.get_secret_value(),
        )
        self._runner = web.AppRunner(http, access_log=None, shutdown_timeout=3)
        await self._runner.setup()
        host, port = self.settings.http_host, self.settings.http_port
        try:
            await web.TCPSite(self._runner, host, port).start()
        except OSError as taken:
            reason = os.strerror(taken.errno) if taken.errno else str(taken)
            raise CannotStart(
                f"HTTP_PORT: {host}:{port} cannot be opened ({reason}), "
                "stop what listens there or set another HTTP_PORT"
            ) from None
        bound = self._runner.addresses[0]
        self.address = f"http://{bound[0]}:{bound[1]}"
        self.db.base_url = self.base_url

    async def _receive_webhook(self, name: str, request: web.Request) -> web.StreamResponse:
        """The address opens with the port; until the messenger is loaded it asks to come back."""
        if name not in self._webhooks:
            return web.Response(status=503)
        return await self._webhooks[name](request)

    async def stop(self) -> None:
        """Ends in order: no new connections, what is in flight settled, all closed. Within ten
        seconds, whatever hangs: systemd and Docker kill those that take longer."""
        for channel in self.channels.values():
            if channel.name in ("web", "desk"):
                await channel.close()
        if self._runner is not None:
            await asyncio.gather(
                close_within(self._runner.cleanup(), seconds=LAST_WORDS), self.background.end()
            )
        else:
            await self.background.end()
        messengers = [each for each in self.channels.values() if each.name not in ("web", "desk")]
        await close_within(*(channel.close() for channel in messengers))
        await close_within(self.db.close())


async def close_within(*closings: Coroutine[Any, Any, None], seconds: float = 0.5) -> None:
    """The connections of whoever hangs end with the process."""
    tasks = [asyncio.ensure_future(each) for each in closings]
    if not tasks:
        return
    ended, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    for task in ended:
        if not task.cancelled() and (failure := task.exception()):
            log.warning("closing ended with %s", type(failure).__name__)


def change_name(change: Change) -> tuple[str, str]:
    return change.kind, change.key

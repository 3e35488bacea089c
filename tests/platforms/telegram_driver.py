"""Telegram for the contract suite: its stand-in, by polling and by webhook."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path
from typing import Any, ClassVar

from aiohttp import web

from bot.platforms.telegram.channel import Access, TelegramChannel
from bot.platforms.telegram.commands import Commands
from handlers import commands
from services.messaging.port import Unavailable
from services.messaging.types import Address, AttachmentKind
from tests.platforms.driver import Driver, Person, Shown
from tests.support.telegram import Message, TelegramStandIn, User

SECRET = "s3cret"


class TelegramDriver(Driver):
    webhook: ClassVar[bool] = False

    def __init__(self, database_url: str, folder: Path, **access: Any) -> None:
        super().__init__(database_url, folder)
        self.tg = TelegramStandIn(check_answers=True)
        self.tg.updates.webhook_retry = 0.02
        self.commands = Commands(commands.RESIDENTS, commands.MEMBERS, commands.ADMINS)
        self.outages: list[Unavailable] = []
        self.ups = 0
        self._access = access

    async def begin(self) -> None:
        await self.tg.start()
        access = Access(token=self.tg.token, api_url=self.tg.url, patience=1.0)
        self.channel: TelegramChannel = self.make(dataclasses.replace(access, **self._access))
        self.background.keep("hearing", self._run)
        await self.tg.wait(lambda: self.ups and self._listening)

    def make(self, access: Access) -> TelegramChannel:
        async def list_commands() -> Commands:
            return self.commands

        return TelegramChannel(access, self.media, self.background, list_commands)

    @property
    def _listening(self) -> bool:
        return self.tg.stats.calls["getUpdates"] > 0

    def _up(self) -> None:
        self.ups += 1

    async def _run(self) -> None:
        while True:
            try:
                await self.channel.run(self.hear, self._up)
            except Unavailable as outage:
                self.outages.append(outage)
            except OSError:  # `hear` refused
                pass
            await asyncio.sleep(0.05)

    async def stop(self) -> None:
        await super().stop()
        await self.tg.stop()

    async def person(self, name: str = "Мария") -> TelegramPerson:
        return TelegramPerson(self, self.tg.user(name, started=True))

    @property
    def complaints(self) -> list[str]:
        return [*self.tg.malformed, *self.tg.misshapen]


class TelegramWebhookDriver(TelegramDriver):
    webhook = True

    async def begin(self) -> None:
        app = web.Application(client_max_size=1024 * 1024)
        runner = web.AppRunner(app, access_log=None)

        async def receive(request: web.Request) -> web.StreamResponse:
            try:
                return await self.channel.webhook(self.hear)(request)
            except OSError:
                return web.Response(status=500)

        app.router.add_post("/telegram", receive)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runner = runner
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        self._access = {"webhook": True, "public_url": self.url, "secret": SECRET, **self._access}
        await super().begin()

    @property
    def _listening(self) -> bool:
        return bool(self.tg.updates.webhook.url)

    async def stop(self) -> None:
        await super().stop()
        await self._runner.cleanup()


class TelegramPerson(Person):
    def __init__(self, driver: TelegramDriver, user: User) -> None:
        self.tg = driver.tg
        self.user = user
        self.address = Address(channel="telegram", chat=str(user.id))

    def _message(self, ident: str | None) -> Message | None:
        return self.user.chat.find(int(ident)) if ident else None

    async def says(self, text: str, *, reply_to: str | None = None) -> str:
        return str((await self.user.says(text, reply_to=self._message(reply_to))).id)

    async def sends(
        self, kind: AttachmentKind, *files: bytes, caption: str = "", name: str = "", mime: str = ""
    ) -> str:
        if len(files) > 1:
            album = await self.user.sends_album(files, caption, kind=kind)
            return str(album[0].id)
        more: dict[str, Any] = {}
        if kind in ("photo", "document", "video"):
            more["caption"] = caption
        if kind == "document":
            more |= {"name": name, "mime": mime}
        send = getattr(self.user, f"sends_{kind}")
        return str((await send(files[0], **more)).id)

    async def sends_place(self, latitude: float, longitude: float) -> str:
        return str((await self.user.sends_location(latitude, longitude)).id)

    async def shares_phone(self, phone: str) -> str:
        return str((await self.user.shares_contact(phone)).id)

    async def edits(self, said: str, text: str) -> None:
        message = self._message(said)
        assert message is not None
        await self.user.edits(message, text)

    async def presses(self, label: str) -> None:
        for message in reversed(self.user.heard()):
            if label in message.buttons:
                await self.user.presses(message, label)
                return
        raise AssertionError(f"no button {label!r}")

    async def presses_standing(self, label: str) -> None:
        await self.user.presses_standing(label)

    def standing(self) -> list[list[str]]:
        return [[key["text"] for key in row] for row in self.user.standing()]

    async def blocks(self) -> None:
        await self.user.blocks()

    async def says_nonsense(self) -> None:
        updates = self.tg.updates
        shape, updates.shape, updates.allowed = updates.shape, None, []
        for kind, payload in (
            ("brand_new_kind", {"id": 1}),
            ("message", {"text": "без чата"}),
            ("callback_query", "мусор"),
            ("edited_message", []),
        ):
            updates.put(kind, payload, self.user.id)  # type: ignore[arg-type]
        updates.shape = shape

    async def says_again(self) -> None:
        await self.tg.redeliver(self.tg.updates.next_id - 1, times=3)

    async def sees(self) -> list[Shown]:
        shown: list[Shown] = []
        album = None
        for message in self.user.heard():
            if message.deleted:
                continue
            if message.media_group_id is None or message.media_group_id != album:
                shown.append(show(message))
            else:
                more = show(message)
                shown[-1].ids += more.ids
                shown[-1].files += more.files
                shown[-1].text += more.text
            album = message.media_group_id
        return shown


def show(message: Message) -> Shown:
    bold = [e for e in message.entities if e["type"] == "bold" and e["offset"] == 0]
    header = (
        message.text.encode("utf-16-le")[: 2 * bold[0]["length"]].decode("utf-16-le")
        if bold
        else ""
    )
    where = message.extra.get("location")
    card = message.extra.get("contact")
    return Shown(
        ids=[str(message.id)],
        text=message.text,
        header=header,
        buttons=[[key["text"] for key in row] for row in message.inline],
        files=[(message.media.kind, message.media.data)] if message.media else [],
        places=[(where["latitude"], where["longitude"])] if where else [],
        phones=[card["phone_number"]] if card else [],
        reply_to=str(message.reply_to.id) if message.reply_to else None,
        silent=message.silent,
        edited=bool(message.edited),
    )

"""VK for the contract suite: its stand-in, by long poll and by Callback API."""

from __future__ import annotations

import asyncio
import dataclasses
import mimetypes
import re
from pathlib import Path
from typing import Any, ClassVar

from aiohttp import web

from bot.platforms.vk.channel import LIMITS, VkChannel
from bot.platforms.vk.hearing import Access
from services.messaging.port import Unavailable
from services.messaging.types import Address, AttachmentKind
from tests.platforms.driver import Driver, Person, Shown
from tests.support.patience import PATIENCE
from tests.support.vk import Message, StoredFile, User, VkStandIn

SECRET = "s3cret"
KINDS = {"photo": "photo", "voice": "audio_message"}
CARD = re.compile(r"\n?.* (\+\d{11})$")


class VkDriver(Driver):
    lacks: ClassVar[frozenset[str]] = frozenset({"phone", "silence", "sizes"})

    def __init__(self, database_url: str, folder: Path, **access: Any) -> None:
        super().__init__(database_url, folder)
        self.vk = VkStandIn(check_answers=True)
        self.vk.callbacks.retry = 0.02
        self.outages: list[Unavailable] = []
        self.ups = 0
        self._access = access

    async def start(self) -> None:
        """Presses are answered at a bell: one that rings before anybody listens is lost."""
        listening = asyncio.Event()
        self.bells.on("listening", lambda _: listening.set())
        await super().start()
        await asyncio.wait_for(listening.wait(), PATIENCE)

    async def begin(self) -> None:
        await self.vk.start()
        access = Access(token=self.vk.token, group_id=self.vk.group_id, api_url=self.vk.url)
        self.channel: VkChannel = self.make(dataclasses.replace(access, **self._access))
        self.background.keep("hearing", self._run)
        await self.vk.wait(lambda: self.ups)

    def make(self, access: Access) -> VkChannel:
        return VkChannel(
            access, self.db, self.bells, self.media, self.background, LIMITS.scaled(1000)
        )

    def _up(self) -> None:
        self.ups += 1

    async def _run(self) -> None:
        while True:
            try:
                await self.channel.run(self.hear, self._up, await self.cursor())
            except Unavailable as outage:
                self.outages.append(outage)
            except OSError:  # `hear` refused
                pass
            await asyncio.sleep(0.05)

    async def cursor(self) -> str | None:
        async with self.db.work() as work:
            return await work.inbox.cursor("vk")

    async def stop(self) -> None:
        await super().stop()
        await self.vk.stop()

    async def person(self, name: str = "Мария") -> VkPerson:
        return VkPerson(self, self.vk.user(name, started=True))

    @property
    def complaints(self) -> list[str]:
        return [*self.vk.malformed, *self.vk.misshapen]


class VkCallbackDriver(VkDriver):
    async def begin(self) -> None:
        app = web.Application(client_max_size=1024 * 1024)
        runner = web.AppRunner(app, access_log=None)

        async def receive(request: web.Request) -> web.StreamResponse:
            try:
                return await self.channel.webhook(self.hear)(request)
            except OSError:
                return web.Response(status=500)

        app.router.add_post("/vk", receive)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self._runner = runner
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/vk"
        confirmation = self.vk.community.confirmation
        ours = {"callback": True, "secret": SECRET, "confirmation": confirmation}
        self._access = {**ours, **self._access}
        await super().begin()
        await self.vk.callback_to(self.url, SECRET)
        self.vk.community.long_poll.enabled = False

    async def stop(self) -> None:
        await super().stop()
        await self._runner.cleanup()


class VkPerson(Person):
    def __init__(self, driver: VkDriver, user: User) -> None:
        self.vk = driver.vk
        self.user = user
        self.address = Address(channel="vk", chat=str(user.id))

    def _message(self, cmid: str | None) -> Message | None:
        return self.user.chat.find(int(cmid)) if cmid else None

    async def says(self, text: str, *, reply_to: str | None = None) -> str:
        return str((await self.user.says(text, reply_to=self._message(reply_to))).cmid)

    async def sends(
        self, kind: AttachmentKind, *files: bytes, caption: str = "", name: str = "", mime: str = ""
    ) -> str:
        """A film goes as a document, as one that is to be passed on must."""
        made = [self.user.file(KINDS.get(kind, "doc"), data, name) for data in files]
        return str((await self.user.sends(*made, text=caption)).cmid)

    async def sends_place(self, latitude: float, longitude: float) -> str:
        return str((await self.user.sends_location(latitude, longitude)).cmid)

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
        return [[key["action"]["label"] for key in row] for row in self.user.standing()]

    async def blocks(self) -> None:
        await self.user.denies()

    async def says_nonsense(self) -> None:
        updates = self.vk.updates
        shape, updates.shape = updates.shape, None
        chosen = self.vk.community.long_poll.events
        servers = [server.settings.events for server in self.vk.callbacks.servers.values()]
        for kind, content in (
            ("brand_new_kind", {"id": 1}),
            ("message_new", {"message": {"text": "без отправителя"}}),
            ("message_new", "мусор"),
            ("message_new", {"message": {"from_id": "x", "peer_id": []}}),
            ("message_event", "мусор"),
            ("message_edit", []),
        ):
            for events in (chosen, *servers):
                events.add(kind)
            updates.put(kind, content, self.user.id)  # type: ignore[arg-type]
        updates.shape = shape

    async def says_again(self) -> None:
        last = list(self.vk.updates.all)[-1]
        await self.vk.redeliver(last, times=3)

    async def sees(self) -> list[Shown]:
        return [show(message) for message in self.user.heard() if not message.deleted]


def show(message: Message) -> Shown:
    """There is no bold in VK: a header is the first line. A visiting card is a line, too."""
    card = CARD.search(message.text)
    header, _, rest = message.text.partition("\n")
    return Shown(
        ids=[str(message.cmid)],
        text=CARD.sub("", message.text),
        header=header if rest else "",
        buttons=[[key["action"]["label"] for key in row] for row in message.inline],
        files=[(kind_of(file), file.data) for file in message.attachments],
        places=[message.geo] if message.geo else [],
        phones=[card[1]] if card else [],
        reply_to=str(message.reply_to.cmid) if message.reply_to else None,
        edited=bool(message.edited),
    )


def kind_of(file: StoredFile) -> str:
    if file.kind != "doc":
        return {"audio_message": "voice"}.get(file.kind, file.kind)
    mime = mimetypes.guess_type(file.name)[0] or ""
    return "video" if mime.startswith("video/") else "document"

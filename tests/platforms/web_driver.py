"""The site chat for the contract suite: a browser without a screen, over HTTP and WebSocket."""

from __future__ import annotations

from contextlib import AsyncExitStack
from hashlib import sha256
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

from aiohttp import web

from bot.http import make_http
from bot.metrics import Metrics
from bot.platforms.web.channel import WebChannel
from bot.platforms.web.pages import VISITOR, Doorkeeper
from bot.state import State
from services.messaging.types import Address, AttachmentKind
from tests.platforms.driver import Driver, Person, Shown
from tests.support.browser import Visitor, visitor


class WebDriver(Driver):
    lacks: ClassVar[frozenset[str]] = frozenset(
        {"edits", "place", "phone", "blocks", "silence", "unsure", "own words for files"}
    )

    def __init__(self, database_url: str, folder: Path, public_url: str = "") -> None:
        super().__init__(database_url, folder)
        self._open = AsyncExitStack()
        self._public_url = public_url

    async def begin(self) -> None:
        self.channel: WebChannel = WebChannel(
            self.db, self.bells, self.media, Doorkeeper(self._public_url)
        )
        state = State()
        state.set("web", "up")
        routes = self.channel.routes(self.hear)
        runner = web.AppRunner(make_http(self.db, Metrics(), state, routes, ""), access_log=None)
        await runner.setup()
        self._open.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        await self._open.aclose()
        await super().stop()

    async def browser(self) -> Visitor:
        return await self._open.enter_async_context(visitor(self.url))

    async def person(self, name: str = "Мария") -> WebPerson:
        one = await self.browser()
        await one.opens()
        return WebPerson(one)


class WebPerson(Person):
    def __init__(self, browser: Visitor) -> None:
        self.browser = browser
        [cookie] = [c for c in browser.http.cookie_jar if c.key == VISITOR]
        self.address = Address(channel="web", chat=sha256(cookie.value.encode()).hexdigest()[:40])
        self._last: dict[str, Any] = {}

    async def says(self, text: str, *, reply_to: str | None = None) -> str:
        return await self._says(text, [], reply_to)

    async def _says(self, text: str, files: list[str], reply_to: str | None = None) -> str:
        quoted = int(reply_to) if reply_to else None
        self._last = {"text": text, "files": files, "reply_to": quoted, "key": str(uuid4())}
        return str((await self.browser.says(**self._last))["id"])

    async def keeps_saying(self, text: str) -> None:
        """As the page does: a connection that breaks is made anew, and the same key said again."""
        key = str(uuid4())
        for _ in range(10):
            try:
                await self.browser.says(text, key=key, seconds=0.5)
            except AssertionError:
                await self.browser.leaves()
                await self.browser.connects()
            else:
                return

    async def sends(
        self, kind: AttachmentKind, *files: bytes, caption: str = "", name: str = "", mime: str = ""
    ) -> str:
        usual = {"photo": "image/jpeg", "voice": "audio/webm", "video": "video/mp4"}
        taken = [
            await self.browser.uploads(data, name or f"{kind}{at}", mime or usual[kind])
            for at, data in enumerate(files)
        ]
        assert {file["kind"] for file in taken} == {kind}
        return await self._says(caption, [file["id"] for file in taken])

    async def presses(self, label: str) -> None:
        await self.browser.presses(label)

    async def presses_standing(self, label: str) -> None:
        await self.browser.presses(label)

    def standing(self) -> list[list[str]]:
        for post in reversed(self.browser.company):
            if post["standing"]:
                return [[b["label"] for b in row] for row in post["buttons"]]
        return []

    async def says_nonsense(self) -> None:
        for frame in (
            "{", "[]", "null", '"say"', "[" * 5000,
            '{"do": []}', '{"do": "dance"}', '{"do": "say"}',
            '{"do": "hello", "after": -1}', '{"do": "hello", "after": 1e30}',
            '{"do": "seen", "upto": 99999999999999999999999}',
            '{"do": "say", "key": "7", "text": 5, "files": "x"}',
            '{"do": "press", "key": {"a": 1}, "action": ""}',
        ):  # fmt: skip
            await self.browser.tells(frame)

    async def says_again(self) -> None:
        for _ in range(3):
            await self.browser.says(**self._last)

    async def sees(self) -> list[Shown]:
        # What a reload would show, so that nothing is seen that is not kept.
        self.browser.posts.clear()
        await self.browser.hello()
        shown = []
        for post in self.browser.company:
            words = "\n".join(part for part in (post["header"], post["text"]) if part)
            files = [a for a in post["attachments"] if a["url"]]
            shown.append(
                Shown(
                    ids=[str(post["id"])],
                    text=words,
                    header=post["header"],
                    buttons=[]
                    if post["standing"]
                    else [[b["label"] for b in row] for row in post["buttons"]],
                    files=[(a["kind"], await self.browser.fetches(a["url"])) for a in files],
                    places=[
                        (a["latitude"], a["longitude"])
                        for a in post["attachments"]
                        if a["kind"] == "location"
                    ],
                    phones=[a["phone"] for a in post["attachments"] if a["phone"]],
                    reply_to=str(post["reply_to"]) if post["reply_to"] else None,
                    edited=post["edited"],
                )
            )
        return shown

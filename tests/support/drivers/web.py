"""The chat on the company's site, as a browser speaks it: see docs/web-protocol.md."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any, ClassVar

from aiohttp import ClientSession, ClientWebSocketResponse, CookieJar, FormData

from tests.support.drivers import Line, bare
from tests.support.patience import PATIENCE
from tests.support.pictures import RED

FILES = {
    "photo": (RED, "photo.png", "image/png"),
    "voice": (b"OggS voice", "voice.ogg", "audio/ogg"),
    "document": (b"%PDF-1.4", "акт.pdf", "application/pdf"),
}


def open_browser(base: str) -> ClientSession:
    return ClientSession(
        base, cookie_jar=CookieJar(unsafe=True), headers={"Origin": base}, trust_env=False
    )


async def upload(browser: ClientSession, path: str, kind: str, size: int | None = None) -> str:
    """The file's id; an empty one when it is refused, as a page would then show."""
    data, name, mime = FILES[kind]
    form = FormData()
    form.add_field("file", data if size is None else bytes(size), filename=name, content_type=mime)
    async with browser.post(path, data=form) as answer:
        return str((await answer.json())["id"]) if answer.status == 201 else ""


class OnSite:
    name: ClassVar[str] = "web"
    can: ClassVar[frozenset[str]] = frozenset({"voices"})

    def __init__(self, base: str) -> None:
        self.base = base
        self.browser = open_browser(base)
        self.socket: ClientWebSocketResponse | None = None
        self.posts: dict[int, dict[str, Any]] = {}
        self._frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._reading: asyncio.Task[None] | None = None

    async def open(self, code: str) -> None:
        if self.socket is None:
            async with self.browser.get("/chat") as page:
                assert page.status == 200
        else:
            await self._leave()
        self.socket = await self.browser.ws_connect("/chat/ws")
        self._reading = asyncio.create_task(self._read(self.socket))
        await self._tell({"do": "hello", "after": max(self.posts, default=0), "start": code})
        await self._answer("hello")
        async with asyncio.timeout(PATIENCE):
            while not self.posts:  # a page opened before the greeting came would begin once more
                await asyncio.sleep(0.005)

    async def _read(self, socket: ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = message.json()
            for post in [frame.get("post"), *frame.get("posts", ())]:
                if post:
                    self.posts[post["id"]] = post
            if frame["is"] != "post":
                self._frames.put_nowait(frame)

    async def _tell(self, frame: dict[str, Any]) -> None:
        assert self.socket is not None, "the chat is not open"
        await self.socket.send_json(frame)

    async def _answer(self, *expected: str) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            frame = await self._frames.get()
        assert frame["is"] in expected, frame
        return frame

    def now(self) -> list[Line]:
        return [read(post) for _, post in sorted(self.posts.items())]

    async def look(self) -> list[Line]:
        """A second page of the same browser sees what stands there now."""
        async with self.browser.ws_connect("/chat/ws") as socket:
            await socket.send_json({"do": "hello", "after": 0, "start": ""})
            async with asyncio.timeout(PATIENCE):
                async for message in socket:
                    frame = message.json()
                    if frame["is"] == "hello":
                        self.posts |= {post["id"]: post for post in frame["posts"]}
                        break
        return self.now()

    async def say(self, text: str, quotes: Line | None = None) -> None:
        await self._say({"text": text, "reply_to": quotes.id if quotes else None})

    async def _say(self, said: dict[str, Any]) -> None:
        await self._tell({"do": "say", "key": str(uuid.uuid4()), "files": [], **said})
        await self._answer("heard")

    async def send(self, kind: str, count: int, caption: str, size: int | None = None) -> None:
        files = [await upload(self.browser, "/chat/files", kind, size) for _ in range(count)]
        await self._say({"text": caption, "files": files})

    async def press(self, line: Line, label: str) -> None:
        buttons = [button for row in line.raw["buttons"] for button in row]
        button = next(b for b in buttons if bare(b["label"]) == bare(label))
        await self._press(line.id, button["action"], button["label"])

    async def _press(self, post: int, action: str, label: str) -> None:
        frame = {"do": "press", "key": str(uuid.uuid4()), "post": post}
        await self._tell({**frame, "action": action, "label": label})
        await self._answer("heard")

    async def forge(self, action: str) -> None:
        await self._press(0, action, "")

    async def edit(self, line: Line, text: str) -> None:
        raise NotImplementedError("a browser edits nothing")

    async def share_phone(self, phone: str) -> None:
        raise NotImplementedError("a browser shares no phone")

    async def block(self) -> None:
        raise NotImplementedError("a browser blocks nobody")

    async def _leave(self) -> None:
        if self.socket is not None and self._reading is not None:
            await self.socket.close()
            await self._reading

    async def close(self) -> None:
        await self._leave()
        await self.browser.close()


def read(post: dict[str, Any]) -> Line:
    return Line(
        id=post["id"],
        mine=post["by"] == "me",
        text="\n".join(filter(None, [post["header"], post["text"]])),
        rows=[[button["label"] for button in row] for row in post["buttons"]],
        standing=post["standing"],
        files=[file["kind"] for file in post["attachments"]],
        quotes=post["reply_to"],
        raw=post,
    )

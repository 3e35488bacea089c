"""A browser without a screen: the site chat and the desk as their pages speak to them."""

from __future__ import annotations

import asyncio
import io
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import aiohttp
from aiohttp import FormData

from tests.support.patience import PATIENCE

Json = dict[str, Any]
T = TypeVar("T")


async def until(look: Callable[[], T], seconds: float = PATIENCE, why: str = "") -> T:
    """Waits until `look` gives something true, and returns it."""
    end = asyncio.get_running_loop().time() + seconds
    while not (found := look()):
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(why or f"not within {seconds} s")
        await asyncio.sleep(0.01)
    return found


def form(data: bytes, name: str, mime: str) -> FormData:
    body = FormData(quote_fields=False)  # as browsers do
    body.add_field("file", io.BytesIO(data), filename=name, content_type=mime)
    return body


class Visitor:
    """A resident's page. `posts` is what stands on it, `frames` all that the server said."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url
        self.origin = {"Origin": url}
        self.posts: dict[int, Json] = {}
        self.frames: list[Json] = []
        self.eager = False  # says that it has seen a post in the moment it comes
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def company(self) -> list[Json]:
        """What the company said, in order."""
        return [p for _, p in sorted(self.posts.items()) if p["by"] == "company"]

    @property
    def mine(self) -> list[Json]:
        return [p for _, p in sorted(self.posts.items()) if p["by"] == "me"]

    async def opens(self, start: str = "") -> Json:
        """The page, its cookie, its socket, its hello."""
        async with self.http.get(f"{self.url}/chat") as page:
            assert page.status == 200
        await self.connects()
        return await self.hello(start=start)

    async def connects(self) -> None:
        self.socket = await self.http.ws_connect(f"{self.url}/chat/ws", headers=self.origin)
        self._reading = asyncio.create_task(self._read(self.socket))

    async def leaves(self) -> None:
        if self.socket is not None:
            await self.socket.close()
        if self._reading is not None:
            await self._reading
        self.socket = None

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            frame = message.json()
            self.frames.append(frame)
            posts = [frame["post"]] if frame.get("post") else []
            for post in [*frame.get("posts", []), *posts]:
                self.posts[post["id"]] = post
                if self.eager:
                    await socket.send_json({"do": "seen", "upto": post["id"]})

    async def tells(self, frame: Any) -> None:
        assert self.socket is not None
        if isinstance(frame, str):
            await self.socket.send_str(frame)
        else:
            await self.socket.send_json(frame)

    async def answer(self, kind: str, seconds: float = PATIENCE, **having: Any) -> Json:
        """The next frame of that kind; those before it are dropped."""

        def look() -> Json | None:
            for at, frame in enumerate(self.frames):
                if frame["is"] == kind and all(frame.get(k) == v for k, v in having.items()):
                    del self.frames[: at + 1]
                    return frame
            return None

        found = await until(look, seconds, f"no {kind} {having} among {self.frames}")
        assert found is not None
        return found

    async def hello(self, *, after: int = 0, start: str = "") -> Json:
        await self.tells({"do": "hello", "after": after, "start": start})
        return await self.answer("hello")

    async def says(
        self, text: str, *, files: list[str] | None = None, reply_to: int | None = None,
        key: str = "", seconds: float = PATIENCE,
    ) -> Json:  # fmt: skip
        """Until it is heard; returns the post."""
        key = key or str(uuid.uuid4())
        await self.tells(
            {"do": "say", "key": key, "text": text, "files": files or [], "reply_to": reply_to}
        )
        post: Json = (await self.answer("heard", seconds, key=key))["post"]
        return post

    async def presses(self, label: str, *, key: str = "") -> Json:
        """The newest button with that label, wherever it stands, once it is there."""

        def look() -> Json | None:
            for post in reversed(self.company):
                for button in [b for row in post["buttons"] for b in row]:
                    if button["label"].endswith(label):
                        return {"post": post["id"], **button}
            return None

        offered = [post["buttons"] for post in self.company]
        button = await until(look, why=f"no button {label!r} among {offered}")
        assert button is not None
        frame = {"do": "press", "key": key or str(uuid.uuid4()), **button}
        await self.tells(frame)
        return await self.answer("heard", key=frame["key"])

    async def reads(self, fragment: str, seconds: float = PATIENCE) -> Json:
        """The newest post of the company that holds these words."""

        def look() -> Json | None:
            for post in reversed(self.company):
                if fragment in f"{post['header']}\n{post['text']}":
                    return post
            return None

        found = await until(
            look, seconds, f"{fragment!r} is not in {[p['text'][:80] for p in self.company]}"
        )
        assert found is not None
        return found

    async def uploads(self, data: bytes, name: str, mime: str) -> Json:
        async with self.http.post(
            f"{self.url}/chat/files", data=form(data, name, mime), headers=self.origin
        ) as answer:
            body: Json = await answer.json()
            assert answer.status == 201, body
            return body

    async def fetches(self, path: str) -> bytes:
        async with self.http.get(self.url + path) as answer:
            assert answer.status == 200, answer.status
            return await answer.read()


@asynccontextmanager
async def visitor(url: str) -> AsyncIterator[Visitor]:
    jar = aiohttp.CookieJar(unsafe=True)  # the address is a number
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        one = Visitor(http, url)
        try:
            yield one
        finally:
            await one.leaves()


class Dispatcher:
    """A member at the desk. `frames` is what came live."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url
        self.origin = {"Origin": url}
        self.frames: list[Json] = []
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    async def enters(self, token: str) -> int:
        """Posts the token of a sign-in link; the status of the answer, 303 for any token."""
        async with self.http.post(
            f"{self.url}/desk/enter", data={"token": token}, headers=self.origin,
            allow_redirects=False,
        ) as answer:  # fmt: skip
            return answer.status

    async def get(self, path: str) -> tuple[int, Any]:
        async with self.http.get(f"{self.url}/desk/api/{path}") as answer:
            return answer.status, await answer.json()

    async def post(self, path: str, body: Any, *, origin: str | None = None) -> tuple[int, Any]:
        headers = self.origin if origin is None else {"Origin": origin} if origin else {}
        async with self.http.post(
            f"{self.url}/desk/api/{path}", json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json()

    async def threads(self, **query: str) -> list[Json]:
        async with self.http.get(f"{self.url}/desk/api/threads", params=query) as answer:
            assert answer.status == 200, answer.status
            found: list[Json] = (await answer.json())["threads"]
            return found

    async def thread(self, ident: int) -> Json:
        status, body = await self.get(f"threads/{ident}")
        assert status == 200, body
        shown: Json = body
        return shown

    async def says(self, thread: int, text: str, *, key: str = "", **more: Any) -> tuple[int, Any]:
        body = {"key": key or str(uuid.uuid4()), "text": text, **more}
        return await self.post(f"threads/{thread}/say", body)

    async def watches(self) -> None:
        self.socket = await self.http.ws_connect(f"{self.url}/desk/ws", headers=self.origin)
        self._reading = asyncio.create_task(self._read(self.socket))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for message in socket:
            self.frames.append(message.json())

    async def leaves(self) -> None:
        if self.socket is not None:
            await self.socket.close()
        if self._reading is not None:
            await self._reading
        self.socket = None

    async def until_delivered(self, thread: int, text: str, state: str = "delivered") -> Json:
        """Until that message of staff shows that state; fetched again on each live frame."""
        end = asyncio.get_running_loop().time() + PATIENCE
        while True:
            messages = (await self.thread(thread))["messages"]
            found = [m for m in messages if m["text"] == text]
            if found and found[-1]["state"] == state:
                one: Json = found[-1]
                return one
            assert asyncio.get_running_loop().time() < end, found or messages
            await asyncio.sleep(0.05)


@asynccontextmanager
async def dispatcher(url: str) -> AsyncIterator[Dispatcher]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as http:
        one = Dispatcher(http, url)
        try:
            yield one
        finally:
            await one.leaves()

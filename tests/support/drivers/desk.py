"""The staff desk in a browser: its REST calls, with the session of a sign-in link."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from aiohttp import ClientSession

from tests.support.drivers import Line
from tests.support.drivers.web import open_browser, upload


class AtDesk:
    name: ClassVar[str] = "desk"

    def __init__(self, browser: ClientSession, name: str) -> None:
        self.browser = browser
        self.me = name

    @classmethod
    async def sign_in(cls, base: str, token: str, name: str) -> AtDesk:
        browser = open_browser(base)
        form = {"token": token}
        async with browser.post("/desk/enter", data=form, allow_redirects=False) as answer:
            assert answer.status == 303, await answer.text()
        return cls(browser, name)

    async def get(self, path: str, **query: str) -> Any:
        async with self.browser.get(f"/desk/api/{path}", params=query) as answer:
            assert answer.status == 200, (path, answer.status, await answer.text())
            return await answer.json()

    async def post(self, path: str, body: dict[str, Any]) -> None:
        async with self.browser.post(f"/desk/api/{path}", json=body) as answer:
            assert answer.status in (200, 202), (path, answer.status, await answer.text())

    async def threads(self) -> dict[Any, str]:
        found = {}
        for state in ("open", "closed"):
            for thread in (await self.get("threads", state=state))["threads"]:
                words = [thread[key] for key in ("place", "category", "resident", "last_text")]
                found[thread["id"]] = " ".join([f"№{thread['number']}", *words])
        return found

    async def look(self, thread: Any) -> list[Line]:
        shown = await self.get(f"threads/{thread}")
        card = "\n".join(": ".join(pair) for pair in shown["card"])
        lines = [Line(id=None, mine=False, author="карточка", text=card)]
        lines += [self._read(message) for message in shown["messages"]]
        return lines + [
            Line(id=f"said {post['id']}", mine=False, text=post["text"], raw=post)
            for post in shown["said"]
        ]

    def _read(self, message: dict[str, Any]) -> Line:
        return Line(
            id=message["id"],
            mine=message["by"] == "member" and message["author"].startswith(self.me),
            author=f"{message['by']} {message['author']}".strip(),
            text=message["text"],
            files=[file["kind"] for file in message["attachments"]],
            quotes=message["reply_to"],
            state=f"{message['state']} {message['why']}".strip(),
            raw=message,
        )

    async def say(self, text: str, thread: Any, quotes: Line | None = None) -> None:
        reply_to = quotes.id if quotes else None
        body = {"key": str(uuid.uuid4()), "text": text, "files": [], "reply_to": reply_to}
        await self.post(f"threads/{thread}/say", body)

    async def send(self, kind: str, thread: Any, caption: str) -> None:
        file = await upload(self.browser, "/desk/api/files", kind)
        body = {"key": str(uuid.uuid4()), "text": caption, "files": [file], "reply_to": None}
        await self.post(f"threads/{thread}/say", body)

    async def press(self, line: Line, label: str) -> None:
        raise NotImplementedError("the desk has commands of its own for it")

    async def forge(self, thread: Any, action: str) -> None:
        key = str(uuid.uuid4())
        body = {"key": key, "thread": thread, "action": action, "label": "", "post": 0}
        await self.post("press", body)

    async def edit(self, line: Line, text: str) -> None:
        raise NotImplementedError("the desk edits nothing")

    async def close(self) -> None:
        await self.browser.close()

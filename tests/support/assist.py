"""A machine that speaks the chat completions of OpenAI, and whatever may go wrong with one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

TOKEN = "sk-test-1"
MODEL = "test-model"


class AssistStandIn:
    """`says` makes the draft of the user's message. `next` holds what the next calls get instead
    of a draft: a status, or bytes. `asked` keeps each body, `heard` each whole request as text."""

    def __init__(
        self, says: Callable[[str], str] | str = "Показания принимаем в приложении."
    ) -> None:
        self.says = says
        self.next: list[int | bytes] = []
        self.asked: list[dict[str, Any]] = []
        self.heard: list[str] = []
        self.looked = 0
        self.goes_on = asyncio.Event()
        self.goes_on.set()
        self.in_hand = asyncio.Event()
        self.models_status = 200
        self._runner: web.AppRunner | None = None
        self._port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}/v1"

    async def __aenter__(self) -> AssistStandIn:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """On the same port as before, if there was one."""
        app = web.Application(client_max_size=2**24)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        self.goes_on.set()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def _let_in(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") == f"Bearer {TOKEN}"

    async def _models(self, request: web.Request) -> web.Response:
        self.looked += 1
        self.heard.append(headers_of(request))
        if not self._let_in(request):
            return web.json_response({"error": {"message": "bad key"}}, status=401)
        if self.models_status != 200:
            return web.Response(status=self.models_status)
        return web.json_response({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    async def _complete(self, request: web.Request) -> web.Response:
        text = await request.text()
        self.heard.append(f"{headers_of(request)} {request.path_qs} {text}")
        if not self._let_in(request):
            return web.json_response({"error": {"message": "bad key"}}, status=401)
        body = json.loads(text)
        assert set(body) == {"model", "messages", "stream"}
        assert [each["role"] for each in body["messages"]] == ["system", "user"]
        if body["model"] != MODEL:
            return web.json_response({"error": {"message": "no such model"}}, status=404)
        self.asked.append(body)
        self.in_hand.set()
        await self.goes_on.wait()
        match self.next.pop(0) if self.next else None:
            case int() as status:
                headers = {"Location": "/v1/models"} if 300 <= status < 400 else {}
                return web.json_response(
                    {"error": {"message": "x"}}, status=status, headers=headers
                )
            case bytes() as raw:
                return web.Response(body=raw, content_type="application/json")
        question = body["messages"][-1]["content"]
        said = self.says if isinstance(self.says, str) else self.says(question)
        return web.Response(body=completion(said), content_type="application/json")


def completion(said: Any) -> bytes:
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_767_225_600,
            "model": MODEL,
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": said},
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        },
        ensure_ascii=False,
    ).encode()


def headers_of(request: web.Request) -> str:
    """Without our own address, whose port is any number."""
    return str({name: value for name, value in request.headers.items() if name != "Host"})

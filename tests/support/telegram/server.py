"""The stand-in itself: HTTP on a loopback port over the world of ``world.py``."""

from __future__ import annotations

import asyncio
import json
import time
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.support.messenger.breaking import broken, page

from . import account, editing, sending, topics
from .api import METHODS
from .errors import ApiError, unauthorized
from .faults import Fault, Faults
from .limits import PublishedLimits
from .shape import Shape
from .timings import Call, Stats, Timings
from .wire import Params, read
from .world import World

_REGISTERED = (account, editing, sending, topics)
MAX_POLL = 50


class TelegramStandIn(World):
    """``async with TelegramStandIn() as tg`` serves a Bot API at ``tg.url``."""

    def __init__(
        self,
        token: str = "42:TEST",
        *,
        limits: PublishedLimits | None = None,
        delay: float = 0.0,
        privacy: bool = True,
        press_lifetime: float = 15.0,
        host: str = "127.0.0.1",
        port: int = 0,
        strict: bool = True,
        check_answers: bool = False,
    ) -> None:
        super().__init__(
            bot_id=int(token.split(":")[0]),
            limits=limits,
            privacy=privacy,
            press_lifetime=press_lifetime,
        )
        self.token = token
        self.delay = delay
        self.host = host
        self.port = port
        self.strict = strict
        self.shape = Shape()
        self.check_answers = check_answers and self.shape.known
        self.updates.shape = self.shape if self.check_answers else None
        self.faults = Faults()
        self.malformed: list[str] = []
        """Calls that no well-made client would make."""
        self.calls: list[Call] = []
        self.stats = Stats()
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def timings(self) -> Timings:
        return Timings(list(self.updates.all.values()), self.calls)

    @property
    def misshapen(self) -> list[str]:
        """Our own answers and updates that are not as published (with ``check_answers``)."""
        return self.updates.problems

    async def start(self) -> None:
        """Serves; after ``stop`` on the same port, with everything as it was."""
        from .control import routes

        self._closing = asyncio.Event()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/bot{token:[^/]*}/{method}", self._serve)
        app.router.add_get("/file/bot{token:[^/]*}/{path:.+}", self._download)
        app.router.add_routes(routes(self))
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.updates.resume()

    async def stop(self) -> None:
        """Out of reach: connections are refused until ``start``."""
        self._closing.set()
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def redeliver(self, update_id: int, times: int = 1) -> list[int]:
        return await self.updates.redeliver(update_id, times)

    # One call.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asked = request.match_info["method"]
        name = "getUpdates" if asked.lower() == "getupdates" else asked
        known = METHODS.get(asked.lower())
        if known is not None:
            name = known[0]
        try:
            params = await read(request)
        except ApiError as error:
            return _answer(error.code, error.answer())
        call = Call(name, params.chat(), params.raw)
        self.calls.append(call)
        self.stats.calls[name] += 1
        fault = self.faults.take(name, call.chat)
        if fault is not None:
            call.fault = fault.kind
            broken = await self._before(fault, request, call)
            if broken is not None:
                return broken
        if self.delay and name != "getUpdates":
            await asyncio.sleep(self.delay / 2)
        try:
            result = await self._call(request.match_info["token"], name, params, call)
        except ApiError as error:
            response = self._refuse(call, error)
        else:
            response = _answer(200, {"ok": True, "result": result})
        if self.delay and name != "getUpdates":
            await asyncio.sleep(self.delay / 2)
        if fault is not None:
            return await self._after(fault, request, response)
        return response

    async def _call(self, token: str, name: str, params: Params, call: Call) -> Any:
        if token != self.token:
            raise unauthorized()
        if name != "getUpdates" and name.lower() not in METHODS:
            self.malformed.append(f"{name}: no such method in the stand-in")
            raise ApiError(404, "Not Found")
        if self.strict and (problems := self.shape.request(name, params)):
            self.malformed += [f"{name}: {problem}" for problem in problems]
            raise ApiError(400, f"Bad Request: {'; '.join(problems)}")
        if name == "getUpdates":
            account.set_allowed(self, params)
            result: Any = await self.updates.poll(
                params.integer("offset") or 0,
                min(max(params.integer("limit") or 100, 1), 100),
                min(params.integer("timeout") or 0, MAX_POLL),
            )
        else:
            before = len(self.sent)
            result = METHODS[name.lower()][1](self, params)
            call.messages = self.sent[before:]
            if self.check_answers:
                self.updates.problems += [
                    f"{name}: {each}" for each in self.shape.answer(name, result)
                ]
        call.accepted_at = time.monotonic()
        call.code = 200
        self.stats.accepted[name] += 1
        return result

    def _refuse(self, call: Call, error: ApiError) -> web.Response:
        call.code, call.description = error.code, error.description
        self.stats.refused[error.code] += 1
        if error.code == 429 and call.chat is not None:
            self.stats.flooded[call.chat] += 1
        return _answer(error.code, error.answer())

    async def _before(
        self, fault: Fault, request: web.Request, call: Call
    ) -> web.StreamResponse | None:
        if (refused := fault.error()) is not None:
            return self._refuse(call, refused)
        if fault.kind in {"500", "502"}:
            call.code = int(fault.kind)
            self.stats.refused[call.code] += 1
            return page(call.code)
        if fault.kind == "hang":
            await self._closing.wait()
        if fault.kind in {"hang", "reset"}:
            return broken(request)
        return None

    async def _after(
        self, fault: Fault, request: web.Request, response: web.Response
    ) -> web.StreamResponse:
        if fault.kind == "slow":
            await asyncio.sleep(fault.delay)
        if fault.kind == "hang_accepted":
            await self._closing.wait()
        if fault.kind in {"hang_accepted", "reset_accepted"}:
            return broken(request)
        return response

    async def _download(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != self.token or self.faults.token_revoked:
            return _answer(401, unauthorized().answer())
        stored = self.files.at(request.match_info["path"])
        if stored is None:
            return _answer(404, ApiError(404, "Not Found").answer())
        return web.Response(body=stored.data, content_type="application/octet-stream")


def _answer(status: int, body: dict[str, Any]) -> web.Response:
    text = json.dumps(body, ensure_ascii=False)
    return web.Response(status=status, text=text, content_type="application/json")

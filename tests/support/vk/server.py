"""The stand-in itself: HTTP on a loopback port over the world of ``world.py``."""

from __future__ import annotations

import asyncio
import json
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.support.messenger.breaking import broken, page
from tests.support.patience import PATIENCE

from .callback import CallbackServer
from .calling import Caller
from .community import EVENTS
from .errors import ApiError
from .faults import Fault
from .limits import PublishedLimits
from .timings import Call
from .wire import Params, read, read_upload

MAX_WAIT = 90.0


class VkStandIn(Caller):
    """``async with VkStandIn() as vk`` serves the API of VK at ``vk.url``."""

    def __init__(
        self,
        token: str = "vk1.a.TEST",
        group_id: int = 77,
        *,
        limits: PublishedLimits | None = None,
        delay: float = 0.0,
        press_lifetime: float = 60.0,
        host: str = "127.0.0.1",
        port: int = 0,
        strict: bool = True,
        check_answers: bool = False,
    ) -> None:
        super().__init__(
            token,
            group_id,
            limits=limits,
            press_lifetime=press_lifetime,
            strict=strict,
            check_answers=check_answers,
        )
        self.delay = delay
        self.host = host
        self.port = port
        self._runner: web.AppRunner | None = None
        self._closing = asyncio.Event()

    @property
    def url(self) -> str:
        """Methods are at ``{url}/method/{name}``."""
        return f"http://{self.host}:{self.port}"

    @property
    def base(self) -> str:
        return self.url

    async def start(self) -> None:
        """Serves; after ``stop`` on the same port, with everything as it was."""
        from .control import routes

        self._closing = asyncio.Event()
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/method/{method}", self._serve)
        app.router.add_route("*", "/lp/{group}", self._poll)
        app.router.add_post("/upload/{kind}/{number:\\d+}", self._upload)
        app.router.add_get("/files/{key}/{name}", self._download)
        app.router.add_get("/doc{owner:-?\\d+}_{number:\\d+}", self._document)
        app.router.add_routes(routes(self))
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, shutdown_timeout=0.5
        )
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self.updates.resume()
        self.callbacks.resume()

    async def stop(self) -> None:
        """Out of reach: connections are refused until ``start``."""
        self._closing.set()
        self.updates.close()
        await self.callbacks.close()
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

    async def redeliver(self, event_id: str, times: int = 1) -> list[str]:
        return await self.updates.redeliver(event_id, times)

    async def callback_to(
        self, url: str, secret: str = "", *events: str, timeout: float = PATIENCE
    ) -> CallbackServer:
        """Sets up a Callback server as an administrator does in VK's pages, and confirms it.
        Without ``events`` the ones that Long Poll has."""
        server = self.callbacks.add(url, "test", secret)
        server.settings.events = set(events) or self.community.long_poll.events & set(EVENTS)
        await self.wait(lambda: server.status in {"ok", "failed"}, timeout)
        if server.status != "ok":
            raise AssertionError(f"{url} did not answer with {self.community.confirmation!r}")
        return server

    # One call.

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["method"]
        params = await read(request)
        call = self.take_call(name, params)
        fault = self.faults.take(name, call.peer)
        if fault is not None:
            call.fault = fault.kind
            stopped = await self._before(fault, request, call, params)
            if stopped is not None:
                return stopped
        if self.delay:
            await asyncio.sleep(self.delay / 2)
        try:
            body = self.carry_out(params, call)
        except ApiError as error:
            body = self.refuse(call, error, params)
        if self.delay:
            await asyncio.sleep(self.delay / 2)
        response = web.Response(
            text=json.dumps(body, ensure_ascii=False), content_type="application/json"
        )
        return response if fault is None else await self._after(fault, request, response)

    async def _before(
        self, fault: Fault, request: web.Request, call: Call, params: Params
    ) -> web.StreamResponse | None:
        if (refused := fault.error()) is not None:
            return web.json_response(self.refuse(call, refused, params))
        if fault.kind in {"500", "502"}:
            call.code = int(fault.kind)
            self.stats.refused[call.code] += 1
            return page(call.code)
        if fault.kind == "hang":
            await self._closing.wait()
        return broken(request) if fault.kind in {"hang", "reset"} else None

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

    # Beside the methods: no token, no rate.

    async def _aside(
        self, name: str, request: web.Request
    ) -> tuple[Fault | None, web.StreamResponse | None]:
        fault = self.faults.take(name, None)
        if fault is None:
            return None, None
        return fault, await self._before(fault, request, Call(name, None, {}), Params())

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        fault, stopped = await self._aside("longpoll", request)
        if stopped is not None:
            return stopped
        asked = (await read(request)).raw
        if asked.get("act") != "a_check" or not {"key", "ts"} <= set(asked):
            self.malformed.append(f"longpoll: act, key or ts is missing in {asked}")
        wait = min(float(asked.get("wait", 25)), MAX_WAIT)
        body = await self.updates.poll(asked.get("key", ""), asked.get("ts", ""), wait)
        text = json.dumps(body, ensure_ascii=False)
        response = web.Response(text=text, content_type="application/json")
        return response if fault is None else await self._after(fault, request, response)

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        fault, stopped = await self._aside("upload", request)
        if stopped is not None:
            return stopped
        number, given = int(request.match_info["number"]), request.query.get("hash", "")
        body = self.uploads.receive(number, given, await read_upload(request))
        # VK calls it text, though it is JSON.
        response = web.Response(text=json.dumps(body), content_type="text/html")
        return response if fault is None else await self._after(fault, request, response)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        fault, stopped = await self._aside("download", request)
        if stopped is not None:
            return stopped
        data = self.files.at(request.match_info["key"], request.match_info["name"])
        if data is None:
            return web.Response(status=404)
        response = web.Response(body=data, content_type="application/octet-stream")
        return response if fault is None else await self._after(fault, request, response)

    async def _document(self, request: web.Request) -> web.Response:
        owner, number = (int(request.match_info[each]) for each in ("owner", "number"))
        stored = self.files.get(owner, number)
        if stored is None or stored.gone or request.query.get("hash") != stored.access_key:
            return web.Response(status=404)
        return web.Response(status=302, headers={"Location": stored.url()})


def settings_of(vk: VkStandIn) -> dict[str, object]:
    """What leads a program to this stand-in."""
    return {"VK_TOKEN": vk.token, "VK_GROUP_ID": vk.group_id, "VK_API_URL": vk.url}

"""Hearing VK: by long poll, or called by the Callback API. Nothing is lost by either."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.background import Background
from bot.platforms.vk.api import VERSION, VkApi, VkError
from bot.platforms.vk.failures import REFUSED, read_outage
from bot.platforms.vk.names import Names
from bot.platforms.vk.parse import EVENTS, parse
from bot.platforms.vk.presses import Presses
from bot.platforms.vk.ready import make_ready
from bot.platforms.vk.wholes import content_of, read_whole, read_whole_events
from services.bell import Bells
from services.db import Database
from services.faults import log_fault
from services.messaging.inbox import Hear
from services.messaging.port import SendFailed, Unavailable
from services.messaging.types import Inbound

log = logging.getLogger(__name__)

POLL_SECONDS = 25
LOOK_AGAIN = 900.0  # seconds after which the Callback API is not trusted to have called
OVERLAP = 120.0  # seconds that are read once more, because two clocks differ
PAGE = 200  # conversations, or messages of one


@dataclass(frozen=True)
class Access:
    """How VK is reached. `secret` and `confirmation` only for the Callback API; without a
    `confirmation` VK is asked for it. `wall_token` only where the wall is written on."""

    token: str
    group_id: int
    api_url: str
    callback: bool = False
    secret: str = ""
    confirmation: str = ""
    wall_token: str = ""


@dataclass(frozen=True)
class Cursor:
    """Up to where everything was heard: the place in the long poll, and the moment. Where the
    place is lost, the moment still tells which messages to look at."""

    ts: str = ""
    at: float = 0.0

    def __str__(self) -> str:
        return f"{self.ts}@{self.at:.0f}"

    @classmethod
    def read(cls, kept: str | None) -> Cursor:
        ts, _, at = (kept or "").partition("@")
        return cls(ts, float(at) if at.isdecimal() else 0.0)


class Hearing:
    def __init__(
        self, access: Access, api: VkApi, db: Database, bells: Bells, background: Background
    ) -> None:
        self._access = access
        self._api = api
        self._names = Names(api)
        self._leads = False
        self._refused = asyncio.Event()
        self._presses = Presses(api, db, bells, background, lambda: self._leads)

    async def run(self, hear: Hear, up: Callable[[], None], cursor: str | None) -> None:
        listen = self._be_called if self._access.callback else self._poll
        try:
            await make_ready(self._api, self._access.group_id)
            self._leads = True
            await self._until_refused(listen(hear, up, Cursor.read(cursor)))
        except VkError as error:
            raise read_outage(error.code, error.words) from None
        except SendFailed as failure:
            raise Unavailable(str(failure)) from None
        finally:
            self._leads = False

    def doubt(self) -> None:
        """The token was refused elsewhere. The key of a long poll may outlive it, so hearing ends
        with `Unavailable`, and begins again where the token is good after all."""
        self._refused.set()

    async def _until_refused(self, listening: Coroutine[Any, Any, None]) -> None:
        self._refused.clear()
        listens = asyncio.ensure_future(listening)
        refused = asyncio.ensure_future(self._refused.wait())
        try:
            await asyncio.wait({listens, refused}, return_when=asyncio.FIRST_COMPLETED)
            if not listens.done():
                raise Unavailable(REFUSED, refused=True)
            await listens
        finally:
            for task in (listens, refused):
                task.cancel()
            await asyncio.gather(listens, refused, return_exceptions=True)

    # Long poll.

    async def _poll(self, hear: Hear, up: Callable[[], None], cursor: Cursor) -> None:
        """The cursor moves in the commit that keeps the events before it."""
        await self._api.call(
            "groups.setLongPollSettings",
            group_id=self._access.group_id,
            enabled=1,
            api_version=VERSION,
            **dict.fromkeys(EVENTS, 1),
        )
        server = await self._find_server()
        if not cursor.ts:
            now = Cursor(str(server["ts"]), time.time())
            if cursor.at:  # so far the Callback API called
                await self._mend(hear, cursor.at)
            await hear([], str(now))
            cursor = now
        up()
        while True:
            asked_at = time.time()
            query = f"act=a_check&key={server['key']}&ts={cursor.ts}&wait={POLL_SECONDS}"
            answer = await self._api.get_json(f"{server['server']}?{query}", POLL_SECONDS)
            failed = answer.get("failed")
            if failed not in (None, 1, 2, 3) or (failed is None and answer.get("ts") is None):
                raise Unavailable("the long poll answered nonsense")
            if failed is None:
                cursor = Cursor(str(answer["ts"]), asked_at)
                await self._take(answer.get("updates") or [], hear, str(cursor))
                continue
            if failed != 1:
                server = await self._find_server()
            if failed == 2:
                continue
            log.info("the long poll lost its place, the conversations are read instead")
            now = Cursor(str(answer.get("ts") or server["ts"]), asked_at)
            await self._mend(hear, cursor.at)
            await hear([], str(now))
            cursor = now

    async def _find_server(self) -> dict[str, Any]:
        found: dict[str, Any] = await self._api.call(
            "groups.getLongPollServer", group_id=self._access.group_id
        )
        return found

    async def _mend(self, hear: Hear, since: float) -> None:
        """Every message since then. What was heard before is known by its key. Whether VK shows
        it as read does not count: an answer of ours marks a whole conversation."""
        since -= OVERLAP
        offset = 0
        while True:
            page = await self._api.call("messages.getConversations", count=PAGE, offset=offset)
            items = page.get("items") or []
            for item in items:
                if moment(item.get("last_message")) < since:
                    return
                await self._mend_one(hear, item["conversation"]["peer"]["id"], since)
            offset += len(items)
            if len(items) < PAGE:
                return

    async def _mend_one(self, hear: Hear, peer: int, since: float) -> None:
        found: list[dict[str, Any]] = []
        while True:
            page = await self._api.call(
                "messages.getHistory", peer_id=peer, count=PAGE, offset=len(found)
            )
            items = page.get("items") or []
            found += items
            if len(items) < PAGE or moment(items[-1]) < since:
                break
        lost = [message for message in reversed(found) if moment(message) >= since]
        lost = await read_whole(self._api, lost)
        await self._names.learn(m.get("from_id") for m in lost)
        events = [{"type": "message_new", "object": {"message": message}} for message in lost]
        await hear([inbound for event in events if (inbound := self._read(event)) is not None])

    # Callback API.

    async def _be_called(self, hear: Hear, up: Callable[[], None], cursor: Cursor) -> None:
        """VK calls again what was not taken, but not for ever; and where it cannot reach us,
        nothing here shows it. So the conversations are read once more, after a pause of ours and
        every quarter of an hour: only then is everything up to a moment known to be heard."""
        up()
        while True:
            now = time.time()
            if cursor.at:
                await self._mend(hear, cursor.at)
            cursor = Cursor("", now)
            await hear([], str(cursor))
            await asyncio.sleep(LOOK_AGAIN)

    def webhook(self, hear: Hear) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """ "ok" only after the commit."""

        async def receive(request: web.Request) -> web.StreamResponse:
            try:
                event = json.loads(await request.text())
            except (ValueError, LookupError, RecursionError):
                return web.Response(status=400)
            if not isinstance(event, dict) or not isinstance(event.get("type"), str):
                return web.Response(status=400)
            if event.get("group_id") != self._access.group_id:
                return web.Response(status=403)
            given = str(event.get("secret") or "").encode("utf-8", "replace")
            ours = self._access.secret.encode()
            if not ours or not hmac.compare_digest(given, ours):
                return web.Response(status=403)
            try:
                if event["type"] == "confirmation":
                    return web.Response(text=await self._confirmation())
                await self._take([event], hear, None)
            except (VkError, SendFailed) as failure:  # nothing is kept yet: VK calls again
                log.warning("VK is asked to call again: %s", type(failure).__name__)
                return web.Response(status=503)
            return web.Response(text="ok")

        return receive

    async def _confirmation(self) -> str:
        if self._access.confirmation:
            return self._access.confirmation
        code = await self._api.call(
            "groups.getCallbackConfirmationCode", group_id=self._access.group_id
        )
        return str(code["code"])

    # Events.

    async def _take(self, events: Sequence[Any], hear: Hear, cursor: str | None) -> None:
        """Called in every process. Names are asked for by the leader alone; what VK told in part
        by whoever heard it, because it may not be acknowledged before: it is seldom, and too fast
        a call is refused without harm."""
        events = await read_whole_events(
            self._api, [event for event in events if isinstance(event, dict)]
        )
        contents = [content_of(event) for event in events]
        if self._leads:
            await self._names.learn(map(writer_of, contents))
        heard = [inbound for event in events if (inbound := self._read(event)) is not None]
        if heard or cursor is not None:
            await hear(heard, cursor)
        for event, content in zip(events, contents, strict=True):
            if event.get("type") == "message_event":
                await self._presses.ring(content)

    def _read(self, event: dict[str, Any]) -> Inbound | None:
        try:
            return parse(event, self._names.of(writer_of(content_of(event))))
        except (ValueError, TypeError, LookupError, AttributeError, OverflowError) as failure:
            log_fault(failure, "reading a VK event of type %s", event.get("type"))
            return None


def writer_of(content: dict[str, Any]) -> int:
    """Who wrote, or pressed; 0 where the event does not say."""
    message = content.get("message")
    told = message.get("from_id") if isinstance(message, dict) else content.get("user_id")
    return told if isinstance(told, int) else 0


def moment(message: dict[str, Any] | None) -> float:
    return float((message or {}).get("date") or 0)

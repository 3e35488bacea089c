"""Hearing VK: by long poll, or called by the Callback API. Nothing is lost by either."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.background import Background
from bot.platforms.vk.api import VERSION, VkApi, VkError
from bot.platforms.vk.failures import read_outage
from bot.platforms.vk.parse import EVENTS, parse, parse_message
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
NAMES = 50_000  # kept in memory


@dataclass(frozen=True)
class Access:
    """How VK is reached. `secret` and `confirmation` only for the Callback API."""

    token: str
    group_id: int
    api_url: str
    callback: bool = False
    secret: str = ""
    confirmation: str = ""


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
        self._db = db
        self._background = background
        self._names: dict[int, str] = {}
        self._leads = False
        bells.on("vk-press", self._rung)

    async def run(self, hear: Hear, up: Callable[[], None], cursor: str | None) -> None:
        listen = self._be_called if self._access.callback else self._poll
        try:
            await self._api.call("groups.getById", group_id=self._access.group_id)
            self._leads = True
            await listen(hear, up, Cursor.read(cursor))
        except VkError as error:
            raise read_outage(error.code, error.words) from None
        except SendFailed as failure:
            raise Unavailable(str(failure)) from None
        finally:
            self._leads = False

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
        await self._know_names(m.get("from_id") for m in lost)
        heard = [parse_message(m, self._name_of(m)) for m in lost]
        await hear([inbound for inbound in heard if inbound is not None])

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
            except (ValueError, UnicodeDecodeError, LookupError):
                return web.Response(status=400)
            if not isinstance(event, dict) or not isinstance(event.get("type"), str):
                return web.Response(status=400)
            if event.get("group_id") != self._access.group_id:
                return web.Response(status=403)
            given = str(event.get("secret") or "").encode("utf-8", "replace")
            ours = self._access.secret.encode()
            if not ours or not hmac.compare_digest(given, ours):
                return web.Response(status=403)
            if event["type"] == "confirmation":
                return web.Response(text=self._access.confirmation)
            await self._take([event], hear, None)
            return web.Response(text="ok")

        return receive

    # Events.

    async def _take(self, events: Sequence[Any], hear: Hear, cursor: str | None) -> None:
        events = [event for event in events if isinstance(event, dict)]
        contents = [content_of(event) for event in events]
        if self._leads:
            await self._know_names(map(writer_of, contents))
        heard = [inbound for event in events if (inbound := self._read(event)) is not None]
        if heard or cursor is not None:
            await hear(heard, cursor)
        for event, content in zip(events, contents, strict=True):
            if event.get("type") == "message_event":
                await self._ring_press(content)

    def _read(self, event: dict[str, Any]) -> Inbound | None:
        try:
            return parse(event, self._names.get(writer_of(content_of(event)), ""))
        except (ValueError, TypeError, KeyError, AttributeError) as failure:
            log_fault(failure, "reading a VK event of type %s", event.get("type"))
            return None

    def _name_of(self, message: dict[str, Any]) -> str:
        return self._names.get(message.get("from_id") or 0, "")

    async def _know_names(self, ids: Iterable[Any]) -> None:
        """First names from the profiles, for those not known yet. Without them it goes on."""
        asked = {i for i in ids if isinstance(i, int) and i > 0}
        unknown = sorted(asked - set(self._names)) if asked - self._names.keys() else []
        for start in range(0, len(unknown), 500):
            try:
                users = await self._api.call(
                    "users.get", user_ids=",".join(map(str, unknown[start : start + 500]))
                )
            except (VkError, SendFailed):
                return
            if len(self._names) > NAMES:
                self._names.clear()
            self._names.update({int(u["id"]): str(u.get("first_name", "")) for u in users})

    # Presses.

    async def _ring_press(self, press: dict[str, Any]) -> None:
        """Only the leader calls the API, so that the token's rate holds for all processes."""
        async with self._db.work() as work:
            work.ring(
                f"vk-press:{press.get('event_id')}:{press.get('user_id')}:{press.get('peer_id')}"
            )

    def _rung(self, bell: str) -> None:
        _, event, user, peer = [*bell.split(":"), "", "", ""][:4]
        if self._leads and event and user.isdecimal() and peer.lstrip("-").isdecimal():
            self._background.start("answer a press", self._answer_press(event, user, peer))

    async def _answer_press(self, event: str, user: str, peer: str) -> None:
        """Stops the spinner; too late or twice is no matter."""
        try:
            await self._api.call(
                "messages.sendMessageEventAnswer",
                event_id=event,
                user_id=int(user),
                peer_id=int(peer),
            )
        except (VkError, SendFailed) as failure:
            log.debug("a press was not answered: %s", failure)


def content_of(event: dict[str, Any]) -> dict[str, Any]:
    content = event.get("object")
    return content if isinstance(content, dict) else {}


def writer_of(content: dict[str, Any]) -> int:
    """Who wrote, or pressed; 0 where the event does not say."""
    message = content.get("message")
    told = message.get("from_id") if isinstance(message, dict) else content.get("user_id")
    return told if isinstance(told, int) else 0


def moment(message: dict[str, Any] | None) -> float:
    return float((message or {}).get("date") or 0)

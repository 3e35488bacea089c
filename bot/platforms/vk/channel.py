"""The VK channel: hears by long poll or Callback API, sends one by one or twenty-five at once."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, ClassVar
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from bot.background import Background
from bot.media import Media
from bot.platforms.vk.api import VkApi, VkError
from bot.platforms.vk.attachments import NAME, read_attachments
from bot.platforms.vk.batching import MOST, MOST_ALIKE, Batching
from bot.platforms.vk.failures import (
    NO_EDIT,
    NO_SUCH_MESSAGE,
    NoButtons,
    QuoteGone,
    TokenRefused,
    TooLate,
    name_error,
    read_error,
)
from bot.platforms.vk.hearing import Access, Hearing
from bot.platforms.vk.parse import LARGEST
from bot.platforms.vk.ready import switch_on
from bot.platforms.vk.render import Post, render
from bot.platforms.vk.uploads import Uploads
from bot.platforms.vk.wall import Wall
from services.bell import Bells
from services.db import Database
from services.messaging.inbox import Hear
from services.messaging.port import Rejected, Unavailable
from services.messaging.types import Address, Attachment, Kind, Limits, Outbound
from services.open_posts import WALL

log = logging.getLogger(__name__)

REQUESTS = 20  # a second, for one token
LIMITS = Limits(
    text=4096, caption=4096, button_bytes=255, row=5, buttons=40, album=10,
    download=LARGEST, per_second=REQUESTS * MOST_ALIKE, burst=REQUESTS * MOST_ALIKE,
    chat_per_second=20, chat_burst=20, group_calls=0, key_lives=3600, at_once=REQUESTS * MOST,
    batches=True,
)  # fmt: skip
INTENTS = {  # what may be said to those who have been silent for a day
    Kind.RELAY: "customer_support", Kind.ALARM: "customer_support", Kind.NOTICE: "account_update",
}  # fmt: skip
SWITCHED_FOR = 60.0  # seconds in which buttons that were switched on are not switched on again
FILE_GONE = (403, 404, 410)
FILE_HOSTS = ("userapi.com", "vk.com", "vk.ru", "vkuser.net", "vkuseraudio.net", "vk.me")


class VkChannel:
    name: ClassVar[str] = NAME

    def __init__(
        self,
        access: Access,
        db: Database,
        bells: Bells,
        media: Media,
        background: Background,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or LIMITS
        pace = self.limits.per_second / LIMITS.per_second * REQUESTS
        self._api = VkApi(access.token, access.api_url, pace)
        self._batching = Batching(self._api, background)
        self._uploads = Uploads(self._api, media, self.limits.upload)
        self._hearing = Hearing(access, self._api, db, bells, background)
        self._group_id = access.group_id
        self._wall = (
            Wall(access.wall_token, access.api_url, access.group_id) if access.wall_token else None
        )
        self._switching = asyncio.Lock()
        self._switched: tuple[float, bool] | None = None
        self._hosts = (urlsplit(access.api_url).hostname, *FILE_HOSTS)

    async def run(self, hear: Hear, up: Callable[[], None], cursor: str | None = None) -> None:
        await self._hearing.run(hear, up, cursor)

    def webhook(self, hear: Hear) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        return self._hearing.webhook(hear)

    # ── Sending ──────────────────────────────────────────────────────────────

    async def send(self, to: Address, message: Outbound, nonce: int) -> Sequence[str]:
        if to.chat == WALL:
            return await self._post_on_wall(message, nonce)
        posts = render(message, self.limits)
        if not posts:
            raise Rejected("в ВК это показать нечем")
        try:
            if not message.replaces:
                return await self._say(to, message, posts, nonce)
            if await self._edit(to, message.replaces, posts[0]):
                rest = await self._say(to, message, posts[1:], nonce)
                return [message.replaces, *rest]
            return await self._say(to, message, posts, nonce)
        except TokenRefused:
            self._hearing.doubt()
            raise
        except VkError as error:
            failure = read_error(error.code, error.words)
            if isinstance(failure, TokenRefused):
                self._hearing.doubt()
            raise failure from None

    async def _post_on_wall(self, message: Outbound, nonce: int) -> list[str]:
        if self._wall is None:
            raise Rejected("стена ВК выключена: VK_WALL_TOKEN пуст")
        return await self._wall.post(message, nonce)

    async def _say(
        self, to: Address, message: Outbound, posts: Sequence[Post], nonce: int
    ) -> list[str]:
        ids: list[str] = []
        for index, post in enumerate(posts):
            given = await self._parameters(to, post, message, nonce, index)
            ids += await self._post(given, message)
        return ids

    async def _post(self, given: dict[str, Any], message: Outbound) -> list[str]:
        """Without its quote where that is gone, with an intent where VK takes no other word,
        without buttons where they are off and stay off. What was refused has not used up its
        `random_id`."""
        intent = INTENTS.get(message.kind) if message.kind else None
        switched = False
        while True:
            try:
                return await self._batching.send(given, news=is_news(message))
            except QuoteGone:
                if "forward" not in given:
                    raise
                given = {name: value for name, value in given.items() if name != "forward"}
            except NoButtons:
                if "keyboard" not in given:
                    raise
                if switched or not await self._switch_on():
                    given = {name: value for name, value in given.items() if name != "keyboard"}
                switched = True
            except TooLate:
                if intent is None or "intent" in given:
                    raise
                given = {**given, "intent": intent}

    async def _switch_on(self) -> bool:
        """Somebody switched off the bots in the community's settings. Once for all who wait."""
        async with self._switching:
            if self._switched is None or time.monotonic() - self._switched[0] > SWITCHED_FOR:
                done = await switch_on(self._api, self._group_id)
                self._switched = (time.monotonic(), done)
                log.warning("VK: buttons are off, %s", "on again" if done else "they stay off")
            return self._switched[1]

    async def _parameters(
        self, to: Address, post: Post, message: Outbound, nonce: int, index: int
    ) -> dict[str, Any]:
        names = [await self._uploads.name(file, to.chat) for file in post.files]
        place = post.place
        given: dict[str, Any] = {
            "peer_ids": to.chat,
            "random_id": (nonce + index * 7919) % 2**31 or 1,
            "message": post.text or None,
            "attachment": ",".join(names) or None,
            "keyboard": post.keyboard,
            "lat": place.latitude if place else None,
            "long": place.longitude if place else None,
            "forward": json.dumps(
                {
                    "peer_id": int(to.chat),
                    "conversation_message_ids": [int(message.reply_to)],
                    "is_reply": True,
                }
            )
            if message.reply_to and index == 0
            else None,
        }
        return {name: value for name, value in given.items() if value is not None}

    async def _edit(self, to: Address, said: str, post: Post) -> bool:
        """False when VK lets it stand as it is: too old, or a place. An edit takes away what is
        not given anew, so the files are."""
        found = await self._api.call(
            "messages.getByConversationMessageId",
            peer_id=int(to.chat),
            conversation_message_ids=said,
        )
        if not found.get("items"):
            return False
        files, _ = read_attachments(found["items"][0])
        try:
            await self._api.call(
                "messages.edit",
                peer_id=int(to.chat),
                cmid=int(said),
                message=post.text,
                attachment=",".join(file.handle.partition(" ")[0] for file in files) or None,
                keyboard=post.keyboard,
                keep_forward_messages=1,
            )
        except VkError as error:
            if error.code in NO_EDIT:
                return False
            raise
        return True

    async def withdraw(self, to: Address, external_ids: Sequence[str]) -> None:
        """VK deletes for both what the community said within a day."""
        try:
            outcomes = await self._api.call(
                "messages.delete",
                peer_id=int(to.chat),
                cmids=",".join(external_ids),
                delete_for_all=1,
            )
        except VkError as error:
            raise read_error(error.code, error.words) from None
        for one in outcomes if isinstance(outcomes, list) else []:
            error_code = int((one.get("error") or {}).get("code", 0))
            if not one.get("response") and error_code != NO_SUCH_MESSAGE:
                raise Rejected(name_error(error_code))

    # ── Files ────────────────────────────────────────────────────────────────

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        url = attachment.handle.partition(" ")[2]
        host = urlsplit(url).hostname or ""
        if not any(host == known or host.endswith(f".{known}") for known in self._hosts):
            raise Rejected("файл лежит не в ВК")
        try:
            async with self._api.session.get(
                url, timeout=aiohttp.ClientTimeout(total=60)
            ) as answer:
                if answer.status in FILE_GONE:
                    raise Rejected("файла в ВК больше нет")
                if answer.status != 200:
                    raise Unavailable(f"the file server answered {answer.status}")
                async for chunk in answer.content.iter_chunked(64 * 1024):
                    yield chunk
        except (aiohttp.ClientError, OSError, TimeoutError) as failure:
            raise Unavailable(type(failure).__name__) from failure

    async def close(self) -> None:
        await self._batching.end()
        if self._wall is not None:
            await self._wall.close()
        await self._api.close()


def is_news(message: Outbound) -> bool:
    return message.kind in (Kind.NOTICE, Kind.BULK)

"""The Telegram channel: hears by polling or webhook, sends, makes topics."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from aiogram import exceptions as telegram
from aiogram.types import ReactionTypeEmoji, Update
from aiohttp import web

from bot.background import Background
from bot.media import Media
from bot.platforms.cutting import cut
from bot.platforms.telegram import failures
from bot.platforms.telegram.commands import Commands, register
from bot.platforms.telegram.files import Files
from bot.platforms.telegram.parse import ALLOWED_UPDATES, NAME, parse, plainly, read_standing
from bot.platforms.telegram.sending import Sender
from bot.platforms.telegram.session import ANSWER_WITHIN, RawUpdates, make_bot
from services.faults import log_fault
from services.messaging.inbox import Hear
from services.messaging.port import Rejected
from services.messaging.types import (
    Address,
    Attachment,
    Happening,
    Inbound,
    Limits,
    Outbound,
)
from services.messaging.types import (
    Sender as Speaker,
)

log = logging.getLogger(__name__)

POLL_SECONDS = 25
TITLE_LIMIT = 128


@dataclass(frozen=True)
class Access:
    """How Telegram is reached. `public_url` and `secret` only for webhooks; `patience` is how
    many seconds a call may take, `look_after` how often the webhook is looked at."""

    token: str
    api_url: str
    proxy: str = ""
    webhook: bool = False
    public_url: str = ""
    secret: str = ""
    patience: float = ANSWER_WITHIN
    look_after: float = 60.0


class TelegramChannel:
    name: ClassVar[str] = NAME

    def __init__(
        self,
        access: Access,
        media: Media,
        background: Background,
        commands: Callable[[], Awaitable[Commands]],
        limits: Limits | None = None,
        introduce: Callable[[int, str], Awaitable[None]] | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._access = access
        self._background = background
        self._commands = commands
        self._introduce = introduce
        self._hears_all = False
        self._looked = False
        self._bot = make_bot(access.token, access.api_url, access.proxy, patience=access.patience)
        self._files = Files(self._bot, media, self.limits)
        self._sender = Sender(self._bot, self._files, self.limits, access.patience)

    # ── Hearing ──────────────────────────────────────────────────────────────

    async def run(self, hear: Hear, up: Callable[[], None], cursor: str | None = None) -> None:
        with reaching():
            me = await self._bot.get_me()
            self._hears_all = bool(me.can_read_all_group_messages)
            if self._access.webhook:
                await self._set_webhook()
            else:
                await self._bot.delete_webhook()
        if self._introduce is not None and me.username:
            await self._introduce(me.id, me.username)
        up()
        commands = await self._commands()
        with reaching():
            await register(self._bot, commands)
            if not self._looked:
                await self._look_at_groups(commands.staff_chats, hear)
        if self._access.webhook:
            await self._look_after_webhook()
        else:
            await self._poll(hear)

    async def _look_at_groups(self, chats: Sequence[str], hear: Hear) -> None:
        """What we are in each staff group may have changed while the program was down; after that
        Telegram tells us."""
        for chat in chats:
            try:
                member = await self._bot.get_chat_member(int(chat), self._bot.id)
                standing = read_standing(member.status, hears_all=self._hears_all)
            except (telegram.TelegramForbiddenError, telegram.TelegramBadRequest):
                standing = Happening.REMOVED
            inbound = Inbound(
                key=f"standing{chat}:{time.time_ns()}",
                address=Address(channel=NAME, chat=chat),
                sender=Speaker(id=str(self._bot.id), bot=True),
                private=False,
                happening=standing,
            )
            await hear([inbound])
        self._looked = True

    async def _poll(self, hear: Hear) -> None:
        """An update is confirmed by the next call's offset, so only after its commit."""
        offset: int | None = None
        poll = RawUpdates(timeout=POLL_SECONDS, limit=100, allowed_updates=ALLOWED_UPDATES)
        while True:
            with reaching():
                raw = await self._bot(
                    poll.model_copy(update={"offset": offset}), request_timeout=POLL_SECONDS + 10
                )
            updates = [each for each in raw if is_update(each)]
            if updates:
                await self._take(updates, hear)
                offset = updates[-1]["update_id"] + 1
            elif raw:
                await asyncio.sleep(1)  # nothing in it has a number to confirm

    async def _set_webhook(self) -> None:
        await self._bot.set_webhook(
            f"{self._access.public_url}/telegram",
            secret_token=self._access.secret,
            allowed_updates=ALLOWED_UPDATES,
        )

    async def _look_after_webhook(self) -> None:
        """Nothing comes by itself when Telegram is out of reach, or when another program has
        taken the webhook away."""
        while True:
            await asyncio.sleep(self._access.look_after)
            with reaching():
                info = await self._bot.get_webhook_info()
                if info.url != f"{self._access.public_url}/telegram":
                    log.warning("somebody has moved the webhook; it is set again")
                    await self._set_webhook()

    async def _take(self, raw: Sequence[dict[str, Any]], hear: Hear) -> None:
        inbounds = [inbound for update in raw if (inbound := self._read(update)) is not None]
        if inbounds:
            await hear(inbounds)
        for update in raw:
            press = update.get("callback_query")
            if isinstance(press, dict) and press.get("id"):
                self._background.start("answer a press", self._answer_press(str(press["id"])))

    def _read(self, raw: dict[str, Any]) -> Inbound | None:
        """None for what concerns nobody, and for what cannot be read: the rest must be heard."""
        for form in (raw, plainly(raw)):
            try:
                update = Update.model_validate(form, context={"bot": self._bot})
                return parse(update, self._bot.id, hears_all=self._hears_all)
            except Exception as failure:  # noqa: BLE001 (whatever it holds, it is from outside)
                log_fault(failure, "reading update %s", raw.get("update_id"))
        return None

    async def _answer_press(self, press_id: str) -> None:
        """Stops the spinner; too late or twice is no matter."""
        try:
            await self._bot.answer_callback_query(press_id)
        except failures.TROUBLE as failure:
            log.debug("press %s was not answered: %s", press_id, type(failure).__name__)

    def webhook(self, hear: Hear) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        """200 only after the commit; whoever lacks the secret is nobody to talk to."""

        async def receive(request: web.Request) -> web.StreamResponse:
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not self._access.secret or not hmac.compare_digest(
                given.encode(), self._access.secret.encode()
            ):
                return web.Response(status=401)
            try:
                raw = json.loads(await request.read())
            except (ValueError, RecursionError):
                return web.Response(status=400)
            if not is_update(raw):
                return web.Response(status=400)
            await self._take([raw], hear)
            return web.Response()

        return receive

    # ── Sending ──────────────────────────────────────────────────────────────

    async def send(self, to: Address, message: Outbound, nonce: int) -> Sequence[str]:
        with failing():
            return await self._sender.send(to, message, nonce)

    async def react(self, to: Address, external_id: str, emoji: str) -> None:
        with failing():
            await self._bot.set_message_reaction(
                int(to.chat), int(external_id), reaction=[ReactionTypeEmoji(emoji=emoji)]
            )

    async def open_topic(self, chat: str, title: str) -> str:
        with failing():
            topic = await self._bot.create_forum_topic(int(chat), cut(title, TITLE_LIMIT))
        return str(topic.message_thread_id)

    async def rename_topic(self, chat: str, topic: str, title: str) -> None:
        name = cut(title, TITLE_LIMIT)
        try:
            await self._bot.edit_forum_topic(int(chat), int(topic), name=name)
        except telegram.TelegramBadRequest as refused:
            if not failures.means(refused, failures.NOT_MODIFIED):
                raise failures.read_failure(refused) from refused
        except failures.TROUBLE as failure:
            raise failures.read_failure(failure) from failure

    async def withdraw(self, to: Address, external_ids: Sequence[str]) -> None:
        """Telegram deletes its own messages of the last 48 hours."""
        for external_id in external_ids:
            try:
                with failing():
                    await self._bot.delete_message(int(to.chat), int(external_id))
            except Rejected as refused:
                if not any(mark in str(refused).lower() for mark in failures.NOTHING_TO_DELETE):
                    raise

    def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        return self._files.fetch(attachment.handle)

    async def close(self) -> None:
        await self._bot.session.close()


@contextmanager
def failing() -> Iterator[None]:
    """Whatever a call raises becomes one of the port's failures."""
    try:
        yield
    except failures.TROUBLE as failure:
        raise failures.read_failure(failure) from failure


@contextmanager
def reaching() -> Iterator[None]:
    """Whatever a call raises means that Telegram cannot be heard now."""
    try:
        yield
    except failures.TROUBLE as failure:
        raise failures.read_outage(failure) from None


def is_update(raw: Any) -> bool:
    return isinstance(raw, dict) and isinstance(raw.get("update_id"), int)

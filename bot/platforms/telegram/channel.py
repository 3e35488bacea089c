"""The Telegram channel: hears by polling or webhook, sends, makes topics."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest
from aiogram.methods import TelegramMethod
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BufferedInputFile,
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
    Update,
)
from aiohttp import web
from pydantic import ValidationError

from bot.background import Background
from bot.media import Media
from bot.platforms.telegram import failures
from bot.platforms.telegram.parse import ALLOWED_UPDATES, NAME, parse
from bot.platforms.telegram.render import Post, dress, render, render_keyboard
from services.faults import log_fault
from services.messaging.inbox import Hear
from services.messaging.port import Rejected, Unavailable
from services.messaging.types import Address, Attachment, Inbound, Limits, Outbound

log = logging.getLogger(__name__)

POLL_SECONDS = 25
ANSWER_WITHIN = 12.0  # seconds for a send; a poll has its own


class RawUpdates(TelegramMethod[list[dict[str, Any]]]):
    """getUpdates without decoding: one update that aiogram cannot read must not hide the rest."""

    __returning__ = list[dict[str, Any]]
    __api_method__ = "getUpdates"

    offset: int | None = None
    timeout: int | None = None
    limit: int | None = None
    allowed_updates: list[str] | None = None


@dataclass(frozen=True)
class Commands:
    """Command and description, for each who may use them."""

    residents: dict[str, str]
    members: dict[str, str]
    admins: dict[str, str]
    staff_chats: tuple[str, ...] = ()
    admin_chats: tuple[str, ...] = ()


@dataclass(frozen=True)
class Access:
    """How Telegram is reached. `public_url` and `secret` only for webhooks."""

    token: str
    api_url: str
    proxy: str = ""
    webhook: bool = False
    public_url: str = ""
    secret: str = ""


class TelegramChannel:
    name: ClassVar[str] = NAME

    def __init__(
        self,
        access: Access,
        media: Media,
        background: Background,
        commands: Callable[[], Awaitable[Commands]],
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits()
        self._access = access
        self._media = media
        self._background = background
        self._commands = commands
        session = AiohttpSession(
            api=TelegramAPIServer.from_base(access.api_url),
            proxy=access.proxy or None,
            timeout=ANSWER_WITHIN,
        )
        self._bot = Bot(access.token, session=session)
        self._hear: Hear | None = None

    # ── Hearing ──────────────────────────────────────────────────────────────

    async def run(self, hear: Hear, up: Callable[[], None]) -> None:
        try:
            await self._bot.get_me()
            await self._register_commands()
            if self._access.webhook:
                await self._bot.set_webhook(
                    f"{self._access.public_url}/telegram",
                    secret_token=self._access.secret,
                    allowed_updates=ALLOWED_UPDATES,
                )
                up()
                await asyncio.Event().wait()
            else:
                await self._bot.delete_webhook()
                up()
                await self._poll(hear)
        except (TelegramAPIError, OSError) as failure:
            raise failures.read_outage(failure) from None

    async def _poll(self, hear: Hear) -> None:
        """An update is confirmed by the next call's offset, so only after its commit."""
        offset: int | None = None
        while True:
            raw = await self._bot(
                RawUpdates(
                    offset=offset, timeout=POLL_SECONDS, limit=100, allowed_updates=ALLOWED_UPDATES
                ),
                request_timeout=POLL_SECONDS + 10,
            )
            if raw:
                await self._take(raw, hear)
                offset = int(raw[-1]["update_id"]) + 1

    async def _take(self, raw: Sequence[dict[str, Any]], hear: Hear) -> None:
        inbounds = [inbound for update in raw if (inbound := self._read(update)) is not None]
        if inbounds:
            await hear(inbounds)
        for update in raw:
            if press := update.get("callback_query"):
                self._background.start("answer a press", self._answer_press(str(press.get("id"))))

    def _read(self, raw: dict[str, Any]) -> Inbound | None:
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
            return parse(update, self._bot.id)
        except ValidationError as failure:  # a kind of update newer than this program
            log_fault(failure, "reading update %s", raw.get("update_id"))
            return None

    async def _answer_press(self, press_id: str) -> None:
        """Stops the spinner; too late or twice is no matter."""
        try:
            await self._bot.answer_callback_query(press_id)
        except (TelegramAPIError, OSError) as failure:
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
                raw = json.loads(await request.text())
            except (ValueError, UnicodeDecodeError):
                return web.Response(status=400)
            if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
                return web.Response(status=400)
            await self._take([raw], hear)
            return web.Response()

        return receive

    async def _register_commands(self) -> None:
        lists = await self._commands()

        def make(commands: dict[str, str]) -> list[BotCommand]:
            return [BotCommand(command=c.lstrip("/"), description=d) for c, d in commands.items()]

        await self._bot.set_my_commands(
            make(lists.residents), scope=BotCommandScopeAllPrivateChats()
        )
        await self._bot.set_my_commands(make(lists.residents), scope=BotCommandScopeDefault())
        for chats, commands in (
            (lists.staff_chats, lists.members),
            (lists.admin_chats, lists.admins),
        ):
            for chat in chats:
                try:
                    await self._bot.set_my_commands(
                        make(commands), scope=BotCommandScopeChat(chat_id=int(chat))
                    )
                except TelegramBadRequest as refused:  # they have not started the bot yet
                    log.info("commands for chat %s are not set: %s", chat, refused.message)

    # ── Sending ──────────────────────────────────────────────────────────────

    async def send(self, to: Address, message: Outbound, nonce: int) -> Sequence[str]:
        try:
            if message.replaces:
                return await self._edit(to, message)
            ids: list[str] = []
            for index, post in enumerate(render(message, self.limits)):
                ids += await self._post(to, post, message, first=index == 0)
            return ids
        except (TelegramAPIError, OSError) as failure:
            raise failures.read_failure(failure) from failure

    async def _post(self, to: Address, post: Post, message: Outbound, *, first: bool) -> list[str]:
        common: dict[str, Any] = {
            "chat_id": int(to.chat),
            "message_thread_id": int(to.topic) if to.topic else None,
            "disable_notification": message.silent or None,
            "reply_parameters": ReplyParameters(
                message_id=int(message.reply_to), allow_sending_without_reply=True
            )
            if first and message.reply_to
            else None,
        }
        try:
            sent = await self._call(post, {**common, "parse_mode": "HTML"}, post.html)
        except TelegramBadRequest as refused:
            if failures.BROKEN_MARKUP not in refused.message.lower():
                raise
            sent = await self._call(post, common, post.text)
        return [str(each.message_id) for each in sent]

    async def _call(self, post: Post, common: dict[str, Any], words: str) -> list[Message]:
        bot, markup = self._bot, post.markup
        if not post.attachments:
            return [await bot.send_message(text=words, reply_markup=markup, **common)]
        if len(post.attachments) > 1:
            return await self._send_album(post, common, words)
        file = post.attachments[0]
        if file.kind in ("location", "contact"):
            common.pop("parse_mode", None)
        if file.kind == "location":
            return [
                await bot.send_location(
                    latitude=file.latitude or 0.0,
                    longitude=file.longitude or 0.0,
                    reply_markup=markup,
                    **common,
                )
            ]
        if file.kind == "contact":
            return [
                await bot.send_contact(
                    phone_number=file.phone,
                    first_name=file.title or file.phone,
                    reply_markup=markup,
                    **common,
                )
            ]
        media = await self._upload(file)
        if file.kind in ("sticker", "video_note"):
            common.pop("parse_mode", None)
        else:
            common["caption"] = words or None
        send: Any = getattr(bot, f"send_{file.kind}")
        sent: Message = await send(**{file.kind: media}, reply_markup=markup, **common)
        await self._remember(file, sent)
        return [sent]

    async def _send_album(self, post: Post, common: dict[str, Any], words: str) -> list[Message]:
        makers: dict[str, Any] = {
            "photo": InputMediaPhoto,
            "video": InputMediaVideo,
            "document": InputMediaDocument,
            "audio": InputMediaAudio,
        }
        mode = common.pop("parse_mode", None)
        media = [
            makers[file.kind](
                media=await self._upload(file),
                caption=(words or None) if index == 0 else None,
                parse_mode=mode if index == 0 else None,
            )
            for index, file in enumerate(post.attachments)
        ]
        sent = await self._bot.send_media_group(media=media, **common)
        for file, message in zip(post.attachments, sent, strict=False):
            await self._remember(file, message)
        return sent

    async def _upload(self, file: Attachment) -> str | BufferedInputFile:
        """Telegram's own id of a file, or its bytes from another messenger."""
        if file.channel == NAME:
            return file.handle
        known = await self._media.find_handle(file, NAME)
        if known:
            return known
        if (file.size or 0) > self.limits.upload:
            raise Rejected("the file is larger than Telegram takes")
        return BufferedInputFile(await self._media.read(file), filename=file.title or file.kind)

    async def _remember(self, file: Attachment, sent: Message) -> None:
        media = sent.photo[-1] if sent.photo else getattr(sent, file.kind, None)
        if file.channel != NAME and media is not None:
            await self._media.keep_handle(file, NAME, media.file_id)

    async def _edit(self, to: Address, message: Outbound) -> list[str]:
        chat, ident = int(to.chat), int(message.replaces or 0)
        marked, _ = dress(message.header, message.text)
        markup = render_keyboard(message.keyboard)
        inline = markup if isinstance(markup, InlineKeyboardMarkup) else None
        try:
            await self._bot.edit_message_text(
                marked, chat_id=chat, message_id=ident, parse_mode="HTML", reply_markup=inline
            )
        except TelegramBadRequest as refused:
            low = refused.message.lower()
            if any(mark in low for mark in failures.NO_TEXT_TO_EDIT):
                await self._bot.edit_message_caption(
                    chat_id=chat,
                    message_id=ident,
                    caption=marked,
                    parse_mode="HTML",
                    reply_markup=inline,
                )
            elif failures.NOT_MODIFIED not in low:
                raise
        return [str(ident)]

    async def react(self, to: Address, external_id: str, emoji: str) -> None:
        try:
            await self._bot.set_message_reaction(
                int(to.chat), int(external_id), reaction=[ReactionTypeEmoji(emoji=emoji)]
            )
        except (TelegramAPIError, OSError) as failure:
            raise failures.read_failure(failure) from failure

    async def open_topic(self, chat: str, title: str) -> str:
        try:
            topic = await self._bot.create_forum_topic(int(chat), title[:128])
        except (TelegramAPIError, OSError) as failure:
            raise failures.read_failure(failure) from failure
        return str(topic.message_thread_id)

    async def close_topic(self, chat: str, topic: str) -> None:
        await self._bot.close_forum_topic(int(chat), int(topic))

    async def reopen_topic(self, chat: str, topic: str) -> None:
        await self._bot.reopen_forum_topic(int(chat), int(topic))

    # ── Files ────────────────────────────────────────────────────────────────

    async def fetch(self, attachment: Attachment) -> AsyncIterator[bytes]:
        try:
            file = await self._bot.get_file(attachment.handle)
            url = self._bot.session.api.file_url(self._access.token, file.file_path or "")
            async for chunk in self._bot.session.stream_content(url, timeout=60):
                yield chunk
        except TelegramBadRequest as refused:
            raise Rejected(refused.message) from None
        except (TelegramAPIError, OSError) as failure:
            raise Unavailable(type(failure).__name__) from failure

    async def close(self) -> None:
        await self._bot.session.close()

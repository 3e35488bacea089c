"""Sending: the calls that a message becomes, and another way to say it where one is refused."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    InlineKeyboardMarkup,
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
    ReplyParameters,
)

from bot.platforms.telegram import failures
from bot.platforms.telegram.failures import means
from bot.platforms.telegram.files import Files, as_document, upload_time
from bot.platforms.telegram.render import Post, render, render_keyboard, render_words
from services.messaging.port import Gone
from services.messaging.types import Address, Attachment, Limits, Outbound

IN_ALBUM: dict[str, Any] = {
    "photo": InputMediaPhoto,
    "video": InputMediaVideo,
    "document": InputMediaDocument,
    "audio": InputMediaAudio,
}
NOTHING = "\u200b"  # shown as nothing, where the words were taken away
BEGUN_AT_MOST = 1000  # messages of several posts whose sending stopped half way


class Sender:
    def __init__(self, bot: Bot, files: Files, limits: Limits, patience: float) -> None:
        self._bot = bot
        self._files = files
        self._limits = limits
        self._patience = patience
        self._begun: dict[tuple[int, Address], list[tuple[Post, list[str]]]] = {}

    async def send(self, to: Address, message: Outbound, nonce: int) -> list[str]:
        """Every id it became. What was sent at an earlier try of the same message stays sent, as
        far as it is still the same."""
        if message.replaces:
            return await self._edit(to, message)
        posts = render(message, self._limits)
        done = same_so_far(self._begun.pop((nonce, to), []), posts)
        try:
            for index, post in enumerate(posts[len(done) :]):
                said = post.repeated() if message.repeated and index == 0 else post
                reply_to = message.reply_to if not done else None
                ids = await self._post(to, said, reply_to, silent=message.silent)
                done.append((post, ids))
        except BaseException:
            if done:
                self._begun[nonce, to] = done
                if len(self._begun) > BEGUN_AT_MOST:
                    self._begun.pop(next(iter(self._begun)))
            raise
        return [each for _, ids in done for each in ids]

    async def _post(
        self, to: Address, post: Post, reply_to: str | None, *, silent: bool
    ) -> list[str]:
        common: dict[str, Any] = {
            "chat_id": chat_of(to),
            "message_thread_id": int(to.topic) if to.topic else None,
            "disable_notification": silent or None,
            "reply_parameters": ReplyParameters(
                message_id=int(reply_to), allow_sending_without_reply=True
            )
            if reply_to
            else None,
        }
        try:
            sent = await self._call(post, common)
        except TelegramBadRequest as refused:
            sent = await self._call_otherwise(to, post, common, refused)
        return [str(each.message_id) for each in sent]

    async def _call_otherwise(
        self, to: Address, post: Post, common: dict[str, Any], refused: TelegramBadRequest
    ) -> list[Message]:
        """The same in a way that this refusal does not meet, or the refusal itself."""
        if means(refused, failures.BROKEN_MARKUP):
            return await self._call(replace(post, html=""), common)
        if means(refused, failures.NO_PICTURE) and as_documents(post) != post:
            return await self._call(as_documents(post), common)
        if means(refused, failures.STRANGE_HANDLE):
            return await self._call(post, common, anew=True)
        if means(refused, failures.TOPIC_CLOSED) and to.topic:
            try:
                await self._bot.reopen_forum_topic(int(to.chat), int(to.topic))
            except TelegramBadRequest:
                raise Gone(refused.message) from None
            return await self._call(post, common)
        raise refused

    async def _call(
        self, post: Post, common: dict[str, Any], *, anew: bool = False
    ) -> list[Message]:
        """`anew`: the ids under which Telegram knew files of others are of no use."""
        words = post.html or post.text
        dressed: dict[str, Any] = {"parse_mode": "HTML"} if post.html else {}
        if not post.attachments:
            sent = await self._bot.send_message(
                text=words, reply_markup=post.markup, **dressed, **common
            )
            return [sent]
        async with AsyncExitStack() as opened:
            sources = [
                await self._files.source(file, opened, anew=anew) if file.handle else ""
                for file in post.attachments
            ]
            patience = round(self._patience + upload_time(post.attachments))
            if len(post.attachments) > 1:
                media = [
                    IN_ALBUM[file.kind](media=source)
                    for file, source in zip(post.attachments, sources, strict=True)
                ]
                if words:
                    first = {"caption": words, **dressed}
                    media[0] = media[0].model_copy(update=first)
                messages = await self._bot.send_media_group(
                    media=media, request_timeout=patience, **common
                )
            else:
                call: Any = getattr(self._bot, f"send_{post.attachments[0].kind}")
                what = parameters(post.attachments[0], sources[0])
                if words and post.attachments[0].kind not in ("sticker", "video_note"):
                    what |= {"caption": words, **dressed}
                messages = [
                    await call(**what, reply_markup=post.markup, request_timeout=patience, **common)
                ]
        for file, message in zip(post.attachments, messages, strict=False):
            await self._files.remember(file, message)
        return messages

    async def _edit(self, to: Address, message: Outbound) -> list[str]:
        """What does not fit into the place of the old words follows as an answer to them."""
        ident = str(int(message.replaces or 0))
        markup = render_keyboard(message.keyboard)
        posts = render_words(message.header, message.text, self._limits, markup)
        try:
            await self._change(to, ident, posts[0], "text")
        except TelegramBadRequest as refused:
            if not means(refused, failures.NO_TEXT_TO_EDIT):
                raise
            room = self._limits.model_copy(update={"text": self._limits.caption})
            posts = render_words(message.header, message.text, room, markup)
            await self._change(to, ident, posts[0], "caption")
        ids = [ident]
        for post in posts[1:]:
            ids += await self._post(to, post, ident, silent=message.silent)
        return ids

    async def _change(self, to: Address, ident: str, post: Post, what: str) -> None:
        inline = post.markup if isinstance(post.markup, InlineKeyboardMarkup) else None
        change: Any = getattr(self._bot, f"edit_message_{what}")
        try:
            await change(
                chat_id=chat_of(to),
                message_id=int(ident),
                reply_markup=inline,
                parse_mode="HTML",
                **{what: post.html or NOTHING},
            )
        except TelegramBadRequest as refused:
            if not means(refused, failures.NOT_MODIFIED):
                raise


def chat_of(to: Address) -> int | str:
    """A channel may be known by its name: «@dom_news»."""
    return to.chat if to.chat.startswith("@") else int(to.chat)


def parameters(file: Attachment, source: Any) -> dict[str, Any]:
    """What tells of one attachment in the call that sends it."""
    if file.kind == "location":
        return {"latitude": file.latitude or 0.0, "longitude": file.longitude or 0.0}
    if file.kind == "contact":
        return {"phone_number": file.phone, "first_name": file.title or file.phone}
    return {file.kind: source}


def as_documents(post: Post) -> Post:
    """An album is of pictures and films, or of documents; so all of it changes."""
    files: Sequence[Attachment] = post.attachments
    if any(file.kind == "video" for file in files):
        files = [file.model_copy(update={"kind": "document"}) for file in files]
    return replace(post, attachments=tuple(as_document(file) for file in files))


def same_so_far(
    done: list[tuple[Post, list[str]]], posts: Sequence[Post]
) -> list[tuple[Post, list[str]]]:
    """What stands there already, up to the first post that says something else now."""
    kept: list[tuple[Post, list[str]]] = []
    for (said, ids), post in zip(done, posts, strict=False):
        if said != post:
            break
        kept.append((said, ids))
    return kept

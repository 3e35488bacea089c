"""What `doctor` looks at in Telegram: the token, the webhook, our rights in the staff groups."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import TelegramMethod

from bot.platforms.telegram.failures import read_outage
from bot.platforms.telegram.making import read_access
from bot.settings import Settings


class RawMember(TelegramMethod[dict[str, Any]]):
    """getChatMember undecoded: an older Bot API server lacks the newest rights."""

    __returning__ = dict[str, Any]
    __api_method__ = "getChatMember"

    chat_id: int
    user_id: int


async def examine_telegram(settings: Settings) -> AsyncIterator[tuple[bool, str]]:
    access = read_access(settings)
    session = AiohttpSession(
        api=TelegramAPIServer.from_base(access.api_url), proxy=access.proxy or None, timeout=10
    )
    bot = Bot(access.token, session=session)
    try:
        me = await bot.get_me()
        yield True, f"токен принят, бот @{me.username}"
        yield (
            bool(me.can_read_all_group_messages),
            "видит все сообщения в группах"
            if me.can_read_all_group_messages
            else "включён режим приватности: @BotFather → /setprivacy → Disable, затем удалите "
            "бота из группы и добавьте снова",
        )
        hook = await bot.get_webhook_info()
        if access.webhook:
            right = hook.url == f"{access.public_url}/telegram"
            words = f"вебхук {hook.url or 'не установлен, появится при запуске'}"
            if hook.last_error_message:
                words += f", последняя ошибка: {hook.last_error_message}"
            yield right and not hook.last_error_message, words
        elif hook.url:
            yield True, f"вебхук {hook.url} будет снят при запуске"
        chat = settings.telegram_staff_chat
        if chat is None:
            yield True, "группа сотрудников не указана: заявки стоят в диспетчерской в браузере"
            return
        async for finding in examine_room(bot, me.id, chat):
            yield finding
    except (TelegramAPIError, OSError) as failure:
        yield False, str(read_outage(failure))
    finally:
        await bot.session.close()


async def examine_room(bot: Bot, me: int, chat: int) -> AsyncIterator[tuple[bool, str]]:
    try:
        group = await bot.get_chat(chat)
        member = await bot(RawMember(chat_id=chat, user_id=me))
    except TelegramAPIError as refused:
        yield False, f"группа {chat}: {refused.message}. Добавьте бота в группу"
        return
    forum = bool(group.is_forum)
    yield (
        forum,
        f"группа «{group.title}»: темы включены"
        if forum
        else f"группа «{group.title}»: включите темы в настройках группы "
        "(без них ответы идут через «Ответить»)",
    )
    admin = member.get("status") in ("administrator", "creator")
    yield (
        admin,
        "бот — администратор группы" if admin else "сделайте бота администратором группы",
    )
    if forum and admin:
        may = member.get("status") == "creator" or bool(member.get("can_manage_topics"))
        yield may, "может вести темы" if may else "дайте боту право «Управление темами»"

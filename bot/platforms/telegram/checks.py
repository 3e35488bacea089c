"""What `doctor` looks at in Telegram: the token, the webhook, our rights in the staff groups."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError
from aiogram.methods import TelegramMethod

from bot.platforms.telegram.failures import TROUBLE, read_outage
from bot.platforms.telegram.making import read_access
from bot.platforms.telegram.session import make_bot
from bot.settings import Settings

Finding = tuple[bool, str]


class RawMember(TelegramMethod[dict[str, Any]]):
    """getChatMember undecoded: an older Bot API server lacks the newest rights."""

    __returning__ = dict[str, Any]
    __api_method__ = "getChatMember"

    chat_id: int | str
    user_id: int


class RawChat(TelegramMethod[dict[str, Any]]):
    """getChat undecoded, for the same reason."""

    __returning__ = dict[str, Any]
    __api_method__ = "getChat"

    chat_id: int | str


async def examine_telegram(
    settings: Settings, rooms: Sequence[int], channels: Sequence[str] = ()
) -> AsyncIterator[Finding]:
    """`rooms` are the staff groups of the company file; that of the settings is looked at too.
    `channels`: where notices stand for all to read."""
    access = read_access(settings)
    bot = make_bot(access.token, access.api_url, access.proxy)
    chats = [settings.telegram_staff_chat] if settings.telegram_staff_chat else []
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
        async for finding in examine_webhook(bot, settings):
            yield finding
        if not chats and not rooms:
            yield True, "группа сотрудников не указана: заявки стоят в диспетчерской в браузере"
        for chat in dict.fromkeys([*chats, *rooms]):
            async for finding in examine_room(bot, me.id, chat):
                yield finding
        for channel in dict.fromkeys(channels):
            yield await examine_channel(bot, me.id, channel)
    except TROUBLE as failure:
        yield False, str(read_outage(failure))
    finally:
        await bot.session.close()


async def examine_webhook(bot: Bot, settings: Settings) -> AsyncIterator[Finding]:
    hook = await bot.get_webhook_info()
    if settings.telegram_transport == "webhook":
        right = hook.url == f"{settings.public_url}/telegram"
        words = f"вебхук {hook.url}" if hook.url else "вебхук не установлен, появится при запуске"
        if hook.last_error_message:
            words += f", последняя ошибка: {hook.last_error_message}"
        yield (right or not hook.url) and not hook.last_error_message, words
    elif hook.url:
        yield True, f"вебхук {hook.url} будет снят при запуске"


async def examine_channel(bot: Bot, me: int, channel: str) -> Finding:
    try:
        chat = await bot(RawChat(chat_id=channel))
        member = await bot(RawMember(chat_id=channel, user_id=me))
    except TelegramNetworkError:
        raise
    except TelegramAPIError as refused:
        return False, f"канал {channel}: {refused.message}. Проверьте имя и добавьте туда бота"
    name = f"канал «{chat.get('title')}»"
    if chat.get("type") != "channel":
        return False, f"{channel}: это не канал. В telegram_channel нужен канал, не группа"
    may = member.get("status") == "creator" or bool(member.get("can_post_messages"))
    if may:
        return True, f"{name}: может публиковать"
    return False, f"{name}: сделайте бота администратором с правом публиковать сообщения"


async def examine_room(bot: Bot, me: int, chat: int) -> AsyncIterator[Finding]:
    try:
        group = await bot(RawChat(chat_id=chat))
        member = await bot(RawMember(chat_id=chat, user_id=me))
    except TelegramNetworkError:
        raise
    except TelegramAPIError as refused:
        yield False, f"группа {chat}: {refused.message}. Добавьте бота в группу"
        return
    name = f"группа «{group.get('title')}»"
    forum = bool(group.get("is_forum"))
    yield (
        forum,
        f"{name}: темы включены"
        if forum
        else f"{name}: включите темы в настройках группы (без них ответы идут через «Ответить»)",
    )
    admin = member.get("status") in ("administrator", "creator")
    yield (
        admin,
        f"{name}: бот — администратор" if admin else f"{name}: сделайте бота администратором",
    )
    if forum and admin:
        may = member.get("status") == "creator" or bool(member.get("can_manage_topics"))
        yield (
            may,
            f"{name}: может вести темы" if may else f"{name}: дайте право «Управление темами»",
        )

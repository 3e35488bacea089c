"""The commands in Telegram's menu: residents' everywhere, staff's in the rooms, admins' in their
own chats with the bot."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
    BotCommandScopeDefault,
    BotCommandScopeUnion,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Commands:
    """Command and description, for each who may use them."""

    residents: dict[str, str]
    members: dict[str, str]
    admins: dict[str, str]
    staff_chats: tuple[str, ...] = ()
    admin_chats: tuple[str, ...] = ()


async def register(bot: Bot, lists: Commands) -> None:
    """A chat that is not there (yet) is left out: a menu is no reason to be deaf."""
    await _set(bot, lists.residents, BotCommandScopeAllPrivateChats())
    await _set(bot, lists.residents, BotCommandScopeDefault())
    for scope in _scopes(lists.staff_chats):
        await _set(bot, lists.members, scope)
    for scope in _scopes(lists.admin_chats):
        await _set(bot, lists.admins, scope)


def _scopes(chats: Sequence[str]) -> list[BotCommandScopeChat]:
    return [BotCommandScopeChat(chat_id=int(chat)) for chat in chats]


async def _set(bot: Bot, commands: dict[str, str], scope: BotCommandScopeUnion) -> None:
    menu = [BotCommand(command=c.lstrip("/"), description=d) for c, d in commands.items()]
    try:
        await bot.set_my_commands(menu, scope=scope)
    except (TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat) as refused:
        log.info("commands are not set (%s): %s", scope.type, refused.message)

"""What must hold before residents can be heard: whose the key is, and that messages are on."""

from __future__ import annotations

import logging
from typing import Any

from bot.platforms.vk.api import VkApi, VkError
from bot.platforms.vk.failures import ACCESS_DENIED, WRONG_TOKEN
from services.messaging.port import Unavailable

log = logging.getLogger(__name__)

SWITCH_ON = (
    "«Управление» → «Сообщения»: включите «Сообщения сообщества», там же «Настройки для бота» — "
    "«Возможности ботов»"
)


async def make_ready(api: VkApi, group_id: int) -> None:
    """Switches on what is off. Raises `Unavailable`, in plain words, where it cannot work so."""
    if wrong := name_mismatch(await find_community(api), group_id):
        raise Unavailable(wrong, refused=True)
    if await switch_on(api, group_id):
        return
    log.warning("VK: the key may not switch on messages and bots, see `doctor`")
    if not await messages_work(api):
        raise Unavailable(f"сообщения сообщества выключены. {SWITCH_ON}", refused=True)


async def find_community(api: VkApi) -> dict[str, Any]:
    """The one that the key is of."""
    found = await api.call("groups.getById")
    groups = found.get("groups") if isinstance(found, dict) else found
    return groups[0] if groups else {}


def name_mismatch(community: dict[str, Any], group_id: int) -> str:
    """Empty where the number is the community's."""
    ours = community.get("id")
    if ours in (None, group_id):
        return ""
    return (
        f"VK_GROUP_ID={group_id} — номер не этого ключа: ключ VK_TOKEN от сообщества "
        f"«{community.get('name', '')}». Впишите VK_GROUP_ID={ours} или ключ другого сообщества"
    )


async def switch_on(api: VkApi, group_id: int) -> bool:
    """Messages, bots and the button «Начать». A community's key may not read whether they are on.
    False where it may not set them either."""
    try:
        await api.call(
            "groups.setSettings",
            group_id=group_id,
            messages=1,
            bots_capabilities=1,
            bots_start_button=1,
        )
    except VkError as error:
        if error.code in WRONG_TOKEN:
            raise
        return False
    return True


async def messages_work(api: VkApi) -> bool:
    try:
        await api.call("messages.getConversations", count=1)
    except VkError as error:
        if error.code != ACCESS_DENIED:
            raise
        return False
    return True

"""What `doctor` looks at in VK: the token's rights, the community's settings, where events go. What
the API lets it set, it sets, and says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from bot.platforms.vk.api import VERSION, VkApi, VkError
from bot.platforms.vk.failures import TOKEN_WRONG, read_outage
from bot.platforms.vk.hearing import Access
from bot.platforms.vk.making import read_access
from bot.platforms.vk.parse import EVENTS
from bot.platforms.vk.ready import (
    SWITCH_ON,
    find_community,
    messages_work,
    name_mismatch,
    switch_on,
)
from bot.platforms.vk.wall import NO_RIGHT, read_wall_error
from bot.settings import Settings
from services.messaging.port import SendFailed

RIGHTS = {  # by the words of the checkboxes
    "manage": "управление сообществом",
    "messages": "сообщения сообщества",
    "photos": "фотографии",
    "docs": "файлы",
}
OLDEST = (5, 131)
TITLE = "domovoy"  # of the server, fourteen letters at most
LOOKS, LOOK_AGAIN = 8, 0.5  # so often, seconds between


async def examine_vk(settings: Settings) -> AsyncIterator[tuple[bool, str]]:
    access = read_access(settings)
    api = VkApi(access.token, access.api_url, per_second=5)
    try:
        async for finding in examine_community(api, access, settings):
            yield finding
    except VkError as error:
        yield False, str(read_outage(error.code, error.words))
    except SendFailed:
        yield False, "ВК не отвечает. Проверьте VK_API_URL и сеть"
    finally:
        await api.close()
    if access.wall_token:
        yield await examine_wall(access)


async def examine_wall(access: Access) -> tuple[bool, str]:
    """The key may be an administrator's, who is asked whether they may post, or the community's,
    which tells its rights. Nothing is posted."""
    api = VkApi(access.wall_token, access.api_url, per_second=3)
    try:
        try:
            granted = await api.call("groups.getTokenPermissions")
            names = {each.get("name") for each in granted.get("permissions") or []}
            may = "wall" in names
        except VkError as error:
            if error.code == TOKEN_WRONG:
                raise
            found = await api.call("groups.getById", group_id=access.group_id, fields="can_post")
            groups = found.get("groups") if isinstance(found, dict) else found
            may = bool(groups and groups[0].get("can_post"))
    except VkError as error:
        return False, f"стена: {read_wall_error(error.code)}"
    except SendFailed:
        return False, "стена: ВК не отвечает. Проверьте VK_API_URL и сеть"
    finally:
        await api.close()
    return may, "стена: писать на неё можно" if may else f"стена: {NO_RIGHT}"


async def examine_community(
    api: VkApi, access: Access, settings: Settings
) -> AsyncIterator[tuple[bool, str]]:
    community = await find_community(api)
    if wrong := name_mismatch(community, access.group_id):
        yield False, wrong
        return
    yield True, f"ключ принят, сообщество «{community.get('name', '')}»"
    granted = await api.call("groups.getTokenPermissions")
    names = {each.get("name") for each in granted.get("permissions") or []}
    missing = ", ".join(f"«{words}»" for right, words in RIGHTS.items() if right not in names)
    yield (
        not missing,
        f"ключу не хватает прав: {missing}. Создайте новый ключ, отметив и эти галочки"
        if missing
        else "прав у ключа хватает",
    )
    async for finding in examine_messages(api, access):
        yield finding
    if access.callback:
        async for finding in examine_callback(api, access, settings):
            yield finding
    else:
        yield await examine_long_poll(api, access)


async def examine_messages(api: VkApi, access: Access) -> AsyncIterator[tuple[bool, str]]:
    """A community's key may switch these on, but not read them; whether messages work shows."""
    worked = await messages_work(api)
    if await switch_on(api, access.group_id):
        yield (
            True,
            "сообщения сообщества, возможности ботов и кнопка «Начать» включены"
            if worked
            else "сообщения сообщества были выключены — включили, вместе с возможностями ботов",
        )
    elif worked:
        yield True, f"сообщения работают; остальное проверьте сами. {SWITCH_ON}"
    else:
        yield False, f"сообщения сообщества выключены. {SWITCH_ON}"


async def examine_long_poll(api: VkApi, access: Access) -> tuple[bool, str]:
    settings = await api.call("groups.getLongPollSettings", group_id=access.group_id)
    events = settings.get("events") or {}
    missing = [event for event in EVENTS if not events.get(event)]
    if settings.get("is_enabled") and not missing and new_enough(settings.get("api_version")):
        return True, f"Long Poll включён, версия {settings.get('api_version')}, события выбраны"
    await api.call(
        "groups.setLongPollSettings",
        group_id=access.group_id,
        enabled=1,
        api_version=VERSION,
        **dict.fromkeys(EVENTS, 1),
    )
    return True, f"Long Poll был настроен не до конца — поправили (версия {VERSION}, все события)"


async def examine_callback(
    api: VkApi, access: Access, settings: Settings
) -> AsyncIterator[tuple[bool, str]]:
    code = await api.call("groups.getCallbackConfirmationCode", group_id=access.group_id)
    if access.confirmation in ("", code.get("code")):
        yield True, "строка подтверждения верна"
    else:
        yield False, f"впишите VK_CONFIRMATION={code.get('code')} (или оставьте пустым)"
    address = f"{settings.public_url}/vk"
    server = await find_server(api, access, address)
    described = {"group_id": access.group_id, "url": address, "secret_key": access.secret}
    if server is None:
        added = await api.call("groups.addCallbackServer", title=TITLE, **described)
        number, done = added["server_id"], "добавлен"
    elif server.get("status") != "ok" or server.get("secret_key") != access.secret:
        number, done = server["id"], "сохранён заново"
        title = str(server.get("title") or TITLE)
        await api.call("groups.editCallbackServer", server_id=number, title=title, **described)
    else:
        number, done = server["id"], ""
    await api.call(
        "groups.setCallbackSettings",
        group_id=access.group_id,
        server_id=number,
        api_version=VERSION,
        **dict.fromkeys(EVENTS, 1),
    )
    yield True, "события Callback API выбраны"
    yield await examine_server(api, access, address, done)


async def examine_server(api: VkApi, access: Access, address: str, done: str) -> tuple[bool, str]:
    """VK asks the bot for the confirmation a moment after the server was saved."""
    begun = f"{done}, и " if done else ""
    for _ in range(LOOKS):
        server = await find_server(api, access, address) or {}
        if server.get("status") == "ok":
            return True, f"сервер {address} {begun}ВК его подтвердил"
        await asyncio.sleep(LOOK_AGAIN)
    return False, (
        f"сервер {address} {begun}ВК его не подтвердил. Запустите бота с этими же настройками, "
        f"проверьте, что {page_of_health(address)} открывается из интернета по https с верным "
        "сертификатом, и выполните doctor ещё раз"
    )


def page_of_health(address: str) -> str:
    """What anybody may open to see that the bot is reached."""
    return f"{address.removesuffix('/vk')}/health"


async def find_server(api: VkApi, access: Access, address: str) -> dict[str, Any] | None:
    servers = await api.call("groups.getCallbackServers", group_id=access.group_id)
    return next((s for s in servers.get("items") or [] if s.get("url") == address), None)


def new_enough(version: object) -> bool:
    try:
        major, minor = map(int, str(version).split("."))
    except ValueError:
        return False
    return (major, minor) >= OLDEST

"""What `doctor` looks at in VK: the token's rights, the community's settings, where events go. What
the API lets it set, it sets, and says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

from bot.platforms.vk.api import VERSION, VkApi, VkError
from bot.platforms.vk.failures import read_outage
from bot.platforms.vk.hearing import Access
from bot.platforms.vk.making import read_access
from bot.platforms.vk.parse import EVENTS
from bot.settings import Settings
from services.messaging.port import SendFailed

RIGHTS = ("messages", "manage", "photos", "docs")
OLDEST = (5, 131)
ACCESS_DENIED = 15


async def examine_vk(settings: Settings) -> AsyncIterator[tuple[bool, str]]:
    access = read_access(settings)
    api = VkApi(access.token, access.api_url, per_second=5)
    try:
        async for finding in examine_community(api, access, settings):
            yield finding
    except VkError as error:
        yield False, str(read_outage(error.code, error.words))
    except SendFailed as failure:
        yield False, f"не отвечает: {failure}. Проверьте VK_API_URL и сеть"
    finally:
        await api.close()


async def examine_community(
    api: VkApi, access: Access, settings: Settings
) -> AsyncIterator[tuple[bool, str]]:
    found = await api.call("groups.getById", group_id=access.group_id)
    groups = found["groups"] if isinstance(found, dict) else found
    name = groups[0].get("name", "") if groups else ""
    yield True, f"токен принят, сообщество «{name}»"
    granted = await api.call("groups.getTokenPermissions")
    names = {each.get("name") for each in granted.get("permissions") or []}
    missing = [right for right in RIGHTS if right not in names]
    yield (
        not missing,
        "прав у ключа хватает"
        if not missing
        else f"ключу не хватает прав: {', '.join(missing)}. Создайте новый ключ с этими галочками",
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
    try:
        await api.call("messages.getConversations", count=1)
        worked = True
    except VkError as error:
        if error.code != ACCESS_DENIED:
            raise
        worked = False
    try:
        await api.call(
            "groups.setSettings",
            group_id=access.group_id,
            messages=1,
            bots_capabilities=1,
            bots_start_button=1,
        )
    except VkError as error:
        yield (
            worked,
            (
                "сообщения работают; возможности ботов проверьте сами"
                if worked
                else f"включите сообщения сообщества и возможности ботов ({error.words})"
            ),
        )
        return
    yield (
        True,
        (
            "сообщения сообщества, возможности ботов и кнопка «Начать» включены"
            if worked
            else "сообщения сообщества были выключены — включили, вместе с возможностями ботов"
        ),
    )


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
    right = code.get("code") == access.confirmation
    yield (
        right,
        ("строка подтверждения верна" if right else f"впишите VK_CONFIRMATION={code.get('code')}"),
    )
    address = f"{settings.public_url}/vk"
    servers = await api.call("groups.getCallbackServers", group_id=access.group_id)
    ours = next((s for s in servers.get("items") or [] if s.get("url") == address), None)
    if ours is None:
        added = await api.call(
            "groups.addCallbackServer",
            group_id=access.group_id,
            url=address,
            title="domovoy",
            secret_key=access.secret,
        )
        server_id = added["server_id"]
        yield True, f"сервер {address} добавлен; когда бот запущен, VK его подтвердит"
    else:
        server_id = ours["id"]
        state = ours.get("status")
        yield state == "ok", f"сервер {address}: {state}"
    await api.call(
        "groups.setCallbackSettings",
        group_id=access.group_id,
        server_id=server_id,
        api_version=VERSION,
        **dict.fromkeys(EVENTS, 1),
    )
    yield True, "события Callback API выбраны"


def new_enough(version: object) -> bool:
    try:
        major, minor = map(int, str(version).split("."))
    except ValueError:
        return False
    return (major, minor) >= OLDEST

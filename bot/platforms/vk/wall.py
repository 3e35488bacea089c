"""The community's wall: `wall.post`, with a key of its own.

VK lets a person's key post there; the key of a community is refused by its description, though
communities whose key has the right «стена» report that it posts text. Either may be given. Files
are left out: a community's key may not put them there.
"""

from __future__ import annotations

from bot.platforms.vk.api import VkApi, VkError
from bot.platforms.vk.failures import (
    CAPTCHA,
    CAPTCHA_PAUSE,
    FLOOD,
    INNER,
    RATE_LIMIT,
    TOO_FAST,
    WRONG_TOKEN,
)
from services.messaging.port import Ambiguous, Rejected, SendFailed, Throttled
from services.messaging.types import Outbound

PACE = 3  # calls a second; a person's key has so many
LONGEST = 15_000  # characters
NO_RIGHT = "у ключа VK_WALL_TOKEN нет права писать на стену этого сообщества"
WRONG = {
    **dict.fromkeys(WRONG_TOKEN, "ключ VK_WALL_TOKEN не принят: отозван или не тот"),
    1051: "этим ключом ВК не даёт писать на стену: нужен ключ из раздела «Работа с API»",
    214: "ВК не принял запись: стена закрыта или на сегодня записей слишком много",
    219: "ВК не принял запись: недавно уже выходила реклама",
    222: "ВК не принимает здесь записи со ссылками",
    **dict.fromkeys((7, 15, 203), NO_RIGHT),
    17: "ВК просит подтвердить вход: создайте ключ VK_WALL_TOKEN заново",
}


class Wall:
    def __init__(self, token: str, base: str, group_id: int) -> None:
        self._api = VkApi(token, base, PACE)
        self._group_id = group_id

    async def post(self, message: Outbound, nonce: int) -> list[str]:
        """In the community's name. What has this nonce already is not posted again."""
        text = "\n".join(filter(None, [message.header, message.text]))
        try:
            answer = await self._api.call(
                "wall.post",
                owner_id=-self._group_id,
                from_group=1,
                message=text[:LONGEST],
                guid=str(nonce),
                mute_notifications=1 if message.silent else None,
            )
        except VkError as error:
            raise read_wall_error(error.code) from None
        ident = answer.get("post_id") if isinstance(answer, dict) else None
        if not ident:
            raise Ambiguous("the answer names no post")
        return [str(ident)]

    async def close(self) -> None:
        await self._api.close()


def read_wall_error(code: int) -> SendFailed:
    """What is wrong with the wall stops nobody else: no word here is about the whole of VK."""
    if code == TOO_FAST:
        return Throttled(1.0)
    if code in (FLOOD, RATE_LIMIT):
        return Throttled(600.0)
    if code == CAPTCHA:
        return Throttled(CAPTCHA_PAUSE)
    if code in INNER:
        return Ambiguous(f"ошибка на стороне ВК (код ВК {code})")
    return Rejected(f"{WRONG.get(code, 'ВК не принял запись на стену')} (код ВК {code})")

"""What VK's errors mean, decided here and nowhere else. Codes as in the API's own list."""

from __future__ import annotations

import logging

from services.messaging.port import (
    Ambiguous,
    Blocked,
    NotSent,
    Rejected,
    SendFailed,
    Throttled,
    Unavailable,
)

log = logging.getLogger(__name__)

TOO_FAST = 6  # requests a second
FLOOD = 9  # too much of the same to one person
RATE_LIMIT = 29  # a daily limit of a method
CAPTCHA = 14
NO_QUOTE = 921  # what is quoted is gone
TOO_LATE = 950  # who has been silent for a day gets nothing without an intent
NO_SUCH_MESSAGE = 100
GROUP_WRONG = 125
NO_EDIT = (909, 920)  # too old, or of a kind that stays as it is
TOKEN_WRONG = 5
WRONG_TOKEN = (TOKEN_WRONG, 27, 28)
ACCESS_DENIED = 15
NO_RIGHT = (7, ACCESS_DENIED)
NO_BUTTONS = 912  # «Возможности ботов» are off
PERSON = {
    900: "житель внёс сообщество в чёрный список",
    901: "житель не разрешил сообществу писать ему",
    902: "житель закрыл личные сообщения",
    18: "страница удалена или заблокирована",
}
MESSAGE = {  # for staff: what is wrong with this one
    7: "у ключа доступа ВК нет права на это",
    15: "ВК не даёт этого сделать: нет доступа",
    100: "ВК не принял сообщение: в нём что-то не так",
    909: "сообщение старше суток, ВК не даёт его изменить",
    911: "ВК не принял кнопки под сообщением",
    NO_BUTTONS: "в сообществе выключены «Возможности ботов», ВК не берёт кнопки",
    913: "ВК не берёт столько пересланных сообщений сразу",
    914: "сообщение длиннее, чем берёт ВК: разделите его на несколько",
    917: "бота нет в этой беседе",
    920: "ВК не даёт изменить такое сообщение",
    NO_QUOTE: "сообщение, на которое вы отвечаете, удалено",
    922: "бот вышел из этой беседы",
    924: "ВК удаляет у жителя только то, что написано за последние сутки",
    925: "бот не администратор этой беседы",
    927: "такой беседы нет",
    932: "сообщество не может писать этому адресату",
    943: "житель давно не писал сообществу (больше недели): ВК пропустит сообщение, когда он "
    "напишет сам",
    944: "житель давно не писал сообществу, и ВК ограничивает число таких сообщений: попробуйте "
    "завтра",
    945: "эта беседа закрыта",
    TOO_LATE: "житель больше суток не писал сообществу: ВК пропустит сообщение, когда он напишет "
    "сам",
}


CLOSED = {  # to this program as a whole
    2: "ВК отключил приложение ключа доступа. Создайте в сообществе новый ключ и впишите его в "
    "VK_TOKEN",
    17: "ВК просит подтвердить вход. Войдите в ВК как администратор сообщества и создайте новый "
    "ключ доступа",
}
FORBIDDEN = {  # of one object when something of it is asked, of all when the whole is refused
    15: "ВК не даёт писать от имени сообщества. Включите сообщения сообщества и проверьте, что у "
    "ключа доступа есть право на них",
    20: "ВК не даёт писать с этим ключом. Создайте в настройках сообщества новый ключ доступа и "
    "впишите его в VK_TOKEN",
    23: "ВК закрыл отправку сообщений для этого ключа. Создайте новый ключ доступа или напишите "
    "в поддержку ВК",
}
CLOSED_PAUSE = 300.0  # seconds


class QuoteGone(Rejected):
    """The message goes without its quote."""


class TooLate(Rejected):
    """The message goes with an intent, where its kind has one."""


class NoButtons(Rejected):
    """The message goes when buttons are on again, or without them."""


class TokenRefused(NotSent):
    """Everything else will be refused, too."""


INNER = (1, 10)  # their own trouble: the message may stand there or not
CAPTCHA_PAUSE = 300.0  # seconds
SPECIAL: dict[int, type[Rejected]] = {
    TOO_LATE: TooLate, NO_QUOTE: QuoteGone, NO_BUTTONS: NoButtons,
}  # fmt: skip
ASKS_CAPTCHA = (
    "ВК просит ввести код с картинки (captcha). Загляните в сообщения сообщества и "
    "отправьте оттуда любое сообщение"
)


NO_RIGHTS = (
    "ключу доступа не хватает прав. Создайте новый с галочками «управление сообществом», "
    "«сообщения сообщества», «фотографии», «файлы»"
)
REFUSED = (
    "ключ доступа VK_TOKEN не принят: он скопирован не целиком или отозван. Создайте новый в "
    "настройках сообщества, «Работа с API»"
)


def name_error(code: int) -> str:
    """In words for staff: VK's own are English and say little."""
    known = PERSON.get(code) or MESSAGE.get(code) or "ВК не принял сообщение"
    return f"{known} (код ВК {code})"


def read_error(code: int, words: str) -> SendFailed:
    """One of the port's failures for an error of the API. `words` are VK's, for the log."""
    if code in PERSON:
        return Blocked(name_error(code))
    if code == TOO_FAST:
        return Throttled(1.0, everywhere=True)
    if code == FLOOD:
        return Throttled(60.0)
    if code == RATE_LIMIT:
        return Throttled(600.0, everywhere=True, why="исчерпан дневной лимит ВК")
    if code == CAPTCHA:
        return Throttled(CAPTCHA_PAUSE, everywhere=True, why=ASKS_CAPTCHA)
    if code in CLOSED:
        return Throttled(CLOSED_PAUSE, everywhere=True, why=f"{CLOSED[code]} (код {code})")
    if code in WRONG_TOKEN:
        return TokenRefused(REFUSED)
    if code in INNER:
        return Ambiguous(f"ошибка на стороне ВК (код ВК {code})")
    if code not in MESSAGE:
        log.warning("VK %s: %s", code, words)
    return SPECIAL.get(code, Rejected)(name_error(code))


def read_refusal(code: int, words: str) -> SendFailed:
    """For an error of `messages.send` itself, or of a whole `execute`: what is denied there is
    denied to every message."""
    if code in FORBIDDEN:
        return Throttled(CLOSED_PAUSE, everywhere=True, why=f"{FORBIDDEN[code]} (код {code})")
    return read_error(code, words)


def read_outage(code: int, words: str) -> Unavailable:
    """Why hearing stopped, in words for administrators."""
    if code in WRONG_TOKEN:
        return Unavailable(REFUSED, refused=True)
    if code in NO_RIGHT:
        return Unavailable(NO_RIGHTS, refused=True)
    if code == CAPTCHA:
        return Unavailable(ASKS_CAPTCHA)
    if code == GROUP_WRONG:
        return Unavailable("такого сообщества нет, проверьте VK_GROUP_ID", refused=True)
    log.warning("VK %s: %s", code, words)
    return Unavailable(f"ВК отвечает ошибкой (код ВК {code})")

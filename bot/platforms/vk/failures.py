"""What VK's errors mean, decided here and nowhere else. Codes as in the API's own list."""

from __future__ import annotations

from services.messaging.port import (
    Ambiguous,
    Blocked,
    NotSent,
    Rejected,
    SendFailed,
    Throttled,
    Unavailable,
)

TOO_FAST = 6  # requests a second
FLOOD = 9  # too much of the same to one person
RATE_LIMIT = 29  # a daily limit of a method
CAPTCHA = 14
NO_QUOTE = 921  # what is quoted is gone
TOO_LATE = 950  # who has been silent for a day gets nothing without an intent
NO_INTENT = (943, 944)
NO_SUCH_MESSAGE = 100
NO_EDIT = (909, 920)  # too old, or of a kind that stays as it is
WRONG_TOKEN = (5, 27, 28)
NO_RIGHT = (7, 15)
PERSON = {
    900: "житель внёс сообщество в чёрный список",
    901: "житель не разрешил сообществу писать ему",
    902: "житель закрыл личные сообщения",
    18: "страница удалена или заблокирована",
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


INNER = (1, 10)  # their own trouble: the message may stand there or not
CAPTCHA_PAUSE = 300.0  # seconds
ASKS_CAPTCHA = (
    "ВК просит ввести код с картинки (captcha). Загляните в сообщения сообщества и "
    "отправьте оттуда любое сообщение"
)


def read_error(code: int, words: str) -> SendFailed:
    """One of the port's failures for an error of the API."""
    if code in PERSON:
        return Blocked(f"VK {code}: {words}")
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
    if code == TOO_LATE:
        return TooLate(f"житель больше суток не писал сообществу (VK {code}: {words})")
    if code in NO_INTENT:
        return Rejected(f"житель давно не писал сообществу, ВК не пропускает (VK {code}: {words})")
    if code == NO_QUOTE:
        return QuoteGone(f"VK {code}: {words}")
    if code in WRONG_TOKEN:
        return NotSent("the token is refused")
    if code in INNER:
        return Ambiguous(f"VK {code}: {words}")
    return Rejected(f"VK {code}: {words}")


def read_refusal(code: int, words: str) -> SendFailed:
    """For an error of `messages.send` itself, or of a whole `execute`: what is denied there is
    denied to every message."""
    if code in FORBIDDEN:
        return Throttled(CLOSED_PAUSE, everywhere=True, why=f"{FORBIDDEN[code]} (код {code})")
    return read_error(code, words)


def read_outage(code: int, words: str) -> Unavailable:
    """Why hearing stopped."""
    if code in WRONG_TOKEN:
        return Unavailable("the token is refused, make a new one in the community", refused=True)
    if code in NO_RIGHT:
        return Unavailable("the token lacks a right: messages and manage are needed", refused=True)
    if code == CAPTCHA:
        return Unavailable("VK asks for a captcha: wait, then look into the community's messages")
    return Unavailable(f"VK {code}: {words}")

"""What staff read of canned answers, and how a draft is filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from services.company.declaration import CannedAnswer

COPY = "Скопировать"
COPY_AT_MOST = 256  # characters, Telegram's own limit
HOW = (
    "Добавить или поменять заготовку:\n/answer + voda Нет воды\nЗдравствуйте, {name}! Видим, что "
    "воды нет. Вернём к вечеру.\n\nПервое слово — ключ латиницей, дальше название, текст с новой "
    "строки. Убрать: /answer - voda. Подставятся: {name}, {number}, {house}, {term}, {phone}, "
    "{emergency_phone}, {member}."
)
NONE_YET = f"Заготовок пока нет. {HOW}"
NOT_ALLOWED = "Менять заготовки могут диспетчер, управляющий и администратор."
BAD_KEY = "Ключ заготовки — латинские буквы, цифры, дефис, до 32 знаков: voda, master-ne-prishel."
NO_TEXT = f"У заготовки должны быть название и текст с новой строки. {HOW}"
TOO_LONG = "Слишком длинно: в заготовке помещается 3000 знаков, в названии 100."
LONGEST_TEXT, LONGEST_TITLE = 3000, 100

# What goes together with a value that is not known: «до {term}», «№{number}», «, {name}».
_BEFORE = r"(?:,?\s*\b(?:до|к|в|на|по|от|для|у|под|адресу|телефону|доме|дому|номером))*[\s,]*№?"
_EMPTY_AT_START = r"(^|[.!?…]\s+|\n)\{%s\}[,!\s]*(\w?)"


def listed(answers: Sequence[CannedAnswer]) -> str:
    lines = [f"{n}. {each.title} — {each.id}" for n, each in enumerate(answers, 1)]
    tail = "Показать: /answer 1, по ключу или слову. Жителю само ничего не уйдёт."
    return "\n".join(["Заготовки:", *lines, "", tail])


def several(word: str, answers: Sequence[CannedAnswer]) -> str:
    lines = [f"{each.title} — /answer {each.id}" for each in answers]
    return "\n".join([f"По слову «{word[:40]}» их несколько:", *lines])


def no_such(word: str) -> str:
    return f"Заготовки «{word[:40]}» нет. Все: /answer."


def draft(answer: CannedAnswer, text: str) -> str:
    return (
        f"Черновик «{answer.title}», жителю не ушёл. Скопируйте, поправьте и отправьте:\n\n{text}"
    )


def kept(key: str, title: str, *, new: bool) -> str:
    what = "Заготовка добавлена" if new else "Заготовка изменена"
    return f"{what}: {title} — {key}. Показать: /answer {key}"


def removed(key: str) -> str:
    return f"Заготовки {key} больше нет."


def fill(text: str, values: Mapping[str, str]) -> str:
    """What is not known goes out with its comma and its preposition."""
    for name, value in values.items():
        if value:
            text = text.replace("{" + name + "}", value)
            continue
        at_start = re.compile(_EMPTY_AT_START % name)
        text = at_start.sub(lambda found: found[1] + found[2].upper(), text)
        text = re.sub(_BEFORE + r"\{" + name + r"\}", "", text)
    return re.sub(r"[ \t]{2,}", " ", text).strip()

"""Words that ask for nothing: «спасибо», «ок», «хорошо, жду», 👍.

A question mark, a figure or any word that is not in the lists means that somebody wants
something: when in doubt, the resident waits for an answer.
"""

from __future__ import annotations

import re

MOST_WORDS = 12

THANKS = (
    "спасибо", "спасиб", "спасибки", "спасибочки", "спс", "пасиб", "пасибо", "благодарю",
    "благодарим", "благодарна", "благодарен", "благодарны", "признательна", "признателен",
    "мерси", "сенкс", "thanks", "thx",
)  # fmt: skip
AGREED = (
    "ок", "окей", "оке", "окэй", "ok", "okay", "хорошо", "ладно", "лады", "отлично",
    "прекрасно", "замечательно", "супер", "класс", "здорово", "понял", "поняла", "поняли",
    "понятно", "ясно", "принято", "принял", "приняла", "договорились", "добро", "годится",
    "идет", "пойдет", "согласен", "согласна", "молодцы", "молодец", "умнички", "ура",
    "взаимно", "плюс", "оки", "свидания",
)  # fmt: skip
WAITING = ("жду", "ждем", "подожду", "подождем")
# They say nothing of their own: not alone, and, but for the first ones, not with «жду».
CALM = ("да", "ага", "угу", "и", "тогда", "вас", "конечно", "хорошего", "доброго", "дня", "вечера")
AROUND = (
    *CALM, "вам", "тебе", "вы", "я", "мы", "все", "очень", "так", "пока", "ну", "вот", "ой",
    "прямо", "просто", "всего", "приятного", "добрый", "день", "вечер", "удачи", "здоровья",
    "успехов", "до",
)  # fmt: skip
MUCH = (
    "вам", "всем", "большое", "огромное", "огромнейшее", "преогромное", "человеческое", "заранее",
)  # fmt: skip
"""With «спасибо» also where somebody waits."""
FOR_WHAT = (
    *MUCH, "нет", "за", "помощь", "ответ",
    "информацию", "инфо", "инфу", "оперативность", "работу", "еще", "раз", "быстрый",
    "отклик", "внимание", "заботу", "труд", "старания", "понимание", "мастеру", "диспетчеру",
    "ребята", "девочки", "коллеги", "лучшие", "от", "души", "сил",
    "работает", "заработало", "заработал", "получилось", "помогло", "сделали", "починили",
    "исправили", "решено", "решилось",
)  # fmt: skip
"""They go with thanks alone."""

NAMED = re.compile(
    r"\b((?:спасибо|благодарю|благодарим|спс)(?:\s+(?:большое|огромное|вам))*),?\s+"
    r"(?!спасибо)(?-i:[А-ЯЁ][а-яё]{2,})(?:\s+(?-i:[А-ЯЁ])\w+(?:вна|чна|вич))?(?=[\s!.)]*$)",
    re.IGNORECASE,
)
"""Whom they thank, at the end and with a capital: «Спасибо, Анна Петровна!»"""

EXACT = 4  # words up to so many letters must be right to the letter
KIND = re.compile(
    "[👍👌🙏❤♥💖💕😊🙂😀😃😄😁☺🤝👏💐🌹🌷😘🥰😍✅✔🆗💪🎉🫶🤗😉🏻🏼🏽🏾🏿\u200d\ufe0f]+"
)
UNKIND = re.compile("[❓❔❗‼⁉🆘🚨🔥😡🤬😠👎💩😢😭😤🤔😱🤨]")


def is_thanks(text: str) -> bool:
    """Whether nobody need answer this. False for an empty text."""
    if "?" in text or "((" in text or UNKIND.search(text) or any(c.isdigit() for c in text):
        return False
    said = NAMED.sub(r"\1", text).casefold().replace("ё", "е")
    said = re.sub(r"\bбуд(у|ем)\s+ждать\b", "жду", said)
    said = re.sub(r"\bбуд(у|ем)\s+(дома|знать|на\s+связи)\b", "хорошо", said)
    words = re.findall(r"[^\W\d_]+", said)
    if not words:
        kind = bool(KIND.search(text)) and not KIND.sub("", text).strip(" \n.!)+")
        return kind or bare(text)
    if len(words) > MOST_WORDS:
        return False
    thanks, agreed = [any_like(w, THANKS) for w in words], [any_like(w, AGREED) for w in words]
    waiting = [word in WAITING for word in words]
    if not any((*thanks, *agreed, *waiting)):
        return False
    rest: tuple[str, ...] = (*AROUND, *FOR_WHAT) if any(thanks) else AROUND
    if any(waiting):
        rest = (*CALM, *MUCH) if any(thanks) else CALM
    says = zip(words, thanks, agreed, waiting, strict=True)
    return all(any(known) or any_like(word, rest) for word, *known in says)


def bare(text: str) -> bool:
    """«+» and «)))»"""
    return bool(text.strip()) and set(text.strip()) <= set("+)")


def any_like(word: str, known: tuple[str, ...]) -> bool:
    word = re.sub(r"(.)\1{2,}", r"\1", word)  # «спасибооо»
    return any(like(word, each) for each in known)


def like(word: str, known: str) -> bool:
    """The same but for one slip of the finger; in a long word two."""
    if word == known:
        return True
    if len(known) <= EXACT or word[0] != known[0]:
        return False
    return distance(word, known) <= (1 if len(known) < 8 else 2)


def distance(a: str, b: str) -> int:
    """How many letters are missing, superfluous, other, or changed places with the next."""
    if abs(len(a) - len(b)) > 2:
        return 3
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        last, before, row = before, row, [i]
        for j, y in enumerate(b, 1):
            cost = min(row[-1] + 1, before[j] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]

"""Words that ask for nothing: greetings, farewells, thanks, small talk and abuse."""

from __future__ import annotations

import re
from typing import Literal

from services.understanding.reading.thanks import is_thanks
from services.understanding.words import fold

Courtesy = Literal["", "greeting", "farewell", "thanks", "insult", "chat"]

_GREETING = re.compile(
    r"(?:здравс?твуй(?:те)?|здрас[ьт]?т?[еи]?|приветствую|привет(?:ик|ики|ствую)?|хай|хелло|hello|hi|салют|ку"
    r"|добр(?:ый|ого|ое|ой)\s+(?:день|дня|вечер(?:а|ок)?|утро|утра|ночи|времени\s+суток)|доброго\s+времени"
    r"|доброе|добрый|вечер\s+добрый|утро\s+доброе|день\s+добрый|мир\s+вашему\s+дому|алло|але|ау|эй"
    r"|есть\s+кто(?:\s+(?:живой|тут|нибудь))?|вы\s+(?:тут|здесь|на\s+связи))"
)
_FAREWELL = re.compile(
    r"(?:до\s+свидан\w*|досвидан\w*|пока(?:\s+пока)?|всего\s+(?:доброго|хорошего)|до\s+встречи"
    r"|(?:спокойной|доброй)\s+ночи|хорошего\s+(?:дня|вечера)|удачи|счастливо|прощай(?:те)?|бай|bye)"
)
_CHAT = re.compile(
    r"(?:как\s+(?:ваши\s+|твои\s+)?дела|как\s+(?:ты|вы|жизнь|настроение)|ты\s+(?:кто|бот|робот|человек)"
    r"|вы\s+(?:кто|бот|робот|человек)|кто\s+(?:ты|вы)(?:\s+так(?:ой|ая|ие))?|это\s+(?:бот|робот)"
    r"|что\s+(?:ты\s+|вы\s+)?(?:умее(?:шь|те)|може(?:шь|те))|тест|проверка|проверка\s+связи"
    r"|как\s+(?:тебя|вас)\s+зовут)"
)
_FILLING = re.compile(
    r"\b(?:уважаем\w+|дорог\w+|ребят\w*|господа|товарищ\w*|всем|вам|тебе|и|ещё|еще|бот|домовой|коллеги"
    r"|соседи|девушка|большое|опять|снова)\b"
)
_INSULT = re.compile(
    r"\b(?:идиот|дебил|козл|козел|урод|твар[ьи]|мудак|мудил|сук[аи]\b|сучк|бля|нах(?:уй|ер|рен)|хуй|хуе|хуя|пизд"
    r"|пид[оа]р|гандон|сволоч|дура\b|дурак|дурн|придур|скот(?:ин|ы)|кретин|ничтожеств|мраз[ьи]|тупы|тупой|тупая"
    r"|тупица|ублюд|гнид|падл|еба|еб[лну]|заеб|отъеб|чмо\b|лох[и]?\b|гад[ыи]?\b|воры\b|ворье|жулик|мошенник|пошл[аи]?"
    r"\s+(?:вы|ты|на)|пош[её]л\s+(?:ты|на)|заткн|чтоб\s+вы|ненавижу)\w*"
)
MOST_WORDS = 7
TRADE_FREE = ("other", "")


def find_courtesy(text: str, category: str = "other") -> Courtesy:
    """Empty where something is asked or told besides. `category`, as the message was read: abuse
    around a leak is about the leak."""
    said = " ".join(re.findall(r"\w+", fold(text)))
    words = said.split()
    if _FAREWELL.fullmatch(said):
        return "farewell"
    if is_thanks(text):
        return "thanks"
    if _CHAT.fullmatch(said):
        return "chat"
    if not words or len(words) > MOST_WORDS:
        return ""
    if _INSULT.search(said) and category in TRADE_FREE and "?" not in text:
        return "insult"
    rest = " ".join(_FILLING.sub(" ", said).split())
    for name, pattern in (("greeting", _GREETING), ("farewell", _FAREWELL), ("chat", _CHAT)):
        left = pattern.sub(" ", rest, count=2).strip()
        if not left and rest:
            return name  # type: ignore[return-value]
        if name == "greeting" and left and _CHAT.fullmatch(left):
            return "chat"
    return ""

"""Questions about somebody's own request: «где мой сантехник по заявке 1234», «когда придут»."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.understanding.words import fold

_NUMBER = re.compile(
    r"\b(?:заявк|обращени)\w{0,3}\s*(?:под\s+|за\s+)?(?:номер\w{0,3}\s*)?(?:no|[#n])?\s*"
    r"(\d{3,9})\b"
)
_WHO = (
    r"(?:сантехник|слесар|электрик|мастер|лифтер|сварщик|плотник|дворник|уборщиц|специалист|монтер"
    r"|монтажник|рабоч|бригад)\w{0,4}"
)
_BARE = re.compile(r"(?:что\s+(?:там\s+)?(?:с|по)\s+)?(?:no|#)\s*(\d{3,9})\s*\??")
_COME = (
    r"(?:при(?:дет|дут|едет|едут|ходит|ехал|шел|шли|ехали)|(?:по)?явит|жд(?:ать|ем|у)|будет|будут)"
    r"\w{0,3}"
)
_MY = r"(?:мо(?:ей|я|ю|его|и)|наш(?:ей|а|у|и)?|сво(?:ей|ю))"
_ABOUT = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b(?:по|с|со|про|насчет)\s+(?:{_MY}\s+)?(?:заявк|обращени)\w{{1,3}}\b",
        rf"\b{_MY}\s+(?:заявк|обращени)\w{{1,3}}\b",
        rf"\bгде\s+(?:же\s+|там\s+)?(?:{_MY}|наш|мой)?\s*{_WHO}\b",
        rf"\b(?:когда|во\s+сколько|ко\s+скольки)\b.{{0,25}}\b{_COME}\b.{{0,25}}\b{_WHO}",
        rf"\b(?:когда|во\s+сколько|ко\s+скольки)\b.{{0,15}}\b{_WHO}.{{0,15}}\b{_COME}",
        r"\b(?:когда|во\s+сколько)\s+(?:же\s+|уже\s+|ко\s+мне\s+|к\s+нам\s+|вы\s+)*(?:придут|приедут|придете"
        r"|приедете)\b",
        r"\b(?:статус|состояние)\s+(?:моей\s+)?(?:заявк|обращени)\w{1,3}\b",
        r"\b(?:заявк|обращени)\w{1,3}\b.{0,25}\b(?:приня|выполн|рассмотр|сделан|закры|готов|движет"
        r"|как\s+там|когда)",
    )
)
_NOT_ABOUT = re.compile(
    r"\b(?:как|где|куда|можно|хочу|надо|нужно|через)\s+(?:ли\s+|мне\s+|можно\s+)*"
    r"(?:подать|оставить|оформить|сделать|создать|написать|отправить|отменить|закрыть|оставлять|подавать)\b"
)
"""How to file one: that is what the articles are for."""
_ASKS = re.compile(
    r"\?|\b(?:где|когда|что|чего|как|какой|какая|сколько|почему|приня\w+|статус|состояние|узнать|есть|"
    r"движет\w+)\b"
)
_SHORT = 8  # words: so few around a number ask of it, whatever they are
MOST = 600  # characters: what is longer tells something of its own


@dataclass(frozen=True)
class OwnCase:
    """`number` of the request; None: the one that is under way."""

    number: int | None


def find_own_case(text: str) -> OwnCase | None:
    """None where it is something else, as how to file a request at all."""
    if len(text) > MOST:
        return None
    said = " ".join(fold(text).split())
    if _NOT_ABOUT.search(said):
        return None
    asks = bool(_ASKS.search(said))
    if number := _BARE.fullmatch(said):
        return OwnCase(int(number[1]))
    if number := _NUMBER.search(said):
        return OwnCase(int(number[1])) if asks or len(said.split()) <= _SHORT else None
    if asks and any(pattern.search(said) for pattern in _ABOUT):
        return OwnCase(None)
    return None

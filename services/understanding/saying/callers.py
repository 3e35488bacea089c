"""What a member wrote down of a caller in one line: who it is, how they came, what happened."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINK = re.compile(r"https?://\S*[^\s,.;)]")
_PHONE = re.compile(r"(?<!\d)(?:\+\d|8|7)?[\s(-]*\d(?:[\s()-]{0,2}\d){9,13}(?!\d)")
_SPLIT = re.compile(r"[,;\n]+|\s[—–]\s")
_NAME_WORD = r"[А-ЯЁ](?:[а-яё]+(?:-[А-ЯЁ][а-яё]+)?|\.?)"
_NAME = re.compile(rf"{_NAME_WORD}(?:\s*{_NAME_WORD}){{0,2}}")
_SOURCES = {
    "visit": "пришла пришел пришли лично визит посетитель|на прием|в офисе|зашла|зашел",
    "letter": "письмо почта email|e-mail|имейл|по почте|письмом|обращение",
    "phone": "звонок звонила звонил позвонила|позвонил|телефон|по телефону",
    "other": "чат чат дома|соцсети|другое|из чата",
}
_SOURCE_OF = {
    word.strip(): source
    for source, words in _SOURCES.items()
    for part in words.split("|")
    for word in [part, *part.split()]
}


@dataclass(frozen=True)
class Caller:
    name: str
    phone: str
    source: str
    link: str
    text: str


def read_caller(words: str) -> Caller:
    """The order does not matter; commas and line ends part one thing from another."""
    link = _LINK.search(words)
    if link:
        words = f"{words[: link.start()]}\n{words[link.end() :]}"
    phone = ""
    for found in _PHONE.finditer(words):
        if phone := read_phone(found[0]):
            words = f"{words[: found.start()]}\n{words[found.end() :]}"
            break
    source, name, said = "", "", []
    for part in filter(None, (part.strip(" .\t") for part in _SPLIT.split(words))):
        first, _, after = part.partition(" ")
        if not source and (known := _source_of(part)):
            source = known
        elif not source and not name and _NAME.fullmatch(after) and (known := _source_of(first)):
            source, name = known, after
        elif not name and _NAME.fullmatch(part):
            name = part
        else:
            said.append(part)
    if not said and name and " " not in name:  # «Потоп» is what happened
        said, name = [name], ""
    return Caller(
        name=name,
        phone=phone,
        source=source or ("other" if link else "phone"),
        link=link[0] if link else "",
        text=", ".join(said),
    )


def _source_of(words: str) -> str:
    return _SOURCE_OF.get(words.casefold().replace("ё", "е"), "")


def read_phone(words: str) -> str:
    """Russian numbers in whatever dress become +7…; others keep their plus. Empty: it is none."""
    digits = re.sub(r"\D", "", words)
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    if len(digits) == 10 and digits[0] in "3489":
        return f"+7{digits}"
    if 10 <= len(digits) <= 15 and words.strip().startswith("+"):
        return f"+{digits}"
    return ""

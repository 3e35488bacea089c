"""Words as they are compared: small letters, «е» for «ё», the dictionary form, the root."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import Any

WORD = re.compile(r"[^\W_]+(?:[-'’`][^\W_]+)*")
_RUSSIAN = re.compile(r"[а-я]+(?:-[а-я]+)*")

# Said with every subject, so that they tell none from another. Question words («когда», «сколько»)
# are kept out of this list: they tell «when» from «how».
_COMMON = frozenset(
    """
    а без более бы был была были было быть в вам вами вас ведь во вот впрочем все всё вы да даже
    для до его ее если есть еще же за здесь и из или им их к ко ли лишь между меня мне мной мой
    мы на над нам нами нас наш не него нее ней них но ну о об однако он она они оно от очень по
    под после потом потому при про раз с сам свой себя со такой также там тебя тем теперь то тобой
    тоже только тот ты у уж уже хоть хотя через чтобы чуть эта эти это этот я вообще просто типа
    короче прям щас сейчас кстати вроде либо весь ваш твой который можно нужно надо мочь хотеть
    пожалуйста здравствуйте здравствовать привет добрый день вечер утро подсказать подскажите
    сказать скажите спасибо заранее помочь помогите знать узнать ребята господа уважаемый товарищ
    блин ага ок ой эй
    """.replace("ё", "е").split()
)


_ACCENTS = re.compile("[\u0300-\u036f\ufe0e\ufe0f\u200b-\u200f\u00ad]")


def fold(text: str) -> str:
    """Small letters, «е» for «ё», compatibility forms (𝗔, ﬁ, ①) as plain ones, no accents."""
    if not text.isascii():
        text = _ACCENTS.sub("", unicodedata.normalize("NFKC", text)).replace("ё", "е")
    return text.lower().replace("ё", "е")


def split_words(text: str) -> list[str]:
    """Folded words and numbers in order; «кто-нибудь» stays one word."""
    return WORD.findall(fold(text))


def is_russian(word: str) -> bool:
    return _RUSSIAN.fullmatch(word) is not None


def is_common(lemma: str) -> bool:
    return lemma in _COMMON


@cache
def _morphology() -> Any:
    import pymorphy3  # 0.2 s: not for a process that reads no text

    return pymorphy3.MorphAnalyzer()


LONGEST = 24  # letters of a word that is not in the dictionary and is looked into all the same


def _parse(word: str) -> Any:
    """The readings, the likelier first. A word that nobody knows is taken apart by its prefixes,
    in a time that doubles with each («недонедонедо…»): of a long one there are none."""
    return _morphology().parse(word) if len(word) <= LONGEST or is_known(word) else []


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str:
    """The dictionary form of a folded word; what is not Russian comes back as it is."""
    if not is_russian(word):
        return word
    found = _morphology()
    forms = {
        found.dictionary.build_normal_form(paradigm, place, fixed)
        for fixed, places in found.dictionary.words.similar_items(word, found.char_substitutes)
        for paradigm, place in places
    }
    # Parsing weighs the readings against each other, at twice the price.
    if len(forms) != 1:
        forms = {each.normal_form for each in _parse(word)[:1]} or {word}
    return str(forms.pop()).replace("ё", "е")


@lru_cache(maxsize=50_000)
def is_known(word: str) -> bool:
    """Whether the dictionary of Russian has this folded word, in any of its forms."""
    found = _morphology()
    return bool(found.dictionary.words.similar_keys(word, found.char_substitutes))


@lru_cache(maxsize=50_000)
def grammar(word: str) -> tuple[tuple[frozenset[str], float], ...]:
    """Each reading of a folded word, the likelier first: the grammemes of OpenCorpora («NOUN»,
    «Name», «femn» …) and how likely it is, 0…1. A word not in the dictionary is guessed at."""
    if not is_russian(word):
        return ()
    return tuple(
        (frozenset(map(str, each.tag.grammemes)), float(each.score)) for each in _parse(word)
    )


def names_behind(word: str) -> frozenset[str]:
    """The dictionary forms of a folded word where it is read as a name of a person."""
    return frozenset(
        str(each.normal_form).replace("ё", "е")
        for each in _parse(word)
        if {"Name", "Patr", "Surn"} & set(each.tag.grammemes)
    )


_PREFIXES = re.compile(
    r"(?:недо|пере|пред|подо|разо|рас|раз|изо|ото|обо|при|про|под|над|воз|вос|без|бес|вы|до|за|из|ис"
    r"|на|об|от|по|со|у)(?=[а-я]{4})"
)
_SUFFIXES = re.compile(
    r"(?:ирование|ировать|ирован|ывание|ивание|ывать|ивать|ование|овать|евать|ение|ание|нуться|иться"
    r"|аться|яться|еться|ться|енный|анный|нный|нуть|ить|ать|ять|еть|уть|ыть|ти|чь|тель|щик|чик|ость|ный|ской|ский|овой|овый"
    r"|евой|ный|ной|кий|ок|ек|ка|ки|ия|ие|ой|ый|ий|ая|ое|а|я|о|е|ы|и|ь|й)$"
)


@lru_cache(maxsize=50_000)
def root(lemma: str) -> str:
    """A rough root, to bring «оплата», «платить» and «оплатить» near each other. Empty where too
    little would be left to mean anything."""
    if len(lemma) < 5 or not is_russian(lemma):
        return ""
    rest = _SUFFIXES.sub("", lemma)
    cut = _PREFIXES.sub("", rest, count=1) if _PREFIXES.match(rest) else rest
    if cut.startswith("о") and len(cut) >= 5 and cut[1] not in "аеиоуыэюя":
        cut = cut[1:]
    return cut[:6] if len(cut) >= 3 else ""

"""Greetings, thanks and insults: words that no article answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from services.understanding.faq.index import Floats
from services.understanding.words import lemma

CHAT = "smalltalk-"
"""How the codes of topics begin that are no subject of an article."""

_FEW = 4  # words: so short, and chat by its likeness, it is nothing else
_THANKS = """
    спасибо спс спасиб пасиб пасибо спасибочки благодарить благодарный благодарность
    благодарствовать благодарствую мерси молодец умница умничка ура признательный
"""
_ASKING = """
    как где когда куда откуда кто кому кого сколько почему зачем какой чей можно нельзя ли
    подсказать сказать помочь помогать надо нужно нужный хотеть хотеться заранее вернуть дать
    прислать узнать объяснить уточнить сделать опять снова но почем
"""
_THANKING, _WANTING = frozenset(_THANKS.split()), frozenset(_ASKING.split())


def is_chat(
    text: str,
    words: Sequence[str],
    topics: Floats,
    chats: npt.NDArray[np.bool_],
    likely: float,
) -> bool:
    """`topics`: likeness to each topic; `chats`: whether that topic is chat; `likely`: that an
    article answers."""
    if "?" not in text and thanks(words):
        return True
    if not len(topics) or not chats[topics.argmax()]:
        return False
    return len(words) <= _FEW or likely < 0.5


def thanks(words: Sequence[str]) -> bool:
    """«Спасибо, вода пошла», but not «подскажите, когда дадут воду, спасибо»."""
    said = {lemma(word) for word in words} | set(words)
    return not said.isdisjoint(_THANKING) and said.isdisjoint(_WANTING)

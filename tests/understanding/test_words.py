"""How what was typed becomes words that can be compared."""

from __future__ import annotations

from collections import Counter

import pytest

from services.understanding.faq.library import Entry, Library
from services.understanding.faq.rambles import FIRST, LAST, WORDS, cap, part
from services.understanding.letters import read_letters
from services.understanding.typos import Speller, measure_typo
from services.understanding.words import (
    fold,
    grammar,
    is_known,
    lemma,
    names_behind,
    root,
    split_words,
)


@pytest.fixture(scope="module")
def library() -> Library:
    return Library([Entry("a", "Когда приедет сантехник?", "Завтра.")])


def test_folding_makes_letters_plain() -> None:
    assert fold("Счётчик ЁЛКИ й Й") == "счетчик елки й й"
    assert fold("𝗩𝗼𝗱𝗮 ①") == "voda 1"
    assert fold("во\u0301да") == "вода"


def test_words_keep_their_hyphens_and_numbers() -> None:
    assert split_words("Какой-нибудь wi-fi, кв. 12/3!") == [
        "какой-нибудь",
        "wi-fi",
        "кв",
        "12",
        "3",
    ]
    assert split_words("😀\x00—«»") == []


def test_dictionary_forms_and_roots() -> None:
    assert [lemma(word) for word in ("счетчиков", "включат", "воду", "abc")] == [
        "счетчик", "включить", "вода", "abc",
    ]  # fmt: skip
    assert len({root(lemma(word)) for word in ("оплата", "платить", "оплатить")}) == 1
    assert is_known("отопления")
    assert not is_known("отаплени")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ujhzxfz djlf", "горячая вода"),
        ("rjulf dfk.xfn cxtnxbr", "когда валючат счетчик"),
        ("rjulf ghbltn cfyntt[ybr", "когда придет сантеехник"),
        ("kogda vklyuchat otoplenie", "когда включат отопление"),
        ("Gde kluch ot pod'ezda", "где ключ от подъезда"),
        ("pokazaniya schetchikov", "показания счетчиков"),
        ("goryachaya voda 4to tam", "горячая вода что там"),
        ("cчетчик вoды", "счетчик воды"),
        ("не работает wi-fi", "не работает wi-fi"),
        ("оплата по QR", "оплата по qr"),
    ],
)
def test_wrong_letters_are_read(library: Library, typed: str, meant: str) -> None:
    assert read_letters(typed, library._speller.knows).lower() == meant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("атоплиние", "отопление"),
        ("щетчик", "счетчик"),
        ("квитнация", "квитанция"),
        ("сантехик", "сантехник"),
        ("паркофка", "парковка"),
        ("подьезд", "подъезд"),
        ("домафон", "домофон"),
        ("неработает", "не работает"),
        ("когдавключатотопление", "когда включат отопление"),
        ("показаниясчетчиков", "показания счетчиков"),
    ],
)
def test_typos_are_repaired(library: Library, typed: str, meant: str) -> None:
    assert " ".join(library.read(typed)) == meant


@pytest.mark.parametrize("word", ["кот", "варенье", "zzz", "12345", "счетчик"])
def test_good_words_stay(library: Library, word: str) -> None:
    assert library.read(word) == [word]


def test_own_words_of_the_articles_are_repaired_to() -> None:
    own = Library([Entry("a", "Что такое Зюзюбрик?", "Ваш бот.")])
    assert own.read("зюзюбрк") == ["зюзюбрик"]


def test_a_speller_prefers_what_is_met_often() -> None:
    assert Speller(Counter({"плата": 1, "плита": 50})).repair("плпта") == ("плита",)


def test_likely_slips_cost_less() -> None:
    assert measure_typo("вода", "вода") == 0
    assert (
        measure_typo("вада", "вода") < measure_typo("влда", "вода") < measure_typo("вщда", "вода")
    )
    assert measure_typo("лфит", "лифт") < 1
    assert measure_typo("плитта", "плита") < 1


def test_a_long_text_is_read_from_both_ends() -> None:
    text = "а" * 5000 + "конец"
    assert len(cap(text)) <= FIRST + LAST + 1
    assert cap(text).endswith("конец")
    assert len(cap("а " * 5000).split()) <= WORDS
    assert cap("коротко") == "коротко"


def test_the_question_is_looked_for_in_the_last_sentence() -> None:
    assert part("Живу один. Ноги болят. Когда починят лифт?")[1] == "Когда починят лифт?"
    assert part("Когда починят лифт? Спасибо!")[1] == "Когда починят лифт? Спасибо!"
    assert part("когда починят лифт") == ("", "когда починят лифт")


def test_a_word_that_nobody_knows_is_not_taken_apart_for_ever() -> None:
    """By its prefixes it would be, in a time that doubles with each."""
    for word in ("недо" * 30 + "кот", "то-" * 300 + "то"):
        assert (lemma(word), grammar(word), names_behind(word)) == (word, (), frozenset())

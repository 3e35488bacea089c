"""Questions grouped by likeness."""

from __future__ import annotations

import random

import pytest

from services.understanding.faq.grouping import MOST_TEXTS, group

ASKED = {
    "прописка": [
        "как прописать ребёнка", "прописка новорожденного ребенка",
        "Подскажите, как прописать ребенка?",
        "хочу прописать ребёнка в квартиру, что нужно",
    ],
    "окна": ["кто моет окна в подъезде", "когда помоют окна в подъезде?", "мытьё окон подъезд"],
    "счётчик": ["как опломбировать счётчик", "опломбировка счётчика воды",
"опломбировать счётчики"],
    "собака": ["можно ли выгуливать собаку во дворе", "выгул собак во дворе"],
    "велосипед": ["где оставить велосипед"],
    "видео": ["запись с камер видеонаблюдения"],
}  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_what_asks_the_same_stands_together_in_any_order(seed: int) -> None:
    said = [(name, text) for name, texts in ASKED.items() for text in texts]
    random.Random(seed).shuffle(said)
    found = group([text for _, text in said])
    assert [{said[place][0] for place in each.members} for each in found if len(each.members) > 1]
    for each in found:
        assert len({said[place][0] for place in each.members}) == 1, [
            said[place] for place in each.members
        ]
    sizes = [len(each.members) for each in found]
    assert sizes == sorted(sizes, reverse=True)
    assert len(found) <= len(ASKED) + 1


def test_each_is_in_one_group_and_the_typical_one_in_its_own() -> None:
    texts = [text for each in ASKED.values() for text in each]
    found = group(texts)
    assert sorted(place for each in found for place in each.members) == list(range(len(texts)))
    assert all(each.typical in each.members for each in found)


def test_what_says_nothing_is_alone() -> None:
    found = group(["🙂", "", "!!!", "как прописать ребёнка", "как прописать ребёнка"])
    assert [each.members for each in found] == [(3, 4), (0,), (1,), (2,)]
    assert group([]) == []


def test_question_words_alone_bring_nothing_together() -> None:
    assert [
        each.members for each in group(["когда будет отопление", "когда будет дезинсекция"])
    ] == [
        (0,),
        (1,),
    ]


def test_many_and_long_ones_end() -> None:
    words = [word for each in ASKED.values() for text in each for word in text.split()]
    chance = random.Random(1)
    texts = [" ".join(chance.choices(words, k=6)) for _ in range(MOST_TEXTS + 5)]
    texts[0] = "я " * 20_000
    assert sum(len(each.members) for each in group(texts)) == MOST_TEXTS

"""Danger is seen in every voice, and what only sounds like it raises no alarm."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from services.danger import sounds_dangerous
from services.understanding.reading.danger import find_danger
from tests.understanding.test_reading import list_out

OWN = yaml.safe_load((Path(__file__).parent / "own_dangers.yaml").read_text("utf-8"))
SEEN, LET_BE, NAMED = 0.97, 0.97, 0.95


def test_own_dangers_are_seen() -> None:
    words = [text for texts in OWN["danger"].values() for text in texts]
    missed = [text for text in words if not find_danger(text)]
    assert len(words) - len(missed) >= SEEN * len(words), list_out(missed)


def test_own_false_friends_are_let_be() -> None:
    alarmed = [f"{found}: {text}" for text in OWN["calm"] if (found := find_danger(text))]
    assert len(OWN["calm"]) - len(alarmed) >= LET_BE * len(OWN["calm"]), list_out(alarmed)


def test_dangers_are_told_apart() -> None:
    told = [
        (kind, text) for kind, texts in OWN["danger"].items() if kind != "any" for text in texts
    ]
    wrong = [f"{kind}, not {find_danger(text)}: {text}" for kind, text in told
             if find_danger(text) != kind]  # fmt: skip
    assert len(told) - len(wrong) >= NAMED * len(told), list_out(wrong)


@pytest.mark.parametrize(
    "words",
    ["ujhbv!", "pahnet gazom v pod'ezde", "ПОЖАР", "пажааар", "газ!!!", "застряливлифте",
     "прарвало батарею", "горим 🔥🔥🔥", "вoняeт гaзoм", "п0жар"],
)  # fmt: skip
def test_however_it_is_typed(words: str) -> None:
    assert sounds_dangerous(words)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("вчера затопило соседей", "вчера прорвало, и до сих пор льёт с потолка"),
        ("на прошлой неделе прорвало трубу", "прорвало трубу"),
        ("после потопа отошли обои", "у нас потоп"),
        ("больше не искрит", "искрит"),
        ("газом не пахнет", "пахнет газом"),
        ("если затопит, кто платит", "если что, я дома: затопило кухню"),
        ("что делать, если запахнет газом?", "что делать, пахнет газом?"),
        ("в лифте никто не застрял", "в лифте застряли"),
        ("лифт не работает", "лифт не работает, внутри люди"),
        ("в подъезде нет света", "во всём доме нет света"),
        ("лампочка горит днём", "лампочка искрит, горит патрон"),
    ],
)
def test_now_and_not_now(then: str, now: str) -> None:
    assert not find_danger(then)
    assert find_danger(now)


def test_the_gravest_comes_first() -> None:
    assert find_danger("нас топит, и пахнет газом") == "gas"


@pytest.mark.parametrize("words", ["", " ", "?!", "🔥", "a" * 10_000, "не " * 4_000, "\x00"])
def test_nothing_is_no_danger(words: str) -> None:
    assert find_danger(words) == ""


def test_the_end_of_a_ramble_is_heard() -> None:
    assert find_danger("Здравствуйте, пишу вам про график уборки. " * 200 + "Ой, искрит щиток!")

"""When a dispatcher says that something begins and ends, and which parts of a house they name."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.understanding.reading.lacks import find_lack
from services.understanding.saying.parts import read_parts
from services.understanding.saying.spans import read_span

NOW = datetime(2026, 3, 4, 11, 0, tzinfo=ZoneInfo("Europe/Moscow"))  # a Wednesday


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("завтра с 10 до 14", "05.03 10:00", "05.03 14:00"),
        ("С 10 до 14 завтра", "05.03 10:00", "05.03 14:00"),
        ("25.11 9:00–17:00", "25.11 09:00", "25.11 17:00"),
        ("25 марта с 9 до 17", "25.03 09:00", "25.03 17:00"),
        ("в пятницу 10-14", "06.03 10:00", "06.03 14:00"),
        ("завтра 9.00-17.00", "05.03 09:00", "05.03 17:00"),
        ("завтра в 10 на 3 часа", "05.03 10:00", "05.03 13:00"),
        ("12 марта с 10 утра до 3 дня", "12.03 10:00", "12.03 15:00"),
        ("с 5 марта 22:00 до 6 марта 6:00", "05.03 22:00", "06.03 06:00"),
        ("с 23 до 5", "04.03 23:00", "05.03 05:00"),
        ("с 1 до 5 ночи завтра", "05.03 01:00", "05.03 05:00"),
        ("с 11 до 2", "04.03 11:00", "04.03 14:00"),
        ("сегодня с 14 до 10", "04.03 14:00", "04.03 10:00"),  # the caller asks once more
        ("20 февраля с 10 до 12", "20.02 10:00", "20.02 12:00"),
        ("до 18", "", "04.03 18:00"),
        ("до 6", "", "04.03 18:00"),
        ("до утра", "", "05.03 09:00"),
        ("завтра до 12", "", "05.03 12:00"),
        ("через 2 часа", "", "04.03 13:00"),
        ("через полчаса", "", "04.03 11:30"),
        ("на 4 часа", "", "04.03 15:00"),
    ],
)
def test_spans(words: str, since: str, until: str) -> None:
    span = read_span(words, NOW)
    assert span is not None
    told = [f"{each:%d.%m %H:%M}" if each else "" for each in (span.since, span.until)]
    assert told == [since, until]


@pytest.mark.parametrize("words", ["завтра", "5 марта", "31.02 10-12", "скоро", "кв 5", ""])
def test_no_hours_are_no_span(words: str) -> None:
    assert read_span(words, NOW) is None


def test_what_has_begun_began_before_now() -> None:
    span = read_span("с 23:30 до 14", NOW, begun=True)
    assert span is not None
    assert span.since == NOW.replace(day=3, hour=23, minute=30)


def test_an_hour_is_an_hour_when_the_clocks_change() -> None:
    night = datetime(2026, 3, 28, 23, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    span = read_span("через 4 часа", night)
    assert span is not None
    assert span.until is not None
    assert (span.until.timestamp() - night.timestamp()) / 3600 == 4


@pytest.mark.parametrize(
    ("words", "entrances", "risers", "floors", "flats"),
    [
        ("2 подъезд, стояк 3", "2", "3", (), ""),
        ("1 и 2 подъезд", "1 2", "", (), ""),
        ("подъезд 2 этаж 3", "2", "", ((3, 3),), ""),
        ("этаж 3 подъезд 2", "2", "", ((3, 3),), ""),
        ("с 5 по 9 этаж", "", "", ((5, 9),), ""),
        ("этажи 9–5", "", "", ((5, 9),), ""),
        ("кв. 12, 14-16", "", "", (), "12 14 15 16"),
        ("кв 12а", "", "", (), "12а"),
        ("стояки 1, 2", "", "1 2", (), ""),
    ],
)
def test_parts(
    words: str, entrances: str, risers: str, floors: tuple[tuple[int, int], ...], flats: str
) -> None:
    parts = read_parts(words)
    assert parts.rest == ""
    assert " ".join(parts.entrances) == entrances
    assert " ".join(parts.risers) == risers
    assert parts.floors == floors
    assert " ".join(parts.flats) == flats


@pytest.mark.parametrize("words", ["второй", "у реки", "весь дом"])
def test_no_part(words: str) -> None:
    assert not read_parts(words)


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("нет воды", ("cold_water", "hot_water")),
        ("Когда дадут горячую воду?", ("hot_water",)),
        ("почему нет холодной воды", ("cold_water",)),
        ("нет света во всём подъезде", ("electricity",)),
        ("лифт стоит", ("elevator",)),
        ("батареи холодные", ("heating",)),
        ("не работает домофон", ("intercom",)),
        ("лифт шумит", ()),
        ("течёт батарея", ()),
        ("вода идёт ржавая", ()),
        ("как передать показания горячей воды", ()),
        ("спасибо", ()),
    ],
)
def test_lacks(words: str, what: tuple[str, ...]) -> None:
    assert find_lack(words) == what

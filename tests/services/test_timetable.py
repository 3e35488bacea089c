"""Working time: nights, breaks, weekends, holidays, special days, the turn of a year, zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from services.company.declaration import Company, Consent, Hours, SpecialDay
from services.timetable import Timetable

ZONES = ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Vladivostok", "Europe/Berlin"]
EVERY_DAY = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEK = (
    {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "08:00", "closes": "13:00"},
    {"days": ["mon", "tue", "wed", "thu", "fri"], "opens": "14:00", "closes": "20:00"},
    {"days": ["sat"], "opens": "10:00", "closes": "16:00"},
)
HOLIDAYS = [date(2026, 1, day) for day in range(1, 10)] + [date(2025, 12, 31), date(2026, 3, 9)]
SPECIAL = (
    {"date": "2026-02-20", "opens": "08:00", "closes": "12:00"},  # short, before a holiday
    {"date": "2026-03-08", "opens": "10:00", "closes": "13:00"},  # a working Sunday, with a break
    {"date": "2026-03-08", "opens": "14:00", "closes": "15:00"},
    {"date": "2026-01-05", "opens": "10:00", "closes": "12:00"},  # in the holidays
)
NIGHT = ({"days": ["mon", "tue"], "opens": "00:00", "closes": "24:00"},)
ALWAYS = ({"days": EVERY_DAY, "opens": "00:00", "closes": "24:00"},)


def company(zone: str = "Europe/Moscow", hours: Any = WEEK) -> Company:
    return Company(
        name="Дом", greeting="Здравствуйте!", timezone=zone, phone="112", emergency_phone="112",
        hours=tuple(Hours.model_validate(each) for each in hours), holidays=tuple(HOLIDAYS),
        special_days=tuple(SpecialDay.model_validate(each) for each in SPECIAL),
        consent=Consent(version="1", text="Согласны?"),
    )  # fmt: skip


def table(zone: str = "Europe/Moscow", hours: Any = WEEK, **rules: Any) -> Timetable:
    return Timetable.of(company(zone, hours), rules)


def at(words: str, zone: str = "Europe/Moscow", fold: int = 0) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZoneInfo(zone), fold=fold)


# ── Open, and when again ─────────────────────────────────────────────────────

OPENINGS = [
    ("2026-03-04 11:00", "2026-03-04 11:00"),  # at work
    ("2026-03-04 08:00", "2026-03-04 08:00"),  # just opened
    ("2026-03-04 07:59", "2026-03-04 08:00"),
    ("2026-03-04 13:00", "2026-03-04 14:00"),  # the break
    ("2026-03-04 20:00", "2026-03-05 08:00"),  # just closed
    ("2026-03-04 23:30", "2026-03-05 08:00"),  # night
    ("2026-03-05 03:00", "2026-03-05 08:00"),
    ("2026-03-06 20:30", "2026-03-07 10:00"),  # Friday: Saturday has hours of its own
    ("2026-03-07 16:00", "2026-03-08 10:00"),  # a working Sunday
    ("2026-03-08 13:30", "2026-03-08 14:00"),  # its break
    ("2026-03-08 15:00", "2026-03-10 08:00"),  # the holiday after it
    ("2026-03-14 18:00", "2026-03-16 08:00"),  # an ordinary Sunday
    ("2026-02-20 12:00", "2026-02-21 10:00"),  # the short day is over
    ("2025-12-30 21:00", "2026-01-05 10:00"),  # the turn of the year, to a special day in it
    ("2026-01-05 12:00", "2026-01-10 10:00"),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("now", "opens"), OPENINGS)
def test_the_next_opening(zone: str, now: str, opens: str) -> None:
    moment = at(now, zone)
    assert table(zone).next_opening(moment) == at(opens, zone)
    assert table(zone).is_open(moment) is (now == opens)


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ("2026-03-04 11:00", None),
        ("2026-03-04 13:30", "2026-03-04 13:00"),
        ("2026-03-05 03:00", "2026-03-04 20:00"),
        ("2026-03-09 12:00", "2026-03-08 15:00"),
        ("2026-01-03 12:00", "2025-12-30 20:00"),
    ],
)
def test_since_when_it_is_closed(now: str, since: str | None) -> None:
    assert table().closed_since(at(now)) == (at(since) if since else None)


@pytest.mark.parametrize(
    ("now", "closes"),
    [
        ("2026-03-04 11:00", "2026-03-04 13:00"),
        ("2026-03-04 14:00", "2026-03-04 20:00"),
        ("2026-03-04 13:30", None),
        ("2026-02-20 08:00", "2026-02-20 12:00"),
    ],
)
def test_when_it_closes(now: str, closes: str | None) -> None:
    assert table().closes_at(at(now)) == (at(closes) if closes else None)


def test_a_night_between_two_working_days_is_one_working_time() -> None:
    night = table(hours=NIGHT)  # Monday and Tuesday, around the clock
    assert night.is_open(at("2026-03-02 23:59"))
    assert night.is_open(at("2026-03-03 00:00"))
    assert night.closes_at(at("2026-03-02 12:00")) == at("2026-03-04 00:00")
    assert night.next_opening(at("2026-03-08 16:00")) == at("2026-03-10 00:00")  # 9 is a holiday
    assert table(hours=ALWAYS).closes_at(at("2026-03-10 12:00")) is None


# ── Counting ─────────────────────────────────────────────────────────────────

TERMS = [
    ("2026-03-04 11:00", 60, "2026-03-04 12:00"),
    ("2026-03-04 12:50", 20, "2026-03-04 14:10"),  # over the break
    ("2026-03-04 13:30", 20, "2026-03-04 14:20"),  # in it
    ("2026-03-04 12:40", 20, "2026-03-04 13:00"),  # ends with the morning
    ("2026-03-04 19:50", 20, "2026-03-05 08:10"),  # over the night
    ("2026-03-04 23:00", 20, "2026-03-05 08:20"),
    ("2026-03-06 19:50", 20, "2026-03-07 10:10"),  # to Saturday
    ("2026-03-14 15:50", 20, "2026-03-16 08:10"),  # over Sunday
    ("2026-03-08 14:50", 20, "2026-03-10 08:10"),  # over a holiday
    ("2026-02-20 11:50", 20, "2026-02-21 10:10"),  # after a short day
    ("2025-12-30 19:50", 20, "2026-01-05 10:10"),  # over the turn of the year
    ("2026-03-10 08:00", 11 * 60, "2026-03-10 20:00"),  # one whole day
    ("2026-03-10 08:00", 22 * 60 + 1, "2026-03-12 08:01"),
]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("begins", "minutes", "due"), TERMS)
def test_a_term_in_working_time(zone: str, begins: str, minutes: int, due: str) -> None:
    span = timedelta(minutes=minutes)
    a, b = at(begins, zone), at(due, zone)
    assert table(zone).add_working(a, span) == b
    assert table(zone).working_between(a, b) == span


def test_nothing_is_worked_in_a_night_and_backwards() -> None:
    assert table().working_between(at("2026-03-04 20:00"), at("2026-03-05 08:00")) == timedelta(0)
    assert table().working_between(at("2026-03-05 12:00"), at("2026-03-04 12:00")) == timedelta(0)
    now = at("2026-03-04 23:00")
    assert table().add_working(now, timedelta(0)) == now


def test_answers_are_in_utc() -> None:
    # Two moments of one zone are subtracted on the wall, which errs over a change of the clocks.
    got = table("Europe/Berlin").add_working(at("2026-03-04 12:50", "Europe/Berlin"), timedelta(1))
    assert got.tzinfo is UTC
    assert table().next_opening(at("2026-03-04 12:00")).tzinfo is UTC


# ── Clocks that change ───────────────────────────────────────────────────────

BERLIN = "Europe/Berlin"
EARLY = ({"days": EVERY_DAY, "opens": "01:00", "closes": "05:00"},)


def test_a_night_in_spring_is_an_hour_shorter() -> None:
    early = table(BERLIN, EARLY)
    begins, ends = at("2026-03-29 01:00", BERLIN), at("2026-03-29 05:00", BERLIN)
    assert early.working_between(begins, ends) == timedelta(hours=3)
    assert early.add_working(begins, timedelta(hours=3)) == ends
    always = table(BERLIN, ALWAYS)
    day, next_day = at("2026-03-29 00:00", BERLIN), at("2026-03-30 00:00", BERLIN)
    assert always.working_between(day, next_day) == timedelta(hours=23)


def test_a_night_in_autumn_is_an_hour_longer() -> None:
    early = table(BERLIN, EARLY)
    begins, ends = at("2026-10-25 01:00", BERLIN), at("2026-10-25 05:00", BERLIN)
    assert early.working_between(begins, ends) == timedelta(hours=5)
    again = at("2026-10-25 02:00", BERLIN, fold=1).astimezone(UTC)
    assert early.add_working(begins, timedelta(hours=2)) == again
    assert early.is_open(at("2026-10-25 02:30", BERLIN, fold=1))


def test_an_hour_that_is_skipped_or_comes_twice() -> None:
    def hours(opens: str, closes: str) -> Any:
        return ({**EARLY[0], "opens": opens, "closes": closes},)

    skipped = table(BERLIN, hours("02:00", "02:30"))
    assert skipped.next_opening(at("2026-03-28 12:00", BERLIN)) == at("2026-03-29 03:00", BERLIN)
    twice = table(BERLIN, hours("02:00", "03:00"))
    a, b = at("2026-10-25 00:00", BERLIN), at("2026-10-25 12:00", BERLIN)
    assert twice.working_between(a, b) == timedelta(hours=2)


def test_the_week_of_the_change_keeps_the_hours_on_the_wall() -> None:
    assert table(BERLIN).add_working(
        at("2026-03-28 15:50", BERLIN), timedelta(minutes=20)
    ) == at("2026-03-30 08:10", BERLIN)  # fmt: skip
    assert table(BERLIN).add_working(
        at("2026-10-24 15:50", BERLIN), timedelta(minutes=20)
    ) == at("2026-10-26 08:10", BERLIN)  # fmt: skip


# ── Rooms ────────────────────────────────────────────────────────────────────


def test_a_room_has_hours_of_its_own_and_the_holidays_of_the_company() -> None:
    early = {"hours": [{"days": ["mon", "fri"], "opens": "06:00", "closes": "09:00"}]}
    own = table(**early)
    assert own.next_opening(at("2026-03-04 11:00")) == at("2026-03-06 06:00")
    assert own.next_opening(at("2026-03-08 20:00")) == at("2026-03-13 06:00")  # 9 is a holiday
    named = table(**early, holidays=["2026-03-06"])
    assert named.next_opening(at("2026-03-04 11:00")) == at("2026-03-08 10:00")
    assert named.next_opening(at("2026-03-08 20:00")) == at("2026-03-09 06:00")


def test_a_room_without_rules_is_the_company() -> None:
    assert table(dealing="evenly") == table() == Timetable.of(company())


def test_a_room_open_day_and_night_keeps_no_holidays_of_the_company() -> None:
    assert not table().is_open(at("2026-01-01 12:00"))
    always = Timetable.of(company(), {"hours": ALWAYS})
    assert always.is_open(at("2026-01-01 03:00"))
    assert always.is_open(at("2026-02-20 23:00"))
    assert not Timetable.of(
        company(), {"hours": ALWAYS, "holidays": ["2026-01-01"]}
    ).is_open(at("2026-01-01 03:00"))  # fmt: skip


def test_a_calendar_without_working_days_ends() -> None:
    never = Timetable(ZoneInfo("UTC"), (), frozenset(), ())
    now = datetime(2026, 3, 4, tzinfo=UTC)
    assert never.next_opening(now) == now + timedelta(days=366)
    assert never.add_working(now, timedelta(hours=1)) > now
    assert never.closed_since(now) is None
    assert never.closes_at(now) is None

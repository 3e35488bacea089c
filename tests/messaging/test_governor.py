"""The governor, by a clock of the test's own."""

from __future__ import annotations

import pytest

from services.messaging.governor import Governor
from services.messaging.types import Limits


class Seconds:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def governor(seconds: Seconds) -> Governor:
    return Governor(Limits(per_second=1000, chat_burst=3), seconds)


def test_a_chat_takes_a_short_burst_then_one_a_second(governor: Governor, seconds: Seconds) -> None:
    for _ in range(3):
        assert governor.wait("1", group=False) == 0
        governor.take("1", group=False)
    assert governor.wait("1", group=False) == pytest.approx(1)
    seconds.at += 1
    assert governor.wait("1", group=False) == 0
    governor.take("1", group=False)
    assert governor.wait("1", group=False) == pytest.approx(1)


def test_a_spent_chat_holds_up_no_other(governor: Governor) -> None:
    for _ in range(3):
        governor.take("1", group=False)
    rests = governor.rests()
    assert rests.chats == ["1"]
    assert rests.everywhere == 0
    assert rests.soonest == pytest.approx(1)
    assert governor.wait("2", group=False) == 0


def test_a_group_takes_twenty_in_any_minute_and_keeps_one_for_an_alarm(
    governor: Governor, seconds: Seconds
) -> None:
    for _ in range(19):
        assert governor.wait("-1", group=True) == 0
        governor.take("-1", group=True)
        seconds.at += 1
    assert governor.wait("-1", group=True) == pytest.approx(41)
    assert governor.wait("-1", group=True, alarm=True) == 0
    assert governor.rests().alarms_only == ["-1"]
    assert governor.rests().chats == []
    governor.take("-1", group=True)
    assert governor.rests().chats == ["-1"]
    assert governor.wait("-1", group=True, alarm=True) == pytest.approx(41)
    seconds.at += 41
    assert governor.wait("-1", group=True, alarm=True) == 0
    assert governor.wait("-1", group=True) == pytest.approx(1)  # the window slides, not jumps


def test_no_window_ever_holds_more_than_the_limit(governor: Governor, seconds: Seconds) -> None:
    calls: list[float] = []
    while seconds.at < 1300:
        wait = governor.wait("-1", group=True)
        if wait:
            seconds.at += wait
            continue
        governor.take("-1", group=True)
        calls.append(seconds.at)
    for call in calls:
        assert sum(call <= other < call + 60 for other in calls) <= 19


def test_calls_of_the_leader_before_count(governor: Governor, seconds: Seconds) -> None:
    for ago in range(50, 12, -2):
        governor.remember("-1", ago)
    assert governor.wait("-1", group=True) == pytest.approx(10)


def test_a_messenger_without_a_group_limit_has_none(seconds: Seconds) -> None:
    governor = Governor(Limits(per_second=10_000, group_calls=0), seconds)
    for _ in range(100):
        governor.take("-1", group=True)
    assert governor.wait("-1", group=True) == 0


def test_a_pause_holds_its_chat_or_everything(governor: Governor, seconds: Seconds) -> None:
    governor.pause("1", 5)
    assert governor.wait("1", group=False) == pytest.approx(5)
    assert governor.wait("2", group=False) == 0
    governor.pause(None, 3)
    governor.pause(None, 1)  # the longer one counts
    assert governor.wait("2", group=False) == pytest.approx(3)
    assert governor.rests().everywhere == pytest.approx(3)
    seconds.at += 3
    assert governor.rests().everywhere == 0
    assert governor.rests().chats == ["1"]
    seconds.at += 2
    assert governor.rests().chats == []


def test_ten_who_write_at_once_are_answered_at_once_and_no_second_holds_too_many(
    seconds: Seconds,
) -> None:
    governor, calls = Governor(Limits(), seconds), list[float]()
    end = seconds.at + 10
    while seconds.at < end:
        if wait := governor.wait(str(len(calls)), group=False):
            seconds.at += wait
        else:
            governor.take(str(len(calls)), group=False)
            calls.append(seconds.at)
    assert calls[29] == calls[0]
    assert 270 <= len(calls) <= 300
    for call in calls:
        assert sum(call <= other < call + 1 for other in calls) <= 30


def test_news_flow_evenly_and_leave_room(seconds: Seconds) -> None:
    governor, calls = Governor(Limits(), seconds), list[float]()
    end = seconds.at + 10
    while seconds.at < end:
        for _ in range(governor.news_now()):
            governor.take(str(len(calls)), group=False, news=True)
            calls.append(seconds.at)
        assert governor.wait("somebody", group=False) == 0, "a reply never waits for news"
        seconds.at += 0.01
    assert 230 <= len(calls) <= 245


def test_chats_written_to_long_ago_are_forgotten(governor: Governor, seconds: Seconds) -> None:
    for number in range(5000):
        governor.take(str(number), group=False)
        governor.take(f"-{number}", group=True)
    seconds.at += 61
    governor.rests()
    assert not governor._chats
    assert not governor._groups

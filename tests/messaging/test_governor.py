"""The governor, by a clock of the test's own."""

from __future__ import annotations

from itertools import pairwise

import pytest

from services.messaging.governor import OFTEN, Governor
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
    return Governor(Limits(per_second=1000, burst=1000, chat_burst=3), seconds)


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
    governor = Governor(Limits(per_second=10_000, burst=10_000, group_calls=0), seconds)
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
    line = Line(Governor(Limits(), seconds), seconds)
    for _ in range(100):
        for _ in range(4):
            line.say()
        line.step(news=False, span=0.1)
    assert line.waits[:28] == [0] * 28
    assert 270 <= len(line.calls) <= 300
    assert most_in_a_second(line.calls) <= 30


class Line:
    """What was booked, and leaves when its moment has come and there is a place for it."""

    def __init__(self, governor: Governor, seconds: Seconds) -> None:
        self.governor, self.seconds = governor, seconds
        self.calls: list[float] = []
        self.waits: list[float] = []
        self._booked: list[tuple[float, bool, float]] = []

    def say(self) -> None:
        self.governor.take(f"t{self.seconds.at}", group=False)
        self._booked.append((self.seconds.at, False, self.seconds.at))

    def step(self, news: bool = True, span: float = 0.01) -> None:
        for _ in range(self.governor.news_now() if news else 0):
            wait = self.governor.take(f"n{self.seconds.at}", group=False, news=True)
            self._booked.append((self.seconds.at + wait, True, self.seconds.at))
        for each in sorted(self._booked):
            due, is_news, asked = each
            if due <= self.seconds.at and not self.governor.leave(news=is_news):
                self._booked.remove(each)
                self.calls.append(self.seconds.at)
                if not is_news:
                    self.waits.append(self.seconds.at - asked)
        self.seconds.at += span

    def run(self, span: float) -> int:
        """How many left meanwhile."""
        before, end = len(self.calls), self.seconds.at + span
        while self.seconds.at < end:
            self.step()
        return len(self.calls) - before


def most_in_a_second(calls: list[float], seconds: float = 1) -> int:
    return max(sum(call <= other < call + seconds for other in calls) for call in calls)


def test_news_flow_evenly_at_nearly_all_that_is_allowed(seconds: Seconds) -> None:
    line = Line(Governor(Limits(), seconds), seconds)
    assert line.run(20) >= 20 * 30 / 1.02
    assert most_in_a_second(line.calls) <= 30
    assert max(after - before for before, after in pairwise(line.calls[30:])) < 2 / 30


def test_a_reply_takes_the_next_place_and_news_give_way(seconds: Seconds) -> None:
    line = Line(Governor(Limits(), seconds), seconds)
    for _ in range(20):
        line.run(0.7)
        line.say()
        line.run(0.3)
    assert line.waits == [0] * 20
    assert len(line.calls) >= 20 * 30 / 1.03
    assert most_in_a_second(line.calls) <= 31  # the reply itself, which the next news pay for
    assert most_in_a_second(line.calls, 3) <= 91


def test_many_replies_into_a_broadcast_keep_to_the_limit(seconds: Seconds) -> None:
    line = Line(Governor(Limits(), seconds), seconds)
    line.run(3)
    for _ in range(100):
        for _ in range(5):
            line.say()
        line.step(span=0.1)
    assert most_in_a_second(line.calls) <= 33
    assert most_in_a_second(line.calls, 5) <= 153


def test_what_a_stall_left_is_not_made_up_for_by_a_burst(seconds: Seconds) -> None:
    line = Line(Governor(Limits(), seconds), seconds)
    line.run(1)
    seconds.at += 5
    before = len(line.calls)
    line.step()
    line.step()
    assert len(line.calls) - before <= 4


def test_batches_are_handed_out_at_once(seconds: Seconds) -> None:
    governor = Governor(Limits(per_second=1000, burst=1000, batches=True), seconds)
    assert governor.take("1", group=False, news=True) == 0
    seconds.at += 1
    assert governor.news_now() >= 990


def test_three_chats_refused_in_a_row_mean_all(governor: Governor, seconds: Seconds) -> None:
    governor.throttled("1", 5)
    governor.throttled("2", 5)
    assert governor.wait("3", group=False) == 0
    governor.went_well()
    governor.throttled("3", 5)
    assert governor.wait("4", group=False) == 0
    governor.throttled("4", 5)
    governor.throttled("5", 5)
    assert governor.wait("6", group=False) == pytest.approx(5)
    seconds.at += 5
    assert governor.wait("6", group=False) == 0


def test_who_is_often_refused_goes_slower_for_a_while(seconds: Seconds) -> None:
    governor = Governor(Limits(), seconds)
    line = Line(governor, seconds)
    usual = line.run(10)
    for chat in range(OFTEN):
        governor.throttled(str(chat), 0.1)
        governor.went_well()
    assert line.run(10) < 0.95 * usual
    line.run(100)
    assert line.run(10) > 0.98 * usual


def test_a_refusal_now_and_then_slows_nothing(seconds: Seconds) -> None:
    governor = Governor(Limits(), seconds)
    line = Line(governor, seconds)
    usual = line.run(10)
    for _ in range(8):  # one in a hundred
        governor.throttled("x", 0.1)
        governor.went_well()
        line.run(3.4)
    assert line.run(10) >= usual - 3


def test_chats_written_to_long_ago_are_forgotten(governor: Governor, seconds: Seconds) -> None:
    for number in range(5000):
        governor.take(str(number), group=False)
        governor.take(f"-{number}", group=True)
    seconds.at += 61
    governor.rests()
    assert not governor._chats
    assert not governor._groups

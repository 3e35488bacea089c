"""The governor: keeps every call within a messenger's published limits.

Three budgets: the whole channel, each chat, each staff group. Dialogues may use the second of
the whole channel as they come, so that ten people who write at once are answered at once; news
and mailings flow evenly beside them, or their bursts would make every reply wait for the next
second. A pause after "too fast" holds its own chat, or the channel when the messenger meant all.
Seconds are those of a monotonic clock.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from services.messaging.types import Limits

SPARE = 15  # calls of a group's window without which no topic is renamed
ALARM_RESERVE = 1  # calls of a group's window that only an alarm may use
SECOND = 1.05  # a little more than one: calls bunch up on their way


class Bucket:
    """Refills at `rate` a second up to `size`; a call takes one."""

    def __init__(self, rate: float, size: float, now: float) -> None:
        self.rate, self.size, self.level, self.at = rate, size, size, now

    def wait(self, now: float) -> float:
        self.level = min(self.size, self.level + (now - self.at) * self.rate)
        self.at = now
        # A hair of rounding must not cost one more turn of the loop.
        return max(0.0, (1 - self.level) / self.rate) if self.level < 0.999 else 0.0

    def take(self, now: float) -> None:
        self.wait(now)
        self.level -= 1


class Window:
    """At most `most` calls in any `seconds`."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._calls: deque[float] = deque()

    def left(self, now: float) -> int:
        while self._calls and self._calls[0] <= now - self.seconds:
            self._calls.popleft()
        return self.most - len(self._calls)

    def wait(self, now: float) -> float:
        if self.left(now) > 0:
            return 0.0
        return self._calls[-self.most] + self.seconds - now

    def take(self, now: float) -> None:
        self._calls.append(now)


@dataclass(frozen=True)
class Rests:
    """`everywhere`: seconds the whole channel must wait. `hurried`: groups with little of
    their window left, where topics keep their names for a while. `soonest`: until any of the
    others ends."""

    everywhere: float
    chats: list[str]
    alarms_only: list[str]
    hurried: list[str]
    soonest: float


class Governor:
    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._all = Window(max(1, int(limits.per_second)), SECOND)
        pace = limits.per_second * limits.news_share
        evenly = limits.news_share < 1  # else the channel itself lets dialogues pass
        self._news = Bucket(pace, max(1.0, pace / 10 if evenly else pace), clock())
        self._chats: dict[str, Bucket] = {}
        self._groups: dict[str, deque[float]] = defaultdict(deque)
        self._paused: dict[str | None, float] = {}

    def wait(self, chat: str, *, group: bool, alarm: bool = False) -> float:
        """Seconds until a call into `chat` is allowed; 0 = now."""
        now = self._clock()
        waits = [self._all.wait(now), self._pause_left(None, now), self._pause_left(chat, now)]
        if group:
            waits.append(self._group_wait(chat, now, alarm=alarm))
        elif chat in self._chats:
            waits.append(self._chats[chat].wait(now))
        return max(waits)

    def take(self, chat: str, *, group: bool, news: bool = False) -> None:
        """Books a call that is made now. `news`: it is no part of a dialogue."""
        now = self._clock()
        self._all.take(now)
        if news:
            self._news.take(now)
        if group:
            if self._limits.group_calls:
                self._groups[chat].append(now)
            return
        if chat not in self._chats:
            self._chats[chat] = Bucket(self._limits.chat_per_second, self._limits.chat_burst, now)
        self._chats[chat].take(now)

    def remember(self, chat: str, ago: float) -> None:
        """A call into a group that was made before this process led, `ago` seconds back."""
        self._groups[chat].append(self._clock() - ago)

    def pause(self, chat: str | None, seconds: float) -> None:
        """Nothing into `chat` (None: anywhere) for that long."""
        until = self._clock() + seconds
        self._paused[chat] = max(until, self._paused.get(chat, 0.0))

    def resume(self, chat: str) -> None:
        """What made a pause necessary is over."""
        self._paused.pop(chat, None)

    def paused(self) -> float:
        """Seconds left of a pause of the whole channel."""
        return self._pause_left(None, self._clock())

    def room_now(self) -> int:
        """How many calls the channel as a whole can take at this moment."""
        return max(1, self._all.left(self._clock()))

    def news_now(self) -> int:
        """How many of them may be news."""
        self._news.wait(self._clock())
        return max(0, int(self._news.level + 0.001))

    def rests(self) -> Rests:
        """Where nothing may go now, so that those rows are not even claimed."""
        now = self._clock()
        self._forget_full(now)
        waits = {chat: self._pause_left(chat, now) for chat in list(self._paused) if chat}
        for chat, bucket in self._chats.items():
            waits[chat] = max(waits.get(chat, 0.0), bucket.wait(now))
        alarms_only: dict[str, float] = {}
        for chat in self._groups:
            waits[chat] = max(waits.get(chat, 0.0), self._group_wait(chat, now, alarm=True))
            if left := self._group_wait(chat, now, alarm=False):
                alarms_only[chat] = left
        everywhere = max(self._all.wait(now), self._pause_left(None, now))
        resting = [chat for chat, wait in waits.items() if wait > 0]
        ends = [
            wait
            for wait in (*waits.values(), *alarms_only.values(), self._news.wait(now))
            if wait > 0
        ]
        soonest = max(everywhere, min(ends, default=0.0))
        most = self._limits.group_calls - SPARE
        hurried = [chat for chat, calls in self._groups.items() if len(calls) > max(0, most)]
        return Rests(everywhere, resting, list(alarms_only), hurried, soonest)

    def _group_wait(self, chat: str, now: float, *, alarm: bool) -> float:
        calls, window = self._groups[chat], self._limits.group_window
        while calls and calls[0] <= now - window:
            calls.popleft()
        allowed = self._limits.group_calls - (0 if alarm else ALARM_RESERVE)
        if not self._limits.group_calls or len(calls) < allowed:
            return 0.0
        return calls[len(calls) - allowed] + window - now

    def _pause_left(self, chat: str | None, now: float) -> float:
        left = self._paused.get(chat, 0.0) - now
        if left <= 0:
            self._paused.pop(chat, None)
        return max(0.0, left)

    def _forget_full(self, now: float) -> None:
        """Only chats written to just now need a memory."""
        for chat in [c for c, b in self._chats.items() if b.wait(now) == 0 and b.level >= b.size]:
            del self._chats[chat]
        oldest = now - self._limits.group_window
        for chat in [c for c, calls in self._groups.items() if not calls or calls[-1] <= oldest]:
            del self._groups[chat]

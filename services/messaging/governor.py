"""The governor: keeps every call within a messenger's published limits.

Three budgets: the whole channel, each chat, each staff group. Dialogues may use the second of
the whole channel as they come, so that ten people who write at once are answered at once. News
and mailings take all that dialogues leave, each in a slot of its own: in bursts they would make
every reply wait for the next second, evenly the next place is never far, and a reply takes it
first. A pause after "too fast" holds its own chat, or the channel when the messenger meant all;
where it says so often, all goes slower for a while. Seconds are those of a monotonic clock.
"""

from __future__ import annotations

import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

from services.messaging.types import Limits

SPARE = 15  # calls of a group's window without which no topic is renamed
ALARM_RESERVE = 1  # calls of a group's window that only an alarm may use
MARGIN = 1.01  # news leave by so much slower than the limit allows: calls bunch up on their way
LENT = 0.1  # of a second that news have filled: dialogues pass, and the next news pay for it
AHEAD = 0.06  # seconds before its slot that a row of news may be claimed
SOON = 0.02  # seconds before the next slot that rows for those after it are claimed, too
TALK_AHEAD = 5  # rows of dialogues that are claimed though they must wait for their place
LATE = 0.05  # seconds by which a row of news may miss its slot, and use it yet
IN_A_ROW = 3  # chats that are refused without one that is not: all are meant
OFTEN, AMONG = 8, 100  # refusals among so many calls: the messenger takes less than it says
SLOWER, FASTER = 1.1, 0.995  # times the pace then, and with each hundred calls that go well
SLOWEST = 4.0


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

    def wait(self, now: float, lent: int = 0) -> float:
        """`lent`: calls that may be made beyond it."""
        if self.left(now) + lent > 0:
            return 0.0
        return self._calls[-self.most - lent] + self.seconds - now

    def take(self, now: float) -> None:
        self._calls.append(now)


class Slots:
    """One after another, `apart` seconds. One that nobody used is lost after `late` seconds: to
    catch up would be a burst."""

    def __init__(self, apart: float, late: float, now: float) -> None:
        self.apart, self.late, self.at = apart, late, now

    def free(self, now: float, ahead: float) -> int:
        """How many begin within the next `ahead` seconds."""
        self.at = max(self.at, now - self.late)
        return max(0, int((now + ahead - self.at) / self.apart + 1.001))

    def take(self, now: float) -> float:
        """The moment of the next one."""
        at = max(self.at, now - self.late)
        self.at = at + self.apart
        return at


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
        self._second = limits.burst / limits.per_second
        self._all = Window(limits.burst, self._second)
        apart = MARGIN / limits.per_second
        late = self._second if limits.batches else max(LATE, apart)
        self._news = Slots(apart, late, clock())
        self._ahead, self._soon = (0.0, 0.0) if limits.batches else (AHEAD, SOON)
        self._lent = 0 if limits.batches else int(limits.burst * LENT)
        self._told = Window(limits.burst, self._second)  # the calls of news among all
        self._talking = 0  # rows of dialogues that wait for their place
        self._slowed = 1.0
        self._calls = 0
        self._refused: deque[int] = deque()
        self._in_a_row: set[str] = set()
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

    def take(self, chat: str, *, group: bool, news: bool = False) -> float:
        """Books a call, but not its place in the second: see `leave`. Returns the seconds until it
        is to be made: those of news leave one by one, others now."""
        now = self._clock()
        slot = self._news.take(now)  # a dialogue takes one, too: news give way to it
        at = max(now, slot) if news else now
        if not news:
            self._talking += 1
        self._count()
        if group:
            if self._limits.group_calls:
                self._groups[chat].append(at)
        else:
            if chat not in self._chats:
                self._chats[chat] = Bucket(
                    self._limits.chat_per_second, self._limits.chat_burst, now
                )
            self._chats[chat].take(now)
        return at - now

    def add(self, chat: str, *, group: bool) -> None:
        """A call that is made already, whether there was a place for it or not."""
        self.take(chat, group=group)
        self.stay()
        self._all.take(self._clock())

    def leave(self, *, news: bool = False) -> float:
        """0: a call that was booked is made now. Else the seconds after which to ask again;
        dialogues pass news."""
        now = self._clock()
        lent = 0 if news else min(self._lent, self._told.most - self._told.left(now))
        wait = max(self._all.wait(now, lent), self._pause_left(None, now))
        if news and not wait and self._talking and self._all.left(now) <= self._talking:
            wait = self._news.apart
        if not wait:
            self._all.take(now)
            if news:
                self._told.take(now)
            else:
                self._talking -= 1
        return wait

    def stay(self) -> None:
        """A call of a dialogue that was booked is not made."""
        self._talking -= 1

    def remember(self, chat: str, ago: float) -> None:
        """A call into a group that was made before this process led, `ago` seconds back."""
        self._groups[chat].append(self._clock() - ago)

    def throttled(self, chat: str, seconds: float) -> None:
        """The messenger wants a rest of that length in a chat, or so it says: where one chat after
        the other is refused, it means all."""
        self.pause(chat, seconds)
        self._in_a_row.add(chat)
        if len(self._in_a_row) >= IN_A_ROW:
            self.pause(None, seconds)
        self._refused.append(self._calls)
        while self._refused[0] < self._calls - AMONG:
            self._refused.popleft()
        if len(self._refused) >= OFTEN:
            self._refused.clear()
            self._pace(self._slowed * SLOWER)

    def went_well(self) -> None:
        """A call was taken by the messenger."""
        self._in_a_row.clear()

    def _count(self) -> None:
        self._calls += 1
        if self._slowed > 1 and not self._calls % AMONG:
            self._pace(self._slowed * FASTER)

    def _pace(self, slowed: float) -> None:
        self._slowed = min(SLOWEST, max(1.0, slowed))
        self._all.seconds = self._told.seconds = self._second * self._slowed
        self._news.apart = MARGIN / self._limits.per_second * self._slowed

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
        """How many rows may be claimed at this moment."""
        return self._all.left(self._clock()) + TALK_AHEAD

    def news_now(self) -> int:
        """How many of them may be news, those of the next moment among them."""
        now = self._clock()
        return self._news.free(now, self._ahead)

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
        everywhere = self._pause_left(None, now)
        resting = [chat for chat, wait in waits.items() if wait > 0]
        ends = [
            wait
            for wait in (*waits.values(), *alarms_only.values(), self._until_news(now))
            if wait > 0
        ]
        soonest = max(everywhere, min(ends, default=0.0))
        most = self._limits.group_calls - SPARE
        hurried = [chat for chat, calls in self._groups.items() if len(calls) > max(0, most)]
        return Rests(everywhere, resting, list(alarms_only), hurried, soonest)

    def _until_news(self, now: float) -> float:
        return max(0.0, self._news.at - self._soon - now)

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

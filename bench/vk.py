"""How fast a word to many leaves through VK: its twenty requests a second, full to the brim."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Any

from bench.figures import Figure, processor_time
from bench.stage import doubles, stage, told
from bench.standin import Sent

PEOPLE = int(os.environ.get("BENCH_VK_PEOPLE", "5000"))
REQUESTS = 20  # a second
CALLS = 25  # in a request, by `execute`
PEERS = 100  # in a call, where the words are the same
ALONE: dict[str, float] = {}  # the pace that was measured in this run


@dataclass(frozen=True)
class Pace:
    sent: Sent
    people: int
    took: float  # seconds from the first request to the last message

    def share(self, together: int) -> float:
        """Percent of what is allowed, with so many messages in a request."""
        return 100 * self.people / (REQUESTS * together) / self.took

    @property
    def wrong(self) -> int:
        """People missed and messages too many."""
        return self.people - len({to for _, to in told(self.sent)}) + doubles(self.sent)


async def measure_rate() -> list[Figure]:
    """The same words for everybody, and words of each one's own, while VK's published limits are
    enforced."""
    personal = await send(PEOPLE, personal=True)
    ALONE["pace"] = personal.share(CALLS)
    same = await send(PEOPLE * PEERS // CALLS)
    figures = []
    for pace, words, together in (
        (same, f"the same text, {PEERS} in a request", PEERS),
        (personal, f"personal text, {CALLS} in a request", CALLS),
    ):
        name = f"{pace.people} people in VK, {words}"
        haste = 100 * pace.sent.codes["6"] / len(pace.sent.requests)
        figures += [
            Figure(f"{name}: pace, of what is allowed", pace.share(together), 95, "%", least=True),
            Figure(f"{name}: missed or told twice", pace.wrong, 0, ""),
            Figure(f"{name}: refused for haste", haste, 0.1, "%"),
        ]
    return figures


async def send(people: int, *, personal: bool = False, **settings: Any) -> Pace:
    async with stage("vk", people, **settings) as on:
        used = processor_time(on.program.pid)
        begun = await on.tell(personal=personal)
        await on.wait_for(people, people / 100 + 60)
        sent = await on.messenger.sent(begun)
        used = processor_time(on.program.pid) - used
    last = max(at for at, _ in told(sent))
    took = last - sent.requests[0]
    print(
        f"{len(told(sent))} messages by {len(sent.requests)} requests in {took:.1f} s, "
        f"{last - begun:.1f} s from the commit, "
        f"{used / people * 1000:.1f} ms of processor each",
        file=sys.stderr,
    )
    return Pace(sent, people, took)

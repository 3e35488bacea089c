"""Faults in the middle of a broadcast: how soon it goes on, and whether at the pace it had. Two
programs share the database; one leads."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import pairwise

from bench.figures import Figure
from bench.stage import TALKING, Stage, stage
from bench.standin import Sent
from bench.town import TALKERS
from bot import postgres
from tests.support.database import connect
from tests.support.program import Program

FASTER = float(os.environ.get("BENCH_RECOVERY_FASTER", "5"))
LIMIT = 30 * FASTER
CALM = 3.0  # seconds over which a pace is measured
STEADY = 1.0  # seconds after which it is
PAUSE = 0.4  # seconds without a message: it does not go on yet
FLOWS_FOR = 3.0  # seconds after which it does: a lost lead is noticed within two
LOCKED = 3.0  # seconds in which the database lets nobody at the outbox
WRITING = 40  # people who write at that time: more than there are connections
SEVERAL = 3  # kills one after the other
PEOPLE = int(LIMIT * 90)  # more than can be told in the time


@dataclass(frozen=True)
class Recovery:
    """`silent`: seconds from the end of the fault until messages flow again."""

    name: str
    silent: float
    before: float
    after: float

    @property
    def share(self) -> float:
        return self.after / self.before


class Pair:
    """Two programs over one database."""

    def __init__(self, on: Stage) -> None:
        self.on = on
        self.programs = [on.program, on.another("second")]

    async def leader(self) -> Program:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            for program in self.programs:
                _, health = await program.health()
                if health and health["channels"].get("telegram", {}).get("state") == "up":
                    return program
            await asyncio.sleep(0.05)
        raise TimeoutError("nobody leads")


async def measure_recovery() -> list[Figure]:
    async with stage("telegram", PEOPLE, faster=FASTER) as on:
        pair = Pair(on)
        async with pair.programs[1] as second:
            await second.start()
            await second.works("telegram", "standby")
            await on.tell()
            await asyncio.sleep(STEADY)
            faults: list[tuple[str, Callable[[Pair], Awaitable[float]]]] = [
                ("PostgreSQL restarted", restart_postgres),
                ("its backends killed", kill_backends),
                ("the pool exhausted", exhaust_pool),
                ("the leader killed, another takes over", kill_leader),
                (f"the leader killed {SEVERAL} times", kill_leaders),
            ]
            found = [await go_through(name, fault, pair) for name, fault in faults]
            for program in pair.programs:
                await program.stop()
    back = sum(each.share >= 0.95 for each in found)
    for each in found:
        print(f"{each.name}: {each.before:.0f} → {each.after:.0f} a second", file=sys.stderr)
    return [
        *(Figure(f"{each.name}: goes on after", each.silent, 5, "s") for each in found),
        Figure("faults after which the pace is at least 95 % of that before", back, 5, "", True),
    ]


async def go_through(name: str, fault: Callable[[Pair], Awaitable[float]], pair: Pair) -> Recovery:
    messenger = pair.on.messenger
    since = time.monotonic()
    await asyncio.sleep(CALM)
    before = rate(await messenger.sent(since), since, CALM)
    over = await fault(pair)
    again = await going_again(pair, over)
    await asyncio.sleep(max(0.0, again + STEADY + CALM - time.monotonic()) + 0.1)
    start = again + STEADY
    after = rate(await messenger.sent(start), start, CALM)
    return Recovery(name, again - over, before, after)


def rate(sent: Sent, since: float, seconds: float) -> float:
    return sum(since <= at < since + seconds for at, _ in sent.taken) / seconds


async def going_again(pair: Pair, over: float) -> float:
    """The moment from which messages follow each other without a pause."""
    while time.monotonic() < over + 60:
        sent = await pair.on.messenger.sent(over)
        moments = [at for at, to in sent.taken if to >= TALKERS + TALKING]
        flowing = [
            after
            for before, after in pairwise([over, *moments])
            if after - before > PAUSE or before == over
        ]
        if flowing and moments[-1] - flowing[-1] >= FLOWS_FOR:
            return flowing[-1]
        await asyncio.sleep(0.1)
    raise TimeoutError("it did not go on within a minute")


# ── Faults: each returns the moment when it is over ──────────────────────────


async def restart_postgres(pair: Pair) -> float:
    await pair.on.server.stop()
    pair.on.server = await postgres.start(pair.on.place / "data")
    return time.monotonic()


async def kill_backends(pair: Pair) -> float:
    connection = await connect(pair.on.url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()
    return time.monotonic()


async def exhaust_pool(pair: Pair) -> float:
    """Whoever wants the outbox waits, with a connection in hand; many write meanwhile."""
    connection = await connect(pair.on.url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE")
    for number in range(WRITING):
        await pair.on.messenger.ask("say", user=TALKERS + number, text="/menu")
    await asyncio.sleep(LOCKED)
    await transaction.rollback()
    await connection.close()
    return time.monotonic()


async def kill_leader(pair: Pair) -> float:
    leader = await pair.leader()
    await leader.kill()
    over = time.monotonic()
    await leader.start()
    return over


async def kill_leaders(pair: Pair) -> float:
    over = 0.0
    for _ in range(SEVERAL):
        over = await kill_leader(pair)
        await going_again(pair, over)
    return over

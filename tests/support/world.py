"""A world for conversations: the whole program over real HTTP, the people in it, and a clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import func, or_, select

from bot.app import App
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.news import APART
from services.tables import AuditRecord, Outgoing
from services.tables import Member as MemberRow
from services.work import Work
from tests.support import running
from tests.support.clock import MovingClock
from tests.support.drivers import ResidentDriver
from tests.support.drivers.desk import AtDesk
from tests.support.drivers.telegram import InGroup, InTelegram, heard
from tests.support.drivers.vk import InVk
from tests.support.drivers.vk import heard as heard_in_vk
from tests.support.drivers.web import OnSite
from tests.support.patience import PATIENCE
from tests.support.people import Member, Resident
from tests.support.telegram import Group, TelegramStandIn
from tests.support.vk import VkStandIn

COMPANY = Path(__file__).parents[1] / "conversations" / "company.yaml"
ACCOUNTS = {"olga": 501, "anna": 502, "petr": 503}


NEWS = (
    or_(Outgoing.queue.contains("|news "), Outgoing.queue.contains("|outage ")),
    Outgoing.state == "waiting",
)


async def seconds_to_news(work: Work) -> float | None:
    """Until the next news of a request that waits for more; None: there is none, or it waits for
    the morning."""
    due = await work.session.scalar(
        select(func.min(Outgoing.not_before)).where(*NEWS, Outgoing.not_before > work.now)
    )
    return (due - work.now).total_seconds() if due and due <= work.now + APART else None


async def waits_for_morning(work: Work) -> int:
    find = select(func.count()).where(*NEWS, Outgoing.not_before > work.now + APART)
    return await work.session.scalar(find) or 0


class World:
    """`channel` is where residents write, `room` where staff sit: forum, group or desk."""

    def __init__(
        self,
        app: App,
        clock: MovingClock,
        channel: str,
        tg: TelegramStandIn | None,
        vk: VkStandIn | None,
        group: Group | None,
        closing: AsyncExitStack,
    ) -> None:
        self.app = app
        self.clock = clock
        self.channel = channel
        self.tg = tg
        self.vk = vk
        self.group = group
        self._closing = closing

    # People.

    def resident(self, name: str = "Мария", channel: str = "") -> Resident:
        channel = channel or self.channel
        driver: ResidentDriver
        if channel == "telegram":
            assert self.tg is not None
            driver = InTelegram(self.tg, name)
        elif channel == "vk":
            assert self.vk is not None
            driver = InVk(self.vk, name)
        else:
            driver = OnSite(self.app.address)
        self._closing.push_async_callback(driver.close)
        return Resident(driver, self.settled)

    async def member(self, code: str = "anna", *, at_desk: bool = False) -> Member:
        """One of the company file, in the room of their own or, with `at_desk`, in a browser."""
        if self.group is None or at_desk:
            return Member(await self.desk(code), self.settled)
        assert self.tg is not None
        user = self.tg.user(code.capitalize(), ACCOUNTS[code])
        return Member(InGroup(self.tg, self.group, user, admin=code == "olga"), self.settled)

    async def names_executors(self, *complexes: str, group: Group | None = None) -> Group:
        """A second forum, «Мастера», which the company file names at these complexes alone."""
        assert self.tg is not None
        group = group or self.tg.forum("Мастера")
        room = f"  - {{code: masters, title: Мастера, telegram: {group.id}}}"

        def change(text: str) -> str:
            text = text.replace("title: Диспетчерская}", f"title: Диспетчерская}}\n{room}")
            for code in complexes:
                text = text.replace(
                    f"  - code: {code}\n", f"  - code: {code}\n    executors: masters\n"
                )
            return text

        await self.changes_company(change)
        return group

    def sits_in(self, group: Group, name: str, number: int) -> Member:
        """Someone in that group, of the company file or not."""
        assert self.tg is not None
        user = self.tg.user(name, number)
        return Member(InGroup(self.tg, group, user, admin=False), self.settled)

    async def desk(self, code: str) -> AtDesk:
        async with self.app.db.work() as work:
            member = await work.session.scalar(select(MemberRow).where(MemberRow.code == code))
            assert member is not None
            token = await work.staff.make_sign_in_link(member.id)
        driver = await AtDesk.sign_in(self.app.address, token, member.name)
        self._closing.push_async_callback(driver.close)
        return driver

    # Time.

    async def waits(self, **by: float) -> None:
        """Time passes, once all is done: `await world.waits(hours=2)`."""
        await self.settled()
        self.clock.move(**by)
        self.app.bells.ring("inbox")
        await self.chores_done()

    async def chores_done(self) -> None:
        """Until everything that is due by now was looked at."""
        async with asyncio.timeout(2 * PATIENCE):
            for _ in range(2):  # the first round may have begun before
                rounds = self.app.chores.rounds
                self.app.bells.ring("chores")
                while self.app.chores.rounds == rounds:
                    await asyncio.sleep(0.005)

    async def settled(self) -> None:
        """Until everything said was heard, handled and delivered. An album is ready a second
        after its last part, a post waits a moment for more words, the news of a request up to a
        minute for the next; nobody here waits for them, but for what waits for the morning."""
        async with asyncio.timeout(2 * PATIENCE):
            while True:
                if self.tg is not None:
                    await heard(self.tg)
                if self.vk is not None:
                    await heard_in_vk(self.vk)
                async with self.app.db.work() as work:
                    unhandled = bool(await work.inbox.count_waiting())
                    unsaid = sum((await work.outbox.count_waiting()).values())
                    waiting = unhandled or unsaid > await waits_for_morning(work)
                    waits = [await work.inbox.next_ready_in()]
                    if not unhandled:  # more words may come into a post
                        waits.append(await work.outbox.next_due_in())
                        if news := await seconds_to_news(work):
                            waits.append(min(news, 6))
                unheard = any(one and one.updates.pending for one in (self.tg, self.vk))
                if not waiting and not unheard:
                    return
                if soon := [wait for wait in waits if wait is not None and 0 < wait <= 6]:
                    self.clock.move(seconds=min(soon))
                    for bell in ("inbox", *(f"outbox:{name}" for name in self.app.channels)):
                        self.app.bells.ring(bell)
                await asyncio.sleep(0.01)

    # The company.

    async def changes_company(self, change: Any) -> None:
        """`change` gets the company file's text and returns the new one, which is applied."""
        path = self.app.settings.data_dir / "company.yaml"
        path.write_text(change(COMPANY.read_text()))
        async with self.app.db.work() as work:
            chat = str(self.group.id) if self.group else ""
            messengers = Messengers(telegram=self.tg is not None, staff_chat=chat)
            await apply_declaration(work, read_declaration(path), messengers, folder=path.parent)

    async def audit(self, what: str) -> list[AuditRecord]:
        await self.settled()
        async with self.app.db.session() as session:
            found = await session.scalars(
                select(AuditRecord).where(AuditRecord.what == what).order_by(AuditRecord.id)
            )
            return list(found)

    async def count(self, table: type[Any]) -> int:
        async with self.app.db.session() as session:
            return len(list(await session.scalars(select(table))))


class Faults(logging.Handler):
    """Nothing that nobody foresaw may happen in a conversation."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.found.append(record.getMessage())


@asynccontextmanager
async def open_world(
    database_url: str,
    folder: Path,
    channel: str,
    room: str,
    company: Path = COMPANY,
    *,
    also: Collection[str] = (),
    **settings: Any,
) -> AsyncIterator[World]:
    """`also`: messengers that are on besides; the chat on the site always is. `settings`: further
    fields of `Settings`."""
    clock, faults = MovingClock(), Faults()
    log = logging.getLogger("faults")
    log.addHandler(faults)
    try:
        async with AsyncExitStack() as stack:
            tg, vk, group, chat = None, None, None, None
            if "telegram" in (channel, *also) or room in ("forum", "group"):
                tg = await stack.enter_async_context(TelegramStandIn())
                if room in ("forum", "group"):
                    group = tg.group(forum=room == "forum")
                    chat = group.id
            if "vk" in (channel, *also):
                vk = await stack.enter_async_context(VkStandIn())
            app = await stack.enter_async_context(
                running.running_app(
                    database_url,
                    folder,
                    telegram=tg,
                    vk=vk,
                    company=company,
                    clock=clock,
                    telegram_staff_chat=chat,
                    **settings,
                )
            )
            people = await stack.enter_async_context(AsyncExitStack())
            yield World(app, clock, channel, tg, vk, group, people)
            assert tg is None or tg.malformed == []
            assert vk is None or vk.malformed == []
    finally:
        log.removeHandler(faults)
    assert faults.found == []

"""For whom a draft is asked, once; what the machine is told; restarts, failures, rates."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest
from sqlalchemy import select

from handlers.staff.drafting import show_draft
from services.access import AsResident
from services.bell import Bells
from services.db import Database
from services.drafting import PER_MINUTE, OutsideFailed, Source
from services.drafts import Drafts
from services.messaging.types import Address, Inbound, Sender
from services.tables import ConsentRecord, Flat, House, Message, Outgoing, Suggestion, Thread
from services.work import Work
from tests.support.clock import MovingClock

PLANTED = "Это Мария Петрова, Сосновая 1, кв. 12, +7 916 123-45-67: можно ли завести козу?"


class FakeOutside:
    """Answers in this process; `then` is done while it "thinks"."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[Source, ...]]] = []
        self.fails: list[OutsideFailed] = []
        self.says = "Козу держать в квартире нельзя."
        self.looks = 0
        self.gone = False
        self.then: Any = None

    async def look(self) -> None:
        self.looks += 1
        if self.gone:
            raise OutsideFailed("not reached", away=True)

    async def draft(self, words: str, sources: tuple[Source, ...]) -> str:
        self.asked.append((words, sources))
        if self.then is not None:
            await self.then()
        if self.gone:
            raise OutsideFailed("not reached", away=True)
        if self.fails:
            raise self.fails.pop(0)
        return self.says


class Watched:
    def __init__(self) -> None:
        self.up: bool | None = None
        self.why = ""
        self.counted: list[str] = []

    def tell_outside(self, *, up: bool, why: str = "") -> None:
        self.up, self.why = up, why

    def count_draft(self, outcome: str) -> None:
        self.counted.append(outcome)


class Desk:
    """A database with the loop over it, turned by hand."""

    def __init__(self, db: Database, clock: MovingClock) -> None:
        self.db = db
        self.clock = clock
        self.outside = FakeOutside()
        self.watched = Watched()
        self.drafts = self.another()

    def another(self) -> Drafts:
        """The same in another process."""
        return Drafts(self.db, Bells(self.db), self.outside, show_draft, self.watched)

    async def asks(self, words: str, who: str = "7", *, consent: bool = True) -> int:
        """A resident of flat 12 opens a talk."""
        async with self.db.work() as work:
            thread = await open_talk(work, who, consent=consent)
            await work.threads.add(thread, "resident", "Мария", None, text=words)
            return thread.id

    async def says(self, thread_id: int, by: str, words: str) -> None:
        async with self.db.work() as work:
            thread = await work.threads.by_id(thread_id)
            await work.threads.add(thread, by, "Анна", None, text=words)

    async def passes(self, **by: float) -> None:
        self.clock.move(**by)
        await self.drafts.do_due()

    async def notes(self, thread_id: int) -> list[str]:
        async with self.db.work() as work:
            found = await work.session.scalars(
                select(Message.text).where(Message.thread_id == thread_id, Message.by == "note")
            )
            return list(found)

    async def state(self, thread_id: int) -> str:
        async with self.db.work() as work:
            find = select(Suggestion.state).where(Suggestion.thread_id == thread_id)
            return await work.session.scalar(find) or ""


async def open_talk(work: Work, who: str, *, consent: bool) -> Thread:
    address = Address(channel="telegram", chat=who)
    said = Inbound(key=who, address=address, sender=Sender(id=who), text="?")
    contact = await work.people.meet(said)
    viewer = AsResident(contact.resident_id, contact.id)
    await work.people.register(contact.resident_id, "Мария Петрова", "+79161234567")
    company = await work.company.profile()
    version = company.consent.version
    await work.people.record_consent(viewer, version, "да", given=True)
    flat = await work.session.scalar(select(Flat).join(House).where(Flat.number == "12").limit(1))
    assert flat is not None
    home = await work.people.add_home(
        viewer, flat.house_id, entrance_id=flat.entrance_id, flat_id=flat.id, unlisted=None
    )
    if not consent:
        for record in await work.session.scalars(select(ConsentRecord)):
            record.given = False
    room = await work.rooms.of_complex(None)
    return await work.threads.open(viewer, room, "Разговор", home_id=home.id)


@pytest.fixture
def desk(db: Database, clock: MovingClock) -> Desk:
    return Desk(db, clock)


async def test_a_draft_becomes_a_note_for_staff(desk: Desk) -> None:
    thread = await desk.asks(PLANTED)
    await desk.passes(seconds=2)
    assert desk.outside.asked == []  # there may be more to say
    await desk.passes(seconds=6)
    assert await desk.notes(thread) == [
        "Черновик ответа, проверьте:\n\nКозу держать в квартире нельзя."
    ]
    assert await desk.state(thread) == "shown"
    async with desk.db.work() as work:
        assert (await work.threads.by_id(thread)).waits_since is not None
        rows = list(
            await work.session.scalars(select(Outgoing).where(Outgoing.thread_id == thread))
        )
        assert all(row.channel != "telegram" or row.chat != "7" for row in rows)


async def test_nothing_of_the_person_leaves(desk: Desk) -> None:
    await desk.asks(PLANTED)
    await desk.passes(seconds=6)
    ((words, sources),) = desk.outside.asked
    assert words == "Это [имя], [адрес], [квартира], [телефон]: можно ли завести козу?"
    assert 0 < len(sources) <= 5
    for source in sources:
        shown = source.question + source.answer
        assert not re.search(r"\+?\d[\d ()-]{6,}\d|https?:|@|www\.", shown), shown


async def test_once_a_thread(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")
    for _ in range(3):
        await desk.passes(seconds=6)
        await desk.says(thread, "resident", "а овцу?")
    assert len(desk.outside.asked) == 1
    assert len(await desk.notes(thread)) == 1


async def test_two_processes_ask_once(desk: Desk) -> None:
    threads = [await desk.asks("можно ли завести козу?", str(n)) for n in range(4)]
    desk.clock.move(seconds=6)
    others = [desk.another() for _ in range(3)]
    await asyncio.gather(*(each.do_due() for each in [desk.drafts, *others]))
    assert len(desk.outside.asked) == 4
    for thread in threads:
        assert len(await desk.notes(thread)) == 1


async def test_no_transaction_is_open_while_it_thinks(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")

    async def somebody_locks_the_thread() -> None:
        async with asyncio.timeout(5), desk.db.work() as work:
            find = select(Thread).where(Thread.id == thread).with_for_update()
            assert await work.session.scalar(find) is not None

    desk.outside.then = somebody_locks_the_thread
    await desk.passes(seconds=6)
    assert await desk.state(thread) == "shown"


# ── For whom none is asked ───────────────────────────────────────────────────


@pytest.mark.parametrize("words", ["Пахнет газом в подъезде!", "спасибо", "", "   "])
async def test_danger_thanks_and_silence(desk: Desk, words: str) -> None:
    thread = await desk.asks(words)
    await desk.passes(seconds=6)
    assert desk.outside.asked == []
    assert await desk.notes(thread) == []


async def test_without_consent(desk: Desk) -> None:
    await desk.asks("можно ли завести козу?", consent=False)
    await desk.passes(seconds=6)
    assert desk.outside.asked == []


async def test_where_a_member_has_answered(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")
    await desk.says(thread, "member", "Нельзя.")
    await desk.says(thread, "resident", "А овцу?")
    await desk.passes(seconds=6)
    assert desk.outside.asked == []
    assert await desk.state(thread) == ""


async def test_what_waits_for_hours(desk: Desk) -> None:
    await desk.asks("можно ли завести козу?")
    await desk.passes(hours=2)
    assert desk.outside.asked == []


async def test_what_an_article_says_surely(desk: Desk) -> None:
    async with desk.db.work() as work:
        article = (await work.articles.every())[0]
    await desk.asks(article.question)
    await desk.passes(seconds=6)
    assert desk.outside.asked == []


async def test_answered_while_it_thinks(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")

    async def answer() -> None:
        await desk.says(thread, "member", "Нельзя.")

    desk.outside.then = answer
    await desk.passes(seconds=6)
    assert await desk.state(thread) == "dropped"
    assert await desk.notes(thread) == []
    assert desk.watched.counted == ["asked", "dropped"]


async def test_closed_while_it_thinks(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")

    async def close() -> None:
        async with desk.db.work() as work:
            await work.threads.close(await work.threads.by_id(thread))

    desk.outside.then = close
    await desk.passes(seconds=6)
    assert await desk.notes(thread) == []


async def test_it_knows_no_answer(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")
    desk.outside.says = "НЕТ."
    await desk.passes(seconds=6)
    assert await desk.state(thread) == "nothing"
    assert await desk.notes(thread) == []


# ── What goes wrong ──────────────────────────────────────────────────────────


async def test_killed_in_the_middle(desk: Desk) -> None:
    """The process dies while the machine thinks: no draft is lost, and none comes twice."""
    thread = await desk.asks("можно ли завести козу?")
    asked_first = asyncio.Event()

    async def think_for_ever() -> None:
        asked_first.set()
        await asyncio.Event().wait()

    desk.outside.then = think_for_ever
    desk.clock.move(seconds=6)
    dying = asyncio.ensure_future(desk.drafts.do_due())
    await asyncio.wait_for(asked_first.wait(), 20)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    desk.outside.then = None
    desk.drafts = desk.another()
    await desk.passes(seconds=20)
    assert await desk.notes(thread) == []  # it might still come
    await desk.passes(seconds=50)
    assert len(await desk.notes(thread)) == 1
    await desk.passes(seconds=120)
    assert len(await desk.notes(thread)) == 1


async def test_an_answer_that_comes_after_the_lease_is_no_second_draft(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")
    other = desk.another()

    async def another_process_is_quicker() -> None:
        desk.outside.then = None
        desk.clock.move(seconds=70)
        await other.do_due()

    desk.outside.then = another_process_is_quicker
    await desk.passes(seconds=6)
    assert len(desk.outside.asked) == 2
    assert len(await desk.notes(thread)) == 1


async def test_nonsense_is_asked_again_twice(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")
    desk.outside.fails = [OutsideFailed("cannot be read", away=False) for _ in range(9)]
    await desk.passes(seconds=6)
    await desk.passes(seconds=10)
    assert len(desk.outside.asked) == 1
    await desk.passes(minutes=1)
    await desk.passes(minutes=5)
    await desk.passes(minutes=30)
    assert len(desk.outside.asked) == 3
    assert await desk.state(thread) == "failed"
    assert await desk.notes(thread) == []
    assert desk.watched.counted == ["asked", "nonsense"] * 3
    assert desk.watched.up


async def test_one_that_is_away_is_tried_later(desk: Desk) -> None:
    threads = [await desk.asks("можно ли завести козу?", str(n)) for n in range(3)]
    await desk.drafts.do_due()
    desk.outside.gone = True
    await desk.passes(seconds=6)
    assert len(desk.outside.asked) == 1  # the others would fare no better
    assert (desk.watched.up, desk.watched.why) == (False, "not reached")
    looks = desk.outside.looks
    await desk.passes(seconds=5)
    assert desk.outside.looks == looks
    await desk.passes(seconds=15)
    assert desk.outside.looks == looks + 1
    desk.outside.gone = False
    await desk.passes(minutes=5)
    assert desk.watched.up
    for thread in threads:
        assert await desk.state(thread) == "shown"


async def test_not_more_than_so_many_a_minute(desk: Desk) -> None:
    for number in range(PER_MINUTE + 3):
        await desk.asks("можно ли завести козу?", str(number))
    await desk.passes(seconds=6)
    assert len(desk.outside.asked) == PER_MINUTE
    await desk.passes(seconds=61)
    assert len(desk.outside.asked) == PER_MINUTE + 3


async def test_what_it_makes_up_is_cut_and_what_we_hid_comes_back(desk: Desk) -> None:
    thread = await desk.asks("можно ли завести козу?")
    told = ""

    async def repeat_all() -> None:
        nonlocal told
        _, sources = desk.outside.asked[-1]
        names = set(re.findall(r"\{\w+\}", " ".join(each.answer for each in sources)))
        told = " ".join(sorted(names))
        desk.outside.says = (
            f"Приходите с козой, она нам всем понравится: {told} или 8 999 111-22-33."
        )

    desk.outside.then = repeat_all
    await desk.passes(seconds=6)
    (note,) = await desk.notes(thread)
    assert "999" not in note
    assert "[телефон]" in note
    assert told
    assert not re.search(r"\{[а-я]+_[а-я]+\}", note)

"""What the one search box means, what is found by it and by whom, and the queue of the desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from services import mentions
from services.access import AsMember, AsResident
from services.company import declaration
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.desk import FILTERS
from services.errors import NotYours
from services.mentions import steps
from services.messaging.types import Address, Inbound, Sender
from services.sought import read
from services.tables import Complex, Member, Ticket
from services.tables.finding import (
    MESSAGE_WORDS,
    NAME_WORDS,
    PHONE_FROM_ITS_END,
    TICKET_WORDS,
)
from services.tickets import Where
from services.work import Work
from tests.support.clock import MovingClock

COMPANY = Path(__file__).parents[1] / "conversations" / "company.yaml"
ADMIN = AsMember(1, "admin")
ROOMS = """rooms:
  - {code: forest, title: Бор, telegram: -1002}
"""
HOUSES = [
    (1, "ул. Садовая, 5"),
    (2, "ул. Садовая, 5, корп. 2"),
    (3, "ул. Сосновая, 1"),
    (4, "ул. Садовая, 15"),
    (5, "пр-т Мира, 5а"),
    (6, "ул. 8 Марта, 3"),
]


# ── What is meant ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("typed", "number", "sure"),
    [
        ("1001", 1001, False),
        ("№1001", 1001, True),
        ("№ 1001", 1001, True),
        ("Заявка №1001", 1001, True),
        ("заявка 1001", 1001, True),
        ("Садовая 5", None, False),
        ("45-67", None, False),
    ],
)
def test_a_number(typed: str, number: int | None, sure: bool) -> None:
    sought = read(typed, HOUSES)
    assert (sought.number, sought.sure) == (number, sure)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Садовая 5 кв 12", [(1, "12")]),
        ("садовая 5-12", [(1, "12")]),
        ("САДОВАЯ, 5, 12", [(1, "12")]),
        ("ул. Садовая, д. 5, кв. 12а", [(1, "12а")]),
        ("садовой 5", [(1, "")]),
        ("Садовая 5 корп 2 кв 3", [(2, "3")]),
        ("садовая 5к2-3", [(2, "3")]),
        ("садовая 15", [(4, "")]),
        ("Мира 5а-7", [(5, "7")]),
        ("8 марта 3 кв 4", [(6, "4")]),
        ("кв 12", [(None, "12")]),
        ("кв.12", [(None, "12")]),
        ("м/м 15", [(None, "мм15")]),
        ("Садовая 5 м/м 3", [(1, "мм3")]),
        ("садовая", []),
        ("садовая 5 кран", []),
        ("Садовая 5а", []),
        ("нет воды 5", []),
        ("Мария", []),
    ],
)
def test_an_address(typed: str, found: list[tuple[int | None, str]]) -> None:
    assert [(each.house_id, each.flat) for each in read(typed, HOUSES).addresses] == found


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("+7 (912) 345-67-89", "9123456789"),
        ("8 912 345 67 89", "9123456789"),
        ("45-67", "4567"),
        ("4567", "4567"),
        ("567", ""),
        ("Мария 4567", ""),
    ],
)
def test_a_phone(typed: str, digits: str) -> None:
    assert read(typed, HOUSES).digits == digits


@pytest.mark.parametrize("typed", ["", "   ", "//", "…", "\x00"])
def test_nothing_is_meant(typed: str) -> None:
    sought = read(typed, HOUSES)
    assert (sought.number, sought.addresses, sought.digits, sought.words) == (None, (), "", "")


def test_blocks_are_looked_through_from_the_newest() -> None:
    assert list(steps(0)) == [("''#0''", 0)]
    assert list(steps(2)) == [("''#2''", 2), ("''#1'' | ''#0''", 1)]
    found = list(steps(100))
    assert len(found) == 4
    assert found[-1] == ("", 27)
    searched = [block for blocks, _ in found[:-1] for block in blocks.split(" | ")]
    assert searched == [f"''#{block}''" for block in range(100, 27, -1)]


# ── What is found ────────────────────────────────────────────────────────────


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Database]:
    """Two rooms: «Садовый» in `main`, «Сосновый бор» in `forest`."""
    db = Database(database_url, clock)
    path = tmp_path / "company.yaml"
    company = COMPANY.read_text().replace("rooms:\n", ROOMS)
    company = company.replace("  - code: bor\n", "  - code: bor\n    room: forest\n")
    path.write_text(company)
    async with db.work() as work:
        messengers = Messengers(telegram=True, staff_chat="-1001")
        await apply_declaration(work, read_declaration(path), messengers)
    yield db
    await db.close()


async def file(
    work: Work,
    who: str = "7",
    *,
    name: str = "Мария Лебедева",
    phone: str = "+79123456789",
    code: str = "sad",
    flat: str = "4",
    words: str = "Стоит лифт",
    talk: bool = False,
) -> int:
    """Returns the thread's id."""
    address = Address(channel="telegram", chat=who)
    inbound = Inbound(key=who, address=address, sender=Sender(id=who), text=words)
    contact = await work.people.meet(inbound)
    await work.people.register(contact.resident_id, name, phone)
    complex_ = await work.session.scalar(select(Complex).where(Complex.code == code))
    assert complex_ is not None
    house = (await work.places.houses(complex_.id))[0]
    flats = await work.places.find_flats(house.id, flat)
    viewer = AsResident(contact.resident_id, contact.id)
    home = await work.people.add_home(
        viewer,
        house.id,
        entrance_id=None,
        flat_id=flats[0].id if flats else None,
        unlisted=None if flats else flat,
    )
    room = await work.rooms.of_complex(complex_.id)
    thread = await work.threads.open(viewer, room, "Лифт", home_id=home.id)
    if not talk:
        where = Where(complex_.id, house.id, None, home.flat_id, f"{house.address}, кв. {flat}")
        category = declaration.Category(code="elevator", title="Лифт", term_hours=24)
        answers = [("Что с лифтом?", "Шумит")]
        await work.tickets.file(thread, category, where, words, answers, "telegram")
    await work.threads.add(thread, "resident", name, None, text=words)
    return thread.id


async def found(work: Work, words: str, viewer: AsMember = ADMIN) -> list[int]:
    await work.session.flush()
    return [each.thread.id for each in await work.finding.find(viewer, words)]


async def test_by_everything_that_is_known(db: Database) -> None:
    async with db.work() as work:
        maria = await file(work)
        artyom = await file(
            work, "8", name="Артём Ёлкин", phone="+79990001122", flat="5",
            words="Течёт зелёный кран на кухне", talk=True,
        )  # fmt: skip
        for words in (
            "1001", "№1001", "Садовая 5 кв 4", "садовая 5-4", "кв 4", "Мария", "лебедева мар",
            "+7 912 345 67 89", "67-89", "лифты стоят", "Шумит", "Садовая лифт",
        ):  # fmt: skip
            assert await found(work, words) == [maria], words
        for words in ("кв 5", "Артем", "елкин артём", "1122", "зелёные краны", "ЗЕЛЕНЫЙ"):
            assert await found(work, words) == [artyom], words
        assert await found(work, "Садовая 5") == [artyom, maria]
        for words in (
            "9999",
            "№1002",
            "кв 6",
            "зелёный лифт",
            "и на",
            "абракадабра",
            "",
            "'",
            "&|!",
        ):
            assert await found(work, words) == [], words


async def test_a_flat_that_is_not_in_the_list(db: Database) -> None:
    async with db.work() as work:
        thread = await file(work, flat="99а")
        assert await found(work, "Садовая 5 кв 99 А") == [thread]


async def test_the_newest_first_and_the_words_around(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        threads = []
        for number in range(14):
            clock.move(minutes=1)
            work.now = clock.now()
            threads.append(await file(work, str(number), flat="5", words=f"Протечка {number}"))
        assert await found(work, "протечка") == threads[:-11:-1]
        assert await found(work, "кв 5") == threads[:-11:-1]
        clock.move(minutes=1)
        work.now = clock.now()
        old = await work.threads.by_id(threads[0])
        await work.threads.add(
            old, "member", "Анна", None, member_id=None,
            text="Добрый день! Мастер закончил, протечку на третьем этаже он устранил полностью.",
        )  # fmt: skip
        first = (await work.finding.find(ADMIN, "протечки"))[0]
        assert (first.thread.id, first.by, first.at) == (old.id, "words", work.now)
        assert "протечку на третьем этаже" in first.snippet


async def test_lines_of_the_program_are_not_searched(db: Database) -> None:
    async with db.work() as work:
        thread = await work.threads.by_id(await file(work))
        await work.threads.add(thread, "system", "", None, text="Подметальщик")
        assert await found(work, "подметальщик") == []


@pytest.mark.parametrize("peek", [mentions.PEEK, 1])
async def test_each_member_finds_what_they_may_see(
    db: Database, peek: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the newest that fit are all another room's."""
    monkeypatch.setattr(mentions, "PEEK", peek)
    async with db.work() as work:
        here = await file(work, words="Затор")
        there = await file(work, "8", code="bor", words="Затор")
        main, forest = AsMember(1, "dispatcher", ("main",)), AsMember(1, "dispatcher", ("forest",))
        inside = replace(ADMIN, inside=("telegram", "-1002"))
        for words in ("затор", "Мария", "6789", "кв 4"):
            assert await found(work, words) == [there, here], words
            assert await found(work, words, main) == [here], words
            assert await found(work, words, forest) == [there], words
            assert await found(work, words, inside) == [there], words
        assert await found(work, "№1001", forest) == []
        assert await found(work, "Садовая 5", forest) == []


async def test_notes_are_not_found_from_a_group(db: Database) -> None:
    """What dispatchers wrote for themselves would be read by executors there."""
    async with db.work() as work:
        thread = await work.threads.by_id(await file(work))
        await work.threads.add(thread, "note", "Анна", None, text="Скандалист")
        assert await found(work, "скандалист") == [thread.id]
        assert await found(work, "скандалист", replace(ADMIN, inside=("telegram", "-1001"))) == []


async def test_what_was_before(db: Database) -> None:
    async with db.work() as work:
        earlier = await file(work, words="Раньше")
        neighbour = await file(work, "8", name="Игорь", words="Сосед по квартире")
        await file(work, "9", flat="5")
        elsewhere = await file(work, "7", code="bor", flat="5")
        now = await work.threads.by_id(await file(work, words="Сейчас"))
        found = await work.finding.history(ADMIN, now)
        assert {(each.thread.id, each.by) for each in found} == {
            (earlier, "person"), (neighbour, "flat"), (elsewhere, "person"),
        }  # fmt: skip
        only_here = await work.finding.history(AsMember(1, "dispatcher", ("main",)), now)
        assert elsewhere not in [each.thread.id for each in only_here]
        with pytest.raises(NotYours):
            await work.finding.history(AsMember(1, "dispatcher", ("forest",)), now)


@pytest.mark.parametrize(
    ("table", "condition", "index"),
    [
        (
            "messages",
            f"messages.by <> 'system' AND {MESSAGE_WORDS} @@ plainto_tsquery('russian', 'лифт')",
            "ix_messages_words",
        ),
        ("tickets", f"{TICKET_WORDS} @@ plainto_tsquery('russian', 'лифт')", "ix_tickets_words"),
        (
            "residents",
            f"residents.name IS NOT NULL AND {NAME_WORDS} @@ to_tsquery('simple', 'мар:*')",
            "ix_residents_name",
        ),
        ("residents", f"{PHONE_FROM_ITS_END} LIKE '9876%'", "ix_residents_phone_end"),
    ],
)
async def test_a_search_fits_its_index(
    db: Database, table: str, condition: str, index: str
) -> None:
    """A letter changed in an expression, and the whole table would be read instead."""
    async with db.work() as work:
        await work.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = await work.session.scalars(text(f"EXPLAIN SELECT id FROM {table} WHERE {condition}"))
        assert index in "\n".join(plan)


# ── The queue ────────────────────────────────────────────────────────────────


async def test_filters_and_their_counts(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        anna = await work.session.scalar(select(Member).where(Member.code == "anna"))
        assert anna is not None
        mine, waits, late, forest = [
            await work.threads.by_id(await file(work, str(n), code="bor" if n == 3 else "sad"))
            for n in range(4)
        ]
        mine.taken_by, mine.waits_since, mine.answer_due_at = anna.id, None, None
        forest.waits_since = forest.answer_due_at = None
        late.waits_since = clock.now() - timedelta(hours=2)
        late.answer_due_at = clock.now() - timedelta(hours=1)
        waits.waits_since = clock.now()
        waits.answer_due_at = clock.now() + timedelta(minutes=20)
        waits.tone = "negative"
        await work.session.flush()
        viewer = AsMember(anna.id, "dispatcher")
        expected = {
            "": {mine, waits, late, forest}, "mine": {mine}, "unanswered": {waits, late},
            "overdue": {late}, "free": {waits, late, forest}, "taken": {mine},
            "unhappy": {waits},
        }  # fmt: skip
        assert set(expected) == set(FILTERS)
        counts = await work.desk.counts(viewer)
        for which in FILTERS:
            lines = await work.desk.threads(viewer, which=which)
            assert {line.thread for line in lines} == expected[which], which
            assert counts.filters[which] == len(expected[which]), which
        assert counts.complexes == {"sad": 3, "bor": 1}
        assert counts.houses == {"sadovaya-5": 3, "sosnovaya-1": 1}
        for lines in (
            await work.desk.threads(viewer, in_complex="bor"),
            await work.desk.threads(viewer, in_house="sosnovaya-1"),
            await work.desk.threads(viewer, room="forest"),
            await work.desk.threads(AsMember(1, "dispatcher", ("forest",))),
        ):
            assert [line.thread for line in lines] == [forest]
        assert (await work.desk.counts(replace(viewer, rooms=("forest",)))).filters[""] == 1


async def test_what_is_overdue_by_its_term(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        thread = await work.threads.by_id(await file(work))
        thread.waits_since = thread.answer_due_at = None
        ticket = await work.threads.ticket(thread.id)
        assert ticket is not None
        await work.session.flush()
        assert (await work.desk.counts(ADMIN)).filters["overdue"] == 0
        ticket.due_at = clock.now() - timedelta(minutes=1)
        await work.session.flush()
        assert (await work.desk.counts(ADMIN)).filters["overdue"] == 1
        ticket.closed_at = clock.now()
        await work.session.flush()
        assert (await work.desk.counts(ADMIN)).filters["overdue"] == 0


async def test_the_most_urgent_first(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        threads = [await work.threads.by_id(await file(work, str(n))) for n in range(5)]
        quiet, waits, longer, late, emergency = threads
        for thread in threads:
            thread.waits_since = thread.answer_due_at = None
        waits.waits_since = clock.now()
        longer.waits_since = clock.now() - timedelta(minutes=5)
        late.waits_since = clock.now() - timedelta(minutes=1)
        late.answer_due_at = clock.now() - timedelta(seconds=1)
        ticket = await work.session.scalar(select(Ticket).where(Ticket.thread_id == emergency.id))
        assert ticket is not None
        ticket.emergency = True
        await work.session.flush()
        lines = await work.desk.threads(ADMIN, order="urgent")
        assert [line.thread for line in lines] == [emergency, late, longer, waits, quiet]
        assert [line.thread for line in await work.desk.threads(ADMIN, order="urgent", skip=3)] == [
            waits, quiet,
        ]  # fmt: skip


async def test_a_talk_without_an_address_is_counted_too(db: Database) -> None:
    async with db.work() as work:
        thread = await work.threads.by_id(await file(work, talk=True))
        thread.home_id = None
        await work.session.flush()
        counts = await work.desk.counts(ADMIN)
        assert (counts.filters[""], counts.complexes, counts.houses) == (1, {}, {})

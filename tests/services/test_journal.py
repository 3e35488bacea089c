"""The dispatch journal: which requests stand in it, and what is said of each."""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
import pytest_asyncio
from pypdf import PdfReader
from sqlalchemy import select

from handlers.papers import journal as papers
from handlers.papers.journal import TooMuchForPaper, Wanted, write_paper, write_sheet
from handlers.papers.order import write_order
from services.access import AsMember
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.errors import NotFound, NotYours
from services.filing import FiledFor
from services.journal import Entry, Period
from services.messaging.types import Attachment
from services.tables import House, Member, Thread, Ticket
from services.work import Work
from tests.support.clock import MovingClock

COMPANY = Path(__file__).parents[1] / "conversations" / "company.yaml"
ROOMS = "  - {code: second, title: Вторая}\n"
ORGANISATION = """
organisations:
  - {code: lift, title: ООО «Лифт», phone: "+7 495 111-22-33"}
"""
NS = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


@pytest_asyncio.fixture
async def db(database_url: str, clock: MovingClock, tmp_path: Path) -> AsyncIterator[Database]:
    """«Сосновый бор» is another room's."""
    path = tmp_path / "company.yaml"
    text = COMPANY.read_text()
    text = text.replace("title: Диспетчерская}\n", f"title: Диспетчерская}}\n{ROOMS}")
    text = text.replace("  - code: bor\n", "  - code: bor\n    room: second\n")
    text = text.replace("    title: Лифт\n", "    title: Лифт\n    organisation: lift\n")
    path.write_text(text.replace("\nmembers:", f"{ORGANISATION}\nmembers:"))
    db = Database(database_url, clock)
    async with db.work() as work:
        await apply_declaration(work, read_declaration(path), Messengers())
    yield db
    await db.close()


async def member(work: Work, code: str = "anna", *rooms: str) -> AsMember:
    found = await work.session.scalar(select(Member).where(Member.code == code))
    assert found is not None
    return AsMember(found.id, found.role, rooms)


async def house(work: Work, code: str) -> int:
    found = await work.session.scalar(select(House.id).where(House.code == code))
    assert found is not None
    return found


async def file(
    work: Work, code: str = "sadovaya-5", flat: str = "4", category: str = "plumbing", **more: str
) -> Ticket:
    wanted = FiledFor(
        **{"text": "течёт кран", "name": "Мария", "phone": "+79123456789", **more},  # type: ignore[arg-type]
        category=category,
        house_id=await house(work, code),
        flat=flat,
        place="ул. Садовая, 5, кв. 4" if flat else "ул. Садовая, 5",
    )
    return (await work.filing.file(await member(work), wanted)).ticket


async def entries(work: Work, viewer: AsMember, period: Period) -> list[Entry]:
    return [entry async for some in work.journal.entries(viewer, period) for entry in some]


def around(clock: MovingClock, **span: float) -> Period:
    return Period(clock.now() - timedelta(**span), clock.now() + timedelta(**span))


async def test_what_is_said_of_a_request(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        anna, petr = await member(work), await member(work, "petr")
        ticket = await file(work)
        thread = await work.threads.of_ticket(ticket)
        photo = Attachment(kind="photo", channel="telegram", handle="h")
        await work.threads.add(
            thread, "member", "Пётр", None, text="готово", attachments=[photo],
            member_id=petr.member_id,
        )  # fmt: skip
        locked = await work.tickets.get(anna, ticket.id, lock=True)
        await work.tickets.move(petr, locked, "done")
    async with db.work() as work:
        (entry,) = await entries(work, anna, around(clock, hours=1))
    assert (entry.number, entry.source, entry.accepted_by) == (1001, "phone", "Анна Соколова")
    assert (entry.place, entry.entrance, entry.what) == ("ул. Садовая, 5, кв. 4", "1", "Сантехника")
    assert (entry.text, entry.status, entry.done_by) == ("течёт кран", "done", "Пётр Ильин")
    assert entry.photo
    assert entry.closed_at is not None


async def test_an_organisation_does_it(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await file(work, flat="", category="elevator")
        (entry,) = await entries(work, await member(work), around(clock, hours=1))
    assert (entry.done_by, entry.photo, entry.closed_at) == ("ООО «Лифт»", False, None)


async def test_the_period_and_the_house(db: Database, clock: MovingClock) -> None:
    begun = clock.now()
    for code in ("sadovaya-5", "sosnovaya-1", "sadovaya-5"):
        async with db.work() as work:
            await file(work, code)
        clock.move(days=1)
    async with db.work() as work:
        anna = await member(work)
        days = [Period(begun + timedelta(days=n), begun + timedelta(days=n + 1)) for n in range(4)]
        found = [[e.number for e in await entries(work, anna, day)] for day in days]
        assert found == [[1001], [1002], [1003], []]
        whole = Period(begun, clock.now(), await house(work, "sadovaya-5"))
        assert [e.number for e in await entries(work, anna, whole)] == [1001, 1003]
        assert await work.journal.count(anna, whole) == 2


async def test_only_the_members_rooms(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        await file(work, "sadovaya-5")
        await file(work, "sosnovaya-1")
        second = await member(work, "anna", "second")
        assert [e.number for e in await entries(work, second, around(clock, days=1))] == [1002]
        theirs = Period(clock.now(), clock.now() + timedelta(1), await house(work, "sadovaya-5"))
        with pytest.raises(NotYours):
            await entries(work, second, theirs)
        nowhere = Period(clock.now(), clock.now() + timedelta(1), 999)
        with pytest.raises(NotYours):
            await entries(work, second, nowhere)


# ── On paper ─────────────────────────────────────────────────────────────────


def read_sheet(path: Path) -> list[list[str]]:
    with zipfile.ZipFile(path) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    rows = sheet.findall(".//s:row", NS)
    return [["".join(cell.itertext()) for cell in row.findall("s:c", NS)] for row in rows]


def the_day(clock: MovingClock) -> Wanted:
    day = (clock.now() + timedelta(hours=3)).date()  # Moscow
    return Wanted(day, day)


async def test_a_sheet(db: Database, clock: MovingClock, tmp_path: Path) -> None:
    path = tmp_path / "journal.xlsx"
    async with db.work() as work:
        await file(work, text='=HYPERLINK("http://evil","x") & <b>\x07')
        about = await write_sheet(work, await member(work), the_day(clock), path)
    assert about.count == 1
    assert about.name.startswith("Журнал заявок все дома ")
    rows = read_sheet(path)
    assert rows[0] == ["Журнал заявок. Тихий двор"]
    assert rows[1][0].endswith("Заявок: 1")
    assert rows[2][:5] == ["№", "Принята", "Как обратились", "Кто принял", "Адрес"]
    assert rows[3][0] == "1001"
    assert '=HYPERLINK("http://evil","x") & <b>' in rows[3][6]
    with zipfile.ZipFile(path) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


async def test_a_paper(db: Database, clock: MovingClock, tmp_path: Path) -> None:
    path = tmp_path / "journal.pdf"
    async with db.work() as work:
        for n in range(60):
            await file(work, text=f"<i>течёт</i> & капает {n} " + "очень " * 40)
        await write_paper(work, await member(work), the_day(clock), path)
    book = PdfReader(path)
    words = "\n".join(page.extract_text() for page in book.pages)
    assert len(book.pages) > 1
    for expected in ("Журнал заявок. Тихий двор", "Кто выполняет", "<i>течёт</i> & капает 59"):
        assert expected in words
    assert book.pages[1].extract_text().startswith("№") or "Принята" in book.pages[1].extract_text()


async def test_too_much_for_paper(
    db: Database, clock: MovingClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "MOST_ON_PAPER", 1)
    async with db.work() as work:
        await file(work)
        await file(work)
        with pytest.raises(TooMuchForPaper):
            await write_paper(work, await member(work), the_day(clock), tmp_path / "j.pdf")


async def test_the_days_are_the_companys(db: Database, clock: MovingClock, tmp_path: Path) -> None:
    midnight = datetime(2026, 10, 31, 21, 0, tzinfo=UTC)  # in Moscow
    clock.move(seconds=(midnight - clock.now()).total_seconds() - 60)
    async with db.work() as work:
        await file(work)
    clock.move(minutes=1)
    async with db.work() as work:
        await file(work)
        for first, last, numbers in (
            (date(2026, 10, 1), date(2026, 10, 31), ["1001"]),
            (date(2026, 11, 1), date(2026, 11, 30), ["1002"]),
            (date(2026, 10, 31), date(2026, 11, 1), ["1001", "1002"]),
        ):
            path = tmp_path / "j.xlsx"
            await write_sheet(work, await member(work), Wanted(first, last), path)
            assert [row[0] for row in read_sheet(path)[3:]] == numbers


async def test_a_work_order_is_one_page(db: Database, clock: MovingClock, tmp_path: Path) -> None:
    path = tmp_path / "order.pdf"
    async with db.work() as work:
        ticket = await file(work, text="Течёт <b>кран</b>. " * 400)
        ticket.answers = [["Что именно?", "Капает кран " * 20], ["Когда удобно?", "Завтра"]]
        petr = await member(work, "petr")
        ticket.executor_id = petr.member_id
        number = await write_order(work, await member(work), ticket.thread_id, path)
        assert number == 1001
    (page,) = PdfReader(path).pages
    words = " ".join(page.extract_text().split())
    for expected in (
        "Тихий двор", "Наряд-заказ по заявке №1001", "ул. Садовая, 5, кв. 4, подъезд 1, этаж 2",
        "Мария", "+7 912 345-67-89", "Сантехника", "Что именно", "Завтра", "Пётр Ильин, мастер",
        "Течёт <b>кран</b>", "Работы выполнены", "Материалы", "Житель: работу принял(а)",
        "подпись", "Дата",
    ):  # fmt: skip
        assert expected in words


async def test_no_order_of_what_is_no_ticket_or_anothers(db: Database, tmp_path: Path) -> None:
    path = tmp_path / "order.pdf"
    async with db.work() as work:
        ticket = await file(work)
        with pytest.raises(NotYours):
            await write_order(work, await member(work, "anna", "second"), ticket.thread_id, path)
        with pytest.raises(NotYours):
            await write_order(work, await member(work), 999, path)
        thread = await work.threads.of_ticket(ticket)
        talk = Thread(
            resident_id=thread.resident_id, contact_id=thread.contact_id, room_id=thread.room_id,
            subject="Разговор", state="open", opened_at=work.now, last_at=work.now,
            last_by="resident", last_text="",
        )  # fmt: skip
        work.session.add(talk)
        await work.session.flush()
        with pytest.raises(NotFound):
            await write_order(work, await member(work), talk.id, path)

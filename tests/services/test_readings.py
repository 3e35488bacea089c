"""Meters and readings: what is typed, which month counts, what is odd, each exported once."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select

from handlers import readings as asking
from handlers.staff import readings_texts
from services.access import AsMember, AsResident
from services.company.account_rules import MeterRules, Window
from services.company.apply import Messengers, apply_declaration
from services.company.reading import read_declaration
from services.db import Database
from services.errors import AlreadySo, NotFound, NotYours, StaleButton
from services.messaging.claiming import Claiming
from services.messaging.types import Attachment
from services.meters.figures import FigureWrong, read_figures, write_figure
from services.meters.marked import LOOKED
from services.meters.windows import counting
from services.tables import Account, ChannelState, House, Notice, Outgoing, Reading
from services.work import Work
from tests.services.test_outages import add_member
from tests.support.clock import MovingClock
from tests.support.debts import add_accountant, holder, owes
from tests.support.meters import meter, showed
from tests.support.running import SAMPLE

FEBRUARY, MARCH, APRIL = date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1)


@pytest.mark.parametrize(
    ("typed", "thousandths"),
    [
        ("123,4", 123_400),
        ("00123.400", 123_400),
        ("123", 123_000),
        (" 123 ", 123_000),
        ("1 234,5", 1_234_500),
        ("1\u00a0234", 1_234_000),
        ("12,5 м³", 12_500),
        ("0", 0),
        ("12,3450", 12_345),
    ],
)
def test_figures_are_read_as_people_write_them(typed: str, thousandths: int) -> None:
    assert read_figures(typed, 1) == [thousandths]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("сто двадцать", "words"), ("-5", "negative"), ("1234567890", "long"),
        ("1,23456", "fine"), ("12 34", "count"), ("", "empty"), ("1.234,5", "words"),
        ("١٢", "words"), ("5e3", "words"), ("²", "words"),
    ],
)  # fmt: skip
def test_what_is_no_figure_is_told_why(typed: str, why: str) -> None:
    with pytest.raises(FigureWrong) as refused:
        read_figures(typed, 1)
    assert refused.value.why == why


def test_several_figures_are_parted_by_spaces_and_signs() -> None:
    assert read_figures("123,4 55 1024", 3) == [123_400, 55_000, 1_024_000]
    assert read_figures("100/50", 2) == read_figures("100; 50", 2) == [100_000, 50_000]
    assert [write_figure(each) for each in (123_400, 55_000, -500)] == ["123,4", "55", "-0,5"]


USUAL, OVER = Window(from_day=20, until_day=25), Window(from_day=25, until_day=5)


@pytest.mark.parametrize(
    ("window", "day", "month", "is_open", "missed"),
    [
        (USUAL, date(2026, 3, 10), MARCH, False, None),
        (USUAL, date(2026, 3, 20), MARCH, True, None),
        (USUAL, date(2026, 3, 25), MARCH, True, None),
        (USUAL, date(2026, 3, 26), APRIL, False, MARCH),
        (USUAL, date(2026, 4, 1), APRIL, False, None),
        (USUAL, date(2026, 12, 31), date(2027, 1, 1), False, date(2026, 12, 1)),
        (OVER, date(2026, 2, 25), FEBRUARY, True, None),
        (OVER, date(2026, 3, 5), FEBRUARY, True, None),
        (OVER, date(2026, 3, 6), MARCH, False, FEBRUARY),
        (OVER, date(2027, 1, 3), date(2026, 12, 1), True, None),
        (OVER, date(2027, 1, 6), date(2027, 1, 1), False, date(2026, 12, 1)),
        (Window(from_day=31, until_day=31), date(2026, 2, 28), FEBRUARY, True, None),
        (Window(from_day=30, until_day=3), date(2026, 2, 28), FEBRUARY, True, None),
        (Window(from_day=1, until_day=31), date(2026, 2, 14), FEBRUARY, True, None),
    ],
)
def test_the_month_that_a_day_counts_for(
    window: Window, day: date, month: date, is_open: bool, missed: date | None
) -> None:
    counts = counting(window, day)
    assert (counts.month, counts.open, counts.missed) == (month, is_open, missed)


async def flat(work: Work, number: str = "1", zone: str = "") -> tuple[AsResident, int]:
    """A resident and the account they hold."""
    house = (await work.session.scalars(select(House).order_by(House.id))).first()
    assert house is not None
    house.timezone = zone
    account = await owes(work, number, debt=0, house=house)
    viewer = await holder(work, f"Житель{number}", [account], role="family", sees_money=False)
    return viewer, account.id


def goes_to(clock: MovingClock, *moment: int) -> None:
    clock.move(seconds=(datetime(*moment, tzinfo=UTC) - clock.now()).total_seconds())


async def test_a_correction_replaces_and_after_an_export_leaves_anew(
    db: Database, clock: MovingClock
) -> None:
    goes_to(clock, 2026, 3, 21, 9)
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account)
        assert not (await work.readings.take(viewer, ident, [100_000])).replaced
    async with db.work() as work:
        with pytest.raises(AlreadySo):
            await work.readings.take(viewer, ident, [100_000])
        assert (await work.readings.take(viewer, ident, [101_000])).replaced
        rows = list(await work.session.scalars(select(Reading).order_by(Reading.id)))
        assert [(row.figures, row.replaced) for row in rows] == [
            ([100_000], True), ([101_000], False),
        ]  # fmt: skip
    async with db.work() as work:
        first, count = await work.reading_exports.begin(None, "csv")
        assert count == 1
    async with db.work() as work:
        with pytest.raises(NotFound):
            await work.reading_exports.begin(None, "csv")
        assert (await work.readings.take(viewer, ident, [102_000])).exported
        second, count = await work.reading_exports.begin(None, "csv")
        again = [
            [line.figures for line in await work.reading_exports.lines(export)]
            for export in (first, second)
        ]
        assert again == [[(101_000,)], [(102_000,)]]


async def test_what_comes_late_counts_for_the_next_month(db: Database, clock: MovingClock) -> None:
    goes_to(clock, 2026, 12, 26, 9)
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account)
        taken = await work.readings.take(viewer, ident, [100_000])
        assert (taken.meter.counts.month, taken.checked.marks) == (date(2027, 1, 1), ("late",))


@pytest.mark.parametrize(
    ("zone", "month"),
    [("Europe/Kaliningrad", MARCH), ("Europe/Moscow", APRIL), ("Asia/Vladivostok", APRIL)],
)
async def test_the_window_closes_by_the_clock_of_the_house(
    db: Database, clock: MovingClock, zone: str, month: date
) -> None:
    goes_to(clock, 2026, 3, 25, 21, 30)  # half past eleven in Kaliningrad, the 26th elsewhere
    async with db.work() as work:
        viewer, account = await flat(work, zone=zone)
        ident = await meter(work, account)
        assert (await work.readings.take(viewer, ident, [1000])).meter.counts.month == month


@pytest.mark.parametrize(
    ("figure", "more", "marks"),
    [
        (130_000, {}, ()),
        (119_000, {}, ("less",)),
        (221_000, {}, ("much",)),
        (130_000, {"verified_until": date(2026, 3, 20)}, ("unverified",)),
        (130_000, {"verified_until": date(2026, 3, 21)}, ()),
        (130_000, {"digits": 2}, ("digits",)),
        (119_000, {"digits": 5}, ("less",)),
    ],
)
async def test_what_is_odd_is_marked(
    db: Database, clock: MovingClock, figure: int, more: dict[str, object], marks: tuple[str, ...]
) -> None:
    goes_to(clock, 2026, 3, 21, 9)
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account, **more)
        await showed(work, ident, date(2026, 1, 1), 110_000)
        await showed(work, ident, FEBRUARY, 120_000)
        assert (await work.readings.take(viewer, ident, [figure])).checked.marks == marks


async def test_a_meter_that_began_anew_is_no_loss(db: Database, clock: MovingClock) -> None:
    goes_to(clock, 2026, 3, 21, 9)
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account, digits=5)
        await showed(work, ident, FEBRUARY, 99_998_000)
        checked = (await work.readings.take(viewer, ident, [4_000])).checked
        assert (checked.marks, checked.used) == (("rolled",), (6_000,))


async def test_a_meter_of_another_is_nobodys(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer, account = await flat(work)
        other, _ = await flat(work, "2")
        ident = await meter(work, account)
        member = await add_member(work)
        for who in (other, AsMember(member.member_id, "dispatcher")):
            with pytest.raises(NotYours):
                await work.readings.take(who, ident, [1000])
            with pytest.raises(NotYours):
                await work.meters.of_account(who, account)
        with pytest.raises(NotYours):
            await work.meters.get(viewer, 999)


async def test_the_next_holder_does_not_see_what_stood_there(
    db: Database, clock: MovingClock
) -> None:
    """It is compared with all the same: the meter went on."""
    goes_to(clock, 2026, 3, 21, 9)
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account)
        await showed(work, ident, FEBRUARY, 120_000)
        assert (await work.meters.get(viewer, ident)).last is not None
        for holding in await work.holdings.holders(account):
            await work.holdings.end(holding, "staff", "member:1")
        with pytest.raises(NotYours):
            await work.readings.take(viewer, ident, [121_000])
        await work.holdings.begin(viewer.resident_id, account, "owner", "code")
        seen = await work.meters.get(viewer, ident)
        assert seen.last is None
        assert (await work.readings.check(seen, [119_000])).marks == ("less",)
        await work.readings.take(viewer, ident, [121_000])
        goes_to(clock, 2026, 4, 21, 9)
    async with db.work() as work:
        last = (await work.meters.get(viewer, ident)).last
        assert last is not None
        assert last.figures == (121_000,)


async def test_a_meter_that_is_gone_takes_none(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account, withdrawn_at=work.now)
        assert await work.meters.of_account(viewer, account) == []
        with pytest.raises(NotYours):
            await work.readings.take(viewer, ident, [1000])
        other = await meter(work, account, "electricity", "2", tariffs=2)
        with pytest.raises(StaleButton):
            await work.readings.take(viewer, other, [1000])


async def test_a_correction_over_the_months_end(db: Database, clock: MovingClock) -> None:
    """A window from the 25th to the 5th: the same month before and after the turn of the year."""
    file = read_declaration(SAMPLE)
    meters = MeterRules(window=OVER)
    rules = file.company.accounts.model_copy(update={"meters": meters})
    file = file.model_copy(update={"company": file.company.model_copy(update={"accounts": rules})})
    goes_to(clock, 2026, 12, 31, 20, 59)  # a minute before midnight in Moscow
    async with db.work() as work:
        await apply_declaration(work, file, Messengers(), force=True)
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account)
        await work.readings.take(viewer, ident, [100_000])
    goes_to(clock, 2027, 1, 5, 20, 59)
    async with db.work() as work:
        taken = await work.readings.take(viewer, ident, [101_000])
        assert taken.replaced
        assert taken.meter.counts.month == date(2026, 12, 1)
    goes_to(clock, 2027, 1, 5, 21, 0)
    async with db.work() as work:
        taken = await work.readings.take(viewer, ident, [102_000])
        assert not taken.replaced
        assert (taken.meter.counts.month, taken.checked.marks) == (date(2027, 1, 1), ())


async def test_two_at_once_leave_one_that_holds(db: Database, clock: MovingClock) -> None:
    async with db.work() as work:
        viewer, account = await flat(work)
        ident = await meter(work, account)

    async def give(figure: int) -> None:
        async with db.work() as work:
            await work.readings.take(viewer, ident, [figure])

    await asyncio.gather(*(give(figure) for figure in (1000, 2000, 3000, 4000)))
    async with db.work() as work:
        held = select(func.count()).where(Reading.meter_id == ident, ~Reading.replaced)
        assert await work.session.scalar(held) == 1
        assert await work.session.scalar(select(func.count()).select_from(Reading)) == 4


async def remind(db: Database) -> list[str]:
    """What is due now; returns whom it goes to."""
    async with db.work() as work:
        due = await work.reading_reminders.find_due()
    for key in due:
        async with db.work() as work:
            await asking.remind(work, key)
    async with db.work() as work:
        rows = await work.session.scalars(
            select(Outgoing.chat)
            .join(Notice, Notice.id == Outgoing.notice_id)
            .where(Notice.kind == "readings")
            .order_by(Outgoing.id)
        )
        return list(rows)


async def test_whoever_sent_nothing_is_asked_once(db: Database, clock: MovingClock) -> None:
    goes_to(clock, 2026, 3, 20, 8, 59)  # a minute before noon in Moscow
    async with db.work() as work:
        for number in ("1", "2", "3", "4"):
            viewer, account = await flat(work, number)
            idents = [await meter(work, account), await meter(work, account, "gas")]
            if number == "2":
                for ident in idents:
                    await work.readings.take(viewer, ident, [1000])
            if number == "3":
                await work.wishes.say(viewer, "reminders", wanted=False)
    assert await remind(db) == []
    clock.move(minutes=2)
    assert await remind(db) == ["Житель10", "Житель40"]
    clock.move(days=1)
    assert await remind(db) == ["Житель10", "Житель40"]
    goes_to(clock, 2026, 3, 26, 12)
    assert len(await remind(db)) == 2
    goes_to(clock, 2026, 4, 20, 12)
    assert len(await remind(db)) == 5  # who had sent March has not sent April


async def test_who_sent_while_it_waited_is_not_asked(db: Database, clock: MovingClock) -> None:
    goes_to(clock, 2026, 3, 20, 9, 1)
    async with db.work() as work:
        work.session.add(ChannelState(name="telegram", epoch=1, about={}))
        given = []
        for number in ("1", "2"):
            viewer, account = await flat(work, number)
            given.append((viewer, await meter(work, account)))
    assert len(await remind(db)) == 2
    async with db.work() as work:
        viewer, ident = given[0]
        await work.readings.take(viewer, ident, [1000])
    rows, _ = await Claiming(db, "telegram", 1).claim([], [], [], 30, 24)
    assert [row.chat for row in rows] == ["Житель20"]


async def test_what_is_missing_is_counted_by_the_clock_of_the_house(
    db: Database, clock: MovingClock
) -> None:
    """After midnight in Vladivostok and before it in Moscow, on the last day of the window."""
    goes_to(clock, 2026, 3, 31, 15)
    async with db.work() as work:
        houses = list(await work.session.scalars(select(House).order_by(House.id).limit(2)))
        for house, zone in zip(houses, ("", "Asia/Vladivostok"), strict=True):
            house.timezone = zone
            account = await owes(work, f"{house.id}", debt=0, house=house)
            ident = await meter(work, account.id)
            await showed(work, ident, MARCH, 120_000)
        member = await add_accountant(work)
        counts = {each.address: each for each in await work.reading_counts.by_house(member)}
        near, far = (counts[house.address] for house in houses)
        assert (near.sent, near.months) == (1, (MARCH,))
        assert (far.sent, far.months) == (0, (APRIL,))
        (missing,) = await work.reading_counts.missing(member)
        assert (missing.address, missing.month, missing.last) == (far.address, APRIL, MARCH)
        told = readings_texts.overview(list(counts.values()), 0)
    assert told.startswith("Показания за март 2026 и апрель 2026")
    assert f"{far.address}: 0 из 1 (0 %), апрель 2026" in told


async def test_photos_are_for_those_who_count_and_looks_are_noted(
    db: Database, clock: MovingClock
) -> None:
    goes_to(clock, 2026, 3, 21, 9)
    photo = Attachment(kind="photo", channel="telegram", handle="seen")
    async with db.work() as work:
        viewer, account = await flat(work)
        cold, gas = await meter(work, account), await meter(work, account, "gas")
        await showed(work, cold, FEBRUARY, 120_000)
        odd = await work.readings.take(viewer, cold, [119_000], photo)
        await work.readings.take(viewer, gas, [1000])
        assert odd.checked.marks == ("less",)
        member = await add_accountant(work)
        (kept,) = await work.marked_readings.lately(member, 8)
        assert (kept.figures, kept.marks, kept.photo) == ((119_000,), ("less",), True)
        assert await work.marked_readings.lately(member, 8, kept.id) == []
        assert await work.marked_readings.with_photo(member, account, 8) == [kept]
        _, file = await work.marked_readings.look(member, kept.id)
        assert file.handle == "seen"
        await work.session.flush()
        assert await work.audit.count_since(LOOKED, work.now, f"reading:{kept.id}") == 1
        with pytest.raises(NotFound):
            await work.marked_readings.look(member, kept.id + 1)
        elsewhere = AsMember(member.member_id, "manager", rooms=("nowhere",))
        for who in (elsewhere, AsMember(member.member_id, "dispatcher")):
            with pytest.raises(NotYours):
                await work.marked_readings.look(who, kept.id)
        with pytest.raises(NotYours):
            await work.marked_readings.look(member, 999)
        assert await work.marked_readings.lately(elsewhere, 8) == []
        assert await work.audit.count_since(LOOKED, work.now) == 1


@pytest.mark.parametrize("why", ["doubted", "new owner"])
async def test_whoever_may_not_be_the_holder_sees_nothing_of_before(
    db: Database, clock: MovingClock, why: str
) -> None:
    """They are not even asked why it is less, and do not replace what another sent."""
    goes_to(clock, 2026, 3, 21, 9)
    async with db.work() as work:
        viewer, account = await flat(work)
        cold, hot = await meter(work, account), await meter(work, account, "hot_water", "2")
        await showed(work, cold, FEBRUARY, 120_000)
        await work.readings.take(viewer, hot, [50_000])
        row = await work.session.get_one(Account, account)
        role = "owner" if why == "new owner" else "tenant"
        newcomer = await holder(work, "Новый", [row], role=role, sees_money=False)
        if why == "doubted":
            holding = await work.holdings.get(newcomer, account)
            await work.claims.doubt(viewer, holding.id)
        seen = await work.meters.get(newcomer, cold)
        checked = await work.readings.check(seen, [1000])
        assert (seen.last, checked.used, checked.doubts) == (None, None, ())
        assert (await work.readings.take(newcomer, cold, [1000])).checked.marks == ("less",)
        assert (await work.meters.get(newcomer, cold)).open  # one's own
        assert not (await work.meters.get(newcomer, hot)).open
        with pytest.raises(NotYours):
            await work.readings.take(newcomer, hot, [51_000])
        assert (await work.meters.get(viewer, hot)).last is None
        assert (await work.meters.get(viewer, cold)).last is not None

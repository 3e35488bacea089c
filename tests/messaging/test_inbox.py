"""The inbox: heard once, in order, by any number of hands."""

from __future__ import annotations

import asyncio

from sqlalchemy import func, select

from services.db import Database
from services.messaging.inbox import Claimed
from services.messaging.types import Attachment, Inbound
from services.tables import ChannelState, Heard
from tests.messaging.fakes import NAME, MovedClock, heard


async def hear(db: Database, *inbounds: Inbound, cursor: str | None = None) -> None:
    async with db.work() as work:
        await work.inbox.hear(NAME, inbounds, cursor)


async def take(db: Database) -> Inbound | None:
    """Claims and ends one row."""
    async with db.work() as work:
        claimed = await work.inbox.claim()
        if claimed is None:
            return None
        await work.inbox.done(claimed)
        return claimed.read()


async def take_all(db: Database) -> list[str]:
    texts = []
    while inbound := await take(db):
        texts.append(inbound.text)
    return texts


async def count(db: Database) -> int:
    async with db.session() as session:
        return await session.scalar(select(func.count()).select_from(Heard)) or 0


def photo(number: int, text: str = "", album: str = "a") -> Inbound:
    return heard(
        text,
        key=f"photo {number}",
        external_id=str(number),
        album=album,
        attachments=(Attachment(kind="photo", channel=NAME, handle=f"p{number}"),),
    )


async def test_the_same_five_times_at_once_is_one_row(db: Database) -> None:
    await asyncio.gather(*(hear(db, heard("капает", key="k1")) for _ in range(5)))
    assert await take_all(db) == ["капает"]
    await hear(db, heard("капает", key="k1"))
    assert await take_all(db) == []
    assert await count(db) == 1


async def test_the_same_key_of_another_channel_is_another_message(db: Database) -> None:
    await hear(db, heard("раз", key="1"))
    async with db.work() as work:
        other = heard("два", key="1")
        moved = other.model_copy(
            update={"address": other.address.model_copy(update={"channel": "other"})}
        )
        await work.inbox.hear("other", [moved], None)
    assert sorted(await take_all(db)) == ["два", "раз"]


async def test_a_batch_keeps_its_order_albums_among_it(db: Database, clock: MovedClock) -> None:
    await hear(db, heard("1"), photo(5, "2"), heard("3"), heard("4", chat="8"))
    clock.move(2)
    assert await take_all(db) == ["1", "2", "3", "4"]


async def test_the_cursor_is_kept_with_the_messages(db: Database) -> None:
    await hear(db, heard("раз"), cursor="17")
    await hear(db, cursor="18")
    async with db.work() as work:
        assert await work.inbox.cursor(NAME) == "18"
    async with db.session() as session:
        state = await session.get(ChannelState, NAME)
    assert state is not None
    assert state.epoch == 0


async def test_nul_and_half_a_letter_do_not_stop_a_message(db: Database) -> None:
    await hear(db, heard("а\x00б\ud83d", key="1"))
    assert await take_all(db) == ["аб?"]


async def test_an_album_is_one_message_however_its_parts_come(
    db: Database, clock: MovedClock
) -> None:
    parts = [photo(12), photo(9, "течёт"), photo(10), photo(11)]
    await asyncio.gather(*(hear(db, part) for part in parts), hear(db, photo(10)))
    assert await take(db) is None, "a part may still come"
    clock.move(1.1)
    album = await take(db)
    assert album is not None
    assert album.parts == ("9", "10", "11", "12")
    assert [each.handle for each in album.attachments] == ["p9", "p10", "p11", "p12"]
    assert album.text == "течёт"
    assert await take(db) is None


async def test_each_part_gives_the_album_another_second(db: Database, clock: MovedClock) -> None:
    for number in range(3):
        await hear(db, photo(number))
        clock.move(0.7)
        assert await take(db) is None
    clock.move(0.5)
    assert (await take(db) or heard()).parts == ("0", "1", "2")


async def test_a_late_part_is_a_message_of_its_own_and_only_once(
    db: Database, clock: MovedClock
) -> None:
    await hear(db, photo(1, "фото"))
    clock.move(2)
    assert (await take(db) or heard()).parts == ("1",)
    for _ in range(2):
        await hear(db, photo(2, "ещё"))
        await hear(db, photo(1, "фото"))
    late = await take(db)
    assert late is not None
    assert late.attachments[0].handle == "p2"
    assert await take(db) is None


async def test_a_part_that_comes_while_the_album_is_handled_is_not_lost(
    db: Database, clock: MovedClock
) -> None:
    await hear(db, photo(1))
    clock.move(2)
    async with db.work() as work:
        claimed = await work.inbox.claim()
        assert claimed is not None
        late = asyncio.ensure_future(hear(db, photo(2)))
        await asyncio.sleep(0.1)
        await work.inbox.done(claimed)
    await late
    assert (await take(db) or heard()).attachments[0].handle == "p2"


async def test_an_address_is_handled_in_order_and_holds_up_no_other(db: Database) -> None:
    await hear(
        db, heard("а1", chat="a"), heard("а2", chat="a"), heard("б1", chat="b"),
        heard("т1", chat="a", topic="5"),
    )  # fmt: skip
    async with db.work() as first:
        slow = await first.inbox.claim()
        assert slow is not None
        assert slow.read().text == "а1"
        assert await take_all(db) == ["б1", "т1"]  # not а2
        await first.inbox.done(slow)
    assert await take_all(db) == ["а2"]


async def test_many_hands_take_every_row_once(db: Database) -> None:
    await hear(db, *(heard(f"{n}", chat=f"{n % 7}") for n in range(60)))
    taken: list[tuple[str, int]] = []

    async def hand() -> None:
        while True:
            async with db.work() as work:
                claimed = await work.inbox.claim()
                if claimed is None:
                    return
                await asyncio.sleep(0.002)
                await work.inbox.done(claimed)
                inbound = claimed.read()
                taken.append((inbound.address.chat, int(inbound.text)))

    for _ in range(3):  # a hand that finds all addresses taken goes home
        await asyncio.gather(*(hand() for _ in range(6)))
    assert sorted(number for _, number in taken) == list(range(60))
    for chat in range(7):
        mine = [number for address, number in taken if address == str(chat)]
        assert mine == sorted(mine)


async def test_a_failed_try_puts_the_row_off_longer_and_longer_then_aside(
    db: Database, clock: MovedClock
) -> None:
    await hear(db, heard("яд"), heard("мёд"))
    waits = []
    for _ in range(5):
        async with db.work() as work:
            claimed = await work.inbox.claim()
            assert isinstance(claimed, Claimed)
            assert claimed.read().text == "яд"
            last = await work.inbox.failed(claimed, "ValueError", "12345")
        async with db.work() as work:
            waits.append(await work.inbox.next_ready_in() or 0)
        clock.move(waits[-1] + 0.01)
    assert last
    assert [round(wait) for wait in waits] == [1, 2, 5, 15, 0]
    assert await take_all(db) == ["мёд"]
    async with db.work() as work:
        (aside,) = await work.inbox.list_set_aside()
        assert (aside.why, aside.fault, aside.attempts) == ("ValueError", "12345", 5)
        assert await work.inbox.count_set_aside() == 1

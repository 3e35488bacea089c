"""Who sees what after a second proof, a doubt, a change of role or a link, at a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from sqlalchemy import select, update

from services.access import AsResident
from services.accounts.binding import Bound, bind
from services.accounts.claims import HeldAlready
from services.accounts.proofs import Locked, key_of
from services.db import Database
from services.errors import AlreadySo, NotYours, WrongCode
from services.tables import (
    Account,
    Holding,
    HoldingClaim,
)
from tests.services.linked import give, join, meet
from tests.services.test_proofs import ADMIN, allows, code, held, prove, two_owners
from tests.support.clock import MovingClock
from tests.support.holders import NUMBER, knows_account

PHONE = "+79161234567"


async def with_phone(db: Database) -> int:
    ident = await knows_account(db)
    async with db.work() as work:
        await work.session.execute(update(Account).where(Account.id == ident).values(phone=PHONE))
    return ident


async def owner_and(db: Database, role: str) -> tuple[int, AsResident, AsResident]:
    """An owner, and somebody whom the accounting system's phone lets in as `role`."""
    account = await with_phone(db)
    assert isinstance(await prove(db, await code(db), user="1"), Bound)
    assert isinstance(await prove(db, PHONE, user="2", way="phone", role=role), Bound)
    async with db.work() as work:
        return account, await meet(work, "telegram", "1"), await meet(work, "telegram", "2")


async def newest(db: Database) -> Holding:
    async with db.session() as session:
        found = await session.scalar(select(Holding).order_by(Holding.id.desc()).limit(1))
        assert found is not None
        return found


async def stands(db: Database, viewer: AsResident, claim: HoldingClaim) -> None:
    """In a thread, as the handler leaves it."""
    async with db.work() as work:
        room = await work.rooms.of_complex(None)
        thread = await work.threads.open(viewer, room, "Лицевой счёт")
        await work.session.execute(
            update(HoldingClaim).where(HoldingClaim.id == claim.id).values(thread_id=thread.id)
        )


async def doubt(db: Database, viewer: AsResident, holding_id: int) -> HoldingClaim:
    async with db.work() as work:
        claim = await work.claims.doubt(viewer, holding_id)
    await stands(db, viewer, claim)
    return claim


# ── A second proof wins nothing ──────────────────────────────────────────────


async def test_another_role_brings_no_sums_that_the_owner_hid(db: Database) -> None:
    account, owner, _ = await owner_and(db, "tenant")
    async with db.work() as work:
        await work.sharing.let_see(owner, (await newest(db)).id, sees=False)
    assert isinstance(await prove(db, PHONE, user="2", way="phone", role="family"), Bound)
    assert [money for _, _, money in await held(db)] == [True, False]
    async with db.work() as work:
        tenant = await meet(work, "telegram", "2")
        await work.sharing.leave(tenant, account)
    assert isinstance(await prove(db, PHONE, user="2", way="phone", role="tenant"), Bound)
    assert [money for _, _, money in await held(db)] == [True, False]


async def test_a_doubt_follows_whoever_leaves_and_comes_again(db: Database) -> None:
    account, owner, guest = await owner_and(db, "tenant")
    claim = await doubt(db, owner, (await newest(db)).id)
    assert isinstance(await prove(db, PHONE, user="2", way="phone", role="family"), Bound)
    assert [money for _, _, money in await held(db)] == [True, False]
    async with db.work() as work:
        await work.sharing.leave(guest, account)
    bound = await prove(db, PHONE, user="2", way="phone", role="owner")
    assert isinstance(bound, Bound)
    assert not bound.asks_before
    assert [money for _, _, money in await held(db)] == [True, False]
    async with db.work() as work:
        locked, _ = await work.claims.lock(ADMIN, claim.id)
        await work.claims.refuse(ADMIN, locked)
    assert [resident for resident, _, _ in await held(db)] == [owner.resident_id]


async def test_a_printed_sum_makes_no_owner_of_a_tenant(db: Database) -> None:
    await owner_and(db, "tenant")
    await allows(db, sum=True)
    assert isinstance(await prove(db, "4512,30", user="2", way="sum", role="owner"), AlreadySo)
    assert [role for _, role, _ in await held(db)] == ["owner", "tenant"]


async def test_a_member_makes_no_less_of_an_owner(db: Database) -> None:
    account = await knows_account(db)
    async with db.work() as work:
        viewer = await meet(work, "telegram")
        claim = await work.claims.ask(viewer, key_of(NUMBER), account, "tenant")
    await stands(db, viewer, claim)
    assert isinstance(await prove(db, await code(db)), Bound)
    async with db.work() as work:
        with pytest.raises(HeldAlready):
            await work.claims.ask(viewer, key_of("77"), account, "tenant")
        locked, _ = await work.claims.lock(ADMIN, claim.id)
        await work.claims.confirm(ADMIN, locked)
    assert [(role, money) for _, role, money in await held(db)] == [("owner", True)]


# ── From tenant to owner, from owner to owner ────────────────────────────────


async def test_a_tenant_of_years_who_buys_the_flat(db: Database, clock: MovingClock) -> None:
    """Who comes before whom is counted from the day they became an owner."""
    account = await knows_account(db)
    assert isinstance(await prove(db, await code(db), user="2", role="tenant"), Bound)
    assert isinstance(await prove(db, await code(db), user="1"), Bound)
    clock.move(days=400)
    bound = await prove(db, await code(db), user="2")
    assert isinstance(bound, Bound)
    assert bound.asks_before
    async with db.work() as work:
        owner, buyer = await meet(work, "telegram", "1"), await meet(work, "telegram", "2")
        gone = await work.sharing.settle_before(buyer, account, gone=True)
        assert [each.resident_id for each in gone] == [owner.resident_id]
    assert await held(db) == [(buyer.resident_id, "owner", True)]
    await doubt(db, owner, bound.holding.id)
    assert await held(db) == [(buyer.resident_id, "owner", False)]


async def test_the_next_owner_sees_nothing_of_the_last_though_a_tenant_stayed(
    db: Database, clock: MovingClock
) -> None:
    account = await knows_account(db)
    assert isinstance(await prove(db, await code(db), user="1"), Bound)
    assert isinstance(await prove(db, await code(db), user="2", role="tenant"), Bound)
    async with db.work() as work:
        await work.sharing.leave(await meet(work, "telegram", "1"), account)
        assert (await work.session.get_one(Account, account)).history_from is None
        left = work.now.date()
    clock.move(days=70)
    assert isinstance(await prove(db, await code(db), user="3"), Bound)
    async with db.work() as work:
        row = await work.session.get_one(Account, account)
        assert row.history_from == date(left.year, left.month, 1)


async def test_a_code_on_paper_does_not_outlive_its_owner(db: Database) -> None:
    account = await with_phone(db)
    assert isinstance(await prove(db, PHONE, user="1", way="phone"), Bound)
    paper = await code(db)
    async with db.work() as work:
        await work.sharing.leave(await meet(work, "telegram", "1"), account)
    assert isinstance(await prove(db, PHONE, user="2", way="phone"), Bound)
    assert isinstance(await prove(db, paper, user="1"), WrongCode)
    assert isinstance(await prove(db, await code(db), user="3", role="tenant"), Bound)


# ── Doubts ───────────────────────────────────────────────────────────────────


async def test_what_staff_have_decided_is_not_doubted_again(db: Database) -> None:
    """Else whoever sold the flat closes the sums of the buyer whenever they like."""
    account, first, second = await two_owners(db)
    async with db.work() as work:
        await work.sharing.settle_before(second, account, gone=True)
        newer = (await work.holdings.get(second, account)).id
    claim = await doubt(db, first, newer)
    async with db.work() as work:
        locked, _ = await work.claims.lock(ADMIN, claim.id)
        await work.claims.confirm(ADMIN, locked)
    async with db.work() as work:
        with pytest.raises(AlreadySo):
            await work.claims.doubt(first, newer)
    assert [money for _, _, money in await held(db)] == [True]


async def test_beside_an_owner_a_tenant_doubts_nobody(db: Database) -> None:
    _, _, tenant = await owner_and(db, "tenant")
    assert isinstance(await prove(db, await code(db), user="3", role="family"), Bound)
    async with db.work() as work:
        with pytest.raises(NotYours):
            await work.claims.doubt(tenant, (await newest(db)).id)


async def test_with_an_owner_who_was_none_go_those_they_let_in(db: Database) -> None:
    account, first, second = await two_owners(db)
    async with db.work() as work:
        await work.sharing.settle_before(second, account, gone=True)
        invitation = await work.codes.invite(second, account, "family")
        newer = (await work.holdings.get(second, account)).id
    assert isinstance(await prove(db, invitation, user="3"), Bound)
    claim = await doubt(db, first, newer)
    async with db.work() as work:
        locked, _ = await work.claims.lock(ADMIN, claim.id)
        assert len(await work.claims.refuse(ADMIN, locked)) == 1
    assert await held(db) == []


# ── Linked people ────────────────────────────────────────────────────────────


async def test_of_two_holdings_of_one_person_the_owner_s_stays(db: Database) -> None:
    account = await knows_account(db)
    async with db.work() as work:
        ours, theirs = await meet(work, "telegram"), await meet(work, "vk")
        await work.holdings.begin(ours.resident_id, account, "family", "holder", sees_money=False)
        await work.holdings.begin(theirs.resident_id, account, "owner", "code")
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    assert await held(db) == [(ours.resident_id, "owner", True)]
    async with db.work() as work:
        await work.linking.disown(await meet(work, "telegram"), link_id)
    assert sorted(await held(db)) == sorted(
        [(ours.resident_id, "family", False), (theirs.resident_id, "owner", True)]
    )


async def test_tries_count_for_all_who_were_ever_one(db: Database) -> None:
    """Two that were linked with a third one each."""
    await knows_account(db)
    async with db.work() as work:
        for channel in ("telegram", "vk", "web"):
            await meet(work, channel)
    for other in ("vk", "web"):
        link = await join(db, other, await give(db, "telegram"))
        assert isinstance(link, int)
        async with db.work() as work:
            await work.linking.disown(await meet(work, "telegram"), link)
    for n in range(4):
        assert isinstance(await prove(db, "1", channel="vk", number=f"10{n}"), WrongCode)
    locked = await prove(db, "1", channel="web", number="105")
    assert isinstance(locked, Locked)


async def test_of_two_codes_given_at_once_one_counts(db: Database) -> None:
    await knows_account(db)
    given = await asyncio.gather(*(code(db) for _ in range(4)))
    outcomes = [await prove(db, each, user=str(n)) for n, each in enumerate(given)]
    assert sum(isinstance(each, Bound) for each in outcomes) == 1


async def test_bound_twice_at_once_is_one_holding(db: Database) -> None:
    account = await knows_account(db)
    async with db.work() as work:
        viewer = await meet(work, "telegram")

    async def once() -> None:
        async with db.work() as work:
            await bind(work, viewer.resident_id, account, "owner", "code")

    await asyncio.gather(once(), once())
    assert await held(db) == [(viewer.resident_id, "owner", True)]

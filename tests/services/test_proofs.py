"""Proofs, codes, claims and who holds what, at a real PostgreSQL."""

from __future__ import annotations

import asyncio
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.account_codes import write_out
from bot.exporting import CannotExport
from services.access import AsMember, AsResident
from services.accounts.binding import Bound
from services.accounts.proofs import Locked, Way, key_of
from services.db import Database
from services.errors import AlreadySo, NotFound, NotYours, Refused, StaleButton, WrongCode
from services.tables import Account, AccountCode, Balance, Holding, HoldingClaim, House, ProofTry
from tests.services.linked import give, join, meet
from tests.support.clock import MovingClock
from tests.support.holders import NUMBER, knows_account

ADMIN = AsMember(1, "admin")
UNKNOWN = "0099999999"


async def prove(
    db: Database, said: str, *, user: str = "1", way: Way = "code", number: str = NUMBER,
    role: Any = "owner", channel: str = "telegram",
) -> Bound | Refused:  # fmt: skip
    """As a handler does it: a refusal commits."""
    async with db.work() as work:
        viewer = await meet(work, channel, user)
        account = await work.proofs.find(number)
        try:
            return await work.proofs.prove(
                viewer, channel, key_of(number), account.id if account else None, role, way, said
            )
        except Refused as refused:
            return refused


async def code(db: Database) -> str:
    async with db.work() as work:
        return await work.codes.give(ADMIN, NUMBER)


async def allows(db: Database, **rules: Any) -> None:
    """The company's rules of proof."""
    from services.tables import CompanyRow

    async with db.work() as work:
        row = await work.session.get_one(CompanyRow, 1)
        proofs = {**row.content.get("accounts", {}).get("proofs", {}), **rules}
        accounts = {**row.content.get("accounts", {}), "proofs": proofs}
        await work.session.execute(
            update(CompanyRow).values(content={**row.content, "accounts": accounts})
        )


async def held(db: Database) -> list[tuple[int, str, bool]]:
    async with db.session() as session:
        rows = await session.scalars(
            select(Holding).where(Holding.until.is_(None)).order_by(Holding.id)
        )
        return [(each.resident_id, each.role, each.sees_money) for each in rows]


# ── Codes ────────────────────────────────────────────────────────────────────


async def test_of_two_with_one_code_one_gets_in(db: Database) -> None:
    await knows_account(db)
    given = await code(db)
    async with db.work() as work:
        for user in ("1", "2"):
            await meet(work, "telegram", user)
    outcomes = await asyncio.gather(prove(db, given, user="1"), prove(db, given, user="2"))
    assert sorted(type(each).__name__ for each in outcomes) == ["Bound", "WrongCode"]
    assert len(await held(db)) == 1


async def test_a_code_dies_by_age_by_a_fresh_one_and_at_another_number(
    db: Database, clock: MovingClock
) -> None:
    await knows_account(db)
    await knows_account(db, "0010100002")
    old = await code(db)
    fresh = await code(db)
    assert isinstance(await prove(db, old), WrongCode)
    assert isinstance(await prove(db, fresh, number="0010100002"), WrongCode)
    clock.move(days=91)
    assert isinstance(await prove(db, fresh), WrongCode)
    async with db.session() as session:
        kept = list(await session.scalars(select(AccountCode.code_sha256)))
    assert all(given not in each for each in kept for given in (old, fresh))


async def test_only_who_counts_gives_codes_and_releases(db: Database) -> None:
    await knows_account(db)
    async with db.work() as work:
        for role in ("dispatcher", "executor"):
            with pytest.raises(NotYours):
                await work.codes.give(AsMember(1, role), NUMBER)
            with pytest.raises(NotYours):
                await work.sharing.release(AsMember(1, role), NUMBER)
        with pytest.raises(NotFound):
            await work.codes.give(ADMIN, UNKNOWN)


async def test_codes_of_a_house_are_a_file_without_formulas(db: Database, tmp_path: Path) -> None:
    ident = await knows_account(db, place='=HYPERLINK("http://evil")')
    async with db.work() as work:
        house = (await work.session.scalars(select(House).order_by(House.id))).first()
        assert house is not None
        await work.session.execute(
            update(Account).where(Account.id == ident).values(house_id=house.id)
        )
        house_code = house.code
    out = tmp_path / "codes.xlsx"
    said = await write_out(db, house_code, out)
    assert NUMBER not in said
    assert out.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(out) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = re.findall(r"<t[^>]*>([^<]*)</t>", book.read("xl/sharedStrings.xml").decode())
    assert "<f>" not in sheet
    assert texts[3:5] == [NUMBER, '=HYPERLINK("http://evil")']
    assert isinstance(await prove(db, texts[5]), Bound)
    with pytest.raises(CannotExport):
        await write_out(db, "nowhere", out)


# ── Tries ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [NUMBER, UNKNOWN])
async def test_five_wrong_lock_person_and_number_for_a_day(
    db: Database, clock: MovingClock, number: str
) -> None:
    await knows_account(db)
    await knows_account(db, "0010100002")
    for n in range(4):
        assert isinstance(await prove(db, "1", number=number, user=str(n)), WrongCode)
    fifth = await prove(db, "1", number=number, user="4")
    assert isinstance(fifth, Locked)
    assert fifth.tried is not None
    again = await prove(db, await code(db), number=number, user="5")
    assert isinstance(again, Locked)
    assert again.tried is None  # staff hear of it once
    assert isinstance(await prove(db, "1", number="0010100002", user="5"), WrongCode)
    clock.move(hours=23, minutes=59)
    assert isinstance(await prove(db, "1", number=number, user="5"), Locked)
    clock.move(minutes=1)
    assert isinstance(await prove(db, "1", number=number, user="5"), WrongCode)


async def test_linking_and_parting_wins_no_tries(db: Database) -> None:
    await knows_account(db)
    async with db.work() as work:
        await meet(work, "telegram")
        await meet(work, "vk")
    for n in range(3):
        await prove(db, "1", channel="vk", number=f"10{n}")
    assert isinstance(await join(db, "vk", await give(db, "telegram")), int)
    assert isinstance(await prove(db, "1", number="104"), WrongCode)
    assert isinstance(await prove(db, "1", channel="vk", number="105"), Locked)


async def test_a_flood_at_once_gets_no_more_tries(db: Database) -> None:
    await knows_account(db)
    async with db.work() as work:
        for n in range(8):
            await meet(work, "telegram", str(n))
    tries = [prove(db, f"0000000{n}", user=str(n)) for n in range(8)]
    outcomes = await asyncio.gather(*tries)
    assert sum(isinstance(each, WrongCode) for each in outcomes) == 4
    async with db.session() as session:
        assert len(list(await session.scalars(select(ProofTry)))) == 5


@pytest.mark.parametrize(
    ("way", "said", "right"),
    [("sum", "4 512,30", True), ("sum", "4512.31", False), ("sum", "много", False),
     ("area", "45,3 м²", True), ("area", "45", False)],
)  # fmt: skip
async def test_what_is_printed_counts_only_if_the_company_wants_it(
    db: Database, way: Way, said: str, right: bool
) -> None:
    ident = await knows_account(db)
    async with db.work() as work:
        await work.session.execute(update(Account).where(Account.id == ident).values(area=4530))
    assert isinstance(await prove(db, said, way=way), NotYours)
    await allows(db, sum=True, area=True)
    assert isinstance(await prove(db, said, way=way), Bound if right else WrongCode)


async def test_no_bill_is_not_proved_by_nothing(db: Database) -> None:
    ident = await knows_account(db)
    await allows(db, sum=True, area=True)
    async with db.work() as work:
        await work.session.execute(
            update(Balance).where(Balance.account_id == ident).values(billed=0)
        )
    for way, said in (("sum", "0"), ("sum", "-"), ("area", ""), ("area", "0"), ("phone", "")):
        assert isinstance(await prove(db, said, way=way), WrongCode), way  # type: ignore[arg-type]
        async with db.work() as work:
            await work.session.execute(update(ProofTry).values(forgiven=True))


async def test_a_phone_counts_only_where_it_is_vouched_for(db: Database) -> None:
    ident = await knows_account(db)
    async with db.work() as work:
        await work.session.execute(
            update(Account).where(Account.id == ident).values(phone="+79161234567")
        )
    assert isinstance(await prove(db, "+79161234567", way="phone", channel="vk"), NotYours)
    assert isinstance(await prove(db, "+79161234567", way="phone", channel="web"), NotYours)
    assert isinstance(await prove(db, "+79160000000", way="phone"), WrongCode)
    assert isinstance(await prove(db, "8(916)123-45-67", way="phone"), Bound)


# ── Owners, one after another ────────────────────────────────────────────────


async def two_owners(db: Database) -> tuple[int, AsResident, AsResident]:
    ident = await knows_account(db)
    await prove(db, await code(db), user="1")
    bound = await prove(db, await code(db), user="2")
    assert isinstance(bound, Bound)
    assert bound.asks_before
    async with db.work() as work:
        return ident, await meet(work, "telegram", "1"), await meet(work, "telegram", "2")


async def test_both_owners_stay(db: Database) -> None:
    account, first, second = await two_owners(db)
    assert [money for _, _, money in await held(db)] == [True, False]
    async with db.work() as work:
        with pytest.raises(NotYours):
            await work.holdings.get(second, account, money=True)
        assert await work.sharing.settle_before(second, account, gone=False) == []
    assert [money for _, _, money in await held(db)] == [True, True]
    async with db.work() as work:
        with pytest.raises(AlreadySo):  # it was said: nobody is thrown out afterwards
            await work.sharing.settle_before(second, account, gone=True)
        with pytest.raises(AlreadySo):
            await work.sharing.settle_before(first, account, gone=True)


async def test_who_has_gone_is_not_said_days_later(db: Database, clock: MovingClock) -> None:
    account, _, second = await two_owners(db)
    clock.move(days=4)
    async with db.work() as work:
        with pytest.raises(StaleButton):
            await work.sharing.settle_before(second, account, gone=True)


async def test_a_doubt_stops_the_new_owner(db: Database) -> None:
    account, first, second = await two_owners(db)
    async with db.work() as work:
        newer = (await work.holdings.get(second, account)).id
        older = (await work.holdings.get(first, account)).id
        with pytest.raises(NotYours):
            await work.claims.doubt(second, older)  # who comes later doubts nobody
        await work.claims.doubt(first, newer)
    async with db.work() as work:
        with pytest.raises(AlreadySo):
            await work.sharing.settle_before(second, account, gone=True)
        with pytest.raises(AlreadySo):
            await work.claims.doubt(first, newer)
    assert [money for _, _, money in await held(db)] == [True, False]


async def test_a_guest_goes_with_the_last_owner_and_a_release_hides_the_past(db: Database) -> None:
    account = await knows_account(db)
    await prove(db, await code(db))
    async with db.work() as work:
        owner = await meet(work, "telegram")
        invitation = await work.codes.invite(owner, account, "family")
        replaced, invitation = invitation, await work.codes.invite(owner, account, "family")
    assert isinstance(await prove(db, replaced, user="2"), WrongCode)
    bound = await prove(db, invitation, user="2")
    assert isinstance(bound, Bound)
    assert (bound.holding.role, bound.holding.sees_money) == ("family", False)
    async with db.work() as work:
        unused = await work.codes.invite(owner, account, "tenant")
        await work.sharing.leave(owner, account)
    assert await held(db) == []
    assert isinstance(await prove(db, unused, user="3"), WrongCode)  # of an owner no more
    await prove(db, await code(db), user="4")
    async with db.work() as work:
        _, gone = await work.sharing.release(ADMIN, NUMBER)
        assert len(gone) == 1
        row = await work.session.get_one(Account, account)
        assert row.history_from == work.now.date().replace(day=1)
        with pytest.raises(AlreadySo):
            await work.sharing.release(ADMIN, NUMBER)


# ── One person, several messengers; nobody at all ────────────────────────────


async def test_holdings_follow_a_link_and_go_back(db: Database) -> None:
    both = await knows_account(db)
    own = await knows_account(db, "0010100002")
    async with db.work() as work:
        ours, theirs = await meet(work, "telegram"), await meet(work, "vk")
        await work.holdings.begin(ours.resident_id, both, "owner", "code")
        await work.holdings.begin(theirs.resident_id, both, "family", "code")
        await work.holdings.begin(theirs.resident_id, own, "owner", "code")
        await work.claims.ask(theirs, key_of("77"), None, "owner")
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    mine = ours.resident_id
    assert await held(db) == [(mine, "owner", True), (mine, "owner", True)]
    async with db.work() as work:
        claim = await work.session.scalar(select(HoldingClaim))
        assert claim is not None
        assert claim.resident_id == mine
        await work.linking.disown(await meet(work, "telegram"), link_id)
    assert sorted(await held(db)) == sorted(
        [(mine, "owner", True), (theirs.resident_id, "family", True),
         (theirs.resident_id, "owner", True)]
    )  # fmt: skip


async def test_what_ended_meanwhile_does_not_wake(db: Database) -> None:
    account = await knows_account(db)
    async with db.work() as work:
        ours, theirs = await meet(work, "telegram"), await meet(work, "vk")
        await work.holdings.begin(ours.resident_id, account, "owner", "code")
        await work.holdings.begin(theirs.resident_id, account, "family", "code")
    link_id = await join(db, "vk", await give(db, "telegram"))
    assert isinstance(link_id, int)
    async with db.work() as work:
        await work.sharing.release(ADMIN, NUMBER)
    async with db.work() as work:
        await work.linking.disown(await meet(work, "telegram"), link_id)
    assert await held(db) == []


async def test_consent_taken_back_ends_what_was_held(db: Database) -> None:
    account = await knows_account(db)
    async with db.work() as work:
        viewer = await meet(work, "telegram")
        await work.holdings.begin(viewer.resident_id, account, "owner", "code")
        await work.claims.ask(viewer, key_of("77"), None, "owner")
        version = (await work.company.profile()).consent.version
        await work.people.record_consent(viewer, version, "text", given=False)
    assert await held(db) == []
    async with db.session() as session:
        ended = list(await session.scalars(select(Holding.ended_by)))
        states = list(await session.scalars(select(HoldingClaim.state)))
    assert (ended, states) == (["self"], ["dropped"])


async def test_an_account_that_is_gone_is_proved_by_nobody(db: Database) -> None:
    ident = await knows_account(db)
    given = await code(db)
    async with db.work() as work:
        await work.session.execute(
            update(Account)
            .where(Account.id == ident)
            .values(withdrawn_at=work.now - timedelta(days=1))
        )
        assert await work.proofs.find(NUMBER) is None
    assert isinstance(await prove(db, given), WrongCode)

"""What staff decide about accounts: once, not about themselves, and not behind anybody's back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from sqlalchemy import select, text

from services.access import AsMember, AsResident
from services.accounts.proofs import key_of
from services.db import Database
from services.errors import AlreadySo, OwnCase
from services.tables import Contact, HoldingClaim, Member, MemberAccount, ProofTry, Thread
from tests.services.linked import meet
from tests.services.test_binding import stands
from tests.services.test_proofs import ADMIN, held
from tests.support.holders import NUMBER, knows_account


async def asked(db: Database, user: str = "1") -> tuple[HoldingClaim, AsResident]:
    account = await knows_account(db)
    async with db.work() as work:
        viewer = await meet(work, "telegram", user)
        claim = await work.claims.ask(viewer, key_of(NUMBER), account, "owner")
    await stands(db, viewer, claim)
    return claim, viewer


async def test_of_two_decisions_at_once_one_counts(db: Database) -> None:
    claim, _ = await asked(db)

    async def decide(yes: bool) -> str:
        async with db.work() as work:
            try:
                locked, _ = await work.claims.lock(ADMIN, claim.id)
            except AlreadySo:
                return "late"
            if yes:
                await work.claims.confirm(ADMIN, locked)
            else:
                await work.claims.refuse(ADMIN, locked)
            return "confirmed" if yes else "refused"

    outcomes = sorted(await asyncio.gather(decide(True), decide(False), decide(True)))
    assert outcomes.count("late") == 2
    async with db.session() as session:
        assert await session.scalar(select(HoldingClaim.state)) in outcomes
    assert len(await held(db)) == outcomes.count("confirmed")


async def test_a_decision_is_taken_back_once(db: Database) -> None:
    claim, viewer = await asked(db)
    async with db.work() as work:
        with pytest.raises(AlreadySo):
            await work.claims.lock(ADMIN, claim.id, "confirmed")
        locked, thread = await work.claims.lock(ADMIN, claim.id)
        await work.claims.confirm(ADMIN, locked)
        undoable = await work.claims.undoable(thread.id)
        assert undoable is not None
        assert undoable.id == claim.id
    async with db.work() as work:
        locked, _ = await work.claims.lock(ADMIN, claim.id, "confirmed")
        went = await work.claims.undo(ADMIN, locked)
        assert [each.resident_id for each in went] == [viewer.resident_id]
        assert await work.claims.undoable(thread.id) is None
        with pytest.raises(AlreadySo):
            await work.claims.undo(ADMIN, locked)
    assert await held(db) == []


async def test_a_dispatcher_decides_nothing_about_themselves(db: Database) -> None:
    """Not from another messenger of theirs either; whoever sees all accounts may."""
    claim, viewer = await asked(db)
    async with db.work() as work:
        contact = await work.session.get_one(Contact, viewer.contact_id)
        member = await work.session.scalar(select(Member.id).limit(1))
        assert member is not None
        work.session.add(
            MemberAccount(channel=contact.channel, user_id=contact.user_id, member_id=member)
        )
        tried = ProofTry(
            resident_id=viewer.resident_id, account_id=None, number_sha256="", way="code",
            right=False, at=work.now, thread_id=await work.session.scalar(select(Thread.id)),
        )  # fmt: skip
        work.session.add(tried)
    own = AsMember(member, "dispatcher")
    async with db.work() as work:
        with pytest.raises(OwnCase):
            await work.claims.lock(own, claim.id)
        with pytest.raises(OwnCase):
            await work.proofs.unlock(own, tried.id)
        await work.claims.lock(AsMember(member, "manager"), claim.id)


async def while_one_confirms(
    db: Database, claim: HoldingClaim, doing: Callable[[], Coroutine[Any, Any, object]]
) -> None:
    """A member has pressed, but nothing is written yet."""
    async with db.work() as work:
        locked, _ = await work.claims.lock(ADMIN, claim.id)
        await work.claims.confirm(ADMIN, locked)
        other = asyncio.create_task(doing())
        while not await work.session.scalar(
            text("SELECT 1 FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'")
        ):
            await asyncio.sleep(0)
    await other


async def test_consent_taken_back_while_a_member_confirms(db: Database) -> None:
    """What the decision gave is taken at once."""
    claim, viewer = await asked(db)

    async def withdraw() -> None:
        async with db.work() as work:
            await work.sharing.leave_all([viewer.resident_id], viewer.name)

    await while_one_confirms(db, claim, withdraw)
    assert await held(db) == []


async def test_linked_while_a_member_confirms(db: Database) -> None:
    """What the decision gave goes along."""
    claim, asking = await asked(db)
    async with db.work() as work:
        other = await meet(work, "vk")

    async def link() -> None:
        async with db.work() as work:
            await work.holdings.bring(asking.resident_id, other.resident_id)

    await while_one_confirms(db, claim, link)
    assert await held(db) == [(other.resident_id, "owner", True)]

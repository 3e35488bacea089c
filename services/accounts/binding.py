"""What follows from a proof: who holds the account now, in which role, and whether they see its
sums at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from services.accounts.holdings import HolderRole
from services.tables import Holding

if TYPE_CHECKING:
    from services.work import Work

STRONG = ("code", "phone", "member")


@dataclass(frozen=True)
class Bound:
    """`asks_before`: others own it as well, and whether they have gone is to be asked."""

    holding: Holding
    others: Sequence[Holding]
    asks_before: bool


async def bind(
    work: Work,
    resident_id: int,
    account_id: int,
    role: HolderRole,
    proved_by: str,
    *,
    sees_money: bool = True,
) -> Bound:
    """A new owner beside another one sees no sums until they have said whether that one is still
    here. Whoever holds the account already wins no sums that an owner keeps from them, and nobody
    does whom somebody doubts: the doubt follows them to whatever they prove anew. With a new owner
    the company's unused code is off, which may lie with the one before."""
    before = await work.holdings.holders(account_id)
    others = [each for each in before if each.resident_id != resident_id]
    was = next((each for each in before if each.resident_id == resident_id), None)
    owned = any(each.role == "owner" for each in others)
    if was is not None and was.role == "owner":
        role = "owner"  # no proof makes less of an owner
    becomes = role == "owner" and (was is None or was.role != "owner")
    doubt = await work.claims.open_doubt(resident_id, account_id)
    settled = was is not None and was.role == "owner" and was.sees_money
    asks = role == "owner" and owned and proved_by in STRONG and not settled and doubt is None
    if was is not None and not becomes:
        sees_money = was.sees_money or (sees_money and not owned)
    elif was is None and role != "owner" and owned:
        sees_money = sees_money and not await _went_blind(work, resident_id, account_id)
    if becomes and not owned:
        await work.holdings.hide_of_owner_before(account_id, resident_id)
    if becomes and was is not None and others:
        # Who came before whom is the order of holdings: as an owner they come last.
        was.until, was.ended_by = work.now, "became"
        await work.session.flush()
    holding = await work.holdings.begin(
        resident_id, account_id, role, proved_by,
        sees_money=sees_money and not asks and doubt is None,
    )  # fmt: skip
    if becomes and proved_by in STRONG:
        await work.codes.withdraw(account_id)
    if doubt is not None:
        await work.claims.follow(doubt, holding)
    return Bound(holding, others, asks)


async def _went_blind(work: Work, resident_id: int, account_id: int) -> bool:
    """Whether they left by themselves without seeing sums: coming back shows them none."""
    last = await work.session.scalar(
        select(Holding)
        .where(
            Holding.resident_id == resident_id,
            Holding.account_id == account_id,
            Holding.until.is_not(None),
        )
        .order_by(Holding.id.desc())
        .limit(1)
    )
    return last is not None and last.ended_by == "self" and not last.sees_money

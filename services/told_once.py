"""What the clock tells a member in private, once: a morning's summary, a week's questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.tables import Contact, Member, MemberAccount, SaidOnce

if TYPE_CHECKING:
    from services.work import Work


async def find_untold(work: Work, what: str, *roles: str) -> list[int]:
    """Members of these roles, and those whom the settings made admins, who have written to the
    bot and were not told `what` («summary 2026-03-04»)."""
    told = select(SaidOnce.key).where(SaidOnce.key == func.concat(f"{what} member ", Member.id))
    reachable = (
        select(Contact.id)
        .join(
            MemberAccount,
            and_(
                MemberAccount.channel == Contact.channel,
                MemberAccount.user_id == Contact.user_id,
            ),
        )
        .where(MemberAccount.member_id == Member.id, Contact.unreachable_since.is_(None))
    )
    rows = await work.session.scalars(
        select(Member.id)
        .where(
            or_(Member.role.in_(roles), Member.granted),
            Member.withdrawn_at.is_(None),
            reachable.exists(),
            ~told.exists(),
        )
        .order_by(Member.id)
    )
    return list(rows)


async def mark_told(work: Work, what: str, member_id: int) -> bool:
    """False when it was told already, by whichever process."""
    row = insert(SaidOnce).values(key=f"{what} member {member_id}", at=work.now)
    made = await work.session.execute(row.on_conflict_do_nothing().returning(SaidOnce.key))
    return made.first() is not None

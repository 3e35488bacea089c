"""What staff were shown of a person outside of the person's own conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import CursorResult, select, text

from services.erased import SCRUB
from services.tables import Message, Resident, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work


async def scrub(work: Work, everyone: Sequence[int], counts: dict[str, int]) -> None:
    """What staff were shown of them elsewhere, while name and phone are still known."""
    marks = await _marks(work, everyone)
    if not marks["marks"] and marks["numbers"] is None:
        return
    for what, sql in SCRUB:
        await do(work, what, sql, {**marks, "now": work.now}, counts)


async def _marks(work: Work, everyone: Sequence[int]) -> dict[str, Any]:
    session = work.session
    await session.flush()
    names: set[str] = set()
    phones: set[str] = set()
    rows = await session.scalars(select(Resident).where(Resident.id.in_(everyone)))
    for resident in rows:
        names |= {resident.name} if resident.name else set()
        phones |= {resident.phone} if resident.phone else set()
    said = await session.scalars(
        select(Message.author)
        .join(Thread, Thread.id == Message.thread_id)
        .where(Thread.resident_id.in_(everyone), Message.by == "resident", Message.author != "")
        .distinct()
    )
    names |= set(said)
    numbers = await session.scalars(select(Ticket.number).where(Ticket.resident_id.in_(everyone)))
    known = [each for phone in sorted(phones) for each in spellings(phone)]
    known += [name for name in sorted(names) if len(name.split()) > 1]
    found = "|".join(str(number) for number in numbers)
    return {
        "marks": [like(each) for each in known],
        "numbers": f"№({found})([^0-9]|$)" if found else None,
    }


async def do(
    work: Work, what: str, sql: str, named: dict[str, Any], counts: dict[str, int]
) -> None:
    """A statement of `services.erased`, and how many rows it changed."""
    used = {key: value for key, value in named.items() if f":{key}" in sql}
    done = await work.session.execute(text(sql), used)
    if what and isinstance(done, CursorResult) and done.rowcount:
        counts[what] = counts.get(what, 0) + done.rowcount


def like(words: str) -> str:
    """For LIKE over words as JSON writes them."""
    plain = words.replace("\\", "\\\\").replace('"', '\\\\"')
    return "%" + plain.replace("%", "\\%").replace("_", "\\_") + "%"


def spellings(phone: str) -> list[str]:
    """A phone as it is kept, and as staff are shown it."""
    if len(phone) == 12 and phone.startswith("+7"):
        return [phone, f"+7 {phone[2:5]} {phone[5:8]}-{phone[8:10]}-{phone[10:]}"]
    return [phone]

"""People, and one thing told to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select, update

from services.db import Database
from services.messaging.types import Address, Outbound
from services.notices import URGENT
from services.tables import Contact, Notice, Outgoing, Resident
from services.work import Work
from tests.messaging.fakes import NAME, Rig, until

OTHER = "other"  # a messenger that nobody delivers for
THESE = "SELECT unnest(CAST(:these AS bigint[])) AS resident_id"


async def people(db: Database, *contacts: Sequence[str]) -> list[int]:
    """A resident for each: their chats as `messenger:chat`, the one heard from last at the end; a
    bare name is a chat with us."""
    async with db.work() as work:
        made = []
        for chats in contacts:
            resident = Resident(created_at=work.now)
            work.session.add(resident)
            await work.session.flush()
            made.append(resident.id)
            for number, chat in enumerate(chats):
                channel, _, name = chat.rpartition(":")
                work.session.add(
                    Contact(
                        resident_id=resident.id, channel=channel or NAME, user_id=name, chat=name,
                        created_at=work.now, last_heard_at=work.now.replace(microsecond=number),
                    )
                )  # fmt: skip
    return made


async def tell(work: Work, these: Sequence[int], words: str = "воды не будет", **more: Any) -> int:
    """The notice's id."""
    urgent = more.get("urgent", False)
    given: dict[str, Any] = {
        "kind": "mailing", "text": words, "at": work.now, "not_before": work.now, "people": {},
        "flats": 0, "flats_reached": 0, "priority": URGENT if urgent else 4,
    }  # fmt: skip
    notice = Notice(**{**given, **more})
    work.session.add(notice)
    await work.notices.enqueue(notice, Outbound(text=words), THESE, {"these": list(these)})
    return notice.id


async def tell_all(
    rig: Rig, these: Sequence[int], words: str = "воды не будет", **more: Any
) -> int:
    async with rig.db.work() as work:
        return await tell(work, these, words, **more)


async def parts(rig: Rig, notice: int) -> list[Outgoing]:
    async with rig.db.session() as session:
        find = select(Outgoing).where(Outgoing.notice_id == notice).order_by(Outgoing.id)
        return list(await session.scalars(find))


async def states(rig: Rig, notice: int) -> list[str]:
    return [part.state for part in await parts(rig, notice)]


async def until_told(rig: Rig, *notices: int) -> None:
    """Until nothing of them is under way."""

    async def left() -> bool:
        under_way = ("parked", "waiting", "sending")
        found = [state for notice in notices for state in await states(rig, notice)]
        return not set(under_way) & set(found)

    await until(left)


async def claims_go_by(rig: Rig) -> None:
    """What could be claimed was: a word to somebody, said later, has arrived."""
    (row,) = await rig.say("a bystander", "и это")
    await rig.until_settled(row)


async def hurry_parts(rig: Rig) -> None:
    """Those that were put off are due now."""
    async with rig.db.work() as work:
        await work.session.execute(
            update(Outgoing).where(Outgoing.state == "parked").values(not_before=work.now)
        )
        work.ring(f"outbox:{NAME}")


def to(chat: str) -> Address:
    return Address(channel=NAME, chat=chat)

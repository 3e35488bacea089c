"""What people are told of an account that somebody else joins, leaves or loses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers.resident import holding_texts as words
from services.accounts.binding import Bound
from services.messaging.outbox import About
from services.messaging.types import Address, Button, Keyboard, Kind, Outbound
from services.tables import Holding
from services.work import Work

Rows = Sequence[Sequence[Button]]

TO_ACCOUNT = Button(label=words.ACCOUNT, action="menu/account")


async def tell(work: Work, resident_id: int, text: str, rows: Rows = ()) -> None:
    """In the messenger they wrote from last. Not a notice: who must hear «Это не я» must not miss
    it."""
    contacts = await work.people.contacts(resident_id)
    if not contacts:
        return
    to = contacts[0]
    keyboard = Keyboard(rows=tuple(tuple(row) for row in rows)) if rows else None
    await work.outbox.say(
        Address(channel=to.channel, chat=to.chat),
        Outbound(text=text, keyboard=keyboard),
        Kind.REPLY,
        About(contact_id=to.id),
    )


async def tell_joined(work: Work, bound: Bound) -> None:
    """To the owners, and where there is none to everybody who was there before."""
    owners = [each for each in bound.others if each.role == "owner"]
    not_me = Button(label=words.NOT_ME, action=f"hold/notme/{bound.holding.id}")
    for each in owners or bound.others:
        await tell(work, each.resident_id, words.joined(bound.holding.role), [[not_me]])


async def tell_succeeded(work: Work, gone: Iterable[Holding], newcomer: Holding) -> None:
    not_me = Button(label=words.NOT_ME, action=f"hold/notme/{newcomer.id}")
    for each in gone:
        await tell(work, each.resident_id, words.succeeded(), [[not_me]])


async def tell_ended(work: Work, gone: Iterable[Holding], *, by_staff: bool = False) -> None:
    text = words.ENDED_BY_STAFF if by_staff else words.ENDED
    for each in gone:
        await tell(work, each.resident_id, text)


async def tell_left_alone(work: Work, guests: Iterable[Holding]) -> None:
    """Whoever let them in is not with us any more; nothing is said of why."""
    for resident_id in dict.fromkeys(each.resident_id for each in guests):
        await tell(work, resident_id, words.LEFT_ALONE, [[TO_ACCOUNT]])


def ask_before(account_id: int) -> list[list[Button]]:
    return [
        [Button(label=words.BEFORE_GONE, action=f"hold/gone/{account_id}")],
        [Button(label=words.BEFORE_STAYS, action=f"hold/both/{account_id}")],
    ]

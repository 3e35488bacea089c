"""What a resident brings along when two turn out to be one person, and what goes back.

The other resident's row stays, with what is written of it in the consents. Threads, tickets and
homes change hands; a home that both had stays behind, and threads about it turn to its twin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from services.tables import Contact, Home, Link, Outgoing, Resident, Thread, Ticket

if TYPE_CHECKING:
    from services.work import Work

TOLD_OF_ONESELF = ("name", "phone", "registered_at")


async def bring(work: Work, theirs: int, ours: int) -> dict[str, Any]:
    """Everything of resident `theirs` becomes that of `ours`. Returns what `Link.moved` keeps."""
    homes, same = await _bring_homes(work, theirs, ours)
    found = await work.session.scalars(
        update(Thread)
        .where(Thread.resident_id == theirs)
        .values(resident_id=ours)
        .returning(Thread.id)
    )
    threads = sorted(found)
    await _hand_over_tickets(work, threads, ours)
    for twin, home in same:
        await work.session.execute(
            update(Thread)
            .where(Thread.id.in_(threads), Thread.home_id == twin)
            .values(home_id=home)
        )
    lent = await _lend(work, theirs, ours)
    await work.wishes.bring(theirs, ours)
    held = await work.holdings.bring(theirs, ours)
    _ring(work, threads)
    return {"threads": threads, "homes": homes, "same": same, "lent": lent, **held}


async def take_back(work: Work, link: Link, heir: Contact) -> None:
    """What the link's contact had brought is its own resident's again. `heir` is where the others
    go on: what was begun or is on its way in the wrong messenger turns to the right one."""
    threads, homes, same = (link.moved[key] for key in ("threads", "homes", "same"))
    await work.session.execute(
        update(Thread)
        .where(Thread.id.in_(threads))
        .values(resident_id=link.from_resident_id, contact_id=link.contact_id)
    )
    await _hand_over_tickets(work, threads, link.from_resident_id)
    for twin, home in same:
        await work.session.execute(
            update(Thread)
            .where(Thread.id.in_(threads), Thread.home_id == home)
            .values(home_id=twin)
        )
    await work.session.execute(
        update(Home).where(Home.id.in_(homes)).values(resident_id=link.from_resident_id)
    )
    stay = update(Thread).where(
        Thread.resident_id == link.to_resident_id, Thread.contact_id == link.contact_id
    )
    await work.session.execute(stay.values(contact_id=heir.id))
    await _return_lent(work, link)
    await work.holdings.take_back(link)
    await _redirect(work, link.to_resident_id, heir)
    await _redirect(work, link.from_resident_id, await work.people.contact(link.contact_id))
    _ring(work, threads)


async def _bring_homes(work: Work, theirs: int, ours: int) -> tuple[list[int], list[list[int]]]:
    """The homes that came, and the pairs of those that both have."""
    known = {_place(home): home.id for home in await _homes(work, ours) if home.until is None}
    came, same = [], []
    for home in await _homes(work, theirs):
        if home.until is None and _place(home) in known:
            same.append([home.id, known[_place(home)]])
        else:
            home.resident_id = ours
            came.append(home.id)
    await work.session.flush()
    return came, same


async def _homes(work: Work, resident_id: int) -> list[Home]:
    rows = await work.session.scalars(
        select(Home).where(Home.resident_id == resident_id).order_by(Home.id)
    )
    return list(rows)


def _place(home: Home) -> tuple[int, int | None, str | None]:
    return home.house_id, home.flat_id, home.unlisted


async def _hand_over_tickets(work: Work, threads: list[int], resident_id: int) -> None:
    await work.session.execute(
        update(Ticket).where(Ticket.thread_id.in_(threads)).values(resident_id=resident_id)
    )


async def _lend(work: Work, theirs: int, ours: int) -> list[str]:
    """Name and phone of whoever gave them, for the one who did not."""
    giver, taker = await work.people.resident(theirs), await work.people.resident(ours)
    lent = [
        field for field in TOLD_OF_ONESELF
        if getattr(taker, field) is None and getattr(giver, field) is not None
    ]  # fmt: skip
    for field in lent:
        setattr(taker, field, getattr(giver, field))
    await work.session.flush()
    return lent


async def _return_lent(work: Work, link: Link) -> None:
    """Unless it was changed meanwhile: then it is the taker's own."""
    giver: Resident = await work.people.resident(link.from_resident_id)
    taker: Resident = await work.people.resident(link.to_resident_id)
    for field in link.moved["lent"]:
        if getattr(taker, field) == getattr(giver, field):
            setattr(taker, field, None)
    await work.session.flush()


async def _redirect(work: Work, resident_id: int, to: Contact) -> None:
    """What waits to be said about this resident's threads in a messenger that is not theirs any
    more leaves for `to`."""
    theirs = select(Contact.id).where(Contact.resident_id == resident_id)
    changed = await work.session.execute(
        update(Outgoing)
        .where(
            Outgoing.state == "waiting",
            Outgoing.contact_id.is_not(None),
            Outgoing.contact_id.not_in(theirs),
            Outgoing.thread_id.in_(select(Thread.id).where(Thread.resident_id == resident_id)),
        )
        .values(
            contact_id=to.id,
            channel=to.channel,
            chat=to.chat,
            queue=func.concat(to.chat, func.substr(Outgoing.queue, func.length(Outgoing.chat) + 1)),
        )
        .returning(Outgoing.id)
    )
    if changed.first() is not None:
        work.ring(f"outbox:{to.channel}")


def _ring(work: Work, threads: list[int]) -> None:
    for thread_id in threads:
        work.ring(f"thread:{thread_id}")

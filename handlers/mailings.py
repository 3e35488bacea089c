"""Mailings: what residents get, the post that shows how far one is, and what the clock does."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import mailing_staff_texts as staff_words
from handlers import mailing_texts as words
from handlers import open_posts, wording
from handlers.outages import name_parts
from services.chores import Chore
from services.errors import NobodyToTell, SameMailing
from services.mailing_progress import Progress
from services.messaging.types import Address, Attachment, Button, Keyboard, Kind, Outbound
from services.nights import after_quiet
from services.tables import Mailing, OutagePlace
from services.work import Work

# ── What residents get ───────────────────────────────────────────────────────


def compose(mailing: Mailing, *, sample: bool = False) -> Outbound:
    """The same for everybody. `sample`: for its member, whose button changes nothing."""
    keyboard = None
    if label := words.NO_MORE.get(mailing.kind) if mailing.audience["who"] != "staff" else None:
        action = "staff/mailsample/0" if sample else words.NO_MORE_ACTIONS[mailing.kind]
        keyboard = Keyboard(rows=((Button(label=label, action=action),),))
    return Outbound(
        header=staff_words.header(mailing),
        text=mailing.text,
        keyboard=keyboard,
        attachments=tuple(files_of(mailing)),
    )


def files_of(mailing: Mailing) -> list[Attachment]:
    return [Attachment.model_validate(each) for each in mailing.photos]


async def start(work: Work, mailing: Mailing, member_id: int | None) -> None:
    """Of a locked one: to its people, and in the open where that was wished. Raises `AlreadySo`,
    `SameMailing`, `NobodyToTell`."""
    what = compose(mailing)
    notices = await work.mailings.start(mailing, what, member_id)
    if mailing.open_to and may_be_open(mailing):
        houses = [house.id for house in await work.mailings.houses(mailing)]
        await open_posts.tell_openly(work, notices[0], what, open_to=mailing.open_to, houses=houses)


def may_be_open(mailing: Mailing) -> bool:
    return staff_words.for_all_to_read(mailing)


async def name_whom(work: Work, mailing: Mailing) -> str:
    """«всем жителям, ул. Садовая, 5: подъезд 2»"""
    places = mailing.audience["places"]
    houses = await work.mailings.houses(mailing)
    every = [h.id for c in await work.places.complexes() for h in await work.places.houses(c.id)]
    narrowed = any(len(place) > 1 for place in places)
    everywhere = not narrowed and {h.id for h in houses} >= set(every) and len(every) > 1
    lines = []
    for house in houses:
        parts = [
            OutagePlace(**place)
            for place in places
            if place["house_id"] == house.id and len(place) > 1
        ]
        named = await name_parts(work, parts) if parts else []
        lines.append(f"{house.address}: {'; '.join(named)}" if named else house.address)
    return staff_words.whom(mailing.audience, lines, everywhere=everywhere)


# ── How far it is ────────────────────────────────────────────────────────────


async def describe(work: Work, mailing: Mailing, came: Progress) -> Outbound:
    morning = await goes_on_at(work, mailing)
    text = staff_words.progress(mailing, came, morning)
    return Outbound(text=text, keyboard=keyboard_of(staff_words.progress_buttons(mailing)))


async def goes_on_at(work: Work, mailing: Mailing) -> str:
    """The end of the night that all of it waits for; empty where none holds it."""
    if mailing.form.get("by_night"):
        return ""
    local, now = work.company.local, work.now
    company = await work.company.profile()
    zones = {house.timezone for house in await work.mailings.houses(mailing)} or {""}
    mornings = [after_quiet(company, now, zone) for zone in zones]
    if min(mornings) <= now:
        return ""
    return wording.name_moment(await local(min(mornings)), await local(now))


async def post_progress(work: Work, mailing: Mailing) -> None:
    """Where it was made: the room, their own chat, or the desk. From now on that post is changed
    in place."""
    came = await work.mailings.progress(mailing)
    what = await describe(work, mailing, came)
    mailing.progress_row = await tell_maker(work, mailing, what)
    await work.session.flush()


async def show_again(work: Work, mailing: Mailing) -> Progress:
    """The post, where it says something else than it did."""
    came = await work.mailings.progress(mailing)
    if mailing.progress_row is None:
        await post_progress(work, mailing)
        return came
    what = await describe(work, mailing, came)
    if not await work.mailings.shows(mailing, what):
        mailing.progress_row = await work.outbox.show_again(mailing.progress_row, what)
        await work.session.flush()
    return came


async def tell_maker(work: Work, mailing: Mailing, what: Outbound) -> int | None:
    """Returns the outbox row."""
    return await tell_member(work, mailing.member_id, mailing.room_id, mailing.way, what)


async def tell_member(
    work: Work, member_id: int, room_id: int | None, way: str, what: Outbound
) -> int | None:
    """Where they made what it is about. Returns the outbox row."""
    room = await work.rooms.get(room_id or 0)
    if way == "private":
        contact = await work.executors.where_reached(member_id)
        if contact is not None:
            return await work.outbox.say(
                Address(channel=contact.channel, chat=contact.chat), what, Kind.RELAY
            )
    if way == "desk" or room.channel == "desk":
        desk = Address(channel="desk", chat=str(member_id), topic=f"room {room.code}")
        return await work.outbox.say(desk, what, Kind.RELAY)
    return await work.outbox.post(room, what, Kind.RELAY)


def keyboard_of(rows: Sequence[Sequence[Button]]) -> Keyboard | None:
    return Keyboard(rows=tuple(tuple(row) for row in rows if row)) if any(rows) else None


# ── By the clock ─────────────────────────────────────────────────────────────


async def start_due(work: Work, mailing_id: int) -> None:
    """What cannot be sent becomes a draft again, and its member hears why."""
    mailing = await work.mailings.claim_to_start(mailing_id)
    if mailing is None:
        return
    why = ""
    try:
        await start(work, mailing, None)
    except SameMailing:
        why = staff_words.fell_due_twice(staff_words.title(mailing))
    except NobodyToTell:
        why = staff_words.fell_due_for_nobody(staff_words.title(mailing))
    if not why:
        await post_progress(work, mailing)
        return
    await work.mailings.put_back(mailing)
    row = [staff_words.button(staff_words.SHOW, "mailing", mailing.id)]
    await tell_maker(work, mailing, Outbound(text=why, keyboard=keyboard_of([row])))


async def show_running(work: Work, mailing_id: int) -> None:
    mailing = await work.mailings.claim_to_show(mailing_id)
    if mailing is None:
        return
    came = await work.mailings.progress(mailing)
    if not came.left:
        await work.mailings.end(mailing)
    await show_again(work, mailing)
    work.mailings.note_shown(mailing, moves=bool(came.lately))


CHORES = (
    Chore(
        "starting mailings", lambda work: work.mailings.find_to_start(), start_due,
        next_in=lambda work: work.mailings.next_in(),
    ),
    Chore("showing how far mailings are", lambda work: work.mailings.find_to_show(), show_running),
)  # fmt: skip

"""Notices of outages: what residents are told, when the clock says so, and how whoever made one
hears of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import mailing_texts, notices, open_posts, wording
from handlers import outage_staff_texts as staff_words
from handlers import outage_texts as words
from handlers.outage_places import name_parts as name_parts
from handlers.outage_places import name_places as name_places
from services.access import AsMember
from services.chores import Chore
from services.messaging.outbox import About
from services.messaging.types import PHONE, Address, Button, Keyboard, Kind, Outbound
from services.outage_rules import is_night, moment_to_tell
from services.outages import MAY_ANNOUNCE
from services.staff import as_member
from services.tables import Mailing, Notice, Outage, Room
from services.work import Work
from services.zones import wall_of

# ── What residents are told ──────────────────────────────────────────────────


async def compose(work: Work, outage: Outage, kind: str) -> Outbound:
    """The same for everybody. At night an accident makes no sound, unless residents must act."""
    leaves = await moment_to_tell(work, outage)
    local = await wall_of(work, outage)
    text = words.body(
        outage, kind, await name_places(work, outage), local(outage.since),
        local(outage.until) if outage.until else None, local(leaves),
    )  # fmt: skip
    buttons = answers_under(outage, kind, begun=outage.since <= work.now)
    if kind == "reminder":
        buttons = [mailing_texts.switch("reminders", wanted=True)]
    quiet = outage.planned or not outage.loud
    silent = quiet and leaves == work.now and await is_night(work, outage)
    return Outbound(
        header=words.header(outage, kind),
        text=text,
        keyboard=Keyboard(rows=tuple((button,) for button in buttons)) if buttons else None,
        silent=silent,
    )


def answers_under(outage: Outage, kind: str, *, begun: bool) -> list[Button]:
    asked = {
        "announced": ["mine_too", "back"] if begun else [],
        "prolonged": ["back", "still_none"] if begun else [],
        "restored": ["still_none"],
        "now": ["mine_too", "back", "still_none"],
    }
    return [answer_button(outage, each) for each in asked.get(kind, [])]


def answer_button(outage: Outage, answer: str) -> Button:
    labels = {
        "mine_too": words.MINE_TOO, "back": words.BACK, "still_none": words.STILL_NONE,
    }  # fmt: skip
    return Button(label=labels[answer], action=f"outage/{answer}/{outage.id}")


# ── Telling them ─────────────────────────────────────────────────────────────


async def announce(work: Work, outage: Outage, member_id: int | None) -> Notice:
    """Of a locked one. Raises `AlreadySo`."""
    what = await compose(work, outage, "announced")
    notice = await work.outages.announce(outage, what, member_id)
    await work.incidents.link(outage)
    await open_posts.tell_of_outage(work, outage, notice, what)
    return notice


async def schedule(work: Work, viewer: AsMember, outage: Outage, at: datetime) -> None:
    """Of a locked one; elders of its houses read it first. Raises `AlreadySo`."""
    await work.outages.schedule(viewer, outage, at)
    if outage.planned:
        await tell_elders(work, outage)


async def tell_elders(work: Work, outage: Outage) -> None:
    """One way: they know before the others."""
    assert outage.announce_at is not None
    what = await compose(work, outage, "announced")
    local = await wall_of(work, outage)
    told = f"{what.header}\n{what.text}"
    text = words.to_elder(told, local(outage.announce_at), local(work.now))
    for resident_id in await work.outages.elders(outage):
        reachable = await work.people.reachable(resident_id)
        for contact in [each for each in reachable if each.channel != PHONE][:1]:
            await work.outbox.say(
                Address(channel=contact.channel, chat=contact.chat),
                Outbound(text=text, silent=what.silent),
                Kind.NOTICE,
                About(contact_id=contact.id, not_before=await moment_to_tell(work, outage)),
            )


async def tell_maker(
    work: Work,
    outage: Outage | Mailing,
    text: str,
    rows: Sequence[Sequence[Button]],
    *,
    room_too: bool = False,
) -> None:
    """Where it was made: the room, their own chat, or the desk. `room_too`: and their colleagues
    in the room."""
    keyboard = Keyboard(rows=tuple(tuple(row) for row in rows)) if rows else None
    what = Outbound(text=text, keyboard=keyboard)
    room = await work.rooms.get(outage.room_id)
    if outage.way == "private" and await notices.tell_in_private(work, outage.member_id, what):
        if room_too:
            await tell_room(work, outage, room, what)
        return
    if outage.way == "desk" or room.channel == "desk":
        await tell_desk(work, outage.member_id, room, what)
        if room_too:
            await tell_room(work, outage, room, what)
        return
    await work.outbox.post(room, what, Kind.RELAY)


async def tell_room(work: Work, outage: Outage | Mailing, room: Room, what: Outbound) -> None:
    """In its group; at the desk, which has none, each of those who may announce."""
    if room.channel != "desk":
        await work.outbox.post(room, what, Kind.RELAY)
        return
    for member in await work.staff.desk_members():
        viewer = as_member(member)
        if member.id == outage.member_id or viewer.role not in MAY_ANNOUNCE:
            continue
        if viewer.works_in(room):
            await tell_desk(work, member.id, room, what)


async def tell_desk(work: Work, member_id: int, room: Room, what: Outbound) -> None:
    desk = Address(channel="desk", chat=str(member_id), topic=f"room {room.code}")
    await work.outbox.say(desk, what, Kind.RELAY)


# ── By the clock ─────────────────────────────────────────────────────────────


async def announce_due(work: Work, outage_id: int) -> None:
    outage = await work.outages.claim_to_announce(outage_id)
    if outage is None:
        return
    title = await staff_title(work, outage)
    if await work.outages.let_lapse(outage):  # nothing ran here for a while
        await tell_maker(work, outage, staff_words.lapsed(title), [])
        return
    notice = await announce(work, outage, None)
    text = staff_words.sent(sum(notice.people.values()), title)
    await tell_maker(work, outage, text, [[staff_words.report_button(outage)]])


async def remind(work: Work, outage_id: int) -> None:
    """The evening before."""
    outage = await work.outages.claim_to_remind(outage_id)
    if outage is not None:
        await work.outages.remind(outage, await compose(work, outage, "reminder"))


async def ask_whether_over(work: Work, outage_id: int) -> None:
    """Residents are told only what a member confirms; where the maker does not, the room is asked
    as well."""
    found = await work.outages.claim_to_ask(outage_id)
    if found is None:
        return
    outage, again = found
    local = await wall_of(work, outage)
    moment = wording.name_moment(local(outage.until or outage.since), local(work.now))
    text = staff_words.is_it_over(
        await staff_title(work, outage),
        staff_words.term_is_over(moment) if outage.until else staff_words.no_term(moment),
        await work.outage_answers.answers(outage),
        again=again,
    )
    buttons = [staff_words.over_buttons(outage)]
    await tell_maker(work, outage, text, buttons, room_too=again)


async def staff_title(work: Work, outage: Outage) -> str:
    return words.title(outage, await name_places(work, outage))


CHORES = (
    Chore(
        "announcing planned works", lambda work: work.outages.find_to_announce(), announce_due
    ),
    Chore("reminding of planned works", lambda work: work.outages.find_to_remind(), remind),
    Chore(
        "asking whether an outage is over", lambda work: work.outages.find_to_ask(),
        ask_whether_over,
    ),
)  # fmt: skip

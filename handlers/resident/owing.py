"""The buttons under a reminder: see the account, «Уже оплачено», «Нужна рассрочка», «Не согласен».
Each stops reminders of that account at once and opens a thread with staff, who read neither sum nor
number there."""

from __future__ import annotations

from handlers import mailings, notices, posts
from handlers import owing_staff_texts as staff_words
from handlers import reminder_texts as words
from handlers.dialogue.said import Said
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import account
from handlers.resident.consent import button
from handlers.resident.passing import add_to, their_room
from services.accounts.holdings import Held
from services.accounts.marks import MarkKind
from services.errors import AlreadySo, NotYours
from services.tables import AccountMark, House, Thread

OF_REMINDER: dict[str, MarkKind] = {
    "settled": "paid", "parts": "instalment", "disagree": "dispute",
}  # fmt: skip
OF_ACCOUNT: tuple[MarkKind, ...] = ("paid", "instalment", "dispute")


async def press(turn: Turn) -> None:
    """`owe/account|settled|parts|disagree/REMINDER`, `owe/paid|instalment|dispute/ACCOUNT`. Raises
    `NotYours`."""
    what, ident = split_action(turn.pressed)
    held = await turn.work.holdings.of(turn.viewer)
    if what in OF_ACCOUNT:
        chosen = [each for each in held if each.account_id == ident and each.sees_money]
        if not chosen:
            raise NotYours
        await mark(turn, chosen[0], what)
        return
    if what != "account" and what not in OF_REMINDER:
        raise NotYours
    ids = await turn.work.reminders.note_opened(
        ident, turn.viewer.resident_id, opened=what == "account"
    )
    chosen = [each for each in held if each.account_id in ids and each.sees_money]
    if not chosen:
        raise NotYours
    if what == "account":
        await open_account(turn, chosen)
    elif len(chosen) == 1:
        await mark(turn, chosen[0], OF_REMINDER[what])
    else:
        turn.leave(numbered=True)
        kind = OF_REMINDER[what]
        rows = [
            [button(words.label(each, chosen), f"owe/{kind}/{each.account_id}")] for each in chosen
        ]
        await turn.say(words.WHICH, rows)


async def open_account(turn: Turn, chosen: list[Held]) -> None:
    if len(chosen) > 1:
        await account.show(turn)
        return
    turn.leave()
    await account.show_one(turn, chosen[0])


async def mark(turn: Turn, held: Held, kind: MarkKind) -> None:
    work = turn.work
    talk = await work.marks.talk_about(turn.viewer, held.account_id)
    try:
        made = await work.marks.say(turn.viewer, held.account_id, kind)
    except AlreadySo:
        if talk is not None:
            turn.go("talk", thread=talk.id, chosen=True)
        else:
            stands = await work.marks.standing_of(held.account_id, kind)
            if not await work.marks.is_talked_about(stands):  # nobody would settle it any more
                await tell_staff(turn, held, stands, None)
        await turn.say(words.KNOWN[kind])
        return
    await tell_staff(turn, held, made, talk)
    await turn.say(words.HEARD[kind])


async def tell_staff(turn: Turn, held: Held, made: AccountMark, talk: Thread | None) -> None:
    """In the room of the account's house. What the resident writes next goes there."""
    work = turn.work
    kind: MarkKind = made.kind  # type: ignore[assignment]
    if talk is None:
        talk = await open_thread(turn, held)
    said: Said = {"words": words.SAID[kind], "attachments": [], "ids": []}
    await add_to(turn, talk, said, quietly=True)
    talk = await work.threads.by_id(turn.session.state["thread"])
    await work.marks.name_thread(made, talk)
    rows = staff_words.mark_buttons(made.id, kind)
    keyboard = mailings.keyboard_of(rows)
    homes = {place.flat_id for place in await work.people.places(turn.viewer)}
    # Whoever never gave an address is known by the account's alone.
    where = "" if held.flat_id is not None and held.flat_id in homes else held.place
    await notices.tell_staff(work, talk, words.marked(kind, where), buttons=keyboard)


async def open_thread(turn: Turn, held: Held) -> Thread:
    work = turn.work
    room, place = await their_room(turn)
    places = await work.people.places(turn.viewer)
    place = next((each for each in places if each.flat_id and each.flat_id == held.flat_id), place)
    if held.house_id is not None:
        house = await work.session.get_one(House, held.house_id)
        room = await work.rooms.of_complex(house.complex_id)
        if place is not None and place.complex_id != house.complex_id:
            place = None
    resident = await work.people.resident(turn.viewer.resident_id)
    subject = posts.subject_of_talk(room, resident, place)
    return await work.threads.open(
        turn.viewer, room, subject, home_id=place.home_id if place else None
    )

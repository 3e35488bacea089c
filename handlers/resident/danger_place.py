"""The scene `danger`: the address of an alarm, asked for once; and the words that go along."""

from __future__ import annotations

from handlers import alarm_texts, alarms, notices, posts
from handlers.dialogue.said import Said, files_of, says_nothing, tell
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import danger_texts as words
from handlers.resident import spots, texts
from handlers.resident.consent import button, consented
from handlers.resident.spots import Spot
from services.errors import StaleButton
from services.messaging.types import Button
from services.tables import Alarm, Message, Thread, Ticket

SCENE = "danger"
TALKING = ("", "talk", "faq", "rating", SCENE)  # scenes in which no question of ours is open
TELL_PLACES = ("registration", "request", "consent")  # scenes that may know the address after
TRIES = 2  # so often the address is asked for

# ── Words of the alarm ───────────────────────────────────────────────────────


async def put(turn: Turn, thread: Thread, said: Said, *, named: bool) -> Message:
    work = turn.work
    resident = await work.people.resident(turn.viewer.resident_id)
    message = await work.threads.add(
        thread,
        "resident",
        (resident.name or "") if named else "",
        None,
        text=said["words"],
        attachments=files_of(said),
    )
    await work.copies.keep(message.id, turn.contact.channel, turn.contact.chat, said["ids"])
    await work.threads.answer_at(thread, turn.contact)
    return message


async def add(turn: Turn, thread: Thread, said: Said) -> None:
    message = await put(turn, thread, said, named=bool(await consented(turn)))
    await posts.post_words(turn.work, thread, message)
    await notices.tell_executor(turn.work, thread, message)


def forget_what_was_heard(turn: Turn) -> None:
    """It is with staff: no dialogue takes it for an answer."""
    turn.inbound = turn.inbound.model_copy(update={"text": "", "attachments": ()})
    turn.text = ""


# ── Asking ───────────────────────────────────────────────────────────────────


async def ask_place(turn: Turn, spot: Spot) -> None:
    """The one thing that is missing. Words are always taken; homes or houses are buttons."""
    state = turn.session.state
    state["tries"] = state.get("tries", 0) + 1
    if spot.homes:
        rows = [[button(words.place_label(p), f"danger/home/{p.home_id}")] for p in spot.homes]
        await turn.say(words.ASK_WHICH, rows)
        return
    if spot.where is not None:
        state["house"] = spot.where.house_id
        await turn.say(words.ask_exactly(spot.where.place))
        return
    again = state["tries"] > 1
    await turn.say(words.ASK_PLACE_AGAIN if again else words.ASK_PLACE, await house_rows(turn))


async def house_rows(turn: Turn) -> list[list[Button]]:
    """While they are few enough to look through."""
    places = turn.work.places
    houses = [h for c in await places.complexes() for h in await places.houses(c.id)]
    if len(houses) > words.HOUSE_BUTTONS:
        return []
    return [[button(words.house_label(house), f"danger/house/{house.id}")] for house in houses]


def goes_elsewhere(turn: Turn, action: str) -> bool:
    """Whether this command or press leaves the question where it is. `action`: what typed words
    stand for."""
    action = turn.pressed or action
    return not action.startswith("danger/") if action else turn.text.startswith("/")


def step_aside(turn: Turn) -> None:
    """The dialogue that was interrupted goes on; else it is talked of the alarm."""
    before = turn.session.state.get("before")
    if before is None:
        turn.leave()
    else:
        turn.go(before["scene"], **before["state"])


async def alarm_here(turn: Turn) -> tuple[Alarm, Thread]:
    """The alarm whose address is asked for. Raises `StaleButton` when nobody needs it."""
    wanted = turn.session.state.get("alarm") if turn.session.scene == SCENE else None
    open_ones = await turn.work.alarms.unplaced(turn.viewer.resident_id)
    alarm = next((a for a in reversed(open_ones) if a.id == (wanted or a.id)), None)
    if alarm is None:
        raise StaleButton
    return alarm, await turn.work.threads.get(turn.viewer, alarm.thread_id)


async def press(turn: Turn) -> bool:
    """`danger/home/ID`, `danger/house/ID`. True when an interrupted question is to be asked
    again. Raises `NotYours`, `StaleButton`."""
    what, ident = split_action(turn.pressed)
    alarm, thread = await alarm_here(turn)
    if what == "home":
        spot = spots.at_home(await turn.work.people.place(turn.viewer, ident))
    else:
        house = await turn.work.places.house(ident)
        if house is None or house.withdrawn_at is not None:
            raise StaleButton
        spot = spots.in_house(house)
        if alarm.kind in spots.WHOLE_HOUSE:
            spot = Spot(spot.where, exact=True, complex_id=spot.complex_id)
    return await take_place(turn, alarm, thread, spot)


async def receive(turn: Turn) -> bool:
    """The scene `danger`: whatever is said goes to the room at once, an address we know or not.
    True when an interrupted question is to be asked again. Raises `StaleButton` when nobody needs
    it any more."""
    said = tell(turn.inbound)
    if says_nothing(said):
        await turn.say(words.ASK_PLACE)
        return False
    alarm, thread = await alarm_here(turn)
    await add(turn, thread, said)
    forget_what_was_heard(turn)
    house_id = turn.session.state.get("house")
    house = await turn.work.places.house(house_id) if house_id else None
    if house is not None:
        spot = await spots.find_in(turn, house, said["words"], alarm.kind)
    else:
        spot = await spots.find_spot(turn, said["words"], alarm.kind)
    if house is not None and not spot.exact:
        label = f"{house.address}, {texts.shorten(said['words'], 60)}"
        named = spots.in_house(house, label=label)
        spot = Spot(named.where, exact=True, complex_id=named.complex_id)
    if spot.where is not None and not spot.homes:
        return await take_place(turn, alarm, thread, spot)
    if spot.homes or not names_something(said):
        if turn.session.state["tries"] < TRIES:
            await ask_place(turn, spot)
            return False
        await turn.say(words.no_place(await turn.work.company.profile()))
    else:
        subject = alarm_texts.subject(alarm.kind, texts.shorten(said["words"], 60))
        turn.work.threads.name(thread, subject)
        alarm.exact = True
        for room in await turn.work.rooms.showing(thread):
            await turn.work.unsent.post_name(room, thread.id)
        await alarms.refresh(turn.work, alarm, thread)
        await turn.say(words.place_taken(await turn.work.company.profile(), None))
    return leave(turn, thread)


def names_something(said: Said) -> bool:
    """An address of a house we do not know has a figure in it, or is a place on the map."""
    located = any(file["kind"] in ("location", "voice") for file in said["attachments"])
    return located or any(letter.isdigit() for letter in said["words"])


async def take_place(turn: Turn, alarm: Alarm, thread: Thread, spot: Spot) -> bool:
    """Of all that wait for it: gas and smoke told one after the other are in one place."""
    ticket = await place(turn, alarm, thread, spot)
    for other in await turn.work.alarms.unplaced(turn.viewer.resident_id):
        if other.id != alarm.id and not other.exact:
            await place(
                turn, other, await turn.work.threads.get(turn.viewer, other.thread_id), spot
            )
    if not spot.exact and turn.session.scene == SCENE:
        await ask_place(turn, spot)
        return False
    await turn.say(words.place_taken(await turn.work.company.profile(), ticket))
    return leave(turn, thread)


def leave(turn: Turn, thread: Thread) -> bool:
    """Back to what was interrupted; True when that waits for an answer."""
    if turn.session.scene == SCENE:
        step_aside(turn)
    if turn.session.scene in TALKING:
        turn.go("talk", thread=thread.id, chosen=True)
        return False
    return True


async def place(turn: Turn, alarm: Alarm, thread: Thread, spot: Spot) -> Ticket | None:
    """The room learns where it is. The ticket is filed once consent and address are there."""
    assert spot.where is not None
    return await alarms.locate(
        turn.work,
        alarm,
        thread,
        spot.where,
        spot.home_id,
        exact=spot.exact,
        consent=spot.exact and bool(await consented(turn)),
    )


def name_of(spot: Spot) -> str:
    return spot.where.place if spot.where else ""


async def follow(turn: Turn) -> None:
    """After a turn of a form or of the consent: what is known by now goes to the alarms that wait
    for it. One whose place was named stays there, unless it was this form that named it."""
    state = turn.session.state
    waiting = await turn.work.alarms.unplaced(turn.viewer.resident_id)
    if not waiting or len(await turn.work.people.places(turn.viewer)) > 1:
        return  # which of several homes, only the person can say
    for alarm in waiting:
        thread = await turn.work.threads.get(turn.viewer, alarm.thread_id)
        spot = await spots.find_spot(turn, "", alarm.kind)
        known = await spots.of_alarm(turn, alarm, thread)
        if known is not None:  # said of the danger itself; where they live is another thing
            spot = spot if name_of(spot) == name_of(known) else known
        elif alarm.exact or spot.where is None:
            continue  # named, but no house of ours; or nobody knows
        elif alarm.house_id not in (None, spot.where.house_id, state.get("followed")):
            continue
        assert spot.where is not None
        ticket = await turn.work.threads.ticket(thread.id)
        better = spot.where.house_id != alarm.house_id or (spot.exact and not alarm.exact)
        may_file = ticket is None and spot.exact and await consented(turn)
        if not better and not may_file:
            continue
        filed = await place(turn, alarm, thread, spot)
        if known is None and turn.session.scene in TELL_PLACES:
            state["followed"] = spot.where.house_id
        if filed is not None:
            await turn.say(words.filed_later(filed))

"""What a person may ask for about themselves: the file of all that is known, when and where they
are written to, and to be forgotten."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from handlers import erasing, erasing_texts
from handlers.dialogue.form import Answers, Form
from handlers.dialogue.steps import Step, Text, Wrong
from handlers.dialogue.turn import Turn
from handlers.papers import my_data as paper
from handlers.resident import linking_texts
from handlers.resident import my_data_texts as words
from handlers.resident import texts as resident_texts
from handlers.resident.consent import ask_consent, button, consented
from handlers.resident.menu import full_menu
from services.errors import AlreadySo, NotYours, TooManyTries
from services.messaging.outbox import About
from services.messaging.types import PHONE, Address, Button, Keyboard, Kind, Outbound

HOUR = re.compile(r"(\d{1,2})(?:[:.\- ]?(\d{2}))?(?:\s*(?:ч|час\w*))?\.?")

Rows = list[list[Button]]


async def rows_of_settings(turn: Turn) -> Rows:
    """What «Настройки» leads to here."""
    rows = [[button(words.QUIET, "my/quiet"), button(words.MINE, "my/show")]]
    if len(await turn.work.preferences.messengers(turn.viewer)) > 1:
        rows.insert(0, [button(words.FIRST, "my/first")])
    return rows


async def press(turn: Turn) -> None:
    """`my/WHAT`. Raises `NotYours` for anything else."""
    what, _, which = turn.pressed.removeprefix("my/").partition("/")
    match what:
        case "show":
            await show(turn)
        case "file":
            await give_file(turn)
        case "erase":
            await warn(turn)
        case "erased":
            await erase(turn)
        case "keep":
            await keep(turn)
        case "first" | "prefer" | "quiet" | "hours" | "noquiet" if not await consented(turn):
            await ask_consent(turn)
        case "first":
            await show_first(turn)
        case "prefer":
            await prefer(turn, which)
        case "quiet":
            await show_quiet(turn)
        case "hours":
            await QUIET_HOURS.start(turn)
        case "noquiet":
            await turn.work.preferences.be_quiet(turn.viewer, "", "")
            await turn.say(words.QUIET_OFF)
        case _:
            raise NotYours


# ── The file ─────────────────────────────────────────────────────────────────


async def show(turn: Turn) -> None:
    turn.leave()
    rows = [[button(words.GET_FILE, "my/file")]]
    asked = await turn.work.erasing.asked_by(turn.viewer.resident_id)
    if asked is None:
        rows.append([button(erasing_texts.ERASE, "my/erase")])
        await turn.say(words.ABOUT, rows)
        return
    rows.append([button(erasing_texts.KEEP, "my/keep")])
    ends = await turn.work.company.local(asked.due_at)
    await turn.say(f"{words.ABOUT}\n\n{erasing_texts.asked_already(ends)}", rows)


async def give_file(turn: Turn) -> None:
    """Here alone, to whoever asked."""
    work = turn.work
    try:
        data = await work.my_data.of(turn.viewer, turn.contact.channel)
    except TooManyTries:
        await turn.say(words.TOO_MANY)
        return
    places = await work.people.places(turn.viewer)
    zone = await work.company.zone_of_house(places[0].house_id if places else None)
    relative, path = work.attachments.new_place()
    await paper.write_file(path, data, zone)
    files = [await work.my_data.keep(turn.viewer, relative, words.PDF_NAME, "application/pdf")]
    relative, path = work.attachments.new_place()
    paper.write_json(path, data)
    files.append(
        await work.my_data.keep(turn.viewer, relative, words.JSON_NAME, "application/json")
    )
    await turn.say(words.FILE_SAID, header=words.FILE_HEADER, files=files)


# ── To be forgotten ──────────────────────────────────────────────────────────


async def warn(turn: Turn) -> None:
    turn.leave()
    asked = await turn.work.erasing.asked_by(turn.viewer.resident_id)
    if asked is not None:
        await say_asked_already(turn)
        return
    company = await turn.work.company.profile()
    open_ones = await turn.work.erasing.open_tickets([turn.viewer.resident_id])
    await turn.say(
        erasing_texts.warning(company, open_ones),
        [
            [button(erasing_texts.YES_ERASE, "my/erased")],
            [button(erasing_texts.STAY, "menu/show")],
        ],
    )


async def erase(turn: Turn) -> None:
    work, local = turn.work, turn.work.company.local
    turn.leave()
    try:
        erasure = await work.erasing.ask(turn.viewer)
    except AlreadySo:
        await say_asked_already(turn)
        return
    ends = await local(erasure.due_at)
    await turn.say(
        erasing_texts.asked(await local(erasure.not_before), ends, await local(work.now)),
        [[button(erasing_texts.KEEP, "my/keep")]],
    )
    said = erasing_texts.asked_elsewhere(linking_texts.name(turn.contact.channel), ends)
    await tell_others(turn, said, button(erasing_texts.KEEP, "my/keep"))
    await erasing.tell_rooms(work, erasure)


async def tell_of_the_rest(turn: Turn) -> None:
    """Consent was taken back: what is left to be erased, and by when."""
    local = turn.work.company.local
    erasure = await turn.work.erasing.asked_by(turn.viewer.resident_id)
    if erasure is None:
        return
    begins, ends = await local(erasure.not_before), await local(erasure.due_at)
    said = erasing_texts.goes_with_consent(begins, ends, await local(turn.work.now))
    await turn.say(said)
    if erasure.asked_at < turn.work.now:
        return  # the others know
    said = erasing_texts.asked_elsewhere(linking_texts.name(turn.contact.channel), ends)
    await tell_others(turn, said, button(erasing_texts.KEEP, "my/keep"))
    await erasing.tell_rooms(turn.work, erasure)


async def say_asked_already(turn: Turn) -> None:
    asked = await turn.work.erasing.asked_by(turn.viewer.resident_id)
    assert asked is not None
    ends = await turn.work.company.local(asked.due_at)
    await turn.say(
        erasing_texts.asked_already(ends), [[button(erasing_texts.KEEP, "my/keep")]]
    )  # fmt: skip


async def keep(turn: Turn) -> None:
    """Whoever took their consent back gives it anew instead: without it nothing may be kept."""
    asked = await turn.work.erasing.asked_by(turn.viewer.resident_id)
    if asked is not None and not await consented(turn):
        await ask_consent(turn, wanted=erasing_texts.CONSENT_NEEDED)
        return
    try:
        await turn.work.erasing.think_better(turn.viewer)
    except AlreadySo:
        await turn.say(erasing_texts.KEPT_ALREADY)
        return
    await tell_kept(turn, erasing_texts.KEPT)


async def tell_kept(turn: Turn, said: str) -> None:
    """Them, wherever they heard of it, and the rooms."""
    await turn.say(said)
    await tell_others(turn, said)
    await erasing.tell_rooms_kept(turn.work, turn.viewer.resident_id)


async def tell_others(turn: Turn, text: str, below: Button | None = None) -> None:
    """The person's other messengers: whoever holds one of them must not decide behind the back of
    the others."""
    for contact in await turn.work.people.reachable(turn.viewer.resident_id, but=turn.contact.id):
        if contact.channel == PHONE:
            continue
        await turn.work.outbox.say(
            Address(channel=contact.channel, chat=contact.chat),
            Outbound(text=text, keyboard=Keyboard(rows=((below,),)) if below else None),
            Kind.REPLY,
            About(contact_id=contact.id),
        )


# ── Where and when ───────────────────────────────────────────────────────────


async def show_first(turn: Turn) -> None:
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    channels = [c for c in await turn.work.preferences.messengers(turn.viewer) if c != PHONE]
    rows = [[button(words.label(each), f"my/prefer/{each}")] for each in channels]
    rows.append([button(words.ANYWHERE, "my/prefer/last")])
    await turn.say(words.first_now(resident.prefers), rows)


async def prefer(turn: Turn, which: str) -> None:
    channel = "" if which == "last" else which
    if not which or channel == PHONE:
        raise NotYours
    await turn.work.preferences.prefer(turn.viewer, channel)
    await turn.say(words.first_set(channel))


async def show_quiet(turn: Turn) -> None:
    resident = await turn.work.people.resident(turn.viewer.resident_id)
    if not resident.quiet_from:
        await QUIET_HOURS.start(turn)
        return
    await turn.say(
        words.quiet_now(resident.quiet_from, resident.quiet_until),
        [
            [button(words.CHANGE_QUIET, "my/hours")],
            [button(words.NO_QUIET, "my/noquiet")],
        ],
    )


async def read_hour(turn: Turn, typed: str) -> str:
    """«22», «22:30», «7 часов» → HH:MM. Raises `Wrong`."""
    found = HOUR.fullmatch(typed.strip().lower().removeprefix("с ").removeprefix("до "))
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if (hour, minute) == (24, 0):
        hour = 0
    if hour > 23 or minute > 59:
        raise Wrong(words.NOT_AN_HOUR)
    return f"{hour:02}:{minute:02}"


async def read_end(turn: Turn, typed: str) -> str:
    hour = await read_hour(turn, typed)
    begins = turn.session.state["answers"].get("from", "")
    if hour == begins:
        raise Wrong(words.SAME_HOUR)
    if begins and not await turn.work.preferences.leaves_time(begins, hour):
        raise Wrong(words.NO_TIME_LEFT)
    return hour


class QuietHours(Form):
    name = "quiet hours"

    async def steps(self, turn: Turn, answers: Answers) -> Sequence[Step]:
        return [
            Text("from", words.ASK_FROM, check=read_hour, offers=words.FROM_OFFERS),
            Text("until", words.ASK_UNTIL, check=read_end, offers=words.UNTIL_OFFERS),
        ]

    async def finish(self, turn: Turn, answers: dict[str, Any]) -> None:
        await turn.work.preferences.be_quiet(turn.viewer, answers["from"], answers["until"])
        said = words.quiet_set(answers["from"], answers["until"])
        await turn.say(said, await full_menu(turn), standing=True)

    async def cancel(self, turn: Turn) -> None:
        await turn.say(resident_texts.CANCELLED, await full_menu(turn), standing=True)


QUIET_HOURS = QuietHours()

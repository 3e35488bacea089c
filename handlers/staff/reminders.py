"""`/debts`: the list of reminders, and the buttons under previews and progress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import mailings, reminders, wording
from handlers import reminder_staff_texts as words
from handlers.staff import forms
from handlers.staff.mailings import is_shown_here, way_of
from handlers.staff.reminder_form import (
    CHANGE,
    KEPT,
    PLAN,
    REMINDER,
    around,
    name_same,
    samples,
    show_buttons,
)
from handlers.staff.turn import StaffTurn
from services.access import MAY_COUNT
from services.errors import AlreadySo, NobodyToTell, SameMailing
from services.messaging.types import Button
from services.tables import Reminder

MOST_LATELY = 5


async def debts(turn: StaffTurn) -> None:
    """What goes, waits, was begun or ended lately; where there is none, the form at once."""
    if turn.viewer.role not in MAY_COUNT:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.NOT_ALLOWED)
        return
    if in_group(turn):
        await turn.say(words.ONLY_PRIVATE)
        return
    work = turn.work
    now = await work.reminders.under_way(turn.viewer)
    drafts = await work.reminders.drafts(turn.viewer)
    ended = await work.reminders.lately(turn.viewer, MOST_LATELY)
    if not (now or drafts or ended):
        await begin(turn, 0)
        return
    local, today = work.company.local, await work.company.local(work.now)
    lines, rows = [words.LIST], []
    for each in [*now, *drafts, *ended]:
        moment = each.start_at if each.state == "scheduled" else each.started_at
        at = wording.name_moment(await local(moment), today) if moment else ""
        if each.started_at is not None:
            lines.append(words.result_line(each, await work.reminders.result(each), at))
        rows.append([words.button(words.listed(each, at), "debt", each.id)])
    rows.append([words.button(words.NEW, "debtnew", 0)])
    await say(turn, "\n".join(lines), rows)


def in_group(turn: StaffTurn) -> bool:
    """Where colleagues read along who are not to count what residents owe."""
    return way_of(turn) == "room"


async def begin(turn: StaffTurn, ident: int) -> None:
    if turn.viewer.role not in MAY_COUNT:
        await turn.say(words.NOT_ALLOWED)
    elif turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    elif not await turn.work.places.houses_of(turn.viewer):
        await turn.say(words.NO_HOUSES)
    else:
        await forms.begin(turn, REMINDER)


async def show(turn: StaffTurn, ident: int) -> None:
    """One of the list. Raises `NotYours`."""
    it = await turn.work.reminders.get(turn.viewer, ident, lock=True)
    if it.state in ("draft", "scheduled"):
        await show_sample(turn, it)
    elif it.state in ("running", "paused") and is_shown_here(turn, it):
        await reminders.post_progress(turn.work, it)
    else:
        await tell_progress(turn, it)


async def tell_progress(turn: StaffTurn, it: Reminder) -> None:
    what = await reminders.describe(turn.work, it, await turn.work.reminders.result(it))
    await turn.say(what.text, what.keyboard)


async def show_sample(turn: StaffTurn, it: Reminder) -> None:
    work = turn.work
    owing = await work.reminders.measure(it)
    for label, text, keyboard in await samples(work, it, owing.people):
        await turn.say(label)
        await turn.say(text, keyboard, header=reminders.compose(it).header)
    told = words.preview(owing, *await around(work, it, owing))
    if it.state == "scheduled" and it.start_at is not None:
        local = work.company.local
        at, now = await local(it.start_at), await local(work.now)
        told = f"{words.planned(at, now, monthly=bool(it.repeats))}\n{told}"
    await say(turn, told, words.draft_buttons(it))


async def send(turn: StaffTurn, ident: int) -> None:
    """«Отправить сейчас»; of a monthly one this once, its next time stays. Raises `NotYours`."""
    work = turn.work
    it = await work.reminders.get(turn.viewer, ident, lock=True)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    once = await work.reminders.this_time(it) if it.state == "scheduled" else it
    try:
        await reminders.start(work, once, turn.viewer.member_id)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    except SameMailing as same:
        await say(turn, await name_same(work, same.args[0]), show_buttons(same.args[0]))
    except NobodyToTell:
        await say(turn, words.NOBODY_KEPT, words.draft_buttons(it))
    else:
        await reminders.post_progress(work, once)
        return
    if once is not it:
        await work.reminders.put_back(once)


async def plan(turn: StaffTurn, ident: int, *, monthly: bool = False) -> None:
    it = await turn.work.reminders.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state not in ("draft", "scheduled"):
        await turn.say(words.ALREADY)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    else:
        await forms.begin(turn, PLAN, reminder=it.id, monthly=monthly)


async def plan_monthly(turn: StaffTurn, ident: int) -> None:
    await plan(turn, ident, monthly=True)


async def change(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.reminders.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state not in ("draft", "scheduled"):
        await turn.say(words.ALREADY)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    else:
        kept = {key: it.form[key] for key in it.form if key in KEPT}
        await forms.begin(turn, CHANGE, draft=it.id, kept=kept)


async def hold(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.reminders.get(turn.viewer, ident, lock=True)
    await turn_to(turn, it, turn.work.reminders.hold)


async def go_on(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.reminders.get(turn.viewer, ident, lock=True)
    await turn_to(turn, it, turn.work.reminders.go_on)


async def stop(turn: StaffTurn, ident: int) -> None:
    """«Остановить», and «Отмена» of a draft."""
    it = await turn.work.reminders.get(turn.viewer, ident, lock=True)
    begun = it.state in ("running", "paused")
    await turn_to(turn, it, turn.work.reminders.stop)
    if not begun and it.state == "dropped":
        await turn.say(words.STOPPED_WRITING)


async def turn_to(turn: StaffTurn, it: Reminder, does: Callable[..., Awaitable[None]]) -> None:
    """Of a locked one; the post of its progress says so in place."""
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    try:
        await does(turn.viewer, it)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    if it.started_at is not None:
        await reminders.show_again(turn.work, it)
        if not is_shown_here(turn, it):
            await tell_progress(turn, it)


async def explain_sample(turn: StaffTurn, ident: int) -> None:
    await turn.say(words.SAMPLE)


async def say(turn: StaffTurn, text: str, rows: list[list[Button]]) -> None:
    await turn.say(text, mailings.keyboard_of(rows))


Hears = Callable[[StaffTurn, int], Awaitable[None]]


def in_private(does: Hears) -> Hears:
    """In a group nothing of it is shown or done, whoever presses."""

    async def hear(turn: StaffTurn, ident: int) -> None:
        await (turn.say(words.ONLY_PRIVATE) if in_group(turn) else does(turn, ident))

    return hear


PRESSES: dict[str, Hears] = {
    "debt": in_private(show),
    "debtnew": in_private(begin),
    "debtsend": in_private(send),
    "debtplan": in_private(plan),
    "debtmonthly": in_private(plan_monthly),
    "debtedit": in_private(change),
    "debthold": in_private(hold),
    "debtgo": in_private(go_on),
    "debtstop": in_private(stop),
    "debtsample": in_private(explain_sample),
}

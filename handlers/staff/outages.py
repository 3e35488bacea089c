"""`/outage`: the list of what is off, and the buttons under previews, questions and reports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import open_texts, outage_texts, outages
from handlers import outage_staff_texts as words
from handlers.staff import forms, open_posts
from handlers.staff import outage_doing as doing
from handlers.staff.outage_form import (
    CHANGE,
    LONGER,
    OUTAGE,
    PLAN,
    has_houses_of_others,
    prevents,
    preview_buttons,
)
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo
from services.messaging.types import Button, Keyboard
from services.outages import MAY_ANNOUNCE
from services.tables import Outage
from services.zones import wall_of


async def outage(turn: StaffTurn) -> None:
    """What is off and planned; where nothing is, the form at once."""
    if turn.viewer.role not in MAY_ANNOUNCE:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.NOT_ALLOWED)
        return
    now = await turn.work.outages.now(turn.viewer)
    if not now:
        await begin(turn, 0)
        return
    rows = []
    for each in now:
        title = await outages.staff_title(turn.work, each)
        rows.append([Button(label=title[:60], action=f"staff/outage/{each.id}")])
    rows.append([Button(label=words.NEW, action="staff/outnew/0")])
    await say(turn, words.NOW, rows)


async def begin(turn: StaffTurn, ident: int) -> None:
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    elif not await turn.work.places.houses_of(turn.viewer):
        await turn.say(words.NO_HOUSES)
    else:
        await forms.begin(turn, OUTAGE)


async def show(turn: StaffTurn, ident: int) -> None:
    """As residents have it, with what may be done. Raises `NotYours`."""
    it = await turn.work.outages.get(turn.viewer, ident)
    work, local = turn.work, await wall_of(turn.work, it)
    what = await outages.compose(work, it, "announced")
    at = local(it.announce_at) if it.announce_at else None
    lines = [what.header, what.text, "", words.stands(it, at, local(work.now))]
    if it.state == "announced":
        lines.append(words.answered(await work.outage_answers.answers(it)))
    await say(turn, "\n".join(lines), buttons_of(it, begun=it.since <= work.now))


def buttons_of(it: Outage, *, begun: bool) -> list[list[Button]]:
    if it.state == "announced":
        over = [words.over_buttons(it)] if begun else []
        return [*over, [words.report_button(it), call_off_button(it)], open_posts.give_buttons(it)]
    if it.state == "scheduled":
        send = Button(label=words.SEND, action=f"staff/outsend/{it.id}")
        change = Button(label=words.CHANGE, action=f"staff/outedit/{it.id}")
        drop_it = Button(label=words.CALL_OFF, action=f"staff/outdrop/{it.id}")
        return [[send], [change, drop_it], open_posts.give_buttons(it)]
    return [[words.report_button(it)]]


def call_off_button(it: Outage) -> Button:
    return Button(label=words.CALL_OFF, action=f"staff/outcalloff/{it.id}")


async def send(turn: StaffTurn, ident: int) -> None:
    """«Отправить сейчас». Raises `NotYours`."""
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    it = await turn.work.outages.get(turn.viewer, ident, lock=True)
    if it.state in ("draft", "scheduled") and (why := await prevents(turn.work, it)):
        await say(turn, "\n".join([*why, words.KEPT]), await preview_buttons(turn.work, it))
        return
    try:
        told = await doing.send(turn.work, turn.viewer, it)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    await say(turn, told, buttons_of(it, begun=it.since <= turn.work.now))


async def plan(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.outages.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state not in ("draft", "scheduled"):
        await turn.say(words.ALREADY)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    else:
        await forms.begin(turn, PLAN, outage=it.id)


async def change(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.outages.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state not in ("draft", "scheduled"):
        await turn.say(words.ALREADY)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    elif await has_houses_of_others(turn.work, turn.viewer, it):
        await turn.say(words.HOUSES_OF_OTHERS)
    else:
        await forms.begin(turn, CHANGE, draft=it.id, kept=it.form)


async def make_loud(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.outages.get(turn.viewer, ident, lock=True)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    if it.state != "draft":
        await turn.say(words.ALREADY)
        return
    it.loud = True
    await turn.work.session.flush()
    await say(turn, words.LOUD_NOW, await preview_buttons(turn.work, it))


async def prolong(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.outages.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state != "announced":
        await turn.say(words.ALREADY)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    else:
        await forms.begin(turn, LONGER, outage=it.id)


async def restore(turn: StaffTurn, ident: int) -> None:
    """«Дали»."""
    await end(turn, ident, restored=True)


async def drop(turn: StaffTurn, ident: int) -> None:
    """«Отмена» of a draft, «Отменить» of what is to be told. Such a button may be an old one: what
    was told meanwhile is called off by another."""
    it = await turn.work.outages.get(turn.viewer, ident, lock=True)
    if it.state == "announced" and not turn.member.trainee:
        title = await outages.staff_title(turn.work, it)
        rows = [[words.report_button(it), call_off_button(it)]]
        await say(turn, words.announced_already(title), rows)
        return
    await end(turn, ident, restored=False)


async def ask_call_off(turn: StaffTurn, ident: int) -> None:
    """«Отменить» of what was told: everybody would hear of it, so one press is not enough."""
    it = await turn.work.outages.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state != "announced":
        await turn.say(words.ALREADY)
    else:
        yes = Button(label=words.YES_CALL_OFF, action=f"staff/outcallyes/{it.id}")
        title = await outages.staff_title(turn.work, it)
        await say(turn, words.ask_call_off(title), [[yes]])


async def call_off(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.outages.get(turn.viewer, ident, lock=True)
    if it.state != "announced" and not turn.member.trainee:
        await turn.say(words.ALREADY)
        return
    await end(turn, ident, restored=False)


async def end(turn: StaffTurn, ident: int, *, restored: bool) -> None:
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    work = turn.work
    it = await work.outages.get(turn.viewer, ident, lock=True)
    try:
        told, heard = await doing.end(work, turn.viewer, it, restored=restored)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    await say(turn, told, [[words.report_button(it)]] if heard else [])


async def report(turn: StaffTurn, ident: int) -> None:
    """Of all that was told of it. Raises `NotYours`."""
    work = turn.work
    it = await work.outages.get(turn.viewer, ident)
    local = await wall_of(work, it)
    lines = [outage_texts.title(it, await outages.name_places(work, it))]
    told = await work.outage_answers.notices(it)
    openly = await work.open_posts.became([notice.id for notice, _ in told])
    for notice, became in told:
        lines.append(words.outcome(notice, local(notice.at), local(work.now), became))
        if posts := openly.get(notice.id):
            lines.append(open_texts.became(posts))
    lines.append(words.answered(await work.outage_answers.answers(it)))
    reach = await work.audience.measure(it.id)
    lines.append(words.uncovered(reach.missed, reach.flats))
    rows = [[words.report_button(it, words.REFRESH)]]
    if it.state == "announced" and it.since <= work.now:
        rows.append(words.over_buttons(it))
    rows.append(open_posts.give_buttons(it))
    await say(turn, "\n".join(lines), rows)


async def say(turn: StaffTurn, text: str, rows: list[list[Button]]) -> None:
    await turn.say(text, Keyboard(rows=tuple(tuple(row) for row in rows)) if rows else None)


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "outage": show,
    "outnew": begin,
    "outsend": send,
    "outplan": plan,
    "outedit": change,
    "outloud": make_loud,
    "outmore": prolong,
    "outback": restore,
    "outdrop": drop,
    "outcalloff": ask_call_off,
    "outcallyes": call_off,
    "outstat": report,
    **open_posts.PRESSES,
}

"""`/mailing`: the list of mailings, and the buttons under previews and progress."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import mailing_staff_texts as words
from handlers import mailings, open_posts, open_texts, wording
from handlers.staff import forms
from handlers.staff.mailing_form import (
    CHANGE,
    MAILING,
    PLAN,
    name_same,
    preview,
    preview_buttons,
)
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo, NobodyToTell, SameMailing
from services.mailing_audience import Audience
from services.mailing_draft import MailingDraft
from services.mailings import MAY_MAIL
from services.messaging.types import Button
from services.tables import Mailing, Reminder

MOST_LATELY = 5


async def mailing(turn: StaffTurn) -> None:
    """What goes, waits, was begun or ended lately; where there is none, the form at once."""
    if turn.viewer.role not in MAY_MAIL:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.NOT_ALLOWED)
        return
    work = turn.work
    now = await work.mailings.under_way(turn.viewer)
    drafts = await work.mailings.drafts(turn.viewer)
    ended = await work.mailings.lately(turn.viewer, MOST_LATELY)
    if not (now or drafts or ended):
        await begin(turn, 0)
        return
    local, today = work.company.local, await work.company.local(work.now)
    lines, rows = [words.LIST], []
    for each in [*now, *drafts, *ended]:
        moment = each.start_at if each.state == "scheduled" else each.started_at
        at = wording.name_moment(await local(moment), today) if moment else ""
        if each.started_at is not None:
            lines.append(words.result_line(each, await work.mailings.progress(each), at))
        rows.append([words.button(words.listed(each, at), "mailing", each.id)])
    rows.append([words.button(words.NEW, "mailnew", 0)])
    await say(turn, "\n".join(lines), rows)


async def begin(turn: StaffTurn, ident: int) -> None:
    if turn.viewer.role not in MAY_MAIL:
        await turn.say(words.NOT_ALLOWED)
    elif turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    elif not await turn.work.places.houses_of(turn.viewer):
        await turn.say(words.NO_HOUSES)
    else:
        await forms.begin(turn, MAILING)


async def show(turn: StaffTurn, ident: int) -> None:
    """One of the list: its text and how far it is, from now on shown by this post. Raises
    `NotYours`."""
    it = await turn.work.mailings.get(turn.viewer, ident, lock=True)
    if it.state in ("draft", "scheduled"):
        await show_sample(turn, it)
        return
    if it.state in ("running", "paused") and is_shown_here(turn, it):
        await mailings.post_progress(turn.work, it)
    else:
        await tell_progress(turn, it)


def is_shown_here(turn: StaffTurn, it: Mailing | Reminder) -> bool:
    """Whether the post of its progress stands where this member is."""
    if way_of(turn) != it.way:
        return False
    return turn.room.id == it.room_id if it.way == "room" else turn.member.id == it.member_id


def way_of(turn: StaffTurn) -> str:
    return "private" if turn.in_private else "desk" if turn.at_desk else "room"


async def tell_progress(turn: StaffTurn, it: Mailing) -> None:
    what = await mailings.describe(turn.work, it, await turn.work.mailings.progress(it))
    await turn.say(what.text, what.keyboard)


async def show_sample(turn: StaffTurn, it: Mailing) -> None:
    what = mailings.compose(it, sample=True)
    await turn.say(what.text, what.keyboard, header=what.header, files=what.attachments)
    text, rows = await preview(turn.work, it)
    if it.state == "scheduled" and it.start_at is not None:
        local = turn.work.company.local
        text = words.planned(await local(it.start_at), await local(turn.work.now)) + f"\n{text}"
    await say(turn, text, rows)


async def send(turn: StaffTurn, ident: int) -> None:
    """«Отправить сейчас». Raises `NotYours`."""
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    work = turn.work
    it = await work.mailings.get(turn.viewer, ident, lock=True)
    try:
        await mailings.start(work, it, turn.viewer.member_id)
    except AlreadySo:
        await turn.say(words.ALREADY)
    except SameMailing as same:
        rows = [[words.button(words.SHOW, "mailing", same.args[0])]]
        await say(turn, await name_same(work, same.args[0]), rows)
    except NobodyToTell:
        await say(turn, words.NOBODY_KEPT, await preview_buttons(work, it))
    else:
        await mailings.post_progress(work, it)


async def plan(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.mailings.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state not in ("draft", "scheduled"):
        await turn.say(words.ALREADY)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    else:
        await forms.begin(turn, PLAN, mailing=it.id)


async def change(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.mailings.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
    elif it.state not in ("draft", "scheduled"):
        await turn.say(words.ALREADY)
    elif not await turn.work.mailings.covers(turn.viewer, it):
        await turn.say(words.HOUSES_OF_OTHERS)
    elif turn.thread is not None:
        await turn.say(words.NOT_HERE)
    else:
        kept = {key: value for key, value in it.form.items() if key != "by_night"}
        await forms.begin(turn, CHANGE, draft=it.id, kept=kept)


async def let_go_by_night(turn: StaffTurn, ident: int) -> None:
    """«Не ждать утра», of what is important."""
    it = await turn.work.mailings.get(turn.viewer, ident, lock=True)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    if it.state not in ("draft", "scheduled") or it.kind != "important":
        await turn.say(words.ALREADY)
        return
    await turn.work.mailings.let_go_by_night(it)
    await say(turn, words.LEAVES_BY_NIGHT, await preview_buttons(turn.work, it))


async def choose_openly(turn: StaffTurn, ident: int) -> None:
    """«И в канал, и на стену»; a second press takes it back. Raises `NotYours`."""
    work = turn.work
    it = await work.mailings.get(turn.viewer, ident, lock=True)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    houses = [house.id for house in await work.mailings.houses(it)]
    places = await work.open_posts.places(houses) if mailings.may_be_open(it) else []
    openly = [] if it.open_to else list(dict.fromkeys(place.kind for place in places))
    try:
        await work.mailings.choose_openly(it, openly)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    told = open_texts.chosen(places) if openly else open_texts.NOT_CHOSEN
    rows = await preview_buttons(work, it)
    await say(turn, told if places else open_texts.NOT_SET_UP, rows)


async def give_text(turn: StaffTurn, ident: int) -> None:
    """For the house's own chat, to be copied whole. Raises `NotYours`."""
    it = await turn.work.mailings.get(turn.viewer, ident)
    what = mailings.compose(it)
    houses = [house.id for house in await turn.work.mailings.houses(it)]
    text = await open_posts.chat_text(turn.work, f"{what.header}\n{what.text}", houses)
    await turn.say(text)


async def hold(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.mailings.get(turn.viewer, ident, lock=True)
    await turn_to(turn, it, turn.work.mailings.hold)


async def go_on(turn: StaffTurn, ident: int) -> None:
    it = await turn.work.mailings.get(turn.viewer, ident, lock=True)
    if it.state == "stopped":
        await say(turn, words.STOPPED, words.progress_buttons(it))
        return
    await turn_to(turn, it, turn.work.mailings.go_on)


async def stop(turn: StaffTurn, ident: int) -> None:
    """«Остановить», and «Отмена» of a draft."""
    it = await turn.work.mailings.get(turn.viewer, ident, lock=True)
    begun = it.state in ("running", "paused")
    await turn_to(turn, it, turn.work.mailings.stop)
    if not begun and it.state == "dropped":
        await turn.say(words.STOPPED_WRITING)


async def turn_to(turn: StaffTurn, it: Mailing, does: Callable[..., Awaitable[None]]) -> None:
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
        await mailings.show_again(turn.work, it)
        if not is_shown_here(turn, it):
            await tell_progress(turn, it)


async def send_to_others(turn: StaffTurn, ident: int) -> None:
    """«Дослать остальным»: a new draft of the same, which leaves out who has it."""
    work = turn.work
    it = await work.mailings.get(turn.viewer, ident)
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    if it.state != "stopped":
        await turn.say(words.ALREADY)
        return
    of = it.audience
    audience = Audience(of["who"], tuple(of["places"]), tuple(of["roles"]), tuple(of["messengers"]))
    form = {key: value for key, value in it.form.items() if key != "by_night"}
    draft = MailingDraft(it.kind, it.text, tuple(it.photos), audience, form)  # type: ignore[arg-type]
    new = await work.mailings.keep(turn.viewer, turn.room, way_of(turn), draft)
    await show_sample(turn, new)


async def explain_sample(turn: StaffTurn, ident: int) -> None:
    await turn.say(words.SAMPLE)


async def say(turn: StaffTurn, text: str, rows: list[list[Button]]) -> None:
    await turn.say(text, mailings.keyboard_of(rows))


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "mailing": show,
    "mailnew": begin,
    "mailsend": send,
    "mailplan": plan,
    "mailedit": change,
    "mailnight": let_go_by_night,
    "mailopen": choose_openly,
    "mailtext": give_text,
    "mailhold": hold,
    "mailgo": go_on,
    "mailstop": stop,
    "mailagain": send_to_others,
    "mailsample": explain_sample,
}

"""What a member does for those who are not in the bot: the post in the open, the words for the
house's chat, the sheet for the entrance."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handlers import mailings, open_posts
from handlers import open_texts as words
from handlers import outage_staff_texts as staff_words
from handlers.papers.notice import Sheet, sheets_of_mailing, sheets_of_outage, write_sheets
from handlers.papers.texts import sheet_name
from handlers.staff import papers
from handlers.staff.outage_form import preview_buttons
from handlers.staff.turn import StaffTurn
from services.errors import AlreadySo, NotYours
from services.messaging.types import Button, Keyboard
from services.tables import Outage


async def choose(turn: StaffTurn, ident: int) -> None:
    """«И в канал, и на стену»; a second press takes it back. Raises `NotYours`."""
    it = await turn.work.outages.get(turn.viewer, ident, lock=True)
    if turn.member.trainee:
        await turn.say(staff_words.TRAINEE)
        return
    try:
        it = await turn.work.open_posts.choose(turn.viewer, ident, openly=not it.open_to)
    except AlreadySo:
        await turn.say(staff_words.ALREADY)
        return
    houses = await turn.work.open_posts.houses_of_outage(it)
    places = await turn.work.open_posts.places(houses)
    told = words.chosen(places) if it.open_to else words.NOT_CHOSEN
    rows = await preview_buttons(turn.work, it)
    keyboard = Keyboard(rows=tuple(tuple(row) for row in rows))
    await turn.say(told if places else words.NOT_SET_UP, keyboard)


async def give_text(turn: StaffTurn, ident: int) -> None:
    """By itself and without buttons, to be copied whole. Raises `NotYours`."""
    it = await turn.work.outages.get(turn.viewer, ident)
    await turn.say(await open_posts.chat_text_of_outage(turn.work, it))


async def give_sheet(turn: StaffTurn, ident: int) -> None:
    """Raises `NotYours`."""
    work = turn.work
    it = await work.outages.get(turn.viewer, ident)
    sheets = await sheets_of_outage(work, it, await open_posts.last_kind(work, it))
    await give_sheets(turn, sheets, f"outage:{it.id}")


async def give_sheet_of_mailing(turn: StaffTurn, ident: int) -> None:
    """Raises `NotYours`, also of what is not for everybody to read."""
    it = await turn.work.mailings.get(turn.viewer, ident)
    if not mailings.may_be_open(it):
        raise NotYours
    sheets = await sheets_of_mailing(turn.work, it, mailings.compose(it))
    await give_sheets(turn, sheets, f"mailing:{it.id}")


async def give_sheets(turn: StaffTurn, sheets: Sequence[Sheet], about: str) -> None:
    work = turn.work
    if not sheets:
        await turn.say(words.NO_HOUSES)
        return
    relative, path = work.attachments.new_place()
    await write_sheets(path, sheets)
    name = sheet_name(sheets[0].title)
    file = await work.attachments.keep_made(relative, name, papers.PAPER, papers.owner(turn))
    work.audit.note(turn.viewer.name, "printed", about)
    await papers.give(turn, "", [file])


# ── Beside the other buttons of an outage ────────────────────────────────────


def give_buttons(outage: Outage) -> list[Button]:
    return [
        Button(label=words.CHAT_TEXT, action=f"staff/outtext/{outage.id}"),
        Button(label=words.SHEET, action=f"staff/outpaper/{outage.id}"),
    ]


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "outopen": choose,
    "outtext": give_text,
    "outpaper": give_sheet,
    "mailpaper": give_sheet_of_mailing,
}

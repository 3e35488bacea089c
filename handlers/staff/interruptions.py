"""`/hours`: how long what was off in a month, and by how much less is to be paid: in words, and as
a sheet for whoever recalculates."""

from __future__ import annotations

import asyncio
from pathlib import Path

from handlers import interruption_texts as words
from handlers.staff import papers
from handlers.staff.turn import StaffTurn
from services.interruptions import MAY_ASK, Interrupted
from services.messaging.types import Address, Attachment, Kind, Outbound


async def hours(turn: StaffTurn) -> None:
    """`/hours ноябрь Садовая 5`; alone, of this month and all houses of the room."""
    if turn.viewer.role not in MAY_ASK:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.NOT_ALLOWED)
        return
    wanted = await papers.understand(turn)
    if wanted is None:
        return
    work, first = turn.work, wanted.first.replace(day=1)
    if first > (await work.company.local(work.now)).date():
        await turn.say(words.AHEAD)
        return
    found = await work.interruptions.of_month(await papers.within(turn), first, wanted.house_id)
    if not found:
        await turn.say(words.nothing(first))
        return
    relative, path = work.attachments.new_place()
    title = words.title(first, (await work.company.profile()).name)
    await asyncio.to_thread(write_sheet, path, title, found)
    file = await work.attachments.keep_made(
        relative, words.file_name(first), papers.SHEET, papers.owner(turn)
    )
    work.audit.note(turn.viewer.name, "hours", f"{first:%Y-%m}")
    await give(turn, words.summary(first, found), file)


def write_sheet(path: Path, title: str, found: list[Interrupted]) -> None:
    """Words stay words: an address that begins with «=» is no formula."""
    from xlsxwriter import Workbook

    book = Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(words.SHEET)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    number = book.add_format({"num_format": "0.00", "valign": "top"})
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    sheet.write_string(0, 0, title, book.add_format({"bold": True}))
    sheet.write_string(1, 0, words.HOW_COUNTED)
    for n, (name, width) in enumerate(words.COLUMNS):
        sheet.set_column(n, n, width)
        sheet.write_string(2, n, name, bold)
    for at, each in enumerate(found, 3):
        for n, cell in enumerate(words.cells(each)):
            if isinstance(cell, str):
                sheet.write_string(at, n, cell, wrapped)
            else:
                sheet.write_number(at, n, cell, number if isinstance(cell, float) else wrapped)
    sheet.freeze_panes(3, 1)
    sheet.autofilter(2, 0, 2 + len(found), len(words.COLUMNS) - 1)
    book.close()


async def give(turn: StaffTurn, text: str, file: Attachment) -> None:
    if not turn.in_private:
        await papers.give(turn, text, [file])
        return
    here = turn.inbound.address
    to = Address(channel=here.channel, chat=here.chat)
    await turn.work.outbox.say(to, Outbound(text=text, attachments=(file,)), Kind.REPLY)

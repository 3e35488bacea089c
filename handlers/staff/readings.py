"""`/readings`: how many sent theirs, who did not, files for the accounting system. `/reading`: for
a resident who calls. In private or at the desk, for those who may count."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from handlers.dialogue.form import Answers
from handlers.dialogue.steps import Step
from handlers.dialogue.turn import Turn
from handlers.papers import readings as files
from handlers.resident.readings import ReadingsForm
from handlers.staff import forms, papers, readings_marked
from handlers.staff import readings_texts as words
from handlers.staff.readings_marked import button, may, of_account, shows_to
from handlers.staff.turn import StaffTurn
from services.errors import NotFound, NotYours
from services.messaging.types import Attachment, Keyboard
from services.meters.export import Layout
from services.meters.meters import Giver
from services.tables import ReadingExport

LATELY = 10


async def readings(turn: StaffTurn) -> None:
    """Alone, the overview; with the number of an export, its file again."""
    if not await may(turn):
        return
    if turn.rest.isdecimal() and len(turn.rest) < 19:
        await give_again(turn, int(turn.rest))
        return
    houses = await turn.work.reading_counts.by_house(turn.viewer)
    new = await turn.work.reading_exports.count_new(turn.viewer)
    rows = (
        (button(words.EXPORT_XLSX, "readxlsx"), button(words.EXPORT_CSV, "readcsv")),
        (button(words.EXPORT_1251, "readcp"),),
        (button(words.MISSING, "readmissing"), button(words.MARKED, "readmarked")),
        (button(words.JOURNAL, "readjournal"),),
    )
    keyboard = Keyboard(rows=rows) if houses else None
    await turn.say(words.overview(houses, new), keyboard)


async def export(turn: StaffTurn, _: int, layout: Layout) -> None:
    if not await may(turn):
        return
    try:
        made, _count = await turn.work.reading_exports.begin(turn.viewer, layout)
    except NotFound:
        await turn.say(words.NOTHING_NEW)
        return
    file, sha256 = await write(turn, made)
    await turn.work.reading_exports.end(made, file.title, sha256)
    await papers.give(turn, words.exported(made), [file])


async def give_again(turn: StaffTurn, number: int) -> None:
    try:
        made = await turn.work.reading_exports.get(turn.viewer, number)
    except NotFound:
        await turn.say(words.NO_SUCH_EXPORT)
        return
    file, sha256 = await write(turn, made)
    turn.work.audit.note(turn.viewer.name, "exported readings again", f"export:{made.id}")
    await papers.give(turn, words.again(made, same=sha256 == made.sha256), [file])


async def write(turn: StaffTurn, made: ReadingExport) -> tuple[Attachment, str]:
    work = turn.work
    layout: Layout = made.layout  # type: ignore[assignment]
    lines = await work.reading_exports.lines(made)
    local = await work.company.local(made.at)
    relative, path = work.attachments.new_place()
    sha256 = await asyncio.to_thread(files.write_export, path, layout, lines, local)
    name = files.file_name(made.id, local, layout)
    owner = papers.owner(turn)
    return await work.attachments.keep_made(relative, name, files.mime_of(layout), owner), sha256


async def missing(turn: StaffTurn, _: int) -> None:
    if not await may(turn):
        return
    work = turn.work
    found = await work.reading_counts.missing(turn.viewer)
    if not found:
        await turn.say(words.NOBODY_MISSING)
        return
    relative, path = work.attachments.new_place()
    await asyncio.to_thread(files.write_missing, path, found, await work.company.local(work.now))
    month = max(each.month for each in found)
    name = words.missing_name(month)
    file = await work.attachments.keep_made(relative, name, files.SHEET, papers.owner(turn))
    work.audit.note(turn.viewer.name, "listed missing readings", f"{month:%Y-%m}")
    months = sorted({each.month for each in found})
    await papers.give(turn, words.missing(months, len(found)), [file])


async def journal(turn: StaffTurn, _: int) -> None:
    if not await may(turn):
        return
    exports = await turn.work.reading_exports.journal(turn.viewer, LATELY)
    if not exports:
        await turn.say(words.NO_EXPORTS)
        return
    local = turn.work.company.local
    await turn.say(words.journal([(each, await local(each.at)) for each in exports]))


async def reading(turn: StaffTurn) -> None:
    """`/reading НОМЕР`"""
    if not await may(turn):
        return
    if not turn.rest:
        await turn.say(words.HOW_TO_GIVE)
        return
    account = await turn.work.meters.find_account(turn.viewer, turn.rest)
    if account is None:
        await turn.say(words.NO_ACCOUNT)
        return
    await of_account(turn, account.id)
    await forms.begin(turn, FOR_RESIDENT, account=account.id, again=True)


async def correct(turn: StaffTurn, account_id: int) -> None:
    """Raises `NotYours`."""
    if await may(turn):
        await turn.work.meters.account(turn.viewer, account_id)
        await forms.begin(turn, FOR_RESIDENT, account=account_id, again=True)


class ForResident(ReadingsForm):
    name = "readings of a resident"

    async def giver(self, turn: Turn) -> Giver:
        viewer, _, way = await forms.who(turn)
        if way == "room":
            raise NotYours
        return viewer

    async def shows_last(self, turn: Turn) -> bool:
        return await shows_to(turn)

    async def first_steps(self, turn: Turn, answers: Answers) -> list[Step]:
        return []

    def correct(self, account_id: int) -> str:
        return f"staff/readfix/{account_id}"

    async def cancel(self, turn: Turn) -> None:
        await turn.say(words.CANCELLED)


FOR_RESIDENT = ForResident()
forms.FORMS[FOR_RESIDENT.name] = FOR_RESIDENT
PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "readxlsx": partial(export, layout="xlsx"),
    "readcsv": partial(export, layout="csv"),
    "readcp": partial(export, layout="csv-1251"),
    "readmissing": missing,
    "readjournal": journal,
    "readfix": correct,
    **readings_marked.PRESSES,
}

"""Files of the accounting system, handed in by a manager in private: `/import`, the file itself,
the buttons under what it would change."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import PurePath

from handlers import import_chat_texts as words
from handlers import import_posts as posts
from handlers.import_posts import keyboard
from handlers.staff.turn import StaffTurn
from services.access import MAY_COUNT
from services.accounts.reading.guessing import hear_kind, names_accounts
from services.accounts.reading.values import read_month
from services.accounts.reading.wrong import CellWrong
from services.accounts.uploads import LARGEST
from services.errors import AlreadySo, NotFound, NotYours
from services.messaging.types import Attachment, Button
from services.tables import Import, Upload

TABLES = (
    ".csv", ".tsv", ".xlsx", ".xls", ".xlsb", ".xlsm", ".ods", ".dbf", ".zip",
)  # fmt: skip
LISTED = 10


def tables_of(attachments: Sequence[Attachment]) -> list[Attachment]:
    """Those that may come from an accounting system."""
    return [
        each
        for each in attachments
        if each.kind == "document" and PurePath(each.title.casefold()).suffix in TABLES
    ]


def looks_private(file: Attachment) -> bool:
    """A table whose very name speaks of accounts or debts."""
    return names_accounts(file.title)


async def take(turn: StaffTurn, files: Sequence[Attachment]) -> None:
    """In the member's own chat."""
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    for file in files:
        if file.size and file.size > LARGEST:
            await turn.say(words.TOO_LARGE)
            continue
        upload = await turn.work.uploads.take(
            turn.viewer, "chat", turn.inbound.address, file.title,
            source=file.model_dump(mode="json"), kind=hear_kind(file.title, turn.text),
        )  # fmt: skip
        await posts.show_reading(turn.work, upload)


async def imports(turn: StaffTurn) -> None:
    """`/import`: the last ones, and the way back of those that have one."""
    if turn.viewer.role not in MAY_COUNT:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.ONLY_MANAGERS)
    elif not turn.in_private:
        await turn.say(words.ON_PAGE if turn.at_desk else words.NOTHING_IN_ROOM)
    else:
        rows = await turn.work.imports.journal(turn.viewer, LISTED)
        local = turn.work.company.local
        told = words.journal([(row, await local(row.at)) for row in rows])
        await turn.say(told, keyboard(await undo_buttons(turn, rows)))


async def undo_buttons(turn: StaffTurn, rows: Sequence[Import]) -> list[list[Button]]:
    found = await turn.work.imports.can_be_undone(rows)
    return [
        [words.button(f"{words.UNDO}: {words.describe(row)}", "importundo", row.id)]
        for row in found
    ]


# ── Presses ──────────────────────────────────────────────────────────────────


async def load(turn: StaffTurn, ident: int) -> None:
    upload = await turn.work.uploads.want(turn.viewer, ident)
    await posts.show_reading(turn.work, upload)


async def drop(turn: StaffTurn, ident: int) -> None:
    await posts.tell_dropped(turn.work, await turn.work.uploads.drop(turn.viewer, ident))


async def name_kind(turn: StaffTurn, ident: int) -> None:
    kind = last_of(turn)
    if kind not in dict(words.KINDS):
        raise NotYours
    await begin_again(turn, await turn.work.uploads.name_kind(turn.viewer, ident, kind))


async def name_month(turn: StaffTurn, ident: int) -> None:
    try:
        month = read_month(last_of(turn))
    except CellWrong:
        month = None
    if month is None:
        raise NotYours
    await begin_again(turn, await turn.work.uploads.name_month(turn.viewer, ident, month))


async def name_column(turn: StaffTurn, ident: int) -> None:
    place = last_of(turn)
    if not place.isdecimal() or len(place) > 3:
        raise NotYours
    await begin_again(turn, await turn.work.uploads.name_column(turn.viewer, ident, int(place)))


async def begin_again(turn: StaffTurn, upload: Upload) -> None:
    await posts.show_reading(turn.work, upload)


async def undo(turn: StaffTurn, ident: int) -> None:
    """Asks once, then does it."""
    imports = turn.work.imports
    row = await imports.get(turn.viewer, ident)
    if last_of(turn) != "yes":
        if not await imports.can_be_undone([row]):
            raise AlreadySo
        yes = [[words.button(words.YES_UNDO, "importundo", ident, "yes")]]
        await turn.say(words.sure_to_undo(row), keyboard(yes))
        return
    try:
        await turn.say(words.undone(await imports.undo(row.kind, turn.viewer.name, ident)))
    except NotFound:
        raise AlreadySo from None


def last_of(turn: StaffTurn) -> str:
    """What stands behind the id: `staff/importkind/12/debts`."""
    return [*turn.pressed.split("/"), "", ""][3]


Hears = Callable[[StaffTurn, int], Awaitable[None]]
OWN: dict[str, Hears] = {
    "importload": load,
    "importdrop": drop,
    "importkind": name_kind,
    "importmonth": name_month,
    "importcolumn": name_column,
    "importundo": undo,
}


async def press(turn: StaffTurn, ident: int) -> None:
    """Only in private, only by whoever may count. Raises `NotYours`."""
    if turn.viewer.role not in MAY_COUNT or not turn.in_private:
        raise NotYours
    if turn.member.trainee:
        await turn.say(words.TRAINEE)
        return
    try:
        await OWN[turn.pressed.split("/")[1]](turn, ident)
    except AlreadySo:
        await turn.say(words.ALREADY)


PRESSES: dict[str, Hears] = dict.fromkeys(OWN, press)

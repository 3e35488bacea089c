"""Readings that something was odd about, and the photos that were kept with readings: in private or
at the desk, for those who may count."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handlers.dialogue.turn import Turn
from handlers.staff import forms
from handlers.staff import readings_texts as words
from handlers.staff.turn import StaffTurn
from services.access import MAY_COUNT
from services.errors import NotFound
from services.messaging.types import Attachment, AttachmentKind, Button, Keyboard
from services.meters.marked import Kept
from services.tables import StoredFile

AT_ONCE = 8  # with their photos on two rows of a keyboard
IN_A_ROW = 4


async def may(turn: StaffTurn) -> bool:
    """False after they were told why not."""
    if turn.viewer.role not in MAY_COUNT:
        turn.work.audit.note(turn.viewer.name, "refused", turn.command or turn.pressed[:64])
        await turn.say(words.NOT_ALLOWED)
        return False
    if not (turn.in_private or turn.at_desk):
        await turn.say(words.IN_PRIVATE)
        return False
    return True


async def shows(turn: StaffTurn) -> bool:
    """The desk is the company's own; a messenger is where it says so. False after they were
    told."""
    channel = turn.inbound.address.channel
    if turn.at_desk or await turn.work.showing.allows(channel, "readings") == "show":
        return True
    await turn.say(words.NOT_SHOWN_HERE)
    return False


async def shows_to(talk: Turn) -> bool:
    """The same for a form."""
    _, _, way = await forms.who(talk)
    channel = talk.inbound.address.channel
    return way == "desk" or await talk.work.showing.allows(channel, "readings") == "show"


def button(label: str, what: str, ident: int = 0) -> Button:
    return Button(label=label, action=f"staff/{what}/{ident}")


async def listing(turn: StaffTurn, before: int) -> None:
    """`before`: the last one that was shown; 0: from the newest."""
    if not (await may(turn) and await shows(turn)):
        return
    found = await turn.work.marked_readings.lately(turn.viewer, AT_ONCE + 1, before)
    shown = found[:AT_ONCE]
    if not shown:
        await turn.say(words.NO_MORE_MARKED if before else words.NONE_MARKED)
        return
    turn.work.audit.note(turn.viewer.name, "listed odd readings", f"reading:{shown[0].id}")
    rows = photos(shown)
    if len(found) > AT_ONCE:
        rows.append((button(words.MORE, "readmarked", shown[-1].id),))
    await turn.say(words.marked(shown), Keyboard(rows=tuple(rows)) if rows else None)


def photos(shown: Sequence[Kept]) -> list[tuple[Button, ...]]:
    """«Фото 3» of the third."""
    flat = [
        button(words.photo_of(number), "readphoto", each.id)
        for number, each in enumerate(shown, 1)
        if each.photo
    ]
    return [tuple(flat[at : at + IN_A_ROW]) for at in range(0, len(flat), IN_A_ROW)]


async def of_account(turn: StaffTurn, account_id: int) -> None:
    """Before a reading is given for a caller; nothing where there are no photos."""
    channel = turn.inbound.address.channel
    if not turn.at_desk and await turn.work.showing.allows(channel, "readings") != "show":
        return
    shown = await turn.work.marked_readings.with_photo(turn.viewer, account_id, AT_ONCE)
    if shown:
        await turn.say(words.with_photos(shown), Keyboard(rows=tuple(photos(shown))))


async def photo(turn: StaffTurn, reading_id: int) -> None:
    """Raises `NotYours`."""
    if not (await may(turn) and await shows(turn)):
        return
    try:
        kept, file = await turn.work.marked_readings.look(turn.viewer, reading_id)
    except NotFound:
        await turn.say(words.NO_PHOTO)
        return
    await turn.say(words.describe(kept), files=[attached(file)])


def attached(file: StoredFile) -> Attachment:
    kind: AttachmentKind = "photo" if file.kind == "photo" else "document"
    return Attachment(
        kind=kind, channel=file.channel, handle=file.handle, title=file.title, mime=file.mime,
        size=file.size,
    )  # fmt: skip


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "readmarked": listing,
    "readphoto": photo,
}

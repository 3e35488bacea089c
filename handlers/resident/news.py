"""«Новости»: what was sent to the houses of a resident, since messages vanish upward."""

from __future__ import annotations

from handlers import mailing_texts as words
from handlers.dialogue.turn import Turn, split_action
from handlers.mailings import files_of
from handlers.resident.consent import button
from services import told
from services.errors import NotYours
from services.messaging.types import Button
from services.zones import Wall, wall

PAGE = 5
KINDS = ("mailing", "notice")


async def show(turn: Turn, first: int = 0) -> None:
    """The newest, or those from the one counted `first`."""
    if not await turn.work.people.places(turn.viewer):
        await turn.say(words.NO_HOME)
        return
    found = await told.to_resident(turn.work, turn.viewer)
    page = found[first : first + PAGE]
    if not page:
        await turn.say(words.NO_NEWS)
        return
    local = await clock_of(turn)
    entries = [(words.when(local(each.at), local(turn.work.now)), each.text) for each in page]
    rows: list[list[Button]] = [
        [button(words.open_label(first + number, each.text), f"news/{each.kind}/{each.id}")]
        for number, each in enumerate(page, start=1)
        if len(each.text) > words.BEGINNING or each.files
    ]
    steer = []
    if first > 0:
        steer.append(button(words.NEWER, f"news/from/{max(first - PAGE, 0)}"))
    if first + PAGE < len(found):
        steer.append(button(words.OLDER, f"news/from/{first + PAGE}"))
    await turn.say(
        words.shown(entries, first + 1, len(found)), [*rows, *([steer] if steer else [])]
    )


async def clock_of(turn: Turn) -> Wall:
    """The one on the wall of their first home: a list has one, whichever house each is about."""
    homes = await turn.work.people.places(turn.viewer)
    return wall(await turn.work.company.zone_of_house(homes[0].house_id))


async def press(turn: Turn) -> None:
    """`news/from/N`, `news/mailing/ID`, `news/notice/ID`. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what == "from":
        await show(turn, min(ident, 10_000))
        return
    if what not in KINDS:
        raise NotYours
    found, mailing = await told.one(turn.work, turn.viewer, what, ident)
    header, _, text = found.text.partition("\n")
    files = files_of(mailing) if mailing is not None else []
    await turn.say(text or header, header=header if text else "", files=files)

"""What residents ask and nobody has written an answer to, and their own words for what has one."""

from __future__ import annotations

from handlers.staff import articles_texts as words
from handlers.staff import articles_typing
from handlers.staff.articles_shown import button, keyboard, show_draft
from handlers.staff.turn import StaffTurn
from services.access import AsMember
from services.errors import AlreadySo
from services.growth import MOST_GROUPS
from services.messaging.types import Outbound
from services.work import Work


async def show_gaps(turn: StaffTurn, _: int = 0) -> None:
    """Raises `NotYours`."""
    told = await tell_gaps(turn.work, turn.viewer)
    if told is None:
        await turn.say(words.NO_GAPS)
    else:
        await turn.say(told.text, told.keyboard)
    offered = await tell_phrases(turn.work, turn.viewer)
    if offered is not None:
        await turn.say(offered.text, offered.keyboard)


async def tell_gaps(work: Work, viewer: AsMember) -> Outbound | None:
    found = await work.growth.gaps(viewer)
    if not found:
        return None
    names = {each.id: each.name for each in await work.places.complexes()}
    shown = found[:MOST_GROUPS]
    buttons = [button(words.write_button(n), "gap", gap.ident) for n, gap in enumerate(shown, 1)]
    rows = [buttons[at : at + 2] for at in range(0, len(buttons), 2)]
    text = words.gaps(shown, len(found) - len(shown), names)
    return Outbound(text=text, keyboard=keyboard(rows))


async def tell_phrases(work: Work, viewer: AsMember) -> Outbound | None:
    found = await work.growth.phrases(viewer)
    if not found:
        return None
    await work.growth.offer(found)
    upto = found[-1].ident
    row = [
        button(words.ADD_PHRASES, "phrases", upto),
        button(words.SKIP_PHRASES, "nophrases", upto),
    ]
    return Outbound(text=words.phrases(found), keyboard=keyboard([row]))


async def write_answer(turn: StaffTurn, ident: int) -> None:
    """«Написать ответ»: a draft with the residents' words, and the answer is asked for. Raises
    `NotYours`."""
    await articles_typing.forget(turn)
    try:
        gap = await turn.work.growth.gap(turn.viewer, ident)
    except AlreadySo:
        await turn.say(words.SOMEBODY_BEGAN)
        return
    draft = await turn.work.article_drafts.of_questions(turn.viewer, gap.questions)
    await show_draft(turn, draft)
    await articles_typing.ask(turn, "draft", draft.id, "answer")


async def add_phrases(turn: StaffTurn, upto: int) -> None:
    """Raises `NotYours`."""
    try:
        added = await turn.work.growth.take_phrases(turn.viewer, upto, keep=True)
    except AlreadySo:
        await turn.say(words.PHRASES_GONE)
    else:
        await turn.say(words.phrases_added(added))


async def skip_phrases(turn: StaffTurn, upto: int) -> None:
    """Raises `NotYours`."""
    try:
        await turn.work.growth.take_phrases(turn.viewer, upto, keep=False)
    except AlreadySo:
        await turn.say(words.PHRASES_GONE)
    else:
        await turn.say(words.PHRASES_SKIPPED)

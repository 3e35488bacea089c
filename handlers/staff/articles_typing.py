"""What an admin types after «Изменить ответ» and the like becomes that text.

Only where words go nowhere else: in the private chat, in General, in a room at the desk. In a
resident's topic words are for the resident, so there a command carries the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.dialogue.turn import plain
from handlers.staff import articles_texts as words
from handlers.staff.articles_shown import button, keyboard, show_article, show_draft
from handlers.staff.turn import StaffTurn
from services.editorial import Field
from services.errors import (
    AlreadyEnded,
    AlreadySo,
    NothingSaid,
    NotYours,
    Overlaps,
    Refused,
    TooLong,
    UnknownNames,
)
from services.messaging.sessions import Session
from services.messaging.types import Happening

SCENE = "article"
WAITS = timedelta(minutes=30)
CANCEL = ("отмена", "отменить", "назад", "нет")


async def ask(turn: StaffTurn, kind: str, ident: int, field: str) -> None:
    """`kind`: article, draft, or new with 0; `field`: one that is typed, or the picture."""
    now = await read_now(turn, kind, ident, field)
    if turn.thread is not None:
        handle = await handle_of(turn, kind, ident)
        text = words.NOT_HERE if field == "picture" else words.ask_with_command(field, handle)
        await turn.say(text)
        return
    until = (turn.work.now + WAITS).isoformat()
    await keep(turn, Session(SCENE, {"kind": kind, "id": ident, "field": field, "until": until}))
    await turn.say(words.ask(field, now), keyboard([[button(words.CANCEL, "stoptyping")]]))


async def read_now(turn: StaffTurn, kind: str, ident: int, field: str) -> str:
    """What stands there, to be copied and changed. Raises `NotYours`."""
    if kind == "new":
        return ""
    if kind == "draft":
        content = (await turn.work.article_drafts.get(turn.viewer, ident)).content
    else:
        content = (await turn.work.editorial.get(turn.viewer, ident)).row.content
    said = content.get(field, "") if field != "picture" else ""
    return "\n".join(said) if isinstance(said, list) else str(said)


async def handle_of(turn: StaffTurn, kind: str, ident: int) -> str:
    if kind == "article":
        return (await turn.work.editorial.get(turn.viewer, ident)).row.key
    return f"ч{ident}"


# ── Where it is remembered ───────────────────────────────────────────────────


async def keep(turn: StaffTurn, session: Session) -> None:
    """One at a time for a member in a chat; in private it is the dialogue of the chat itself."""
    if turn.dialogue is not None:
        turn.dialogue.go(session.scene, **session.state)
        return
    inbound = turn.inbound
    await turn.work.sessions.save(inbound.address, inbound.sender.id, session)


async def load(turn: StaffTurn) -> Session:
    if turn.dialogue is not None:
        return turn.dialogue.session
    return await turn.work.sessions.load(turn.inbound.address, turn.inbound.sender.id)


async def forget(turn: StaffTurn) -> None:
    """Another button was pressed: what is typed next is no answer to the last question."""
    if (await load(turn)).scene == SCENE:
        await keep(turn, Session())


async def stop(turn: StaffTurn, _: int) -> None:
    await forget(turn)
    await turn.say(words.CANCELLED)


async def hear_words(turn: StaffTurn) -> bool:
    """False when nothing was asked for here."""
    if turn.inbound.happening is not Happening.MESSAGE or turn.thread is not None:
        return False
    session = await load(turn)
    if session.scene != SCENE:
        return False
    state = session.state
    await keep(turn, Session())
    if datetime.fromisoformat(state["until"]) < turn.work.now:
        return False
    if plain(turn.text) in CANCEL:
        await turn.say(words.CANCELLED)
    elif state["field"] == "picture":
        await set_picture(turn, state["id"])
    else:
        await take_text(turn, state)
    return True


async def take_text(turn: StaffTurn, state: dict[str, Any]) -> None:
    """What is refused for its words is awaited anew, so that the next try is no other thing."""
    value = as_value(state["field"], turn.text)
    try:
        await change(turn, state["kind"], state["id"], state["field"], value)
    except (NothingSaid, TooLong, UnknownNames, Overlaps) as refused:
        until = (turn.work.now + WAITS).isoformat()
        await keep(turn, Session(SCENE, {**state, "until": until}))
        rows = keyboard([[button(words.CANCEL, "stoptyping")]])
        await turn.say(f"{explain(refused)}\n{words.STILL_AWAITED}", rows)
    except Refused as refused:
        await refuse(turn, state["kind"], state["id"], refused)


# ── What it becomes ──────────────────────────────────────────────────────────


async def set_field(turn: StaffTurn, kind: str, ident: int, field: str, text: str) -> None:
    await set_value(turn, kind, ident, field, as_value(field, text))  # type: ignore[arg-type]


def as_value(field: str, text: str) -> str | list[str]:
    return text.split("\n") if field == "phrases" else text


async def set_value(
    turn: StaffTurn, kind: str, ident: int, field: Field, value: str | Sequence[str]
) -> bool:
    """The article or the draft is shown as it is now, or why it did not change."""
    try:
        await change(turn, kind, ident, field, value)
    except Refused as refused:
        await refuse(turn, kind, ident, refused)
        return False
    return True


async def change(
    turn: StaffTurn, kind: str, ident: int, field: Field, value: str | Sequence[str]
) -> None:
    """Raises `Refused`."""
    if kind == "new":
        question = " ".join(str(value).split())
        draft = await turn.work.article_drafts.begin(turn.viewer, question)
        await show_draft(turn, draft)
    elif kind == "draft":
        draft = await turn.work.article_drafts.change(turn.viewer, ident, field, value)
        await show_draft(turn, draft, words.CHANGED)
    else:
        kept = await turn.work.editorial.change(turn.viewer, ident, field, value)
        await show_article(turn, kept, words.CHANGED)


async def refuse(turn: StaffTurn, kind: str, ident: int, refused: Refused) -> None:
    if isinstance(refused, NotYours):
        turn.work.audit.note(turn.viewer.name, "refused", f"{kind}:{ident}")
        await turn.say(words.NOT_ALLOWED)
    else:
        await turn.say(explain(refused))


async def set_picture(turn: StaffTurn, ident: int) -> None:
    photos = [each for each in turn.inbound.attachments if each.kind == "photo"]
    if len(photos) != 1 or len(turn.inbound.attachments) != 1:
        await turn.say(words.ONE_OR_NOTHING)
        await ask(turn, "article", ident, "picture")
        return
    kept = await turn.work.editorial.set_picture(turn.viewer, ident, photos[0])
    await show_article(turn, kept, words.CHANGED)


def explain(refused: Refused) -> str:
    match refused:
        case NothingSaid():
            return words.EMPTY[refused.args[0] if refused.args else "phrases"]
        case TooLong():
            return words.too_long(*refused.args)
        case UnknownNames():
            return words.unknown_names(refused.args)
        case Overlaps():
            return words.overlaps(refused.args[0])
        case AlreadyEnded():
            return words.GONE_ALREADY
        case AlreadySo():
            return words.ALREADY
    raise refused
